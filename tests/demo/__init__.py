"""The demo: the story that plays itself, and the two windows for a newcomer."""
