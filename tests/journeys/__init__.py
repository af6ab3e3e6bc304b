"""Journeys: several people, one server, and what comes out when they could not see each other."""
