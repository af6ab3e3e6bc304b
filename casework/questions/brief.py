"""The hand-over brief: one page about a case, out of what is on this device, for whoever takes it over (X7)."""

from datetime import date, datetime

import msgspec

from casework.connection import Connection
from casework.questions.case_parts import documents_of, ownership_of, review_of
from casework.questions.consents import ConsentShown, consents_of_case
from casework.questions.decisions import decisions_of_case
from casework.questions.feed_lines import line_of
from casework.questions.names import Names, names
from casework.questions.reading import from_json, full_name, read
from casework.questions.shown import DocumentShown, FeedLine, OwnershipLine, ReviewShown, TaskShown
from casework.questions.shown_kept import DecisionCard
from casework.questions.tasks import tasks_of_case
from casework.questions.viewer import Viewer
from casework.rows import find, of_case
from casework.values import (
    AssignmentStatus,
    Case,
    CaseAssignment,
    Contact,
    Priority,
    Property,
    TaskStatus,
)

_LAST_CONTACT = """
SELECT * FROM activity WHERE case_id = ? AND kind = 'interaction'
ORDER BY json_extract(facts, '$.happened_at') DESC, id DESC LIMIT 1
"""
_FLAGS = "SELECT flags FROM referral WHERE case_id = ? ORDER BY id LIMIT 1"


class AssignmentShown(msgspec.Struct, frozen=True, kw_only=True):
    """A request to a team that is not settled, and who handles it (S97)."""

    id: str
    team_name: str
    reason: str
    status: AssignmentStatus
    assignee_name: str
    due_on: date | None


class Risks(msgspec.Struct, frozen=True, kw_only=True):
    """What to know before ringing the bell: codes and words as they are on file.

    `flags` are (code, column, cell) of the referral that need a person's eye.
    """

    priority: Priority
    vulnerabilities: tuple[str, ...]
    access_notes: str
    flags: tuple[tuple[str, str, str], ...]


class HandoverBrief(msgspec.Struct, frozen=True, kw_only=True):
    """One page for a hand-over. `promises` are open tasks but for the `next_visit`.

    `missing` names what is not on file, as codes: review, consent, contact, next_step.
    """

    case: Case
    client: str
    phone: str
    home: Property
    step_name: str
    owner_name: str
    since: datetime
    came_by: OwnershipLine | None
    review: ReviewShown | None
    last_contact: FeedLine | None
    next_visit: TaskShown | None
    promises: tuple[TaskShown, ...]
    assignments: tuple[AssignmentShown, ...]
    risks: Risks
    consents: tuple[ConsentShown, ...]
    documents: tuple[DocumentShown, ...]
    kept: tuple[DecisionCard, ...]
    missing: tuple[str, ...]


def brief(conn: Connection, viewer: Viewer, case_id: str) -> HandoverBrief | None:
    """The page, from data and with nobody's words made up (X7); None when the case is not on this device."""
    case = find(conn, Case, case_id)
    if case is None:
        return None
    known = names(conn)
    contact = find(conn, Contact, case.contact_id) or Contact(id=case.contact_id)
    home = find(conn, Property, case.property_id) or Property(id=case.property_id)
    todo = [task for task in tasks_of_case(conn, viewer, case_id, known) if task.status is TaskStatus.OPEN]
    visit = next((task for task in todo if task.is_visit and task.start_at and task.start_at >= viewer.now), None)
    contacts = read(conn, _LAST_CONTACT, (case_id,))
    events = ownership_of(conn, viewer, case_id, known)
    page = HandoverBrief(
        case=case,
        client=full_name(contact.title, contact.first_name, contact.last_name),
        phone=contact.mobile or contact.phone,
        home=home,
        step_name=known.steps.get(case.step_id, ""),
        owner_name=known.owner(case.owner_id),
        since=case.owner_since,
        came_by=events[-1] if events else None,
        review=review_of(case, known),
        last_contact=line_of(contacts[0], viewer, known) if contacts else None,
        next_visit=visit,
        promises=tuple(task for task in todo if task is not visit),
        assignments=_assignments(conn, case_id, known),
        risks=_risks(conn, case, contact, home),
        consents=consents_of_case(conn, case_id, known, viewer.today),
        documents=documents_of(conn, viewer, case_id, known),
        kept=decisions_of_case(conn, viewer, case_id, known),
        missing=(),
    )
    return msgspec.structs.replace(page, missing=_missing(page))


def _missing(page: HandoverBrief) -> tuple[str, ...]:
    lacks = {
        "review": page.review is None,
        "consent": not page.consents and not page.case.consent,
        "contact": page.last_contact is None,
        "next_step": page.next_visit is None and not page.promises and not page.assignments,
    }
    return tuple(code for code, is_missing in lacks.items() if is_missing)


def _risks(conn: Connection, case: Case, contact: Contact, home: Property) -> Risks:
    found = read(conn, _FLAGS, (case.id,))
    flags = from_json(found[0]["flags"]) if found else []
    return Risks(
        priority=case.priority,
        vulnerabilities=contact.vulnerabilities,
        access_notes=home.access_notes,
        flags=tuple((code, column, cell) for code, column, cell in flags),
    )


def _assignments(conn: Connection, case_id: str, known: Names) -> tuple[AssignmentShown, ...]:
    """What teams have in hand, and what came back and waits for an answer."""
    return tuple(
        AssignmentShown(
            id=one.id,
            team_name=known.teams.get(one.team_id, ""),
            reason=one.reason,
            status=one.status,
            assignee_name=known.person(one.assignee_id),
            due_on=one.due_on,
        )
        for one in of_case(conn, CaseAssignment, case_id)
        if one.is_open or one.status is AssignmentStatus.RETURNED
    )
