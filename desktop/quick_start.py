"""A quick start: leaves out, until the app is up, what Python and PySide6 do beside every import.

Importing this module takes PySide6's own `__import__` out again. It looks into the source of each module that is
imported after it, for `from __feature__ import ...`, which nothing here says; that is a seventh of the start.
"""

import builtins
import gc
from functools import partial

from PySide6.QtCore import QObject, QTimer

from desktop.sweeping import Sweeper

# When the start is over at the latest, in milliseconds.
UP_AFTER_MS = 3_000

# WORKAROUND https://github.com/napari/napari/issues/8584 seen with PySide6 6.11.3; look again with each newer one
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def without_pauses(parent: QObject) -> None:
    """No search for garbage while all is being imported and made: there is none, and a sixth of the start goes into it.

    What was made until then is not searched later on either, and all else by the main thread alone.
    """
    gc.disable()
    QTimer.singleShot(UP_AFTER_MS, parent, partial(_sweep_from_now_on, parent))


def _sweep_from_now_on(parent: QObject) -> None:
    gc.freeze()
    Sweeper(parent)
