"""What README claims about speed, one script a claim."""
