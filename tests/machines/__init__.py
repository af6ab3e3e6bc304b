"""Machines: many short lives of an organisation, drawn at random, and what must hold in every one of them."""
