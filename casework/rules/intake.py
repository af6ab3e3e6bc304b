"""A new case: typed in by a person, or taken in from a partner's referral."""

import msgspec

from casework.answers import Done, Refused, Verdict
from casework.commands import OpenCase
from casework.ids import child_id
from casework.rules import feed
from casework.rules.fields import CASE_FIELDS, CONTACT_FIELDS, LINE, PROPERTY_FIELDS, TEXT, plain, too_long
from casework.rules.moment import Desk, Moment, Side
from casework.rules.triage_score import priority_of
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    Contact,
    Owner,
    OwnerChange,
    OwnerKind,
    OwnershipEvent,
    Project,
    Property,
    Record,
    Referral,
    Source,
    Standing,
    Step,
    StepKind,
)

# What an app works out for itself about a new case, from what it holds: no words of anybody's.
_WORKED_OUT = ("alike", "flags", "triage_score", "triage_reasons")


def open_case(desk: Desk, command: OpenCase, moment: Moment) -> Verdict:
    """Opens a case at the journey's waiting step (S14): its creator owns it, or the waiting list if it was imported.

    Where it is here already, the same words change nothing; other words are refused, and so kept for their author.
    Sources: R1 (S61, A11), S60 (created date and time), A12 (device and server time side by side).
    """
    here = desk.find(Case, command.case_id)
    if here is not None:
        return _again(desk, command, here, moment)
    project = desk.find(Project, command.project_id)
    if project is None or not project.is_active:
        return Refused("project-gone")
    step = waiting_step(desk, project)
    if step is None:
        return Refused("journey-has-no-start")
    people = _people(desk, command, moment)
    if isinstance(people, Refused):
        return people
    problem = _too_long(command, people)
    if problem is not None:
        return problem
    case = _case(command, project, step, moment)
    return Done((*people, case, _first_owner(case, moment), *_letter(command), *_lines(desk, command, case, moment)))


def waiting_step(desk: Desk, project: Project) -> Step | None:
    """The step of the project's journey where new cases wait (S14)."""
    steps = desk.all_of(Step)
    waiting = [step for step in steps if step.journey_id == project.journey_id and step.kind is StepKind.WAITING]
    return min(waiting, key=lambda step: step.position, default=None)


def _again(desk: Desk, command: OpenCase, case: Case, moment: Moment) -> Verdict:
    """A file's cases have the same ids wherever it is imported (OC14): what was said of them need not be the same."""
    events = desk.of_case(OwnershipEvent, case.id)
    first = next((event for event in events if event.kind in (OwnerChange.CREATED, OwnerChange.IMPORTED)), None)
    created = desk.find(Activity, first.id) if first is not None else None
    noted = created.facts.get("said") if created is not None else None
    is_same = noted == _digest_of(command) if noted else _is_its_letter(desk, command)
    if is_same or moment.side is Side.REPLAYING:
        return Done()
    return Refused("case-here-already", {"number": case.number})


def _is_its_letter(desk: Desk, command: OpenCase) -> bool:
    """Of a case that came in before its opening was noted: a partner's letter is what all else in it was made of."""
    referral = desk.find(Referral, child_id(command.case_id, "referral"))
    return referral is not None and referral.letter == command.letter


def _digest_of(command: OpenCase) -> str:
    """What tells two openings of one case apart; an id that follows from the words. Blanks count as not said."""
    words = msgspec.json.encode(_words(plain(command)), order="deterministic")
    return child_id(command.case_id, words.decode())


def _words(said: dict[str, object]) -> dict[str, object]:
    inner = {name: _words(value) if isinstance(value, dict) else value for name, value in said.items()}
    return {name: value for name, value in inner.items() if value and name not in _WORKED_OUT}


def _people(desk: Desk, command: OpenCase, moment: Moment) -> tuple[Record, ...] | Refused:
    """The contact and the home that come with the case; refused where it names some that the author does not have."""
    found: list[Record] = []
    for given, kind, record_id in (
        (command.contact, Contact, command.contact_id),
        (command.home, Property, command.property_id),
    ):
        known = desk.find(kind, record_id)
        if given is not None and given.id == record_id and known is None:
            found.append(given)
        elif known is None or not moment.could_see_named:
            return Refused("client-missing")
    return tuple(found)


def _too_long(command: OpenCase, people: tuple[Record, ...]) -> Refused | None:
    checks: list[tuple[str, object, int]] = [
        ("description", command.description, TEXT),
        ("leftover", command.leftover, TEXT),
    ]
    checks += [(name, getattr(command, name), CASE_FIELDS[name]) for name in ("request_type", "source_name", "consent")]
    checks.append(("source_reference", command.source_reference, LINE))
    for record in people:
        limits = CONTACT_FIELDS if isinstance(record, Contact) else PROPERTY_FIELDS
        checks += [(name, getattr(record, name), limit) for name, limit in limits.items()]
    problems = (too_long(name, value, limit) for name, value, limit in checks)
    return next((problem for problem in problems if problem is not None), None)


def _case(command: OpenCase, project: Project, step: Step, moment: Moment) -> Case:
    owner = first_owner(command, project, moment)
    return Case(
        id=command.case_id,
        number=moment.number or provisional_number(command.case_id, moment),
        contact_id=command.contact_id,
        property_id=command.property_id,
        project_id=project.id,
        step_id=step.id,
        priority=priority_of(command.triage_score),
        owner_kind=owner.kind,
        owner_id=owner.id,
        owner_cmd=moment.command_id,
        owner_since=moment.now,
        owner_by=moment.who.id,
        triage_score=command.triage_score,
        triage_reasons=command.triage_reasons,
        request_type=command.request_type,
        description=command.description,
        source=command.source,
        source_name=command.source_name,
        source_reference=command.source_reference,
        referred_on=command.referred_on,
        consent=command.consent,
        created_at=moment.said_at,
        created_by=moment.who.id,
        arrived_at=moment.arrived_at,
        clock_off=moment.clock_off,
        step_since=moment.happened_at,
    )


def first_owner(command: OpenCase, project: Project, moment: Moment) -> Owner:
    """Who owns a case that has just come to be (R1: S61, A11)."""
    if command.source is Source.PERSON:
        return Owner(OwnerKind.PERSON, moment.who.id)
    return Owner(OwnerKind.QUEUE, project.waiting_queue_id)


def provisional_number(case_id: str, moment: Moment) -> str:
    """What a case is called until the server has numbered it: the year and a piece of its id, marked with a star."""
    return f"{moment.said_at:%y}-{case_id[-5:].upper()}*"


def _first_owner(case: Case, moment: Moment) -> OwnershipEvent:
    return OwnershipEvent(
        id=moment.command_id,
        case_id=case.id,
        epoch=case.owner_epoch,
        kind=OwnerChange.CREATED if case.source is Source.PERSON else OwnerChange.IMPORTED,
        to_kind=case.owner_kind,
        to_id=case.owner_id,
        by=moment.who.id,
        at=moment.said_at,
        arrived_at=moment.arrived_at,
    )


def _letter(command: OpenCase) -> tuple[Referral, ...]:
    if not command.letter:
        return ()
    return (
        Referral(
            id=child_id(command.case_id, "referral"),
            case_id=command.case_id,
            letter=command.letter,
            flags=command.flags,
            alike=command.alike,
        ),
    )


def _lines(desk: Desk, command: OpenCase, case: Case, moment: Moment) -> list[Activity]:
    facts = {"source": case.source, "from": case.source_name, "said": _digest_of(command)}
    created = feed.line(desk, case, moment, kind=ActivityKind.CREATED, facts=facts)
    if not command.leftover:
        return [created]
    kept = Activity(
        id=child_id(moment.command_id, "leftover"),
        case_id=case.id,
        kind=ActivityKind.NOTE,
        text=command.leftover,
        facts={"from_import": "yes"},
        by=moment.who.id,
        at=moment.said_at,
        arrived_at=moment.arrived_at,
        clock_off=moment.clock_off,
        epoch=case.owner_epoch,
        standing=Standing.OTHER,
    )
    return [created, kept]
