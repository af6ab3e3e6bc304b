"""Who may see which case: the one place that decides it, for the feed, for documents and for everything else (FF10)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from casework.rows import all_of, find, of_case
from casework.rules.access import queues_of
from casework.tables import TABLES
from casework.values import (
    OFFICE_ROLES,
    Case,
    CaseAssignment,
    Contributor,
    OwnerKind,
    Person,
    Queue,
    Task,
    TaskStatus,
)
from server.clock import as_text
from server.tables import case_scope

ALL = "all"
REF = "ref"
_MANY = 400
_CASE = TABLES[Case]


def scopes_of(conn: Connection, person: Person) -> tuple[str, ...]:
    """The full list of scopes that a person may see now: `ref`, own, their queues' and teams', for the office `all`."""
    return _reach(conn, person) if person.is_active else ()


def user_scope(person_id: str) -> str:
    """The scope of cases that a person owns, has tasks on, or was let into."""
    return f"user:{person_id}"


def queue_scope(queue_id: str) -> str:
    """The scope of cases that lie in a queue."""
    return f"queue:{queue_id}"


def team_scope(team_id: str) -> str:
    """The scope of cases on which a team has something in hand (S76)."""
    return f"team:{team_id}"


def visible(conn: Connection, scopes: Iterable[str], case_ids: Iterable[str]) -> frozenset[str]:
    """Those of the cases that somebody with these scopes may see now."""
    return _found(conn, case_ids, and_(case_scope.c.scope.in_(tuple(scopes)), case_scope.c.until_rev.is_(None)))


def was_visible(conn: Connection, scopes: Iterable[str], case_ids: Iterable[str], rev: int) -> frozenset[str]:
    """Those of the cases that were in one of the scopes when the running number was `rev`."""
    then = and_(case_scope.c.since_rev <= rev, or_(case_scope.c.until_rev.is_(None), case_scope.c.until_rev > rev))
    return _found(conn, case_ids, and_(case_scope.c.scope.in_(tuple(scopes)), then))


def moved_since(conn: Connection, scopes: Iterable[str], case_ids: Iterable[str], rev: int) -> frozenset[str]:
    """Those of the cases that came into or left one of the scopes after `rev`."""
    moved = or_(case_scope.c.since_rev > rev, case_scope.c.until_rev > rev)
    return _found(conn, case_ids, and_(case_scope.c.scope.in_(tuple(scopes)), moved))


def ever_visible(conn: Connection, scopes: Iterable[str], case_ids: Iterable[str]) -> frozenset[str]:
    """Those of the cases that are in one of the scopes or once were."""
    return _found(conn, case_ids, case_scope.c.scope.in_(tuple(scopes)))


def cases_in(conn: Connection, scopes: Iterable[str], after: str, most: int) -> list[str]:
    """The next cases in any of the scopes, in order of id. One look at the index for each scope: never all of them."""
    found: set[str] = set()
    for scope in scopes:
        query = (
            select(case_scope.c.case_id)
            .where(case_scope.c.scope == scope, case_scope.c.until_rev.is_(None), case_scope.c.case_id > after)
            # the second is all the same here; PostgreSQL takes the order from the index only where both are named
            .order_by(case_scope.c.until_rev, case_scope.c.case_id)
            .limit(most)
        )
        found.update(conn.execute(query).scalars())
    return sorted(found)[:most]


def could_see(conn: Connection, person: Person, case_id: str) -> bool:
    """Whether the case is in the person's reach or was so once, before their access ended too.

    Facts are judged by the rights at writing (domain.md 5.5).
    """
    return bool(_found(conn, (case_id,), case_scope.c.scope.in_(_reach(conn, person))))


def scopes_by_case(conn: Connection, scopes: Iterable[str], case_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each case, which of the given scopes it is in now; scopes of others are nobody else's business."""
    mine = and_(case_scope.c.scope.in_(tuple(scopes)), case_scope.c.until_rev.is_(None))
    found: dict[str, list[str]] = {}
    for some in in_pieces(case_ids):
        query = select(case_scope.c.case_id, case_scope.c.scope).where(case_scope.c.case_id.in_(some), mine)
        for row in conn.execute(query.order_by(case_scope.c.scope)):
            found.setdefault(row.case_id, []).append(row.scope)
    return {case_id: tuple(names) for case_id, names in found.items()}


def active_scopes(conn: Connection, case_id: str) -> tuple[str, ...]:
    """The scopes that the case is in now."""
    active = and_(case_scope.c.case_id == case_id, case_scope.c.until_rev.is_(None))
    return tuple(conn.execute(select(case_scope.c.scope).where(active)).scalars())


def note_scopes(
    conn: Connection, case_id: str, rev: int, now: datetime, *, anew: bool = False
) -> tuple[Collection[str], Collection[str]]:
    """Works out anew who may see a case, and notes from or up to which number where that has changed.

    With `anew` it counts as having come into all its scopes now, so that everybody gets it whole once more. Returns the
    scopes that it was in, and those that it is in now.
    """
    wanted = _wanted(conn, case_id, now)
    active = select(case_scope.c.scope, case_scope.c.ends_at)
    this_case = and_(case_scope.c.case_id == case_id, case_scope.c.until_rev.is_(None))
    current: dict[str, str | None] = {row.scope: row.ends_at for row in conn.execute(active.where(this_case))}
    left = set(current) if anew else current.keys() - wanted.keys()
    for scope in left:
        conn.execute(case_scope.update().where(this_case, case_scope.c.scope == scope).values(until_rev=rev))
    for scope, ends_at in wanted.items():
        if scope not in current or scope in left:
            row = {"case_id": case_id, "scope": scope, "since_rev": rev, "ends_at": ends_at}
            conn.execute(case_scope.insert().values(row))
        elif current[scope] != ends_at:
            conn.execute(case_scope.update().where(this_case, case_scope.c.scope == scope).values(ends_at=ends_at))
    return current.keys(), wanted.keys()


def joined_cases(conn: Connection, case_ids: Iterable[str]) -> dict[str, str]:
    """{case: the case that it was joined to} for those of the cases that were joined to another one (OC15)."""
    found: dict[str, str] = {}
    for some in in_pieces(case_ids):
        query = select(_CASE.c.id, _CASE.c.joined_to).where(_CASE.c.id.in_(some), _CASE.c.joined_to != "")
        found.update({row.id: row.joined_to for row in conn.execute(query)})
    return found


def over_by(conn: Connection, now: datetime) -> tuple[str, ...]:
    """The cases that somebody was let into until a day that has passed, and still counts as seeing."""
    over = and_(case_scope.c.until_rev.is_(None), case_scope.c.ends_at <= as_text(now))
    # told apart here: asked for different ones, SQLite would go through all cases in their order
    return tuple(dict.fromkeys(conn.execute(select(case_scope.c.case_id).where(over)).scalars()))


def in_pieces(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    """The ids in lists that a database takes in one statement."""
    rest = iter(ids)
    while some := list(islice(rest, _MANY)):
        yield some


def _reach(conn: Connection, person: Person) -> tuple[str, ...]:
    scopes = {REF, user_scope(person.id), *(queue_scope(queue) for queue in queues_of(person, all_of(conn, Queue)))}
    scopes.update(team_scope(team_id) for team_id in person.team_ids)
    if person.role in OFFICE_ROLES:
        scopes.add(ALL)
    return tuple(sorted(scopes))


def _wanted(conn: Connection, case_id: str, now: datetime) -> dict[str, str | None]:
    """The scopes that the case belongs in, each with the time when it ends, None where nothing limits it."""
    case = find(conn, Case, case_id)
    if case is None:
        return {}
    is_queue = case.owner_kind is OwnerKind.QUEUE
    wanted: dict[str, str | None] = {ALL: None}
    wanted[queue_scope(case.owner_id) if is_queue else user_scope(case.owner_id)] = None
    for task in of_case(conn, Task, case_id):
        if task.status is TaskStatus.OPEN and task.assignee_id:
            wanted[user_scope(task.assignee_id)] = None
    for assignment in of_case(conn, CaseAssignment, case_id):
        if assignment.is_open:
            wanted[team_scope(assignment.team_id)] = None
    for contributor in of_case(conn, Contributor, case_id):
        scope, until = user_scope(contributor.person_id), as_text(contributor.until)
        if contributor.until > now and wanted.get(scope, "") is not None:
            wanted[scope] = max(until, wanted.get(scope) or "")
    return wanted


def _found(conn: Connection, case_ids: Iterable[str], condition: ColumnElement[bool]) -> frozenset[str]:
    found: set[str] = set()
    for some in in_pieces(case_ids):
        query = select(case_scope.c.case_id).where(case_scope.c.case_id.in_(some), condition).distinct()
        found.update(conn.execute(query).scalars())
    return frozenset(found)
