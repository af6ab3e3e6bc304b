"""My day: what is due, what comes next, what changed, what is mine (S5, S21, S36, S37, S40, S41, R5, A8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from casework.connection import Connection, Row
from casework.ids import child_id
from casework.questions.case_rows import case_rows
from casework.questions.decisions import decisions_count
from casework.questions.feed_lines import line_of
from casework.questions.names import Names, names
from casework.questions.reading import from_json, full_name, read, text_of, time_of
from casework.questions.sheets import AgendaDay, MyDay
from casework.questions.shown import CaseNews, DueBand, NoticeShown, TaskShown
from casework.questions.tasks import open_tasks_of
from casework.questions.viewer import Viewer

DAYS = 7
MOST_LINES = 50
MOST_OWNED = 100
MENTIONED = "mentioned-you"

_NOTICES = """
SELECT n.*, c.id AS here, c.number, k.title, k.first_name, k.last_name
FROM notice n LEFT JOIN case_file c ON c.id = n.case_id LEFT JOIN contact k ON k.id = c.contact_id
WHERE n.person_id = ? AND (NOT n.is_seen OR n.at >= ?) ORDER BY n.is_seen, n.at DESC, n.id DESC LIMIT ?
"""
_WORDS = "SELECT id, text FROM activity WHERE case_id = ? AND by = ? AND text <> ''"
# Which lines are news is told from an index that holds their times; only these are then read. The owner of a long
# list has thousands of lines, each on a page of its own that would have to be decrypted.
_NEWS = """
WITH news AS MATERIALIZED (
    SELECT a.rowid AS line, c.number, c.contact_id, coalesce(a.arrived_at, a.at) AS came
    FROM case_file c JOIN activity a INDEXED BY ix_activity_case_id_arrived_at_at ON a.case_id = c.id
    WHERE c.owner_id = ? AND c.owner_kind = 'person' AND coalesce(a.arrived_at, a.at) >= ?
)
SELECT a.*, n.number, k.title, k.first_name, k.last_name
FROM news n JOIN activity a ON a.rowid = n.line LEFT JOIN contact k ON k.id = n.contact_id
WHERE a.by <> ? ORDER BY n.came DESC, a.id DESC LIMIT ?
"""
_OWNED = """
SELECT id FROM case_file WHERE owner_id = ? AND owner_kind = 'person' AND status <> 'closed'
ORDER BY CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 ELSE 2 END, step_since, id LIMIT ?
"""
_OWNED_COUNT = "SELECT count(*) FROM case_file WHERE owner_id = ? AND owner_kind = 'person' AND status <> 'closed'"


def my_day(conn: Connection, viewer: Viewer, days: int = DAYS, since: datetime | None = None) -> MyDay:
    """Today's sheet. `days` is how far the agenda reaches, 1 to 31 (A8); `since` from when changes are news."""
    known = names(conn)
    me = viewer.person.id
    tasks = open_tasks_of(conn, viewer, me, known)
    ahead = [task for task in tasks if task.days is not None and task.days > 0]
    since = since or viewer.now - timedelta(days=DAYS)
    notices = read(conn, _NOTICES, (me, text_of(since), MOST_LINES))
    owned = [case_id for (case_id,) in conn.exec_driver_sql(_OWNED, (me, MOST_OWNED))]
    return MyDay(
        today=viewer.today,
        overdue=_of(tasks, DueBand.OVERDUE),
        due_today=_of(tasks, DueBand.TODAY),
        agenda=_agenda(viewer, ahead, days),
        later=sum(task.days is not None and task.days > days for task in ahead),
        someday=_of(tasks, DueBand.SOMEDAY),
        notices=tuple(_notice(row, known, _mention(conn, me, row)) for row in notices),
        news=_news(conn, viewer, since, notices, known),
        owned=case_rows(conn, viewer, owned),
        owned_count=int(conn.exec_driver_sql(_OWNED_COUNT, (me,)).scalar_one()),
        decisions=decisions_count(conn, viewer),
    )


def my_tasks(conn: Connection, viewer: Viewer) -> tuple[TaskShown, ...]:
    """All that I still have to do, the soonest due first, what has no date last (S36)."""
    return open_tasks_of(conn, viewer, viewer.person.id, names(conn))


def _of(tasks: Sequence[TaskShown], band: DueBand) -> tuple[TaskShown, ...]:
    return tuple(task for task in tasks if task.band is band)


def _agenda(viewer: Viewer, ahead: Sequence[TaskShown], days: int) -> tuple[AgendaDay, ...]:
    coming = (viewer.today + timedelta(days=number) for number in range(1, days + 1))
    found = ((day, tuple(task for task in ahead if task.due == day)) for day in coming)
    return tuple(AgendaDay(day=day, tasks=tasks) for day, tasks in found if tasks)


def _mention(conn: Connection, me: str, row: Row) -> str:
    """The words in which somebody mentioned me, found by the notice's id, which is made from theirs."""
    if row["code"] != MENTIONED:
        return ""
    said = read(conn, _WORDS, (row["case_id"], row["by"]))
    return next((one["text"] for one in said if child_id(one["id"], f"notice/{me}/{MENTIONED}") == row["id"]), "")


def _notice(row: Row, known: Names, text: str) -> NoticeShown:
    facts = from_json(row["facts"])
    return NoticeShown(
        id=row["id"],
        code=row["code"],
        text=text,
        facts=facts,
        named=known.resolve(facts),
        by_id=row["by"],
        by_name=known.person(row["by"]),
        at=time_of(row["at"]),
        is_seen=bool(row["is_seen"]),
        case_id=row["case_id"],
        case_number=row["number"] or facts.get("number", ""),
        client=full_name(row["title"], row["first_name"], row["last_name"]) or facts.get("client", ""),
        is_here=row["here"] is not None,
    )


def _news(
    conn: Connection, viewer: Viewer, since: datetime, notices: Sequence[Row], known: Names
) -> tuple[CaseNews, ...]:
    """What others did on my cases, without that of which a notice tells me already."""
    me = viewer.person.id
    told = {row["id"] for row in notices}
    codes = {row["code"] for row in notices}
    found = read(conn, _NEWS, (me, text_of(since), me, MOST_LINES))
    return tuple(
        CaseNews(
            case_number=row["number"],
            client=full_name(row["title"], row["first_name"], row["last_name"]),
            line=line_of(row, viewer, known),
        )
        for row in found
        if not any(child_id(row["id"], f"notice/{me}/{code}") in told for code in codes)
    )
