"""The parts of the case page: header, details, tasks, feed, composer, documents, history, and its sheets."""
