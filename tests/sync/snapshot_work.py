"""A first sync by snapshot in a process of its own, that kills itself at a named point: run by test_snapshot_in.py.

python -m tests.sync.snapshot_work FOLDER POINT
"""

import os
import signal
import sys
from pathlib import Path

from casework.commands import AddNote
from tests.kit_near import Desk, NearWorld

POINTS = (
    "before it",
    "in a block",
    "all blocks here",
    "before the last word",
    "before the exchange",
    "after the exchange",
)


def said_before(desk: Desk) -> None:
    """Jo writes a note on a case of hers."""
    case_id = desk.look(
        lambda conn: conn.exec_driver_sql(
            "SELECT id FROM case_file WHERE owner_id = ? ORDER BY id", (desk.person_id,)
        ).scalar()
    )
    assert case_id is not None
    desk.say(AddNote(case_id=case_id, text="said before"))


def main(folder: Path, point: str) -> None:
    """Never returns."""
    desk = Desk(NearWorld(folder), "jo")
    is_in_place = False

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def meanwhile() -> None:
        asked = desk.wire.requests
        if asked[-1] == "WantSnapshot" and asked.count("WantSnapshot") == 1:
            said_before(desk)
            if point == "before it":
                die()
        if asked.count("block") == 3 and point == "in a block":
            die()
        if asked.count("WantSnapshot") == 2 and point == "all blocks here":
            die()

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal is_in_place
        if event == "os.rename":
            source, target = str(arguments[0]), str(arguments[1])
            if target.endswith(".settled") and point == "before the last word":
                die()
            if ".settled" in source and target.endswith("store.db"):
                is_in_place = True
                if point == "before the exchange":
                    die()
        elif event == "open" and is_in_place and point == "after the exchange":
            die()

    desk.wire.meanwhile = meanwhile
    sys.addaudithook(hear)
    desk.try_to_sync()
    raise SystemExit("it was to be killed")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
