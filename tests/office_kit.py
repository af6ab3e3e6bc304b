"""Sentences for tests of rules and questions: an office with its people, cases and tasks, and a desk made of paper.

    office = an_office()
    evans = a_case("Mrs Evans").owned_by("ben").at("Assessment")
    store = a_store(folder, office.rows, evans, a_task("Home visit", evans, to="ben", due_in=2))
    desk = PaperDesk(office.rows, evans)               # the same for rules, without a database

Ids follow from names (`an_id("ben")`), so that a test can say whom it means. Time stands still at NOW.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import msgspec

from casework.questions.viewer import Viewer
from casework.rows import write
from casework.rules.access import queues_of
from casework.rules.moment import Moment, Side
from casework.store_file import StoreFile
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    CaseStatus,
    Contact,
    Document,
    Notice,
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
    Team,
    TriageOutcome,
)
from sync.laptop import prepare_store
from tests.paper_desk import PaperDesk as PaperDesk
from tests.paper_desk import every

NOW = datetime(2025, 11, 21, 10, 0, tzinfo=UTC)
TODAY = NOW.date()

_PEOPLE = (
    ("amy", "Amy Jones", Role.ADVISOR),
    ("ben", "Ben Okafor", Role.ADVISOR),
    ("cara", "Cara Lewis", Role.ADVISOR),
    ("priya", "Priya Shah", Role.COORDINATOR),
    ("jo", "Jo Marsh", Role.LEAD),
    ("sam", "Sam Reed", Role.ADMIN),
)
# The default journey of domain.md 5.7: name, kind, days that a case should stay, tasks that entering brings.
_STEPS: tuple[tuple[str, StepKind, int, tuple[tuple[str, int], ...]], ...] = (
    ("Waiting list", StepKind.WAITING, 5, ()),
    ("Customer engaged", StepKind.ACTIVE, 5, (("phone_call", 2), ("send_pack", 3))),
    ("Assessment", StepKind.ACTIVE, 21, (("arrange_home_visit", 3), ("home_visit", 14), ("remind_resident", 13))),
    ("Action plan and referrals", StepKind.ACTIVE, 10, (("action_plan", 2),)),
    ("Implementation of measures", StepKind.ACTIVE, 60, (("referral_chase", 14),)),
    ("Follow up", StepKind.FOLLOW_UP, 30, (("phone_call", 28),)),
    ("Survey", StepKind.FOLLOW_UP, 60, (("outcome_survey", 60),)),
    ("Closed", StepKind.CLOSED, 0, ()),
)
_TASK_TYPES = (
    ("home_visit", "Home visit", True, True),
    ("phone_call", "Phone call", False, True),
    ("send_pack", "Send pack", False, True),
    ("arrange_home_visit", "Arrange home visit", False, True),
    ("remind_resident", "Remind resident", False, False),
    ("action_plan", "Action plan", False, False),
    ("referral_chase", "Referral chase", False, True),
    ("outcome_survey", "Outcome survey", False, False),
)


def an_id(name: str) -> str:
    """The id of what is called so: shaped like every other id, and always the same."""
    return "0190" + hashlib.blake2b(name.encode(), digest_size=14).hexdigest()


def days_ago(days: float) -> datetime:
    """A time so many days before NOW."""
    return NOW - timedelta(days=days)


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """The people and how their work is arranged; `rows` is all of it."""

    people: dict[str, Person]
    queues: dict[str, Queue]
    projects: dict[str, Project]
    steps: dict[str, Step]
    rest: tuple[Record, ...]

    @property
    def rows(self) -> tuple[Record, ...]:
        """Everything that everybody holds."""
        parts = (self.people, self.queues, self.projects, self.steps)
        return (*(row for part in parts for row in part.values()), *self.rest)

    def person(self, name: str) -> Person:
        """Somebody by their short name: `amy`, `ben`, `cara`, `priya`, `jo` or `sam`."""
        return self.people[name]

    def viewer(self, name: str, *, waiting_ids: Iterable[str] = (), today: date = TODAY) -> Viewer:
        """That person in front of the screen."""
        person = self.person(name)
        return Viewer(
            person=person,
            queue_ids=queues_of(person, tuple(self.queues.values())),
            now=NOW,
            today=today,
            waiting_ids=frozenset(waiting_ids),
        )

    def moment(self, name: str, **more: Any) -> Moment:
        """The moment in which that person says something; `more` are fields of Moment."""
        person = self.person(name)
        told = {"command_id": an_id(f"command of {name}"), "said_at": NOW, "now": NOW, "side": Side.DECIDING}
        return Moment(**{"who": person, "queue_ids": queues_of(person, tuple(self.queues.values())), **told, **more})


def an_office() -> Office:
    """Amy, Ben and Cara advise, Priya coordinates, Jo leads, Sam is the admin; two queues, two projects, a journey."""
    people = {
        name: Person(id=an_id(name), rev=1, username=name, display_name=shown, role=role)
        for name, shown, role in _PEOPLE
    }
    advisors = tuple(an_id(name) for name in ("amy", "ben", "cara"))
    queues = {
        "Waiting list": Queue(
            id=an_id("Waiting list"),
            rev=1,
            name="Waiting list",
            code="waiting",
            member_ids=advisors,
            is_waiting_list=True,
        ),
        "Back office": Queue(
            id=an_id("Back office"), rev=1, name="Back office", code="back", member_ids=(an_id("cara"), an_id("priya"))
        ),
    }
    projects = {
        name: Project(
            id=an_id(name),
            rev=1,
            name=name,
            funder=funder,
            journey_id=an_id("journey"),
            waiting_queue_id=an_id("Waiting list"),
        )
        for name, funder in (("Warm Homes", "City fund"), ("Healthy Homes", "Health board"))
    }
    steps = {
        name: Step(
            id=a_step(name),
            rev=1,
            journey_id=an_id("journey"),
            name=name,
            position=position,
            kind=kind,
            target_days=days,
            entry_tasks=tasks,
        )
        for position, (name, kind, days, tasks) in enumerate(_STEPS, start=1)
    }
    types = tuple(
        TaskType(id=code, rev=1, name=name, is_visit=is_visit, is_common=is_common, position=position)
        for position, (code, name, is_visit, is_common) in enumerate(_TASK_TYPES)
    )
    team = Team(id=an_id("Home visits"), rev=1, name="Home visits", code="visits")
    return Office(people=people, queues=queues, projects=projects, steps=steps, rest=(*types, team))


def a_step(name: str) -> str:
    """The id of a step of the journey."""
    return an_id(f"step {name}")


class CaseSketch(msgspec.Struct, frozen=True, kw_only=True):
    """A case in the making: the case, its client and its home. Every method answers a changed copy."""

    case: Case
    contact: Contact
    home: Property
    letter: Referral | None = None

    @property
    def id(self) -> str:
        """The case's id."""
        return self.case.id

    def owned_by(self, name: str) -> Self:
        """A person by short name, or a queue by its name."""
        is_person = any(name == short for short, _, _ in _PEOPLE)
        return self.so(owner_kind=OwnerKind.PERSON if is_person else OwnerKind.QUEUE, owner_id=an_id(name))

    def waiting(self) -> Self:
        """Not decided about yet (R2)."""
        return self.so(status=CaseStatus.NEW, step_id=a_step("Waiting list"), triage_outcome=None)

    def at(self, step: str, *, ago: float = 5) -> Self:
        """Supported, and at a step of the journey since so many days."""
        return self.so(
            status=CaseStatus.IN_PROGRESS,
            step_id=a_step(step),
            step_since=days_ago(ago),
            triage_outcome=TriageOutcome.SUPPORTED,
        )

    def closed(self, reason: str = "advice_completed", *, by: str = "ben") -> Self:
        """Closed, where it stood."""
        return self.so(status=CaseStatus.CLOSED, closed_at=days_ago(1), closed_by=an_id(by), closed_reason=reason)

    def scoring(self, **reasons: int) -> Self:
        """What the referral scored, by reason; the priority follows."""
        total = sum(reasons.values())
        priority = Priority.URGENT if total >= 50 else Priority.HIGH if total >= 30 else Priority.NORMAL
        return self.so(triage_score=total, triage_reasons=tuple(reasons.items()), priority=priority)

    def opened(self, days: float) -> Self:
        """Made so many days ago, and at its step since then."""
        return self.so(created_at=days_ago(days), step_since=days_ago(days), arrived_at=days_ago(days))

    def living_at(self, address: str, town: str, postcode: str, **more: Any) -> Self:
        """Where the home is; `more` are fields of Property."""
        home = msgspec.structs.replace(self.home, address_1=address, town=town, postcode=postcode, **more)
        return msgspec.structs.replace(self, home=home)

    def with_client(self, **fields: Any) -> Self:
        """More about the client; a client who has another case comes with that one's `id`."""
        contact = msgspec.structs.replace(self.contact, **fields)
        case = msgspec.structs.replace(self.case, contact_id=contact.id)
        return msgspec.structs.replace(self, contact=contact, case=case)

    def referred(self, letter: dict[str, str], *, flags: Any = (), alike: Iterable[str] = ()) -> Self:
        """Came in by a partner's file, with these cells."""
        made = Referral(
            id=an_id(f"referral {self.id}"),
            rev=1,
            case_id=self.id,
            letter=tuple(letter.items()),
            flags=tuple(flags),
            alike=tuple(alike),
        )
        return msgspec.structs.replace(self.so(source=Source.IMPORT, source_name="City council"), letter=made)

    def so(self, **fields: Any) -> Self:
        """Any fields of the case."""
        return msgspec.structs.replace(self, case=msgspec.structs.replace(self.case, **fields))

    def __iter__(self) -> Iterator[Record]:
        """What is to be written for it; the owner came by an event, as every owner does."""
        case = self.case
        yield from (self.contact, self.home, case, *((self.letter,) if self.letter else ()))
        yield OwnershipEvent(
            id=case.owner_cmd,
            rev=2,
            case_id=case.id,
            epoch=case.owner_epoch,
            kind=OwnerChange.ASSIGN if case.owner_kind is OwnerKind.PERSON else OwnerChange.QUEUE_MOVE,
            to_kind=case.owner_kind,
            to_id=case.owner_id,
            by=case.owner_by,
            at=case.owner_since,
            arrived_at=case.owner_since,
        )


def a_case(client: str = "Mrs Evans", *, number: str = "") -> CaseSketch:
    """A case of that client at step Assessment, made ten days ago by Priya in Warm Homes, owned by Amy."""
    title, _, name = client.partition(" ") if client.startswith(("Mr ", "Mrs ", "Ms ", "Miss ")) else ("", "", client)
    first, _, last = name.rpartition(" ")
    handle = f"{client} {number}"
    contact = Contact(id=an_id(f"contact {handle}"), rev=2, title=title, first_name=first, last_name=last)
    home = Property(id=an_id(f"home {handle}"), rev=2)
    case = Case(
        id=an_id(f"case {handle}"),
        rev=2,
        number=number or f"25-{int(an_id(handle)[-4:], 16):05}",
        contact_id=contact.id,
        property_id=home.id,
        project_id=an_id("Warm Homes"),
        step_id=a_step("Assessment"),
        status=CaseStatus.IN_PROGRESS,
        owner_kind=OwnerKind.PERSON,
        owner_id=an_id("amy"),
        owner_cmd=an_id(f"owner of {handle}"),
        owner_since=days_ago(9),
        owner_by=an_id("priya"),
        triage_outcome=TriageOutcome.SUPPORTED,
        created_at=days_ago(10),
        created_by=an_id("priya"),
        arrived_at=days_ago(10),
        step_since=days_ago(5),
    )
    return CaseSketch(case=case, contact=contact, home=home)


def a_task(
    title: str, case: CaseSketch, *, to: str = "amy", due_in: int | None = None, type: str = "phone_call", **more: Any
) -> Task:
    """An open task on the case, due in so many days (below 0: late, None: some day); `more` are fields of Task."""
    task = Task(
        id=an_id(f"task {title} {case.id}"),
        rev=3,
        case_id=case.id,
        type=type,
        title=title,
        step_id=case.case.step_id,
        due_on=None if due_in is None else TODAY + timedelta(days=due_in),
        assignee_id=an_id(to) if to else "",
        created_at=days_ago(3),
        created_by=an_id("priya"),
    )
    return msgspec.structs.replace(task, **more)


def done(task: Task, *, by: str = "amy", ago: float = 1) -> Task:
    """The task, done so many days ago."""
    return msgspec.structs.replace(task, status=TaskStatus.DONE, completed_at=days_ago(ago), completed_by=an_id(by))


def a_line(text: str, case: CaseSketch, *, by: str = "amy", ago: float = 1, **more: Any) -> Activity:
    """A note in the case's feed so many days ago, or with `kind` any other line; `more` are fields of Activity."""
    at = days_ago(ago)
    line = Activity(
        id=an_id(f"line {text} {by} {at.isoformat()} {case.id}"),
        rev=4,
        case_id=case.id,
        kind=ActivityKind.NOTE,
        text=text,
        by=an_id(by),
        at=at,
        arrived_at=at,
    )
    return msgspec.structs.replace(line, **more)


def a_document(name: str, case: CaseSketch, *, by: str = "amy", **more: Any) -> Document:
    """A file on the case."""
    document = Document(
        id=an_id(f"document {name} {case.id}"),
        rev=5,
        case_id=case.id,
        name=name,
        mime="application/pdf",
        size=120_000,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        added_at=days_ago(1),
        added_by=an_id(by),
        is_stored=True,
    )
    return msgspec.structs.replace(document, **more)


def a_notice(code: str, case: CaseSketch, *, to: str, by: str = "priya", ago: float = 1, **more: Any) -> Notice:
    """A line on somebody's Today, so many days ago."""
    notice = Notice(
        id=an_id(f"notice {code} {to} {case.id}"),
        rev=6,
        case_id=case.id,
        person_id=an_id(to),
        code=code,
        facts={"number": case.case.number},
        by=an_id(by),
        at=days_ago(ago),
    )
    return msgspec.structs.replace(notice, **more)


def a_store(folder: Path, *piles: Record | Iterable[Record]) -> StoreFile:
    """A real store in the folder with those rows; the caller closes it."""
    database = StoreFile(folder / "store.db", bytes(32))
    prepare_store(database)
    put_down(database, *piles)
    return database


def put_down(database: StoreFile, *piles: Record | Iterable[Record]) -> None:
    """Writes rows into a store."""
    with database.writing() as conn:
        for row in every(piles):
            write(conn, row)
