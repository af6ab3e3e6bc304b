"""The cases by step: counts, days on average, and those that have stood there longest (S23, R19)."""

from collections.abc import Sequence
from typing import Any

from casework.connection import Connection
from casework.questions.case_rows import case_rows
from casework.questions.filtering import WITH_PEOPLE, where_of
from casework.questions.sheets import Board, BoardColumn, CaseFilter, Which
from casework.questions.shown import CaseRow
from casework.questions.viewer import Viewer
from casework.rows import all_of
from casework.values import Project, Step, StepKind

CARDS = 30

# A closed case keeps the step where it was closed; the board shows it at the journey's end.
_PLACE = "CASE WHEN c.status = 'closed' THEN j.end_id ELSE c.step_id END"
_END = "SELECT e.id FROM step e WHERE e.journey_id = s.journey_id AND e.kind = 'closed' ORDER BY e.position LIMIT 1"
_JOURNEY = f"JOIN (SELECT s.id, ({_END}) AS end_id FROM step s) j ON j.id = c.step_id"
_DAYS = "avg(julianday(?) - julianday(substr(step_since, 1, 10)))"


def board(conn: Connection, viewer: Viewer, asked: CaseFilter, cards: int = CARDS) -> Board:
    """The columns of the filtered projects' journeys, in order; `cards` is how many each shows at most."""
    steps = _steps(conn, asked)
    where = where_of(asked, viewer)
    people = WITH_PEOPLE if asked.text.strip() else ""
    placed = f"SELECT c.id, c.step_since, {_PLACE} AS place FROM case_file c {_JOURNEY} {people} {where.sql}"
    counts = conn.exec_driver_sql(
        f"SELECT place, count(*), {_DAYS} FROM ({placed}) GROUP BY place",
        (viewer.today.isoformat(), *where.values),
    )
    found = {place: (count, max(round(days or 0), 0)) for place, count, days in counts}
    shown = _cards(conn, viewer, placed, where.values, cards)
    columns = tuple(
        BoardColumn(
            step_id=step.id,
            name=step.name,
            kind=step.kind,
            position=step.position,
            target_days=step.target_days,
            count=found.get(step.id, (0, 0))[0],
            average_days=found.get(step.id, (0, 0))[1],
            cards=shown.get(step.id, ()),
        )
        for step in steps
    )
    return Board(columns=columns)


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


def _cards(
    conn: Connection, viewer: Viewer, placed: str, values: Sequence[Any], most: int
) -> dict[str, tuple[CaseRow, ...]]:
    ranked = f"SELECT id, place, row_number() OVER (PARTITION BY place ORDER BY step_since, id) AS nth FROM ({placed})"
    found = conn.exec_driver_sql(
        f"SELECT id, place FROM ({ranked}) WHERE nth <= ? ORDER BY place, nth", (*values, most)
    ).all()
    places = {case_id: place for case_id, place in found}
    columns: dict[str, tuple[CaseRow, ...]] = {}
    for row in case_rows(conn, viewer, list(places)):
        columns[places[row.id]] = (*columns.get(places[row.id], ()), row)
    return columns
