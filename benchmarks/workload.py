"""Fills a server with an office of up to 100,000 cases, row by row as the server itself would have written them.

Everything is drawn from one seed. A case has a client, a home, an owner, 2.5 tasks, 4 lines of its feed and a document
on average; 100,000 cases are 250,000 tasks, 400,000 lines, 100,000 documents' rows and a line of the log for each
change. Rows are ready tuples and go straight into the tables.
"""

import os
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from casework.database import Database
from casework.kinds import NAMES
from casework.rows import row_of
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    CaseStatus,
    Contact,
    Document,
    OwnerChange,
    OwnerKind,
    OwnershipEvent,
    Person,
    Property,
    Record,
    Role,
    Task,
    TaskStatus,
    TriageOutcome,
)
from casework.wire import ALL, mark_of, sum_of
from server import scope
from server.ledger import head_of
from server.setting_up import WAITING_LIST, WARM_HOMES, default_id

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
SAMPLE = ("amy", "ben", "cara", "priya", "jo")
ADVISORS = 55
DAYS = 1_400
AT_A_TIME = 2_000
# rows of a case beside its client, home, itself and its first owner: tasks, feed lines, documents
_TASKS, _LINES, _PAPERS = (1, 2, 3, 4), (2, 3, 4, 5, 6), (0, 1, 2)

_FIRST = ("Margaret", "Harpreet", "Tomasz", "Patricia", "Dilys", "Oluwaseun", "Siân", "Ann", "Gwen", "Rhys", "Ewa")
_LAST = ("Evans", "Griffiths", "Nowak", "Khan", "Thomas", "Pritchard", "Adeyemi", "Davies", "O'Brien", "Jones")
_STREETS = ("Ffordd Penrhyn", "Albert Place", "Church Lane", "Station Road", "Bryn Terrace", "Loudoun Square")
_TOWNS = (("Swansea", "SA1"), ("Wrexham", "LL11"), ("Truro", "TR1"), ("Bristol", "BS5"), ("Cardiff", "CF10"))
_TITLES = ("Phone call", "Send pack", "Arrange home visit", "Home visit", "Chase referral")
_WORDS = """rang no answer left a message boiler engineer booked meter reading damp letter supplier visit tenant heating
    radiators thermostat neighbour daughter arrears tariff voucher credit smart prepayment mould loft grant survey"""

# where `--cases` is kept for the benchmarks
SIZE = "DOORSTEP_BENCH_CASES"

Rows = list[tuple[Any, ...]]


def size(usual: int) -> int:
    """How many cases a benchmark is to have: `--cases` on its command line, else its own number."""
    return int(os.environ.get(SIZE, usual))


def people() -> list[Person]:
    """Those who work here beside the sample's own people."""
    return [
        Person(
            id=default_id(f"person/advisor {number}"),
            username=f"advisor{number}",
            display_name=f"Advisor {number}",
            role=Role.ADVISOR,
        )
        for number in range(ADVISORS)
    ]


def fill(database: Database, count: int, *, seed: int = 1) -> int:
    """Writes so many cases into a server's store that holds the sample organisation; returns how many rows they are."""
    office, written = _Office(count, seed), 0
    with database.writing() as conn:
        office.begin(head_of(conn)[0])
        rows = [tuple(row_of(person).values()) for person in people()]
        put(conn, "person", tuple(row_of(people()[0])), rows)
    for first in range(0, count, AT_A_TIME):
        with database.writing() as conn:
            for table, (columns, made) in office.some(first, min(count, first + AT_A_TIME)).items():
                put(conn, table, columns, made)
                written += len(made) if table in NAMES.values() else 0
    with database.writing() as conn:
        for table, (columns, made) in office.the_rest().items():
            put(conn, table, columns, made)
    return written


def put(conn: Any, table: str, columns: Sequence[str], rows: Rows) -> None:
    """Rows into a table by the driver, without anything in between."""
    raw = conn.connection.driver_connection
    names = ", ".join(f'"{name}"' for name in columns)
    if conn.dialect.name == "sqlite":
        raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)
        return
    with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


class _Shape:
    """Rows of one kind: a row as it mostly is, and the places of what differs."""

    def __init__(self, like: Record, *fields: str) -> None:
        plain = row_of(like)
        self.columns = tuple(plain)
        self._base = list(plain.values())
        self._places = [self.columns.index(name) for name in fields]

    def row(self, *values: Any) -> tuple[Any, ...]:
        """A row with these values in the places of the fields, in their order."""
        made = self._base[:]
        for place, value in zip(self._places, values, strict=True):
            made[place] = value
        return tuple(made)


_X = "0" * 32
_CONTACT = _Shape(
    Contact(id=_X, title="Mrs", language="English", preferred_channel="phone"),
    "id", "rev", "first_name", "last_name", "birth_date", "mobile", "email",
)  # fmt: skip
_HOME = _Shape(
    Property(id=_X, tenure="owner_occupied", heating="Gas combi", epc="D"),
    "id", "rev", "address_1", "town", "postcode",
)  # fmt: skip
_CASE = _Shape(
    Case(
        id=_X, number="", contact_id="", property_id="", project_id=WARM_HOMES, step_id="", owner_id="", owner_cmd="",
        owner_kind=OwnerKind.PERSON, owner_since=NOW, owner_by=default_id("person/priya"), created_at=NOW,
        arrived_at=NOW, created_by=default_id("person/priya"), step_since=NOW, triage_outcome=TriageOutcome.SUPPORTED,
        source_name="City council", referred_on=NOW.date(), triage_reasons=(("no_heating", 30),), triage_score=30,
        consent="verbal", request_type="heating",
    ),
    "id", "rev", "number", "contact_id", "property_id", "step_id", "status", "owner_kind", "owner_id", "owner_cmd",
    "description", "owner_since", "created_at", "arrived_at", "step_since", "closed_at",
)  # fmt: skip
_OWNER = _Shape(
    OwnershipEvent(
        id=_X, case_id=_X, epoch=1, kind=OwnerChange.IMPORTED, to_kind=OwnerKind.PERSON, to_id="",
        by=default_id("person/priya"), at=NOW, arrived_at=NOW,
    ),
    "id", "rev", "case_id", "to_kind", "to_id", "at", "arrived_at",
)  # fmt: skip
_TASK = _Shape(
    Task(id=_X, case_id=_X, type="phone_call", title="", created_at=NOW, created_by=default_id("person/priya")),
    "id", "rev", "case_id", "title", "step_id", "due_on", "assignee_id", "status", "created_at",
)  # fmt: skip
_LINE = _Shape(
    Activity(id=_X, case_id=_X, kind=ActivityKind.NOTE, by="", at=NOW, arrived_at=NOW, epoch=1),
    "id", "rev", "case_id", "text", "by", "at", "arrived_at",
)  # fmt: skip
_PAPER = _Shape(
    Document(
        id=_X, case_id=_X, name="IMG_2041.jpg", mime="image/jpeg", size=0, sha256="", added_at=NOW, added_by="",
        is_stored=True,
    ),
    "id", "rev", "case_id", "size", "sha256", "added_at", "added_by",
)  # fmt: skip
_SHAPES = {
    "contact": _CONTACT,
    "property": _HOME,
    "case_file": _CASE,
    "ownership_event": _OWNER,
    "task": _TASK,
    "activity": _LINE,
    "document": _PAPER,
}
# what the server keeps beside the rows
_KEPT = {
    "commit_log": ("rev", "chain", "case_id", "cmd_id"),
    "case_scope": ("case_id", "scope", "since_rev", "until_rev", "ends_at"),
    "case_stamp": ("case_id", "rev", "chain"),
}


class _Office:
    """Cases one after the other, oldest first; numbers are given in the order of time, as commits come."""

    def __init__(self, count: int, seed: int) -> None:
        self._dice = dice = random.Random(seed)
        self._owners = [default_id(f"person/{name}") for name in SAMPLE] + [person.id for person in people()]
        self._steps = [default_id(f"step/{position}") for position in range(9)]
        self._descriptions = [_text(dice, 300) for _ in range(500)]
        self._notes = [_text(dice, 200) for _ in range(2_000)]
        self._opened = sorted(int(dice.random() * DAYS * 86_400) for _ in range(count))
        self._shapes = [(dice.choice(_TASKS), dice.choice(_LINES), dice.choice(_PAPERS)) for _ in range(count)]
        self._sums: dict[tuple[str, str], list[int]] = {}
        self._next = 0

    def begin(self, head: int) -> None:
        """Draws when everything happened, and numbers it."""
        dice, whens = self._dice, []
        for opened, shape in zip(self._opened, self._shapes, strict=True):
            whens.append(opened)
            whens += [opened + int(dice.random() ** 2 * 86_400 * 120) for _ in range(sum(shape))]
        revs = [0] * len(whens)
        for rev, at in enumerate(sorted(range(len(whens)), key=whens.__getitem__), start=head + 1):
            revs[at] = rev
        self._whens, self._revs = whens, revs

    def some(self, first: int, end: int) -> dict[str, tuple[Sequence[str], Rows]]:
        """All rows of the cases with these numbers, and what the server keeps about them."""
        made: dict[str, Rows] = {name: [] for name in (*_SHAPES, *_KEPT)}
        for number in range(first, end):
            self._case(number, made)
        return {name: (_SHAPES[name].columns if name in _SHAPES else _KEPT[name], rows) for name, rows in made.items()}

    def the_rest(self) -> dict[str, tuple[Sequence[str], Rows]]:
        """What is known when all cases are there."""
        columns = ("scope", "bucket", "count", "total")
        return {"scope_sum": (columns, [(*place, *sum_of(marks)) for place, marks in self._sums.items()])}

    def _case(self, number: int, made: dict[str, Rows]) -> None:
        dice, opened = self._dice, self._opened[number]
        at, rev = _time(opened), self._revs[self._next]
        case_id, contact_id, home_id, owner_cmd = (self._id(opened) for _ in range(4))
        status, step = _standing(dice, opened)
        is_queue = status is CaseStatus.NEW
        kind, owner = ("queue", WAITING_LIST) if is_queue else ("person", dice.choice(self._owners))
        closed_at = at if status is CaseStatus.CLOSED else None
        self._log(number, case_id, (ALL, scope.queue_scope(owner) if is_queue else scope.user_scope(owner)), made)
        self._client(number, rev, (contact_id, home_id), made)
        made["case_file"].append(
            _CASE.row(
                *(case_id, rev, f"{at[2:4]}-{number:06}", contact_id, home_id, self._steps[step], status.value, kind),
                *(owner, owner_cmd, self._descriptions[number % 500], at, at, at, at, closed_at),
            )
        )
        made["ownership_event"].append(_OWNER.row(owner_cmd, rev, case_id, kind, owner, at, at))
        self._work(number, case_id, ("" if is_queue else owner, status is CaseStatus.IN_PROGRESS, step), made)

    def _log(self, number: int, case_id: str, scopes: Sequence[str], made: dict[str, Rows]) -> None:
        dice, newest = self._dice, (0, "")
        for place in range(self._next, self._next + 1 + sum(self._shapes[number])):
            rev, chain = self._revs[place], f"{dice.getrandbits(64):016x}"
            made["commit_log"].append((rev, chain, case_id, f"{dice.getrandbits(128):032x}"))
            newest = max(newest, (rev, chain))
        made["case_stamp"].append((case_id, *newest))
        mark = mark_of(case_id, newest)
        for name in scopes:
            made["case_scope"].append((case_id, name, self._revs[self._next], None, None))
            self._sums.setdefault((name, case_id[-2:]), []).append(mark)

    def _client(self, number: int, rev: int, ids: tuple[str, str], made: dict[str, Rows]) -> None:
        dice = self._dice
        born, mobile = f"19{dice.randrange(30, 99)}-04-0{number % 9 + 1}", f"07700 {dice.randrange(10**6):06}"
        name = (dice.choice(_FIRST), dice.choice(_LAST))
        made["contact"].append(_CONTACT.row(ids[0], rev, *name, born, mobile, f"g.{number}@example.org"))
        (town, area), street = dice.choice(_TOWNS), f"{dice.randrange(1, 200)} {dice.choice(_STREETS)}"
        made["property"].append(_HOME.row(ids[1], rev, street, town, f"{area} {number % 9}AB"))

    def _work(self, number: int, case_id: str, standing: tuple[str, bool, int], made: dict[str, Rows]) -> None:
        """Tasks, lines of the feed and documents, in the places behind the case's own."""
        dice, (owner, is_open, step) = self._dice, standing
        tasks, lines, papers = self._shapes[number]
        by, first = owner or self._owners[0], self._next + 1
        for place in range(first, first + tasks):
            at = _time(self._whens[place])
            status = TaskStatus.OPEN if is_open and dice.random() < 0.5 else TaskStatus.DONE
            ids = (self._id(self._whens[place]), self._revs[place], case_id)
            row = _TASK.row(*ids, dice.choice(_TITLES), self._steps[step], at[:10], owner, status.value, at)
            made["task"].append(row)
        first += tasks
        for place in range(first, first + lines):
            at = _time(self._whens[place])
            ids = (self._id(self._whens[place]), self._revs[place], case_id)
            made["activity"].append(_LINE.row(*ids, dice.choice(self._notes), by, at, at))
        first += lines
        for place in range(first, first + papers):
            ids = (self._id(self._whens[place]), self._revs[place], case_id)
            sha256 = f"{dice.getrandbits(256):064x}"
            # larger than what a laptop fetches unasked: the bytes are not there
            made["document"].append(_PAPER.row(*ids, 6_000_000, sha256, _time(self._whens[place]), by))
        self._next = first + papers

    def _id(self, seconds: int) -> str:
        """A UUIDv7 of that time."""
        bits = f"{self._dice.getrandbits(72):018x}"
        return f"{(_START + seconds) * 1000:012x}7{bits[:3]}8{bits[3:]}"


_START = int((NOW - timedelta(days=DAYS)).timestamp())


def _time(seconds: int) -> str:
    """How a moment so long after the office opened lies in a column."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(_START + seconds))


def _text(dice: random.Random, length: int) -> str:
    """Words, the common ones far more often than the others."""
    known = _WORDS.split()
    words = dice.choices(known, weights=[1 / (1 + place) for place in range(len(known))], k=length // 4)
    return " ".join(words)[:length]


def _standing(dice: random.Random, opened: int) -> tuple[CaseStatus, int]:
    """A case's status and its step: new ones wait, old ones are mostly closed."""
    age = DAYS - opened / 86_400
    if age < DAYS * 0.03:
        return CaseStatus.NEW, 1
    if dice.random() < age / DAYS * 1.2:
        return CaseStatus.CLOSED, 8
    return CaseStatus.IN_PROGRESS, dice.randrange(2, 8)
