"""The cases by step: counts, days on average, and those that have stood there longest (S23, R19)."""

import msgspec

from casework.connection import Connection
from casework.questions.case_rows import case_rows
from casework.questions.filtering import WITH_PEOPLE, where_of
from casework.questions.reading import marks
from casework.questions.sheets import Board, BoardColumn, CaseFilter, Which
from casework.questions.viewer import Viewer
from casework.rows import all_of
from casework.values import CaseStatus, Project, Step, StepKind

CARDS = 30

# A closed case keeps the step where it was closed; the board shows it at the journey's end.
_PLACE = "CASE WHEN c.status = 'closed' THEN j.end_id ELSE c.step_id END"
_END = "SELECT e.id FROM step e WHERE e.journey_id = s.journey_id AND e.kind = 'closed' ORDER BY e.position LIMIT 1"
_PLACES = f"SELECT s.id, ({_END}) AS end_id FROM step s"
_DAYS = "sum(julianday(?) - julianday(substr(c.step_since, 1, 10)))"
_STATUSES = {
    Which.ACTIVE: (CaseStatus.IN_PROGRESS,),
    Which.WAITING: (CaseStatus.NEW,),
    Which.OPEN: (CaseStatus.NEW, CaseStatus.IN_PROGRESS),
    Which.CLOSED: (CaseStatus.CLOSED,),
    Which.ALL: tuple(CaseStatus),
}


class _Place(msgspec.Struct):
    """What stands at one place: how many, their days together, and (since when, id) of the first ones."""

    count: int = 0
    days: float = 0
    first: list[tuple[str, str]] = []


def board(conn: Connection, viewer: Viewer, asked: CaseFilter, cards: int = CARDS) -> Board:
    """The columns of the filtered projects' journeys, in order; `cards` is how many each shows at most."""
    steps = _steps(conn, asked)
    is_narrow = asked.owner is not None or asked.is_mine or asked.project_id or asked.text.strip()
    found = (_of_some if is_narrow else _of_all)(conn, viewer, asked, cards)
    shown = {
        row.id: row for row in case_rows(conn, viewer, [one for place in found.values() for _, one in place.first])
    }
    columns = []
    for step in steps:
        place = found.get(step.id, _Place())
        columns.append(
            BoardColumn(
                step_id=step.id,
                name=step.name,
                kind=step.kind,
                position=step.position,
                target_days=step.target_days,
                count=place.count,
                average_days=max(round(place.days / place.count), 0) if place.count else 0,
                cards=tuple(shown[case_id] for _, case_id in place.first if case_id in shown),
            )
        )
    return Board(columns=tuple(columns))


def _of_all(conn: Connection, viewer: Viewer, asked: CaseFilter, most: int) -> dict[str, _Place]:
    """All cases by their places, from the index over status, step and time alone: it counts them, and has the first."""
    ends = dict(conn.exec_driver_sql(_PLACES).all())
    statuses = [status.value for status in _STATUSES[asked.which]]
    step = "AND c.step_id = ?" if asked.step_id else ""
    if asked.which is Which.WAITING:
        step += " AND c.step_id IN (SELECT id FROM step WHERE kind = 'waiting')"
    counted = conn.exec_driver_sql(
        f"SELECT c.status, c.step_id, count(*), {_DAYS} FROM case_file c"
        f" WHERE c.status IN ({marks(statuses)}) {step} GROUP BY c.status, c.step_id",
        (viewer.today.isoformat(), *statuses, *([asked.step_id] if asked.step_id else [])),
    ).all()
    found: dict[str, _Place] = {}
    for status, step_id, count, days in counted:
        if step_id not in ends:
            continue
        place = found.setdefault(ends[step_id] if status == CaseStatus.CLOSED else step_id, _Place())
        place.count += count
        place.days += days or 0
        place.first += conn.exec_driver_sql(
            "SELECT step_since, id FROM case_file WHERE status = ? AND step_id = ? ORDER BY step_since, id LIMIT ?",
            (status, step_id, most),
        ).all()
    for place in found.values():
        place.first = sorted(place.first)[:most]
    return found


def _of_some(conn: Connection, viewer: Viewer, asked: CaseFilter, most: int) -> dict[str, _Place]:
    """The cases of a filter that leaves a few of them, read once."""
    where = where_of(asked, viewer)
    people = WITH_PEOPLE if asked.text.strip() else ""
    placed = (
        f"SELECT c.id, c.step_since, {_PLACE} AS place, julianday(?) - julianday(substr(c.step_since, 1, 10)) AS days"
        f" FROM case_file c JOIN ({_PLACES}) j ON j.id = c.step_id {people} {where.sql}"
    )
    ranked = (
        "SELECT id, place, step_since, row_number() OVER (PARTITION BY place ORDER BY step_since, id) AS nth,"
        f" count(*) OVER (PARTITION BY place) AS n, sum(days) OVER (PARTITION BY place) AS days FROM ({placed})"
    )
    rows = conn.exec_driver_sql(
        f"SELECT id, place, step_since, n, days FROM ({ranked}) WHERE nth <= ? ORDER BY place, nth",
        (viewer.today.isoformat(), *where.values, most),
    )
    found: dict[str, _Place] = {}
    for case_id, place, since, count, days in rows:
        found.setdefault(place, _Place(count, days or 0)).first.append((since, case_id))
    return found


def _steps(conn: Connection, asked: CaseFilter) -> list[Step]:
    """The steps that can have cases under this filter: neither the waiting list nor the end where it excludes them."""
    projects = [project for project in all_of(conn, Project) if project.id == asked.project_id or not asked.project_id]
    journeys = {project.journey_id for project in projects}
    hidden = set()
    if asked.which in (Which.ACTIVE, Which.CLOSED):
        hidden.add(StepKind.WAITING)
    if asked.which not in (Which.CLOSED, Which.ALL):
        hidden.add(StepKind.CLOSED)
    steps = [
        step
        for step in all_of(conn, Step)
        if step.journey_id in journeys and step.kind not in hidden and step.is_active
    ]
    return sorted(steps, key=lambda step: (step.position, step.journey_id))
