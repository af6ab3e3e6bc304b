"""The list of cases: filtered, sorted, a page at a time (S12, S20, S22, S24, R19)."""

import msgspec

from casework.connection import Connection
from casework.questions.case_rows import case_rows
from casework.questions.filtering import WITH_PEOPLE, where_of
from casework.questions.reading import DUE
from casework.questions.sheets import PAGE, CaseFilter, CaseOrder, CaseSort, CasesPage, PageKey
from casework.questions.viewer import Viewer

_NEVER = "9999"


class _Sort(msgspec.Struct, frozen=True):
    """What a list is sorted by, as SQL over `case_file c`, and which tables that needs."""

    keys: tuple[str, ...]
    join: str = ""
    needs_people: bool = False


_SORTS = {
    CaseSort.OPENED: _Sort(("c.created_at",)),
    CaseSort.NUMBER: _Sort(("c.number",)),
    CaseSort.CLIENT: _Sort(("lower(k.last_name)", "lower(k.first_name)"), needs_people=True),
    CaseSort.AREA: _Sort(("p.postcode",), needs_people=True),
    CaseSort.STEP: _Sort(("s.position", "c.step_since"), "JOIN step s ON s.id = c.step_id"),
    CaseSort.OWNER: _Sort(
        ("lower(coalesce(o.display_name, q.name, ''))",),
        "LEFT JOIN person o ON o.id = c.owner_id LEFT JOIN queue q ON q.id = c.owner_id",
    ),
    CaseSort.PRIORITY: _Sort(("CASE c.priority WHEN 'urgent' THEN 2 WHEN 'high' THEN 1 ELSE 0 END", "c.created_at")),
    CaseSort.DUE: _Sort(
        (f"coalesce(d.due, '{_NEVER}')",),
        f"LEFT JOIN (SELECT t.case_id, min({DUE}) AS due FROM task t WHERE t.status = 'open' GROUP BY t.case_id) d"
        " ON d.case_id = c.id",
    ),
    CaseSort.ACTIVITY: _Sort(
        ("coalesce(a.last, c.created_at)",),
        "LEFT JOIN (SELECT case_id, max(coalesce(arrived_at, at)) AS last FROM activity GROUP BY case_id) a"
        " ON a.case_id = c.id",
    ),
}


def cases(
    conn: Connection,
    viewer: Viewer,
    asked: CaseFilter,
    order: CaseOrder,
    after: PageKey | None = None,
    limit: int = PAGE,
) -> CasesPage:
    """A page of the cases that fit the filter; `after` is the key with which the page before it ended."""
    sort = _SORTS[order.by]
    keys = (*sort.keys, "c.id")
    where = where_of(asked, viewer)
    if after is not None:
        beyond = "<" if order.is_descending else ">"
        where.add(f"({', '.join(keys)}) {beyond} ({', '.join('?' * len(keys))})", *after)
    people = WITH_PEOPLE if asked.text.strip() or sort.needs_people else ""
    way = "DESC" if order.is_descending else "ASC"
    query = (
        f"SELECT {', '.join(keys)} FROM case_file c {people} {sort.join} {where.sql}"
        f" ORDER BY {', '.join(f'{key} {way}' for key in keys)} LIMIT ?"
    )
    found = conn.exec_driver_sql(query, (*where.values, limit + 1)).all()
    page = found[:limit]
    return CasesPage(
        rows=case_rows(conn, viewer, [row[-1] for row in page]),
        after=tuple(page[-1]) if len(found) > limit else None,
    )


def cases_count(conn: Connection, viewer: Viewer, asked: CaseFilter) -> int:
    """How many cases fit the filter."""
    where = where_of(asked, viewer)
    people = WITH_PEOPLE if asked.text.strip() else ""
    found = conn.exec_driver_sql(f"SELECT count(*) FROM case_file c {people} {where.sql}", tuple(where.values))
    return int(found.scalar_one())
