"""Kept work that is somebody's to see no more: noted down as it passes on, so that their laptop hears of it (I7)."""

from sqlalchemy import Connection, and_, delete, select

from casework.rows import find, of_case
from casework.values import Case, KeptWork, Notice, OwnerKind, Queue, Sighting
from server.prepared import Prepared, given
from server.tables import kept_left

_SINCE = and_(kept_left.c.rev > given("since"), kept_left.c.rev <= given("until"))
_LEFT = Prepared(select(kept_left.c.kept_id).where(kept_left.c.person_id == given("whose"), _SINCE))


def note_left(conn: Connection, before: KeptWork, after: KeptWork, rev: int) -> None:
    """Notes who could see it and by this change cannot. Nobody else ever hears its id."""
    ties = (before.case_id, before.asked_id, before.for_kind, before.for_id)
    if ties == (after.case_id, after.asked_id, after.for_kind, after.for_id):
        return
    lost = sorted(_seen_by(conn, before) - _seen_by(conn, after))
    conn.execute(delete(kept_left).where(kept_left.c.kept_id == before.id, kept_left.c.person_id.in_(lost)))
    if lost:
        conn.execute(kept_left.insert(), [{"kept_id": before.id, "person_id": one, "rev": rev} for one in lost])


def note_erased(conn: Connection, case_id: str, rev: int) -> None:
    """Notes that what is kept and was told about a case goes for good with it, for those too who never saw the case."""
    whose = {kept.id: _seen_by(conn, kept) for kept in of_case(conn, KeptWork, case_id)}
    whose |= {notice.id: frozenset((notice.person_id,)) for notice in of_case(conn, Notice, case_id)}
    whose |= {seen.id: frozenset((seen.person_id, seen.author_id)) for seen in of_case(conn, Sighting, case_id)}
    conn.execute(delete(kept_left).where(kept_left.c.kept_id.in_(list(whose))))
    gone = [{"kept_id": row_id, "person_id": one, "rev": rev} for row_id in whose for one in sorted(whose[row_id])]
    if gone:
        conn.execute(kept_left.insert(), gone)


def left_since(conn: Connection, person_id: str, since: int, until: int) -> frozenset[str]:
    """What was that person's to see and passed on after `since`, up to `until`; it may be theirs again by now."""
    return frozenset(_LEFT.column(conn, whose=person_id, since=since, until=until))


def forget_left(conn: Connection, horizon: int) -> None:
    """Forgets what no cursor can ask for any more: who stands before the horizon gets all that is theirs anew."""
    conn.execute(delete(kept_left).where(kept_left.c.rev <= horizon))


def _seen_by(conn: Connection, kept: KeptWork) -> frozenset[str]:
    """Whom it names, its case's owner too. The office sees it in any case, and a queue's people are those of now."""
    people = {kept.author_id, kept.asked_id}
    if kept.for_kind is OwnerKind.PERSON:
        people.add(kept.for_id)
    else:
        queue = find(conn, Queue, kept.for_id)
        people.update(queue.member_ids if queue is not None else ())
    case = find(conn, Case, kept.case_id)
    if case is not None and case.owner_kind is OwnerKind.PERSON:
        people.add(case.owner_id)
    return frozenset(people - {""})
