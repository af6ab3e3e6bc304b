"""How many of all kills fall on what, and the one line that each test of kills prints of it."""

import os
import sys
from contextlib import suppress
from enum import Enum

import pytest

KILLS = int(os.environ.get("DOORSTEP_KILLS", "300"))
# Turns of an empty loop between a fact and the kill: about as long as a few more facts take.
PATIENCE = 250_000


class Share(Enum):
    """What dies at what, and how many of a thousand kills that gets."""

    SAVE = ("a laptop that saves", 320)
    ROUND = ("a laptop that pushes and pulls", 200)
    FILL = ("a laptop in its first sync", 110)
    EVICT = ("a laptop whose cases come and go", 90)
    PAPERS = ("a laptop with documents both ways", 100)
    MIGRATE = ("a laptop that is brought up to date", 50)
    CLEAR = ("a laptop that is being cleared", 40)
    SERVER = ("a server that is pushed to", 40)
    UPLOADS = ("a server that takes documents in", 30)
    BACKUP = ("a backup of the server", 20)

    @property
    def kills(self) -> int:
        """How many of this run's kills it gets."""
        return max(4, KILLS * self.value[1] // 1000)


def facts_of(said: list[str]) -> set[str]:
    """The ids that a victim told of; fails where it died of a bug before anybody killed it."""
    assert "broke" not in said, "\n".join(said)
    return {fact for fact in said if len(fact) == 32}


def tell(capsys: pytest.CaptureFixture[str], share: Share, saved: int, more: str = "") -> None:
    """One line of the table: whatever was lost or ran twice has failed the test before this."""
    line = f"{share.value[0]:38}{share.kills:5} kills {saved:6} saved  0 lost  0 doubled  {more}"
    with capsys.disabled(), suppress(OSError):
        sys.stdout.write(f"\n{line.rstrip()}\n")
