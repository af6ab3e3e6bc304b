"""Fills a store with an office of many cases, as a city's advice charity would have after a few years.

    .venv/bin/python -m benchmarks.big_office [cases]        # fills an encrypted store and times the questions

Everything is drawn from one seed, so that two runs measure the same.
"""

import random
import re
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from benchmarks.known_key import KEY
from casework.connection import Connection
from casework.ids import child_id
from casework.kinds import NAMES
from casework.questions.board import board
from casework.questions.cases import cases, cases_count
from casework.questions.day import my_day
from casework.questions.jump import jump
from casework.questions.one_case import case_sheet
from casework.questions.rail import rail_counts
from casework.questions.sheets import CaseFilter, CaseOrder, CaseSort, Which
from casework.questions.viewer import Viewer
from casework.questions.waiting import waiting_list
from casework.rows import row_of, upsert
from casework.store_file import StoreFile
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    CaseStatus,
    Contact,
    OwnerChange,
    OwnerKind,
    OwnershipEvent,
    Person,
    Priority,
    Project,
    Property,
    Queue,
    Record,
    Referral,
    Role,
    Source,
    Step,
    StepKind,
    Task,
    TaskStatus,
    TaskType,
    TriageOutcome,
)
from sync.laptop import prepare_store

NOW = datetime(2025, 11, 21, 10, 0, tzinfo=UTC)
ADVISORS = 60
BATCH = 500
_YEARS = 4
# Tables that stay small, and rows that a query made itself.
_SMALL = re.compile(r"SCAN (person|queue|step|project|team|task_type|CONSTANT|[sejwod]|\(subquery)\b")

_FIRST = ("Margaret", "Harpreet", "Tomasz", "Patricia", "Jean-Luc", "Dilys", "Oluwaseun", "Siân", "Ann", "Gwen", "Rhys")
_LAST = ("Evans", "Griffiths", "Nowak", "Khan", "Thomas", "Pritchard", "Adeyemi", "Davies", "O'Brien", "Jones", "Smith")
_STREETS = ("Ffordd Penrhyn", "Albert Place", "Church Lane", "Station Road", "Bryn Terrace", "Loudoun Square")
_TOWNS = (("Swansea", "SA1"), ("Wrexham", "LL11"), ("Truro", "TR1"), ("Bristol", "BS5"), ("Cardiff", "CF10"))
_REASONS = (("no_heating", 30), ("off_supply", 30), ("over_75", 10), ("prepayment", 5), ("epc_f_or_g", 8))
_STEPS = (
    ("Waiting list", StepKind.WAITING),
    ("Customer engaged", StepKind.ACTIVE),
    ("Assessment", StepKind.ACTIVE),
    ("Action plan and referrals", StepKind.ACTIVE),
    ("Implementation of measures", StepKind.ACTIVE),
    ("Follow up", StepKind.FOLLOW_UP),
    ("Survey", StepKind.FOLLOW_UP),
    ("Closed", StepKind.CLOSED),
)
_TASKS = ("Phone call", "Send pack", "Arrange home visit", "Home visit", "Referral chase")
_WORDS = (
    "rang",
    "no",
    "answer",
    "left",
    "message",
    "boiler",
    "engineer",
    "booked",
    "meter",
    "reading",
    "damp",
    "letter",
)


def fill(database: StoreFile, count: int = 20_000, *, seed: int = 1) -> None:
    """Writes the office into a store with tables: people, queues, projects, and `count` cases with all their rows."""
    dice = random.Random(seed)
    with database.writing() as conn:
        write_all(conn, list(_reference()))
    for first in range(0, count, BATCH):
        with database.writing() as conn:
            numbers = range(first, min(first + BATCH, count))
            write_all(conn, [row for number in numbers for row in _case(dice, number, count)])


def write_all(conn: Connection, records: list[Record]) -> None:
    """Writes rows of any kinds, many at a time."""
    by_kind: dict[type[Record], list[dict[str, object]]] = {}
    for record in records:
        by_kind.setdefault(type(record), []).append(row_of(record))
    for kind, rows in by_kind.items():
        columns = tuple(rows[0])
        conn.exec_driver_sql(upsert(conn, NAMES[kind], columns), [tuple(row.values()) for row in rows])


def advisor(number: int) -> Person:
    """One of the office's advisors."""
    name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number // len(_FIRST) % len(_LAST)]}"
    return Person(id=_id(f"person {number}"), rev=1, username=f"advisor{number}", display_name=name, role=Role.ADVISOR)


def viewer() -> Viewer:
    """A busy advisor, in front of the screen."""
    return Viewer(person=advisor(10), queue_ids=frozenset({_id("queue 0")}), now=NOW, today=NOW.date())


def _id(name: str, at: datetime = NOW) -> str:
    """An id that begins with a time, as all ids do, so that later rows lie behind earlier ones."""
    return child_id(f"{int(at.timestamp() * 1000):012x}", name)


def _reference() -> Iterator[Record]:
    yield from (advisor(number) for number in range(ADVISORS))
    members = tuple(_id(f"person {number}") for number in range(ADVISORS))
    for number, name in enumerate(("Waiting list", "Back office")):
        yield Queue(
            id=_id(f"queue {number}"), rev=1, name=name, code=name, member_ids=members, is_waiting_list=number == 0
        )
    for number in range(3):
        yield Project(
            id=_id(f"project {number}"),
            rev=1,
            name=f"Project {number + 1}",
            journey_id="journey",
            waiting_queue_id=_id("queue 0"),
        )
    for number, (name, kind) in enumerate(_STEPS):
        yield Step(id=_id(f"step {number}"), rev=1, journey_id="journey", name=name, position=number, kind=kind)
    yield from (TaskType(id=name.lower().replace(" ", "_"), rev=1, name=name) for name in _TASKS)


def _case(dice: random.Random, number: int, count: int) -> Iterator[Record]:
    """A case and its rows. Older ones are mostly closed, the newest mostly wait."""
    age = (count - number) / count
    opened = NOW - timedelta(days=365 * _YEARS * age, minutes=dice.randrange(600))
    status = _status(dice, age)
    contact, home = _contact(dice, number, opened), _home(dice, number, opened)
    step = 0 if status is CaseStatus.NEW else dice.randrange(1, 7)
    in_queue = status is CaseStatus.NEW or dice.random() < 0.05
    owner = _id("queue 0") if in_queue else _id(f"person {int(dice.triangular(0, ADVISORS, 10)) % ADVISORS}")
    reasons = tuple(reason for reason in _REASONS if dice.random() < 0.25)
    total = sum(points for _, points in reasons)
    case = Case(
        id=_id(f"case {number}", opened),
        rev=number + 10,
        number=f"{opened:%y}-{number:05}",
        contact_id=contact.id,
        property_id=home.id,
        project_id=_id(f"project {number % 3}"),
        step_id=_id(f"step {step}"),
        status=status,
        priority=Priority.URGENT if total >= 50 else Priority.HIGH if total >= 30 else Priority.NORMAL,
        owner_kind=OwnerKind.QUEUE if in_queue else OwnerKind.PERSON,
        owner_id=owner,
        owner_cmd=_id(f"owner {number}", opened),
        owner_since=opened,
        owner_by=_id("person 1"),
        triage_outcome=None if status is CaseStatus.NEW else TriageOutcome.SUPPORTED,
        triage_score=total,
        triage_reasons=reasons,
        description=_words(dice, 40),
        source=Source.IMPORT,
        source_name="City council",
        referred_on=opened.date() - timedelta(days=dice.randrange(5)),
        created_at=opened,
        created_by=_id("person 1"),
        arrived_at=opened,
        step_since=opened + timedelta(days=dice.randrange(20)),
    )
    yield from (contact, home, case)
    yield from _rows(dice, case, opened)


def _status(dice: random.Random, age: float) -> CaseStatus:
    if age < 0.03:
        return CaseStatus.NEW
    return CaseStatus.CLOSED if dice.random() < age * 1.6 else CaseStatus.IN_PROGRESS


def _contact(dice: random.Random, number: int, opened: datetime) -> Contact:
    return Contact(
        id=_id(f"contact {number}", opened),
        rev=number + 10,
        title=dice.choice(("Mr", "Mrs", "Ms", "")),
        first_name=dice.choice(_FIRST),
        last_name=f"{dice.choice(_LAST)}{'-' + dice.choice(_LAST) if dice.random() < 0.2 else ''}",
        birth_date=(opened - timedelta(days=365 * dice.randrange(20, 95))).date(),
        mobile=f"07700 {dice.randrange(10**6):06}",
        email=f"g.{number}@example.org",
        language="English",
    )


def _home(dice: random.Random, number: int, opened: datetime) -> Property:
    town, area = dice.choice(_TOWNS)
    return Property(
        id=_id(f"home {number}", opened),
        rev=number + 10,
        address_1=f"{dice.randrange(1, 200)} {dice.choice(_STREETS)}",
        town=town,
        postcode=f"{area} {dice.randrange(1, 9)}{dice.choice('ABDEFGHJ')}{dice.choice('ABDEFGHJ')}",
        tenure="owner_occupied",
        epc=dice.choice("BCDEFG"),
        heating="Gas combi",
    )


def _rows(dice: random.Random, case: Case, opened: datetime) -> Iterator[Record]:
    yield OwnershipEvent(
        id=case.owner_cmd,
        rev=case.rev,
        case_id=case.id,
        epoch=1,
        kind=OwnerChange.IMPORTED,
        to_kind=case.owner_kind,
        to_id=case.owner_id,
        by=case.created_by,
        at=opened,
    )
    yield Referral(
        id=_id(f"referral {case.number}", opened),
        rev=case.rev,
        case_id=case.id,
        letter=tuple((f"Column {number}", _words(dice, 3)) for number in range(20)),
    )
    for number in range(dice.randrange(3, 16)):
        at = min(opened + timedelta(days=number * 6, minutes=dice.randrange(400)), NOW)
        yield Activity(
            id=_id(f"line {case.number} {number}", at),
            rev=case.rev + number,
            case_id=case.id,
            kind=dice.choice((ActivityKind.NOTE, ActivityKind.INTERACTION, ActivityKind.STEP, ActivityKind.TASK_DONE)),
            text=_words(dice, 20),
            by=case.owner_id if case.owner_kind is OwnerKind.PERSON else case.created_by,
            at=at,
            arrived_at=at,
        )
    is_open = case.status is CaseStatus.IN_PROGRESS
    for number in range(dice.randrange(1, 6) if case.status is not CaseStatus.NEW else 0):
        at = opened + timedelta(days=number * 8)
        yield Task(
            id=_id(f"task {case.number} {number}", at),
            rev=case.rev,
            case_id=case.id,
            type="phone_call",
            title=dice.choice(_TASKS),
            step_id=case.step_id,
            due_on=(NOW + timedelta(days=dice.randrange(-20, 40))).date() if is_open else at.date(),
            assignee_id=case.owner_id if case.owner_kind is OwnerKind.PERSON else "",
            status=TaskStatus.OPEN if is_open and dice.random() < 0.5 else TaskStatus.DONE,
            created_at=at,
            created_by=case.created_by,
        )


def _words(dice: random.Random, count: int) -> str:
    return " ".join(dice.choices(_WORDS, k=count))


def questions() -> dict[str, Callable[[Connection, Viewer], object]]:
    """What is timed, by a few words."""
    busy = CaseFilter()
    asked: dict[str, Callable[[Connection, Viewer], object]] = {
        "cases, first page": lambda conn, who: cases(conn, who, busy, CaseOrder()),
        "cases, mine": lambda conn, who: cases(conn, who, CaseFilter(is_mine=True), CaseOrder()),
        "cases, all three filters": lambda conn, who: cases(
            conn,
            who,
            CaseFilter(project_id=_id("project 1"), step_id=_id("step 2"), is_mine=True),
            CaseOrder(),
        ),
        "cases, text": lambda conn, who: cases(conn, who, CaseFilter(text="evans swansea"), CaseOrder()),
        "cases, text, nothing": lambda conn, who: cases(conn, who, CaseFilter(text="zzzz"), CaseOrder()),
        "cases, text, count": lambda conn, who: cases_count(conn, who, CaseFilter(text="evans")),
        "cases, count": lambda conn, who: cases_count(conn, who, busy),
        "waiting list": lambda conn, who: waiting_list(conn, who),
        "board": lambda conn, who: board(conn, who, CaseFilter(which=Which.OPEN)),
        "my day": lambda conn, who: my_day(conn, who),
        "rail": lambda conn, who: rail_counts(conn, who),
        "one case": lambda conn, who: case_sheet(conn, who, _some_case(conn)),
        "jump, name": lambda conn, who: jump(conn, who, "pritch"),
        "jump, nothing": lambda conn, who: jump(conn, who, "zzzz"),
        "jump, phone": lambda conn, who: jump(conn, who, "07700 1234"),
    }
    return asked | {f"cases by {by}": _sorted_by(by) for by in CaseSort}


def _sorted_by(by: CaseSort) -> Callable[[Connection, Viewer], object]:
    return lambda conn, who: cases(conn, who, CaseFilter(), CaseOrder(by=by))


def _some_case(conn: Connection) -> str:
    return str(conn.exec_driver_sql("SELECT id FROM case_file ORDER BY id LIMIT 1 OFFSET 9000").scalar())


def timed(filled: StoreFile, question: Callable[[Connection, Viewer], object], rounds: int = 9) -> tuple[float, float]:
    """Milliseconds of the first asking on fresh connections, and the median of the ones after it."""
    database = StoreFile(filled.path, filled.key)
    took = []
    for _ in range(rounds + 1):
        started = perf_counter()
        with database.reading() as conn:
            question(conn, viewer())
        took.append((perf_counter() - started) * 1000)
    database.close()
    return took[0], statistics.median(took[1:])


def plan_problems(database: StoreFile, question: Callable[[Connection, Viewer], object]) -> list[str]:
    """Where SQLite reads a table that grows with the office from end to end, and no index in its place."""
    said: list[str] = []
    found = []
    with database.reading() as conn:
        conn.raw.set_trace_callback(said.append)
        question(conn, viewer())
        conn.raw.set_trace_callback(None)
        for statement in said:
            for *_, step in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}"):
                if step.startswith("SCAN") and " INDEX " not in step and not _SMALL.search(step):
                    found.append(f"{step}: {' '.join(statement.split())[:90]}")
    return found


def main() -> None:
    """Fills a store and prints what each question takes."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        database = StoreFile(Path(folder) / "store.db", KEY)
        prepare_store(database)
        started = perf_counter()
        fill(database, count)
        print(f"{count} cases written in {perf_counter() - started:.1f} s")
        for name, question in questions().items():
            first, later = timed(database, question)
            print(f"{name:28} first {first:7.1f} ms   then {later:7.1f} ms")
            for problem in plan_problems(database, question):
                print(f"    {problem}")
        database.close()


if __name__ == "__main__":
    main()
