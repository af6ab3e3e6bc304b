"""The pieces that every screen is made of: they show what they are given, and say what was done to them."""
