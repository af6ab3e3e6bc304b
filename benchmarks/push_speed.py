"""500 commands that were said offline, handed over in one round: judged, durable, acknowledged, each exactly once.

Over HTTP on loopback, a real server process on SQLite and one on PostgreSQL (which waits for its disk), the real
engine on an encrypted store. The whole round also fetches what came of them and takes it in.
"""

import tempfile
from itertools import cycle
from pathlib import Path
from time import perf_counter

from benchmarks.claim import Claim
from benchmarks.cluster import postgres
from benchmarks.first_sync import filled_server
from benchmarks.timing import median
from casework.answers import Accepted
from casework.commands import AddNote
from casework.wire import Ack
from sync import outbox, profiles
from sync.engine import Engine, Hooks
from sync.http import HttpCentral
from sync.laptop import Laptop
from tests.kit_server import PASSWORD, server_process

SAID = 500
CASES = 2_000
ROUNDS = 3
NOTE = "Rang at ten, no answer. The neighbour says she is with her daughter until Friday. " * 2


def measure() -> list[Claim]:
    """Seconds until the last command is acknowledged, on either database."""
    claims = [_measured("SQLite", "")]
    with postgres() as url:
        claims.append(_measured("PostgreSQL", url))
    return claims


def _measured(name: str, database: str) -> Claim:
    acked: list[float] = []
    whole: list[float] = []
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as made:
        folder = Path(made)
        filled_server(folder, CASES, database)
        with server_process(folder, database_url=database) as server:
            central = HttpCentral(server.url)
            profile = profiles.sign_in(central, folder, server=server.url, username="amy", password=PASSWORD).profile
            laptop = Laptop(folder / "store", bytes(32), person_id=profile.person_id, device=profile.device)
            laptop.prepare()
            times: list[tuple[float, tuple[Ack, ...]]] = []
            engine = Engine(laptop, central, Hooks(answered=lambda acks: times.append((perf_counter(), acks))))
            assert engine.sync_once().reached_the_end
            for _ in range(ROUNDS):
                _say(laptop)
                times.clear()
                began = perf_counter()
                assert engine.sync_once().reached_the_end
                whole.append(perf_counter() - began)
                acked.append(times[-1][0] - began)
                _require_once(laptop, [ack for _, acks in times for ack in acks])
            central.close()
            laptop.close()
    return Claim(
        name=f"{SAID} commands acknowledged, {name}",
        figure=median(acked),
        unit="s",
        aim=1.0,
        gate=1.25,
        n=ROUNDS,
        how=f"{median(whole):.2f} s with what came of them fetched and taken in",
    )


def _say(laptop: Laptop) -> None:
    with laptop.database.reading() as conn:
        found = conn.exec_driver_sql("SELECT id FROM case_file WHERE status = 'in_progress' ORDER BY id").all()
    ids = cycle(str(row[0]) for row in found)
    for _ in range(SAID):
        answer = laptop.say(AddNote(case_id=next(ids), text=NOTE))
        assert isinstance(answer, Accepted), answer


def _require_once(laptop: Laptop, acks: list[Ack]) -> None:
    assert len({ack.id for ack in acks if ack.st.is_final}) == len(acks) == SAID
    with laptop.database.reading() as conn:
        assert outbox.count(conn) == 0
        mine = "SELECT count(*) FROM activity WHERE id IN (SELECT id FROM receipt) AND rev > 0"
        assert conn.exec_driver_sql(mine).scalar_one() % SAID == 0
