"""200 devices at one server on PostgreSQL: ordinary rounds, and a Monday morning with 100 commands waiting on each.

The devices are thin: they say hello, push and pull over HTTP and keep nothing, so that they take as little as can be of
the machine that the server is measured on. Their ordinary rounds come one behind the other without a minute's pause.
"""

import http.client
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import select

from benchmarks.claim import Claim
from benchmarks.cluster import postgres
from benchmarks.first_sync import filled_server
from benchmarks.timing import nearly_worst
from benchmarks.workload import people
from casework.commands import AddNote, Said
from casework.database import Database
from casework.ids import new_id
from casework.tables import TABLES
from casework.values import Case
from casework.wire import MEDIA_TYPE, Hello, HelloReply, Message, Page, Pull, Push, PushReply, SignIn, decode, encode
from server import passwords
from server.ledger import head_of
from server.tables import device, token
from sync.http import HttpCentral
from tests.kit_server import PASSWORD, ServerProcess, server_process

CASES = 2_000
DEVICES = 200
WAITING, A_ROUND = 100, 5
AT_ONCE = 32
# ordinary rounds under way at any moment; 200 a minute are 3.3 a second, which two at once exceed by far
ORDINARY = 2


class Thin:
    """One device: a token, a cursor, and what it has to say."""

    def __init__(self, name: str, secret: str, cases: list[str], cursor: tuple[int, str]) -> None:
        self.name, self.secret, self.cases, self.cursor = name, secret, cases, cursor
        self.nonce = ""

    def round(self, port: int, count: int, took: "Took") -> None:
        """A turn over a connection of its own."""
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.turn(link, count, took)
        link.close()

    def turn(self, link: http.client.HTTPConnection, count: int, took: "Took") -> None:
        """Hello, push in requests of at most 100, pull to the end, if there is anything to push or pull."""
        hello = Hello(
            rid=new_id(), app="0.1.0", device=self.name, prev_nonce=self.nonce, nonce=new_id(), clock=datetime.now(UTC)
        )
        told, self.nonce = self._ask(link, took, "hello", hello, HelloReply), hello.nonce
        saids = tuple(self._said(number) for number in range(count))
        for first in range(0, count, 100):
            acks = self._ask(link, took, "push", Push(rid=new_id(), cmds=saids[first : first + 100]), PushReply).acks
            assert all(ack.st.is_final for ack in acks), acks[:3]
        more = bool(count) or told.head != self.cursor
        while more:
            page = self._ask(link, took, "pull", Pull(rid=new_id(), cur=self.cursor, held=told.now), Page)
            self.cursor, more = page.cur, page.more

    def _said(self, number: int) -> Said:
        note = AddNote(case_id=self.cases[number % len(self.cases)], text="Rang at ten, no answer. " * 6)
        return Said(id=new_id(), at=datetime.now(UTC), say=note)

    def _ask(self, link: http.client.HTTPConnection, took: "Took", verb: str, message: Message, kind: type[Any]) -> Any:
        headers = {"Content-Type": MEDIA_TYPE, "Authorization": f"Bearer {self.secret}"}
        began = perf_counter()
        link.request("POST", f"/v1/{verb}", encode(message), headers)
        answer = link.getresponse()
        body = answer.read()
        took[verb].append((perf_counter() - began) * 1000)
        assert answer.status == 200, (verb, answer.status, body[:200])
        return decode(body, kind)


Took = dict[str, list[float]]


def measure() -> list[Claim]:
    """What 99 of a hundred requests stay below, how long the storm takes, and the memory of the server."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as made, postgres() as url:
        folder = Path(made)
        filled_server(folder, CASES, url)
        with server_process(folder, database_url=url) as server:
            devices = signed_in(server, url, DEVICES)
            ordinary, _ = _go_round(devices, server.config.port, A_ROUND, at_once=ORDINARY)
            storm, seconds = _go_round(devices, server.config.port, WAITING, at_once=AT_ONCE)
            memory = _most_memory(server)
    return [
        Claim(
            name=f"{DEVICES} devices: {verb}, 99 of 100 below",
            figure=nearly_worst(ordinary[verb]),
            unit="ms",
            aim=300,
            gate=375,
            n=len(ordinary[verb]),
            how=f"in the storm below {nearly_worst(storm[verb]):.0f} ms",
        )
        for verb in ("push", "pull")
    ] + [
        Claim(
            name=f"a storm of {DEVICES} devices, {WAITING} waiting each",
            figure=seconds,
            unit="s",
            aim=120,
            gate=120,
            n=1,
            how=f"{DEVICES * WAITING / seconds:.0f} commands a second, {AT_ONCE} devices at once, no answer but 200",
        ),
        Claim(name="most memory of the server's process", figure=memory, unit="MB", aim=1_000, gate=1_000, n=1),
    ]


def _go_round(devices: list[Thin], port: int, count: int, *, at_once: int) -> tuple[Took, float]:
    took: Took = {"hello": [], "push": [], "pull": []}
    began = perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        for done in [pool.submit(one.round, port, count, took) for one in devices]:
            done.result()
    return took, perf_counter() - began


def signed_in(server: ServerProcess, url: str, count: int) -> list[Thin]:
    """So many devices, all like the first one, which signed in with a password: that is slow on purpose."""
    first = new_id()
    central = HttpCentral(server.url)
    words = SignIn(rid=new_id(), username="amy", password=PASSWORD, device=first, device_name="laptop", app="0.1.0")
    central.sign_in(words)
    central.close()
    database, cases = Database.at(url), TABLES[Case]
    made = []
    with database.writing() as conn:
        like = dict(conn.execute(select(device).where(device.c.id == first)).mappings().one())
        token_like = dict(conn.execute(select(token).where(token.c.device_id == first)).mappings().one())
        head, who = head_of(conn), people()
        for number in range(count):
            person, secret, name = who[number % len(who)].id, passwords.new_secret(), new_id()
            conn.execute(device.insert().values(like | {"id": name, "person_id": person}))
            fresh = {"hash": passwords.hash_secret(secret), "person_id": person, "device_id": name}
            conn.execute(token.insert().values(token_like | fresh))
            own = conn.execute(select(cases.c.id).where(cases.c.owner_id == person, cases.c.status != "closed"))
            made.append(Thin(name, secret, list(own.scalars()), head))
    database.close()
    return [one for one in made if one.cases]


def _most_memory(server: ServerProcess) -> float:
    """MB, where the system tells."""
    told = Path(f"/proc/{server.pid}/status")
    if not told.exists():
        return 0.0
    return int(next(line for line in told.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
