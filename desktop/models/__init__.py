"""Qt item models and form drafts between the office and the screens."""
