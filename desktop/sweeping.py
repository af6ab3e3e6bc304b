"""Looks for garbage in rings on the main thread alone.

Left to itself Python looks wherever it happens to be. The sync thread would then take apart what was left of a closed
screen: it holds Qt's lock on connections and asks for Python's, while the window holds Python's and asks for Qt's, and
both stand still for ever.
"""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1_000


class Sweeper(QTimer):
    """Does from now on, once in a while and on its own thread, what Python would do by itself at any moment."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self.setInterval(EVERY_MS)
        self.timeout.connect(sweep)
        self.start()


def sweep() -> None:
    """Looks through what is young, middle-aged or old, as it is due by Python's own counts.

    What is old, and so most of all, is due after two minutes of work at the earliest.
    """
    made, most = gc.get_count(), gc.get_threshold()
    for age in (2, 1, 0):
        if made[age] > most[age]:
            gc.collect(age)
            return
