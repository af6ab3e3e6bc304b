"""Amy's and Priya's windows side by side, for a newcomer to play the clash with."""

import signal
from functools import partial

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.demo.narrator import Narrator
from desktop.demo.sample_cases import seed
from desktop.demo.seat import Seat
from desktop.demo.stage import REFERRALS, Stage

# Python hears Ctrl+C only when it is given a turn.
TURN_MS = 200
SCRIPT = """How to play the clash, in five minutes

  1. Amy's window (left): under "My cases", click on {client}.
  2. Click on "Cut the cable", at the foot of Amy's window: she is on a visit, and there is no signal.
  3. Write a note, tick a task as done, and move the case to another step. All of it says "Kept here".
  4. Priya's window (right): press Ctrl+K, type {short}, and open the same case. Click on the two
     people beside the owner's name, choose Ben, and confirm. Priya knows nothing of the visit.
  5. Amy's window: click on "Cable is cut" to plug it in again, and look at Today and Decisions.
     Ben owns the case now, your note and your task are on it, and your step waits for a decision.
  6. Priya's window: the case's feed has everything that Amy wrote. Under Decisions she may settle it;
     once it is settled, the case leaves Amy's laptop, and Amy's Today says why.

  More to try: correct the same telephone number in both windows while a cable is cut; take the same
  waiting case in both; drop a photo on a case page without a network.

  Everybody's password is "{password}". Close both windows, or press Ctrl+C here, to end."""


def play_together(stage: Stage, narrator: Narrator, password: str) -> None:
    """Fills the sample, opens both windows, and returns once they are closed."""
    narrator.title("Filling the sample (about half a minute)")
    client = seed(stage.desktops, stage.server.url, REFERRALS, partial(_tell, narrator))
    narrator.say("Thirty clients have owners, steps, tasks and notes; the others wait.")
    amy, priya = stage.sit_down("amy", "priya")
    _put_side_by_side(amy, priya)
    narrator.title(SCRIPT.format(client=client, short=client.split()[-1], password=password))
    _wait_until_closed(amy, priya)


def _tell(narrator: Narrator, done: int, total: int) -> None:
    narrator.say(f"The council's referrals: {done} of {total}.")


def _put_side_by_side(left: Seat, right: Seat) -> None:
    """Each its half of the screen; where that is too narrow they overlap, and both can still be reached."""
    room = QGuiApplication.primaryScreen().availableGeometry()
    for seat, name in ((left, "Amy, advisor"), (right, "Priya, coordinator")):
        wide = max(room.width() // 2, seat.window.minimumWidth())
        x = room.left() if seat is left else max(room.left(), room.right() + 1 - wide)
        seat.window.setGeometry(QRect(x, room.top() + 24, wide, room.height() - 48))
        seat.window.windowTitleChanged.connect(partial(_name, seat, name))
        _name(seat, name)
        seat.window.raise_()


def _name(seat: Seat, name: str, title: str = "Today – Doorstep") -> None:
    """Whose window it is, first in its title."""
    if not title.startswith(name):
        seat.window.setWindowTitle(f"{name}: {title}")


def _wait_until_closed(*seats: Seat) -> None:
    qt = QApplication.instance()
    assert qt is not None
    still_open = set(seats)

    def on_closed(seat: Seat) -> None:
        still_open.discard(seat)
        if not still_open:
            qt.quit()

    for seat in seats:
        seat.app.closed.connect(partial(on_closed, seat))
    turn = QTimer()
    turn.start(TURN_MS)
    before = {number: signal.signal(number, lambda *_: qt.quit()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        qt.exec()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
