"""The sync clients that ours is measured beside: each a program of its own that times the same three stages."""
