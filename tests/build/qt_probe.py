"""Counts, in a process of its own, the references to None and True that Qt calls and signals lose."""

import json
import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLineEdit

ROUNDS = 2_000


class Sender(QObject):
    sent = Signal(bool)


def lost(kept: object, act: Callable[[], object]) -> int:
    """How many references to `kept` are gone after many rounds of `act`; small noise either way is normal."""
    act()
    before = sys.getrefcount(kept)
    for _ in range(ROUNDS):
        act()
    return before - sys.getrefcount(kept)


def main() -> None:
    application = QApplication([])
    sender, line = Sender(), QLineEdit()
    acts: dict[str, Callable[[], object]] = {
        "emit": lambda: sender.sent.emit(True),
        "setObjectName": lambda: sender.setObjectName("case"),
        "setText": lambda: line.setText("case"),
    }
    losses = {name: {str(kept): lost(kept, act) for kept in (None, True)} for name, act in acts.items()}
    json.dump({"rounds": ROUNDS, "lost": losses}, sys.stdout)
    application.quit()


if __name__ == "__main__":
    main()
