"""What a laptop does when its disk fills up in the middle of work, for a test on a small disk: prints the outcome."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from casework.database import Database
from casework.store_faults import NoRoom
from sync import outbox, state
from sync.laptop import BALLAST
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld

SERVER = Path("/dev/shm")


def main(folder: Path) -> dict[str, object]:
    server = SERVER / f"{folder.name}.server.db"
    world = NearWorld(folder, Database.plain(server))
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    amy.laptop.tidy()
    ballast = amy.folder / BALLAST
    found: dict[str, object] = {"ballast": ballast.exists()}
    saying.note(priya, case_id, "Priya's note")
    priya.sync()
    with full(folder):
        notes = say_until_the_ballast_goes(amy, case_id, ballast)
        found["saved"] = notes[-1] in saying.texts(amy, case_id)
        found["ballast thrown off"] = not ballast.exists()
        report = amy.try_to_sync()
        found["round"] = report.fault.code if report.fault else ""
        found["answered"] = amy.look(outbox.count) == 0 and "Priya's note" in saying.texts(amy, case_id)
    with full(folder):
        found |= without_ballast(amy, case_id)
    found["findings"] = amy.laptop.database.quick_check()
    world.close()
    for path in SERVER.glob(f"{server.name}*"):
        path.unlink()
    return found


def say_until_the_ballast_goes(amy: Desk, case_id: str, ballast: Path) -> list[str]:
    """Notes, of which the last did not fit at first."""
    notes: list[str] = []
    while ballast.exists():
        notes.append(f"note {len(notes)} {'x' * 1500}")
        saying.note(amy, case_id, notes[-1])
    return notes


def without_ballast(amy: Desk, case_id: str) -> dict[str, object]:
    """Goes on until nothing fits any more, then asks for a round with news in it."""
    notes: list[str] = []
    with suppress(NoRoom):
        while len(notes) < 5_000:
            text = f"more {len(notes)} {'x' * 1500}"
            saying.note(amy, case_id, text)
            notes.append(text)
    cursor = amy.look(state.cursor)
    fault = amy.try_to_sync().fault
    missing = set(notes) - set(saying.texts(amy, case_id))
    return {
        "a fault when nothing is left": fault.code if fault else "",
        "cursor moved with its rows": amy.look(state.cursor) == cursor,
        "nothing lost by it": not missing,
    }


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Another program takes all the room that is left."""
    other = folder / "other program's"
    with other.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(os.urandom(1 << 16))
    with other.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 512)
    try:
        yield
    finally:
        other.unlink()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
