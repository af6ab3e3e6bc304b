"""What people say in random stories: each verb makes a command from what a screen shows and a few random choices."""

import random
from collections.abc import Callable, Mapping

import msgspec

from casework.commands import (
    AddNote,
    AddTask,
    AnyCommand,
    ChangeOwner,
    CloseCase,
    EditCase,
    EditContact,
    FinishTask,
    LogInteraction,
    LogReview,
    MoveStep,
    OpenCase,
    ReassignTask,
    ReopenCase,
    SeeNotices,
    SeenOwner,
    SettleKept,
    TriageCase,
)
from casework.connection import Connection
from casework.ids import new_id
from casework.rows import all_of, find, of_case
from casework.values import (
    Case,
    Contact,
    KeptState,
    KeptWork,
    Notice,
    Owner,
    OwnerKind,
    Property,
    Source,
    Step,
    Task,
    TriageOutcome,
)
from server.setting_up import BACK_OFFICE, WAITING_LIST, WARM_HOMES
from sync.laptop import Laptop
from tests.journeys import saying
from tests.kit_near import person_id

NAMES = ("amy", "ben", "priya")

Verb = Callable[[Connection, Case, Laptop, random.Random], AnyCommand | None]


def _note(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    mentions = (person_id(pick.choice(NAMES)),) if pick.random() < 0.3 else ()
    return AddNote(case_id=case.id, text=f"note {pick.randrange(1 << 30)}", mentions=mentions)


def _call(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    return LogInteraction(case_id=case.id, channel="call", happened_at=laptop.clock(), text="rang")


def _task(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    assignee = pick.choice((laptop.person_id, "", person_id("ben")))
    return AddTask(case_id=case.id, task_id=new_id(), task_type="phone_call", title="Ring", assignee_id=assignee)


def _finish(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand | None:
    tasks = of_case(conn, Task, case.id)
    return (
        FinishTask(case_id=case.id, task_id=pick.choice(tasks).id, outcome="done", done_at=laptop.clock())
        if tasks
        else None
    )


def _hand_task(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand | None:
    tasks = of_case(conn, Task, case.id)
    if not tasks:
        return None
    task = pick.choice(tasks)
    return ReassignTask(case_id=case.id, task_id=task.id, assignee=(task.assignee_id, person_id(pick.choice(NAMES))))


def _phone(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand | None:
    contact = find(conn, Contact, case.contact_id)
    assert contact is not None
    new = f"07700 {pick.randrange(3)}"
    return EditContact(case_id=case.id, contact_id=contact.id, changes={"phone": (contact.phone, new)})


def _describe(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    return EditCase(case_id=case.id, changes={"description": (case.description, f"words {pick.randrange(3)}")})


def _owner(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    owner = pick.choice(
        (
            Owner(OwnerKind.PERSON, laptop.person_id),
            Owner(OwnerKind.PERSON, person_id(pick.choice(NAMES))),
            Owner(OwnerKind.QUEUE, BACK_OFFICE),
            Owner(OwnerKind.QUEUE, WAITING_LIST),
        )
    )
    base = SeenOwner(case.owner, case.owner_cmd)
    return ChangeOwner(case_id=case.id, base=base, owner=owner, with_tasks=pick.random() < 0.5)


def _triage(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    base = SeenOwner(case.owner, case.owner_cmd)
    if pick.random() < 0.2:
        return TriageCase(case_id=case.id, base=base, outcome=TriageOutcome.DECLINED, reason="Not for us")
    owner = Owner(OwnerKind.PERSON, laptop.person_id)
    return TriageCase(case_id=case.id, base=base, outcome=TriageOutcome.SUPPORTED, step_id=saying.ENGAGED, owner=owner)


def _step(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    steps = [step.id for step in all_of(conn, Step)]
    return MoveStep(case_id=case.id, step=(case.step_id, pick.choice(steps)))


def _review(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    return LogReview(case_id=case.id, text=f"review {pick.randrange(1 << 30)}", seen=case.last_review_id)


def _close(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand:
    if case.is_closed:
        return ReopenCase(case_id=case.id, reason="More to do")
    base = SeenOwner(case.owner, case.owner_cmd)
    return CloseCase(case_id=case.id, base=base, reason="advice_completed")


def _see(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand | None:
    fresh = [line.id for line in all_of(conn, Notice) if line.person_id == laptop.person_id and not line.is_seen]
    return SeeNotices(case_id="", notice_ids=tuple(fresh)) if fresh else None


def open_a_case(pick: random.Random) -> OpenCase:
    """A new case, typed in or from a referral, for a client whom nobody knew."""
    contact_id, property_id = new_id(), new_id()
    return OpenCase(
        case_id=new_id(),
        contact_id=contact_id,
        property_id=property_id,
        project_id=WARM_HOMES,
        contact=Contact(id=contact_id, first_name="Nerys", last_name=f"Client {pick.randrange(1 << 30)}"),
        home=Property(id=property_id, address_1="4 Heol-y-Bryn", postcode="LL57 2HJ"),
        source=pick.choice((Source.PERSON, Source.IMPORT)),
        source_name="Council",
    )


def _settle(conn: Connection, case: Case, laptop: Laptop, pick: random.Random) -> AnyCommand | None:
    waiting = [kept for kept in of_case(conn, KeptWork, case.id) if kept.state is KeptState.OPEN]
    if not waiting:
        return None
    kept = pick.choice(waiting)
    how = pick.choice(("use", "leave", "note", "fields" if kept.fields else "leave"))
    fields: dict[str, object] = {}
    if how == "fields":
        fields = {name: msgspec.json.decode(values[1]) for name, values in kept.fields.items()}
    return SettleKept(case_id=case.id, kept_id=kept.id, how=how, fields=fields)


VERBS: dict[str, Verb] = {
    "note": _note,
    "call": _call,
    "task": _task,
    "finish": _finish,
    "hand task": _hand_task,
    "phone": _phone,
    "describe": _describe,
    "owner": _owner,
    "triage": _triage,
    "step": _step,
    "review": _review,
    "close": _close,
    "settle": _settle,
    "see": _see,
}


def choose(
    laptop: Laptop, verb: str, pick: random.Random, *, verbs: Mapping[str, Verb] | None = None
) -> AnyCommand | None:
    """Something to say about a case that is on this laptop, None where the verb has nothing to go by."""
    with laptop.database.reading() as conn:
        cases = all_of(conn, Case)
        return (verbs or VERBS)[verb](conn, pick.choice(cases), laptop, pick) if cases else None
