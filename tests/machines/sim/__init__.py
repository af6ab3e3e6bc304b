"""The simulator: whole lives of the organisation from a seed alone, in bad weather, the same each time (protocol 2)."""
