"""Cases as rows of a list: what is shown of each, read for a page of ids at a time."""

from collections.abc import Sequence
from datetime import date

import msgspec

from casework.connection import Connection, Row
from casework.questions.names import Names, names
from casework.questions.reading import (
    DUE,
    address_of,
    band_of,
    day_or_none,
    full_name,
    marks,
    read,
    time_of,
)
from casework.questions.shown import CaseRow, DueBand
from casework.questions.viewer import Viewer
from casework.values import CaseStatus, Owner, OwnerKind, Priority

_ROWS = """
SELECT c.id, c.rev, c.number, c.project_id, c.step_id, c.step_since, c.status, c.priority, c.owner_kind, c.owner_id,
    c.owner_cmd, c.created_at, k.title, k.first_name, k.last_name, p.address_1, p.address_2, p.town, p.postcode
FROM case_file c LEFT JOIN contact k ON k.id = c.contact_id LEFT JOIN property p ON p.id = c.property_id
WHERE c.id IN ({ids})
"""
_TASKS = f"""
SELECT t.case_id, t.title, {DUE} AS due FROM task t WHERE t.case_id IN ({{ids}}) AND t.status = 'open'
ORDER BY due IS NULL, due, t.id
"""
_LAST = """
SELECT case_id, max(coalesce(arrived_at, at)) AS last FROM activity WHERE case_id IN ({ids}) GROUP BY case_id
"""
_KEPT = "SELECT case_id, count(*) AS n FROM kept_work WHERE state = 'open' AND case_id IN ({ids}) GROUP BY case_id"


class _Next(msgspec.Struct, frozen=True):
    """The open task that is due first, and how many are open."""

    title: str = ""
    due: date | None = None
    count: int = 0


def case_rows(conn: Connection, viewer: Viewer, ids: Sequence[str]) -> tuple[CaseRow, ...]:
    """The rows of those cases, in the order of the ids; what is not on this device is left out."""
    if not ids:
        return ()
    known = names(conn)
    tasks = _next_tasks(conn, ids)
    last = {row["case_id"]: row["last"] for row in read(conn, _LAST.format(ids=marks(ids)), ids)}
    kept = {row["case_id"]: row["n"] for row in read(conn, _KEPT.format(ids=marks(ids)), ids)}
    found = {}
    for row in read(conn, _ROWS.format(ids=marks(ids)), ids):
        made = _row(row, tasks.get(row["id"], _Next()), viewer, known)
        found[made.id] = msgspec.structs.replace(
            made,
            last_activity_at=time_of(last.get(made.id) or row["created_at"]),
            open_decisions=kept.get(made.id, 0),
        )
    return tuple(found[case_id] for case_id in ids if case_id in found)


def _next_tasks(conn: Connection, ids: Sequence[str]) -> dict[str, _Next]:
    found: dict[str, _Next] = {}
    for row in read(conn, _TASKS.format(ids=marks(ids)), ids):
        first = found.get(row["case_id"]) or _Next(row["title"], day_or_none(row["due"]))
        found[row["case_id"]] = _Next(first.title, first.due, first.count + 1)
    return found


def _row(row: Row, task: _Next, viewer: Viewer, known: Names) -> CaseRow:
    owner = Owner(OwnerKind(row["owner_kind"]), row["owner_id"])
    step_since, opened = time_of(row["step_since"]), time_of(row["created_at"])
    return CaseRow(
        id=row["id"],
        number=row["number"],
        client=full_name(row["title"], row["first_name"], row["last_name"]),
        address=address_of(row["address_1"], row["address_2"]),
        town=row["town"] or "",
        postcode=row["postcode"] or "",
        project_id=row["project_id"],
        project_name=known.projects.get(row["project_id"], ""),
        step_id=row["step_id"],
        step_name=known.steps.get(row["step_id"], ""),
        step_since=step_since,
        days_at_step=max((viewer.today - step_since.date()).days, 0),
        status=CaseStatus(row["status"]),
        priority=Priority(row["priority"]),
        owner_kind=owner.kind,
        owner_id=owner.id,
        owner_name=known.owner(owner.id),
        owner_cmd=row["owner_cmd"],
        is_mine=viewer.owns(owner),
        next_task=task.title,
        next_due=task.due,
        next_band=band_of(task.due, viewer.today) if task.count else DueBand.OVER,
        open_tasks=task.count,
        open_decisions=0,
        opened_at=opened,
        last_activity_at=opened,
        is_unsent=viewer.is_unsent(row["id"], row["rev"]),
    )
