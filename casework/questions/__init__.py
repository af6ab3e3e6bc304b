"""The questions that the desktop's screens ask of the store, and the frozen sheets that answer them.

Shapes are in viewer, shown, picks and sheets; they need no database. Each question is a function in a module of its own
noun: `waiting`, `cases`, `case_rows`, `board`, `one_case`, `feed_lines`, `day`, `decisions`, `choices`, `rail`, `jump`,
`known`, `names`.
"""
