"""The app's name and version, and the data files that it carries along when it is built."""

from pathlib import Path

NAME = "Doorstep"
EXECUTABLE = "doorstep"
# test_house.py holds it against pyproject.toml, which a built app does not have
VERSION = "0.1.0"

# folders that are not imported but read, from the project's root; at the same place inside the built app
DATA = ("resources", "casework/migrations", "sync/schema")

# one folder above this package: the project's root, or the folder into which the app was built
ROOT = Path(__file__).resolve().parent.parent
RESOURCES = ROOT / "resources"
