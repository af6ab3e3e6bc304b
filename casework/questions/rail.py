"""The quiet numbers on the rail: what is due, what waits, what is mine."""

from casework.connection import Connection
from casework.questions.decisions import decisions_count
from casework.questions.reading import DUE
from casework.questions.sheets import RailCounts
from casework.questions.viewer import Viewer

_TASKS = f"""
SELECT coalesce(sum({DUE} = ?), 0), coalesce(sum({DUE} < ?), 0)
FROM task t WHERE t.assignee_id = ? AND t.status = 'open'
"""
_WAITING = """
SELECT count(*) FROM case_file
WHERE status = 'new' AND step_id IN (SELECT id FROM step WHERE kind = 'waiting')
"""
_MINE = "SELECT count(*) FROM case_file WHERE owner_id = ? AND owner_kind = 'person' AND status <> 'closed'"
_UNSEEN = "SELECT count(*) FROM notice WHERE person_id = ? AND NOT is_seen"


def rail_counts(conn: Connection, viewer: Viewer) -> RailCounts:
    """All numbers of the rail for this viewer."""
    today, me = viewer.today.isoformat(), viewer.person.id
    due_today, overdue = conn.exec_driver_sql(_TASKS, (today, today, me)).one()
    return RailCounts(
        today=int(due_today),
        overdue=int(overdue),
        waiting=int(conn.exec_driver_sql(_WAITING).scalar_one()),
        cases=int(conn.exec_driver_sql(_MINE, (me,)).scalar_one()),
        decisions=decisions_count(conn, viewer),
        notices=int(conn.exec_driver_sql(_UNSEEN, (me,)).scalar_one()),
    )
