"""Taking a queue out of use: no case is left in a queue that nobody looks into (OC30)."""

import msgspec

from casework.answers import Done, Refused, Verdict
from casework.commands import RemoveQueue
from casework.ids import child_id
from casework.rules.moment import Desk, Moment
from casework.rules.ownership import owner_puts
from casework.values import Case, Notice, Owner, OwnerChange, OwnerKind, Project, Queue, Record


def remove_queue(desk: Desk, command: RemoveQueue, moment: Moment) -> Verdict:
    """Moves every case of the queue to its project's default queue, in one act; both queues' people are told (OC30).

    Refused where a project takes its cases in by this queue, or has no other to go to. Its members stay on file: a
    claim that one of them made before hearing of this is a person's choice and beats the move (protocol 10.3).
    """
    queue = desk.find(Queue, command.queue_id)
    if queue is None:
        return Refused("queue-gone", {"queue": command.queue_id})
    if not queue.is_active:
        return Done()
    for project in desk.all_of(Project):
        if project.is_active and queue.id in (project.waiting_queue_id, project.default_queue_id):
            return Refused("queue-is-default", {"queue": queue.id, "project": project.name})
    moves: list[Record] = []
    counts: dict[str, int] = {}
    for case in desk.cases_with("owner_id", queue.id):
        target = default_queue(desk, case)
        if target is None:
            return Refused("no-default-queue", {"queue": queue.id, "number": case.number})
        counts[target.id] = counts.get(target.id, 0) + 1
        own = msgspec.structs.replace(moment, command_id=child_id(moment.command_id, f"case/{case.id}"))
        moves += owner_puts(desk, case, Owner(OwnerKind.QUEUE, target.id), own, how=OwnerChange.QUEUE_REMOVED)
    removed = msgspec.structs.replace(queue, is_active=False)
    return Done((removed, *moves, *_told(desk, queue, counts, moment)))


def default_queue(desk: Desk, case: Case) -> Queue | None:
    """Where a case of this project goes when its queue is no more; None where there is no such queue at work."""
    project = desk.find(Project, case.project_id)
    if project is None:
        return None
    queue = desk.find(Queue, project.default_queue_id or project.waiting_queue_id)
    return queue if queue is not None and queue.is_active and queue.id != case.owner_id else None


def _told(desk: Desk, queue: Queue, counts: dict[str, int], moment: Moment) -> list[Notice]:
    """One line for each person and queue that took cases in; it is about no single case."""
    told = []
    for target_id, count in counts.items():
        target = desk.find(Queue, target_id)
        people = dict.fromkeys((*queue.member_ids, *(target.member_ids if target else ())))
        for person_id in people:
            if person_id != moment.who.id:
                told.append(_notice(person_id, queue, target_id, count, moment))
    return told


def _notice(person_id: str, queue: Queue, target_id: str, count: int, moment: Moment) -> Notice:
    return Notice(
        id=child_id(moment.command_id, f"notice/{person_id}/{target_id}"),
        case_id="",
        person_id=person_id,
        code="queue-removed",
        facts={"queue": queue.id, "to": target_id, "count": str(count)},
        by=moment.who.id,
        at=moment.now,
    )
