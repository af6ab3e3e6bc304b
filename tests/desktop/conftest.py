"""What tests of the desktop stand on: desks with real work on them (kit_week), and whole apps (kit_app)."""

from tests.kit_app import apps, central
from tests.kit_week import desk, desks, look

__all__ = ["apps", "central", "desk", "desks", "look"]
