"""What somebody who leaves has in hand, and the ordinary commands by which a plan gives it to others (X16)."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from casework.commands import AnyCommand, ChangeOwner, PersonLeaves, ReassignTask, SeenOwner, WithdrawOffer
from casework.connection import Connection
from casework.questions.names import names
from casework.questions.reading import read
from casework.questions.reassign_preview import last_heard
from casework.questions.shown import TaskShown
from casework.questions.tasks import open_tasks_of
from casework.questions.viewer import Viewer
from casework.rows import RowDesk, all_of, find
from casework.values import Case, KeptState, Offer, OfferState, Owner, OwnerKind, Person, Queue

_KEPT = "SELECT id FROM kept_work WHERE state = ? AND (for_id = ? OR author_id = ?) ORDER BY id"
_OFFERS = """SELECT id FROM offer WHERE state = ? AND ("by" = ? OR to_id = ?) ORDER BY id"""
_REQUESTS = "SELECT id FROM case_assignment WHERE status = 'accepted' AND assignee_id = ? ORDER BY id"


class InHand(msgspec.Struct, frozen=True, kw_only=True):
    """All that a person has in hand, on this device.

    `tasks` are theirs on any case. `requests` (to teams) and `decisions` need no plan: once they have left, another of
    the team takes a request on (rules.assignments), and decisions go with the case. `last_heard` is when the newest
    word of theirs reached the server: what they wrote since may still lie on their laptop, and is taken in when that
    comes (OC10).
    """

    person: Person
    cases: tuple[Case, ...]
    tasks: tuple[TaskShown, ...]
    queues: tuple[Queue, ...]
    offers: tuple[Offer, ...]
    requests: tuple[str, ...]
    decisions: tuple[str, ...]
    last_heard: datetime | None


class LeavingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets what: {case id: new owner}, {task id: new assignee, "" for nobody}; what is not named stays."""

    person_id: str
    cases: Mapping[str, Owner] = {}
    tasks: Mapping[str, str] = {}
    reason: str = ""


def in_hand(conn: Connection, viewer: Viewer, person_id: str) -> InHand | None:
    """What is to be given away when that person leaves; None for somebody unknown. Closed cases are not to be given."""
    person = find(conn, Person, person_id)
    if person is None:
        return None
    owner = Owner(OwnerKind.PERSON, person_id)
    owned = RowDesk(conn).cases_with("owner_id", person_id)
    offers = [find(conn, Offer, row["id"]) for row in read(conn, _OFFERS, (OfferState.OPEN, person_id, person_id))]
    return InHand(
        person=person,
        cases=tuple(case for case in owned if case.owner == owner and not case.is_closed),
        tasks=open_tasks_of(conn, viewer, person_id, names(conn)),
        queues=tuple(queue for queue in all_of(conn, Queue) if queue.is_active and person_id in queue.member_ids),
        offers=tuple(offer for offer in offers if offer is not None),
        requests=tuple(row["id"] for row in read(conn, _REQUESTS, (person_id,))),
        decisions=tuple(row["id"] for row in read(conn, _KEPT, (KeptState.OPEN, person_id, person_id))),
        last_heard=last_heard(conn, owner),
    )


def leaving_commands(conn: Connection, held: InHand, plan: LeavingPlan, *, batch: str) -> tuple[AnyCommand, ...]:
    """The plan as ordinary commands, in the order in which they are to be said: access and queues end first.

    Each is judged by itself, so that one that is refused holds up no other. What goes with a case's owner (decisions,
    offers of theirs) goes by the same rules as ever.
    """
    said: list[AnyCommand] = [PersonLeaves(case_id="", person_id=plan.person_id)]
    for case in held.cases:
        if case.id in plan.cases:
            base = SeenOwner(case.owner, case.owner_cmd)
            said.append(
                ChangeOwner(case_id=case.id, base=base, owner=plan.cases[case.id], reason=plan.reason, batch=batch)
            )
    for task in held.tasks:
        if task.id in plan.tasks:
            change = (plan.person_id, plan.tasks[task.id])
            said.append(ReassignTask(case_id=task.case_id, task_id=task.id, assignee=change))
    said += _offers_taken_back(conn, held, plan)
    return tuple(said)


def _offers_taken_back(conn: Connection, held: InHand, plan: LeavingPlan) -> list[AnyCommand]:
    """Offers to somebody who will not answer any more; those of cases that are given away lapse by themselves."""
    over = []
    for offer in held.offers:
        case = find(conn, Case, offer.case_id)
        if offer.to_id == plan.person_id and case is not None:
            over.append(WithdrawOffer(case_id=case.id, offer_id=offer.id))
    return list(over)
