"""Waiting for a fact in another thread, with a limit, instead of for a length of time."""

import threading
import time
from collections.abc import Callable

LIMIT_SECONDS = 30.0


def until(fact: Callable[[], bool], what: str) -> None:
    """Return as soon as `fact()` holds; fail, saying `what` never came, when it does not within the limit."""
    end = time.monotonic() + LIMIT_SECONDS
    pause = threading.Event()
    while not fact():
        assert time.monotonic() < end, f"never came: {what}"
        pause.wait(0.001)
