"""A laptop's first sync as the app makes it, without a window: run by first_sync.py, one process a time.

    python -m benchmarks.syncing_app SERVER FOLDER USERNAME PASSWORD [rows]

With `rows` it has no snapshot from the server, and everything comes row by row. It prints a line of JSON: seconds from
the sign-in's answer until the person's own cases were in and until all was, the most memory that the process ever had,
in MB, and how many rows came.
"""

import json
import resource
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

from casework.answers import Changes
from casework.kinds import NAMES
from casework.snapshot import WantSnapshot
from casework.values import Case
from casework.wire import Message, Reply
from sync import bulk, profiles, state
from sync.ahead import ReadingAhead
from sync.central import Central, PassedOn, Remember
from sync.engine import Engine, Hooks
from sync.faults import Rejected
from sync.http import HttpCentral
from sync.laptop import Laptop

R = TypeVar("R", bound=Reply)
KEY = bytes(range(32))


class ByRows(PassedOn):
    """A server that has no snapshot."""

    def __init__(self, central: HttpCentral) -> None:
        self._central = central

    @property
    def _other_end(self) -> Central:
        return self._central

    def ask(self, message: Message, kind: type[R]) -> R:
        """See Central."""
        if isinstance(message, WantSnapshot):
            raise Rejected("not-found")
        return self._central.ask(message, kind)

    def resume(self, device: str, renewal: str, remember: Remember) -> None:
        """See Central."""
        self._central.resume(device, renewal, remember)


def main(server: str, folder: Path, *who: str) -> None:
    """Signs in and goes on until a round reaches its end."""
    bulk.search_seldom()
    http = HttpCentral(server)
    central = ReadingAhead(ByRows(http) if "rows" in who[2:] else http)
    arrival = profiles.sign_in(central, folder, server=server, username=who[0], password=who[1])
    profile, began, busy, marks = arrival.profile, perf_counter(), process_time(), dict[str, float]()
    laptop = Laptop(folder / "store", KEY, person_id=profile.person_id, device=profile.device)
    laptop.prepare()

    def look(changes: Changes) -> None:
        with laptop.database.reading() as conn:
            if "own" not in marks and f"user:{profile.person_id}" in state.held(conn):
                marks["own"] = perf_counter() - began

    report = Engine(laptop, central, Hooks(changed=look)).sync_once()
    marks["all"] = perf_counter() - began
    marks["cpu"] = process_time() - busy
    marks["rss"] = most_memory()
    with laptop.database.reading() as conn:
        for name in NAMES.values():
            marks[name] = conn.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
        marks["cases"] = marks[NAMES[Case]]
    central.close()
    http.close()
    laptop.close()
    print(json.dumps(marks | {"fault": report.fault.code if report.fault else ""}), flush=True)


def most_memory() -> float:
    """MB. Linux's getrusage also counts the process that started this one."""
    told = Path("/proc/self/status")
    if told.exists():
        return int(next(line for line in told.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
