"""What is somebody's to have no more: noted down as it passes on or is deleted, so that their laptop hears of it."""

from sqlalchemy import Connection, and_, delete, select

from casework.rows import find, of_case
from casework.values import Activity, Case, KeptWork, Notice, OwnerKind, Queue, Sighting
from server.prepared import Prepared, given
from server.tables import commit_log, dead_id, kept_left, outcome

_SINCE = and_(kept_left.c.rev > given("since"), kept_left.c.rev <= given("until"))
_LEFT = Prepared(select(kept_left.c.kept_id).where(kept_left.c.person_id == given("whose"), _SINCE))
_IS_DEAD = kept_left.c.kept_id.in_(select(dead_id.c.id))
_BURIED = Prepared(select(kept_left.c.kept_id).where(kept_left.c.person_id == given("whose"), _IS_DEAD))


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
    """Notes that what is kept and was told about a case goes for good with it, for those too who never saw the case.

    And, under the case's own id, whoever ever said anything about it: their laptops have receipts of their words.
    """
    whose = {kept.id: _seen_by(conn, kept) for kept in of_case(conn, KeptWork, case_id)}
    whose |= {notice.id: frozenset((notice.person_id,)) for notice in of_case(conn, Notice, case_id)}
    whose |= {seen.id: frozenset((seen.person_id, seen.author_id)) for seen in of_case(conn, Sighting, case_id)}
    whose[case_id] = _who_spoke(conn, case_id)
    conn.execute(delete(kept_left).where(kept_left.c.kept_id.in_(list(whose))))
    gone = [{"kept_id": row_id, "person_id": one, "rev": rev} for row_id in whose for one in sorted(whose[row_id])]
    if gone:
        conn.execute(kept_left.insert(), gone)


def left_since(conn: Connection, person_id: str, since: int, until: int) -> frozenset[str]:
    """What was that person's to see and passed on after `since`, up to `until`; it may be theirs again by now.

    Cases, too, that were deleted for good meanwhile and that they had said something about.
    """
    return frozenset(_LEFT.column(conn, whose=person_id, since=since, until=until))


def buried(conn: Connection, person_id: str) -> tuple[str, ...]:
    """All cases that were ever deleted for good and that this person had said something about."""
    return tuple(sorted(_BURIED.column(conn, whose=person_id)))


def forget_left(conn: Connection, horizon: int) -> None:
    """Forgets what no cursor can ask for any more: who stands before the horizon gets all that is theirs anew.

    But never who had said something about a case that is gone for good: their laptop may be away for years.
    """
    conn.execute(delete(kept_left).where(kept_left.c.rev <= horizon, ~_IS_DEAD))


def _who_spoke(conn: Connection, case_id: str) -> frozenset[str]:
    """Whoever said anything about a case, by its feed (or that of the case that it was joined to) and by the log.

    What changed nothing has no line in the feed, and what is old none in the log.
    """
    case = find(conn, Case, case_id)
    cases = {case_id, case.joined_to if case is not None else ""} - {""}
    people = {line.by for one in cases for line in of_case(conn, Activity, one)}
    people |= {author for kept in of_case(conn, KeptWork, case_id) for author in (kept.author_id, kept.settled_by)}
    said = select(outcome.c.person_id).join(commit_log, commit_log.c.cmd_id == outcome.c.cmd_id)
    people.update(conn.execute(said.where(commit_log.c.case_id.in_(sorted(cases)))).scalars())
    return frozenset(people - {""})


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
