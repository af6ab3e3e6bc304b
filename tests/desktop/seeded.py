"""Desks with a council's 320 referrals on them, and with more rows than anybody has, for lists to be looked at."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from casework.answers import Changes
from casework.commands import AddTask, OpenCase, SeenOwner, TriageCase
from casework.ids import new_id
from casework.referrals.columns import guess_mapping
from casework.referrals.dry_run import DryRun, dry_run
from casework.referrals.person import ReferredPerson
from casework.referrals.reading import read_table
from casework.referrals.triage_facts import triage_facts
from casework.rows import find, write
from casework.rules.triage_score import score
from casework.values import (
    Case,
    CaseStatus,
    Contact,
    OwnerKind,
    Person,
    Priority,
    Property,
    Source,
    TriageOutcome,
)
from tests.kit_desktop import (
    ENGAGED,
    FOLLOW_UP,
    MEASURES,
    VISIT,
    WAITING,
    WAITING_LIST,
    WARM_HOMES,
    Desk,
    an_id,
    person,
)

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "sample" / "referrals-council.csv"
OWNERS = ("amy", "ben", "cara", "amy", "lena")
STEPS = (ENGAGED, VISIT, MEASURES, ENGAGED, VISIT, FOLLOW_UP)


def council() -> DryRun:
    """What the council's file says."""
    table = read_table(SAMPLE)
    mapping, _ = guess_mapping(table)
    return dry_run(table, mapping, (), datetime.now(UTC).date())


def refer(desk: Desk, most: int = 320, *, supported: int = 60) -> list[str]:
    """Takes in the council's people as cases, the first few of them already triaged; answers their ids in order."""
    found = council()
    ids = {one.line: new_id() for one in found.referrals}
    made = []
    for one in found.referrals[:most]:
        alike = tuple(ids[other.other_line] for other in found.likenesses_of(one.line) if other.other_line in ids)
        desk.happened("priya", opened(one, ids[one.line], alike), days_ago=1)
        made.append(ids[one.line])
    for at, case_id in enumerate(made[:supported]):
        support(desk, case_id, OWNERS[at % len(OWNERS)], STEPS[at % len(STEPS)], days_ago=(at * 7) % 40 + 1)
        if at % 3:
            plan(desk, case_id, OWNERS[at % len(OWNERS)], at)
    return made


def opened(one: ReferredPerson, case_id: str, alike: tuple[str, ...] = ()) -> OpenCase:
    """The command that takes one referred person in."""
    weighed = score(triage_facts(one))
    contact, home = one.contact, one.home
    contact_id, home_id = new_id(), new_id()
    return OpenCase(
        case_id=case_id,
        contact_id=contact_id,
        property_id=home_id,
        project_id=WARM_HOMES,
        contact=msgspec.convert(
            {name: getattr(contact, name) for name in _shared(Contact, contact)} | {"id": contact_id}, Contact
        ),
        home=msgspec.convert(
            {name: getattr(home, name) for name in _shared(Property, home)} | {"id": home_id, "epc": home.epc_band},
            Property,
        ),
        source=Source.IMPORT,
        source_name=one.referred_by,
        source_reference=one.reference,
        referred_on=one.referred_on,
        consent=one.consent,
        description=one.reason,
        triage_score=weighed.total,
        triage_reasons=weighed.reasons,
        letter=one.letter,
        flags=tuple((flag.code, flag.column, flag.value) for flag in one.flags),
        alike=alike,
        leftover=one.leftover,
    )


def _shared(kind: type[msgspec.Struct], given: object) -> list[str]:
    return [name for name in kind.__struct_fields__ if name not in ("id", "rev") and hasattr(given, name)]


def support(desk: Desk, case_id: str, owner: str, step: str, *, days_ago: float = 1) -> None:
    """Priya supported the client."""
    case = case_of(desk, case_id)
    desk.happened(
        "priya",
        TriageCase(
            case_id=case_id,
            base=SeenOwner(case.owner, case.owner_cmd),
            outcome=TriageOutcome.SUPPORTED,
            step_id=step,
            owner=person(owner),
        ),
        days_ago=days_ago,
    )


def plan(desk: Desk, case_id: str, owner: str, at: int) -> None:
    """A task on the case, late, today or to come."""
    title, kind = (("Home visit", "home_visit"), ("Ring about the boiler", "phone_call"), ("Send pack", "send_pack"))[
        at % 3
    ]
    due = datetime.now(UTC).date() + timedelta(days=(at * 5) % 17 - 4)
    task = AddTask(case_id=case_id, task_id=new_id(), task_type=kind, title=title, due_on=due, assignee_id=an_id(owner))
    desk.happened(owner, task, days_ago=0.2)


def case_of(desk: Desk, case_id: str) -> Case:
    """A case as it stands in the desk's store."""
    with desk.laptop.database.reading() as conn:
        case = find(conn, Case, case_id)
    assert case is not None
    return case


def has_left(desk: Desk, name: str) -> None:
    """Somebody does not work here any more."""
    with desk.laptop.database.writing() as conn:
        who = find(conn, Person, an_id(name))
        assert who is not None
        write(conn, msgspec.structs.replace(who, is_active=False))
    desk.office.changed.emit(Changes(kinds=frozenset({"person"})))


def crowd(desk: Desk, count: int, *, waiting: bool) -> None:
    """So many cases at once, as rows from the server, without saying a command for each."""
    now = datetime.now(UTC)
    with desk.laptop.database.writing() as conn:
        for at in range(count):
            for record in _one_of_many(at, now, waiting=waiting):
                write(conn, record)
    desk.office.changed.emit(Changes(kinds=frozenset({"case_file"})))


def _one_of_many(at: int, now: datetime, *, waiting: bool) -> tuple[Contact, Property, Case]:
    contact = Contact(id=an_id(f"c{at}"), rev=1, first_name="Pat", last_name=f"Client {at:05}")
    home = Property(
        id=an_id(f"h{at}"), rev=1, address_1=f"{at} High Street", town="Swansea", postcode=f"SA{at % 9} 1AA"
    )
    opened_at = now - timedelta(minutes=at)
    case = Case(
        id=an_id(f"k{at}"),
        rev=1,
        number=f"26-{at:05}",
        contact_id=contact.id,
        property_id=home.id,
        project_id=WARM_HOMES,
        step_id=WAITING if waiting else STEPS[at % len(STEPS)],
        status=CaseStatus.NEW if waiting else CaseStatus.IN_PROGRESS,
        priority=Priority.NORMAL,
        owner_kind=OwnerKind.QUEUE if waiting else OwnerKind.PERSON,
        owner_id=WAITING_LIST if waiting else an_id(OWNERS[at % len(OWNERS)]),
        owner_cmd=an_id(f"o{at}"),
        owner_since=opened_at,
        owner_by=an_id("priya"),
        triage_outcome=None if waiting else TriageOutcome.SUPPORTED,
        triage_score=at % 29,
        source=Source.IMPORT,
        source_name="City council",
        referred_on=date(2026, 1, 1),
        created_at=opened_at,
        created_by=an_id("priya"),
        step_since=opened_at,
    )
    return contact, home, case
