"""The screens of the desktop app, one file each."""
