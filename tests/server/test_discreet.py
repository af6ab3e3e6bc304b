"""What goes wrong in the server is logged with its place and never with its text (promises T18)."""

import subprocess
import sys

from tests.kit_server import ROOT

BREAKS = """
import threading
from server.serving import set_up_logging

def breaks():
    raise ValueError("Mrs Evans, 4 Heol-y-Bryn")

set_up_logging()
thread = threading.Thread(target=breaks, name="tidying")
thread.start()
thread.join()
"""


def test_that_a_thread_that_breaks_says_where_and_not_over_what() -> None:
    done = subprocess.run([sys.executable, "-c", BREAKS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Evans" not in done.stderr
    assert ("the thread tidying ended" in done.stderr, "ValueError\n" in done.stderr) == (True, True)
