"""The central server that every laptop reconciles with."""
