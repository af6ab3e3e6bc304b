"""Reconciling a laptop's work with the central server, without any Qt."""
