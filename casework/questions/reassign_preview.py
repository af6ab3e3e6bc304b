"""What giving many cases away at once would do, before it is done; and taking back what nobody has touched since."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from casework.answers import Done
from casework.commands import ChangeOwner, SeenOwner
from casework.connection import Connection
from casework.questions.around import open_cases
from casework.questions.names import Names, names
from casework.questions.reading import full_name, moment_of, read, time_or_none
from casework.questions.viewer import Viewer
from casework.rows import RowDesk, find
from casework.rules import judge
from casework.values import Case, Contact, Owner, OwnerKind, OwnershipEvent, Task, TaskStatus
from casework.values.times import sound

_LAST_HEARD = """
SELECT arrived_at FROM activity WHERE "by" = ? AND arrived_at IS NOT NULL ORDER BY id DESC LIMIT 1
"""
_BATCH = "SELECT id, case_id FROM ownership_event WHERE batch = ? ORDER BY case_id"
_SINCE = """
SELECT count(*) FROM activity WHERE case_id = ? AND id <> ? AND (rev > ? OR (rev = 0 AND id > ?))
"""


class CaseToMove(msgspec.Struct, frozen=True, kw_only=True):
    """One case of a bulk change. `visits` are (when, title) of what is booked; `problem` is why it cannot go, or "".

    `out_with` is who is out on a visit with it until `out_until`; both empty where nobody is (X5).
    """

    id: str
    number: str
    client: str
    owner: Owner
    owner_name: str
    open_tasks: int
    owners_tasks: int
    visits: tuple[tuple[datetime, str], ...]
    out_until: datetime | None
    out_with: str
    problem: str
    is_unsent: bool


class LoadChange(msgspec.Struct, frozen=True, kw_only=True):
    """An owner's open cases before and after. `last_heard` is the newest word of theirs that reached the server.

    None where this device knows of none; for queues always.
    """

    owner: Owner
    name: str
    before: int
    after: int
    last_heard: datetime | None


class ReassignPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a bulk change would do (X6). `out` are the cases that somebody is out on a visit with, to look at first."""

    cases: tuple[CaseToMove, ...]
    loads: tuple[LoadChange, ...]
    out: tuple[CaseToMove, ...]
    tasks: int
    visits: int


class UndoPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What taking a bulk change back would say, and the cases that somebody touched since, which stay as they are."""

    commands: tuple[ChangeOwner, ...]
    touched: tuple[str, ...]


def reassign_preview(conn: Connection, viewer: Viewer, case_ids: Sequence[str], to: Owner) -> ReassignPreview:
    """Who gains and loses how many, what is open and booked on the cases, and which are out on a visit (OC27, X6).

    Cases that are not on this device are left out; one that goes nowhere, or may not, counts for nobody.
    """
    known = names(conn)
    found = (find(conn, Case, case_id) for case_id in dict.fromkeys(case_ids))
    cases = tuple(_case(conn, viewer, case, to, known) for case in found if case is not None)
    going = [case for case in cases if not case.problem and case.owner != to]
    return ReassignPreview(
        cases=cases,
        loads=_loads(conn, going, to, known),
        out=tuple(case for case in cases if case.out_with),
        tasks=sum(case.open_tasks for case in going),
        visits=sum(len(case.visits) for case in going),
    )


def reassign_commands(
    conn: Connection, case_ids: Sequence[str], to: Owner, *, batch: str, reason: str = "", with_tasks: bool = False
) -> tuple[ChangeOwner, ...]:
    """One command a case, as this device sees its owner now; each is judged by itself, and `batch` joins them."""
    found = (find(conn, Case, case_id) for case_id in dict.fromkeys(case_ids))
    return tuple(
        ChangeOwner(
            case_id=case.id,
            base=SeenOwner(case.owner, case.owner_cmd),
            owner=to,
            reason=reason,
            with_tasks=with_tasks,
            batch=batch,
        )
        for case in found
        if case is not None and case.owner != to
    )


def undo_preview(conn: Connection, batch: str, *, undo_batch: str, reason: str) -> UndoPreview:
    """Takes a bulk change back, case by case, where its owner still stands and nobody said anything since (OC27, X6).

    Told by the server's numbers, not by clocks. Each command names the owner and the change that the giving made: what
    reaches the server in between wins. Each is judged by itself, and moves the tasks that the giving moved.
    """
    commands, touched = [], []
    for event_id, case_id in conn.exec_driver_sql(_BATCH, (batch,)).all():
        case, event = find(conn, Case, str(case_id)), find(conn, OwnershipEvent, str(event_id))
        if case is None or event is None:
            continue
        if event.from_kind is None or _is_touched(conn, case, event):
            touched.append(case.id)
            continue
        commands.append(
            ChangeOwner(
                case_id=case.id,
                base=SeenOwner(Owner(event.to_kind, event.to_id), event.id),
                owner=Owner(event.from_kind, event.from_id),
                reason=reason,
                batch=undo_batch,
                takes_back=event.id,
            )
        )
    return UndoPreview(commands=tuple(commands), touched=tuple(touched))


def _is_touched(conn: Connection, case: Case, event: OwnershipEvent) -> bool:
    # somebody who is out with it has changed nothing but the case itself (X5)
    if case.owner_cmd != event.id or (event.rev and case.rev > event.rev):
        return True
    since = event.rev or (1 << 62)
    return bool(conn.exec_driver_sql(_SINCE, (case.id, event.id, since, event.id)).scalar_one())


def _case(conn: Connection, viewer: Viewer, case: Case, to: Owner, known: Names) -> CaseToMove:
    contact = find(conn, Contact, case.contact_id) or Contact(id=case.contact_id)
    desk = RowDesk(conn)
    tasks = [task for task in desk.of_case(Task, case.id) if task.status is TaskStatus.OPEN]
    starts = [(sound(task.start_at), task.title) for task in tasks if task.start_at]
    booked = sorted(start for start in starts if start[0] >= viewer.now)
    base = SeenOwner(case.owner, case.owner_cmd)
    verdict = judge(desk, ChangeOwner(case_id=case.id, base=base, owner=to, reason="-"), moment_of(viewer))
    is_out = case.out_until is not None and sound(case.out_until) > viewer.now
    return CaseToMove(
        id=case.id,
        number=case.number,
        client=full_name(contact.title, contact.first_name, contact.last_name),
        owner=case.owner,
        owner_name=known.owner(case.owner_id),
        open_tasks=len(tasks),
        owners_tasks=sum(task.assignee_id == case.owner_id for task in tasks),
        visits=tuple(booked),
        out_until=case.out_until if is_out else None,
        out_with=known.person(case.out_with) if is_out else "",
        problem="" if isinstance(verdict, Done) else verdict.code,
        is_unsent=viewer.is_unsent(case.id, case.rev),
    )


def _loads(conn: Connection, going: list[CaseToMove], to: Owner, known: Names) -> tuple[LoadChange, ...]:
    """Who gains first, then who loses, the most first."""
    now = open_cases(conn)
    losing = Counter(case.owner for case in going)
    return tuple(
        LoadChange(
            owner=owner,
            name=known.owner(owner.id),
            before=now.get(owner.id, 0),
            after=now.get(owner.id, 0) + change,
            last_heard=last_heard(conn, owner),
        )
        for owner, change in [(to, len(going)), *((owner, -count) for owner, count in losing.most_common())]
    )


def last_heard(conn: Connection, owner: Owner) -> datetime | None:
    """When the newest word of that person reached the server, as far as this device knows."""
    if owner.kind is not OwnerKind.PERSON:
        return None
    found = read(conn, _LAST_HEARD, (owner.id,))
    return time_or_none(found[0]["arrived_at"]) if found else None
