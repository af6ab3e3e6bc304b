"""What the app leaves out of its start: looking into the source of each module, and looking for garbage."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMPORTS = """
import linecache
import sys
from desktop import quick_start
before = set(linecache.cache)
import casework.questions.day
print(sum("casework" in name for name in set(linecache.cache) - before), "casework.questions.day" in sys.modules)
"""
GARBAGE = """
import gc
from PySide6.QtCore import QCoreApplication, QTimer
from desktop import quick_start
from desktop.sweeping import Sweeper
quick_start.UP_AFTER_MS = 1
qt = QCoreApplication([])
quick_start.without_pauses(qt)
print(qt.findChild(Sweeper) is not None, gc.isenabled())
QTimer.singleShot(20, qt, qt.quit)
qt.exec()
print(qt.findChild(Sweeper).isActive(), gc.isenabled())
"""


def said_by(script: str) -> list[str]:
    """What a fresh Python says that runs the script."""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split()


def test_that_the_source_of_a_module_is_not_read_because_it_is_imported() -> None:
    assert said_by(IMPORTS) == ["0", "True"]


def test_that_garbage_is_looked_for_on_the_main_thread_once_the_app_is_up() -> None:
    """Never by Python itself, which does it on any thread."""
    assert said_by(GARBAGE) == ["False", "False", "True", "False"]
