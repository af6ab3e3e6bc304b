"""Our own client beside the peers: a first sync, what others changed, and what was changed here.

    python -m benchmarks.peer_clients.ours SERVER FOLDER

After the first sync it waits for a line on its input, by which the changes at the server are made.
"""

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from benchmarks.memory import most_memory
from casework.answers import Accepted
from casework.commands import EditCase
from sync import profiles
from sync.engine import Engine
from sync.http import HttpCentral
from sync.laptop import Laptop
from tests.kit_server import PASSWORD

KEY = bytes(range(32))
EDITED = 500


def main(server: str, folder: Path) -> None:
    """Tells the figures as a line of JSON."""
    central = HttpCentral(server)
    arrival = profiles.sign_in(central, folder, server=server, username="priya", password=PASSWORD)
    profile = arrival.profile
    laptop = Laptop(folder / "store", KEY, person_id=profile.person_id, device=profile.device)
    laptop.prepare()
    engine = Engine(laptop, central)

    def round_trip() -> None:
        report = engine.sync_once()
        assert report.fault is None, report.fault

    first = _timed(round_trip)
    print("first", flush=True)
    sys.stdin.readline()
    delta = _timed(round_trip)
    edits = _timed(lambda: _edit(laptop))
    push = _timed(round_trip)
    used = resource.getrusage(resource.RUSAGE_SELF)
    with laptop.database.reading() as conn:
        count = conn.exec_driver_sql("SELECT count(*) FROM case_file").scalar_one()
        waiting = conn.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one()
    told = {"first": first, "delta": delta, "push": push, "edits": edits, "count": count, "pushed": EDITED - waiting}
    print(json.dumps(told | {"cpu": used.ru_utime + used.ru_stime, "rss": most_memory()}), flush=True)
    central.close()
    laptop.close()


def _edit(laptop: Laptop) -> None:
    with laptop.database.reading() as conn:
        rows = conn.exec_driver_sql(
            "SELECT id, description FROM case_file WHERE status <> 'closed' ORDER BY id DESC LIMIT ?", (EDITED,)
        ).all()
    for case_id, before in rows:
        answer = laptop.say(EditCase(case_id=case_id, changes={"description": (before, f"here {before}"[:300])}))
        assert isinstance(answer, Accepted), answer


def _timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
