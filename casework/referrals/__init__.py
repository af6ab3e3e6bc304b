"""Taking in what partners send: a file of any make becomes people to advise, and no cell of it is lost (A11, S14).

A file goes `reading.read_table` -> `columns.guess_mapping` -> `dry_run.dry_run`. Everything here is a pure function
over frozen values: no Qt, no database, no clock of its own (`today` is always given).
"""
