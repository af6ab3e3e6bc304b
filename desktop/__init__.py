"""The Qt desktop app: the only place where PySide6 is imported."""
