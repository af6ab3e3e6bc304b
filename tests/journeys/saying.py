"""What people say in the journeys, in one line each, and how a test looks at what came of it."""

from datetime import datetime
from typing import TypeVar

from casework.commands import (
    AddNote,
    AddTask,
    ChangeOwner,
    CloseCase,
    EditCase,
    EditContact,
    FinishTask,
    LogReview,
    MoveStep,
    SeenOwner,
    TriageCase,
)
from casework.ids import new_id
from casework.rows import find, of_case
from casework.values import (
    Activity,
    Case,
    CaseRecord,
    Contact,
    KeptWork,
    Notice,
    Owner,
    OwnerKind,
    Record,
    Source,
    Task,
    TriageOutcome,
)
from server.setting_up import BACK_OFFICE, default_id
from tests.kit_near import Desk, person_id
from tests.kit_new_case import PHONE as PHONE
from tests.kit_new_case import a_council_opening

R = TypeVar("R", bound=Record)
C = TypeVar("C", bound=CaseRecord)

ENGAGED = default_id("step/2")
ASSESSMENT = default_id("step/3")
ACTION_PLAN = default_id("step/4")


def person(name: str) -> Owner:
    """Somebody of the sample organisation as an owner."""
    return Owner(OwnerKind.PERSON, person_id(name))


BACK_OFFICE_QUEUE = Owner(OwnerKind.QUEUE, BACK_OFFICE)


def referral(desk: Desk, *, last_name: str = "Evans", source: Source = Source.IMPORT) -> str:
    """Takes a referral in, or types one in; returns the case's id."""
    opening = a_council_opening(last_name, source=source)
    desk.say(opening)
    return opening.case_id


def a_case_of(desk: Desk, owner: str) -> str:
    """A supported case of somebody's, taken in and triaged at this desk."""
    case_id = referral(desk)
    case = the_case(desk, case_id)
    desk.say(
        TriageCase(
            case_id=case_id,
            base=SeenOwner(case.owner, case.owner_cmd),
            outcome=TriageOutcome.SUPPORTED,
            step_id=ENGAGED,
            owner=person(owner),
        )
    )
    return case_id


def the_case(desk: Desk, case_id: str) -> Case:
    """The case as that desk shows it."""
    case = look(desk, Case, case_id)
    assert case is not None, f"{desk.name} does not have the case"
    return case


def look(desk: Desk, kind: type[R], record_id: str) -> R | None:
    """One row of a desk's store."""
    with desk.laptop.database.reading() as conn:
        return find(conn, kind, record_id)


def on_case(desk: Desk, kind: type[C], case_id: str) -> tuple[C, ...]:
    """All rows of a kind on a case, as that desk shows them."""
    with desk.laptop.database.reading() as conn:
        return of_case(conn, kind, case_id)


def on_server(desk: Desk, kind: type[C], case_id: str) -> tuple[C, ...]:
    """All rows of a kind on a case, as the server has them."""
    with desk.world.server.database.reading() as conn:
        return of_case(conn, kind, case_id)


def server_case(desk: Desk, case_id: str) -> Case:
    """The case as the server has it."""
    with desk.world.server.database.reading() as conn:
        case = find(conn, Case, case_id)
    assert case is not None
    return case


def give(desk: Desk, case_id: str, owner: Owner, *, reason: str = "", with_tasks: bool = True) -> None:
    """Changes the owner, seeing what this desk shows; the old owner's open tasks go along, as the screen suggests."""
    case = the_case(desk, case_id)
    desk.say(
        ChangeOwner(
            case_id=case_id,
            base=SeenOwner(case.owner, case.owner_cmd),
            owner=owner,
            reason=reason,
            with_tasks=with_tasks,
        )
    )


def claim(desk: Desk, case_id: str) -> None:
    """Takes the case oneself."""
    give(desk, case_id, Owner(OwnerKind.PERSON, desk.person_id))


def note(desk: Desk, case_id: str, text: str, *mentions: str) -> None:
    """Writes a note."""
    desk.say(AddNote(case_id=case_id, text=text, mentions=tuple(person_id(name) for name in mentions)))


def book_visit(desk: Desk, case_id: str, at: datetime) -> str:
    """Books a home visit for oneself; returns the task's id."""
    task_id = new_id()
    desk.say(
        AddTask(
            case_id=case_id,
            task_id=task_id,
            task_type="home_visit",
            title="Home visit",
            due_on=at.date(),
            start_at=at,
            assignee_id=desk.person_id,
        )
    )
    return task_id


def finish(desk: Desk, case_id: str, task_id: str, outcome: str = "") -> None:
    """Says that a task was done."""
    desk.say(FinishTask(case_id=case_id, task_id=task_id, outcome=outcome, done_at=desk.laptop.clock()))


def move(desk: Desk, case_id: str, step_id: str) -> None:
    """Moves the case to a step."""
    desk.say(MoveStep(case_id=case_id, step=(the_case(desk, case_id).step_id, step_id)))


def change_phone(desk: Desk, case_id: str, number: str, **others: tuple[str, str]) -> None:
    """Corrects the client's telephone number, and other fields as name=(before, new)."""
    case = the_case(desk, case_id)
    contact = look(desk, Contact, case.contact_id)
    assert contact is not None
    changes: dict[str, tuple[object, object]] = {"phone": (contact.phone, number), **others}
    desk.say(EditContact(case_id=case_id, contact_id=contact.id, changes=changes))


def describe(desk: Desk, case_id: str, text: str) -> None:
    """Rewrites the description."""
    desk.say(EditCase(case_id=case_id, changes={"description": (the_case(desk, case_id).description, text)}))


def close(desk: Desk, case_id: str, reason: str = "advice_completed") -> None:
    """Closes the case."""
    case = the_case(desk, case_id)
    desk.say(CloseCase(case_id=case_id, base=SeenOwner(case.owner, case.owner_cmd), reason=reason))


def review(desk: Desk, case_id: str, text: str) -> None:
    """Logs a review, with the one in sight that stands."""
    desk.say(LogReview(case_id=case_id, text=text, seen=the_case(desk, case_id).last_review_id))


def notices(desk: Desk, case_id: str) -> dict[str, Notice]:
    """The lines about a case on that person's Today, by code."""
    return {notice.code: notice for notice in on_case(desk, Notice, case_id) if notice.person_id == desk.person_id}


def kept(desk: Desk, case_id: str) -> list[KeptWork]:
    """The kept work about a case that this desk can see."""
    return list(on_case(desk, KeptWork, case_id))


def texts(desk: Desk, case_id: str) -> list[str]:
    """What the case's feed says, at that desk."""
    return [line.text for line in on_case(desk, Activity, case_id) if line.text]


def tasks(desk: Desk, case_id: str) -> dict[str, Task]:
    """The case's tasks at that desk, by id."""
    return {task.id: task for task in on_case(desk, Task, case_id)}
