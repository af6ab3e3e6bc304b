"""Who may see which case: the one place that decides it, for the feed, for documents and for everything else (FF10)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Column, ColumnElement, Text, and_, literal_column, or_, select, union_all

from casework.commands import Command, KeepApart, OpenCase, Said
from casework.connection import Connection
from casework.rows import find
from casework.rules.access import queues_of
from casework.rules.keeping import said_in
from casework.tables import TABLES
from casework.values import (
    OFFICE_ROLES,
    OPEN_ASSIGNMENTS,
    Case,
    CaseAssignment,
    Contributor,
    KeptWork,
    OwnerKind,
    OwnershipEvent,
    Person,
    Queue,
    Task,
    TaskStatus,
)
from casework.wire import ALL, REF
from server.clock import as_text
from server.prepared import Prepared, among, given
from server.tables import case_scope

_MANY = 400
_CASE, _QUEUE = TABLES[Case], TABLES[Queue]
_TASK, _HELPED, _LET_IN = TABLES[Task], TABLES[CaseAssignment], TABLES[Contributor]
_IS_NOW = case_scope.c.until_rev.is_(None)
_TOLD = and_(among(case_scope.c.case_id, "ids"), among(case_scope.c.scope, "scopes"))
_IS_THIS = and_(case_scope.c.case_id == given("of_case"), case_scope.c.scope == given("of_scope"), _IS_NOW)
_STAYS = Prepared(
    select(
        case_scope.c.case_id,
        case_scope.c.scope,
        case_scope.c.since_rev,
        case_scope.c.until_rev,
        case_scope.c.ends_at,
    ).where(_TOLD)
)
_IN_NOW = Prepared(select(case_scope.c.case_id, case_scope.c.scope).where(_TOLD, _IS_NOW).order_by(case_scope.c.scope))
_ACTIVE = Prepared(
    select(case_scope.c.case_id, case_scope.c.scope, case_scope.c.ends_at).where(
        among(case_scope.c.case_id, "ids"), _IS_NOW
    )
)
_NEXT = Prepared(
    select(case_scope.c.case_id)
    .where(case_scope.c.scope == given("scope"), _IS_NOW, case_scope.c.case_id > given("after"))
    # the second is all the same here; PostgreSQL takes the order from the index only where both are named
    .order_by(case_scope.c.until_rev, case_scope.c.case_id)
    .limit(given("most"))
)
_OVER = Prepared(select(case_scope.c.case_id).where(_IS_NOW, case_scope.c.ends_at <= given("now")))
_COME = Prepared(case_scope.insert())
_LEAVE = Prepared(case_scope.update().where(_IS_THIS).values(until_rev=given("rev")))
_END = Prepared(case_scope.update().where(_IS_THIS).values(ends_at=given("day")))
_STAFFED = Prepared(select(_QUEUE.c.id).where(_QUEUE.c.member_ids.like(given("naming"))).order_by(_QUEUE.c.id))
_OF_THEM = Prepared(
    union_all(
        select(_CASE.c.contact_id, _CASE.c.id).where(_CASE.c.contact_id == given("client")),
        select(_CASE.c.property_id, _CASE.c.id).where(_CASE.c.property_id == given("home")),
    )
)
_ONWARD = Prepared(select(_CASE.c.id, _CASE.c.joined_to).where(among(_CASE.c.id, "ids"), _CASE.c.joined_to != ""))


def _reasons(is_asked_for: Callable[[Column[str]], ColumnElement[bool]]) -> Prepared:
    """By what some cases are in a scope: that they are cases, their owner, who has an open task on them, which teams
    have them in hand, who was let in until when.
    """
    person, nothing = literal_column("'person'", Text), literal_column("''", Text)
    is_in_hand = or_(*(_HELPED.c.status == status for status in sorted(OPEN_ASSIGNMENTS)))
    case, task, helped, let_in = (
        is_asked_for(column) for column in (_CASE.c.id, _TASK.c.case_id, _HELPED.c.case_id, _LET_IN.c.case_id)
    )
    return Prepared(
        union_all(
            select(_CASE.c.id, literal_column("'all'"), nothing, nothing).where(case),
            select(_CASE.c.id, _CASE.c.owner_kind, _CASE.c.owner_id, nothing).where(case),
            select(_TASK.c.case_id, person, _TASK.c.assignee_id, nothing).where(
                task, _TASK.c.status == TaskStatus.OPEN, _TASK.c.assignee_id != ""
            ),
            select(_HELPED.c.case_id, literal_column("'team'"), _HELPED.c.team_id, nothing).where(helped, is_in_hand),
            select(_LET_IN.c.case_id, person, _LET_IN.c.person_id, _LET_IN.c.until).where(let_in),
        )
    )


# PostgreSQL plans anew what asks for a list, however short, each time; most commands are about one case
_REASONS_OF_ONE = _reasons(lambda column: column == given("case_id"))
_REASONS = _reasons(lambda column: among(column, "ids"))

# The scopes of a case, each with the time when that ends, None where nothing limits it.
Limits = dict[str, str | None]


class Stay(NamedTuple):
    """From which running number on a case was in a scope, and up to which; None while it is.

    `ends_at` is the day that limits it, where nothing but a day does: who was let in.
    """

    case_id: str
    scope: str
    since: int
    until: int | None
    ends_at: str | None


def scopes_of(conn: Connection, person: Person) -> tuple[str, ...]:
    """The full list of scopes that a person may see now: `ref`, own, their queues' and teams', for the office `all`."""
    return Reach(conn, person).scopes if person.is_active else ()


class Reach:
    """What one person sees, and saw before their access ended: all that the rules are told of it is worked out here."""

    def __init__(self, conn: Connection, person: Person) -> None:
        self._conn = conn
        self._person_id = person.id
        self.queue_ids = _queue_ids_of(conn, person)
        scopes = {REF, user_scope(person.id), *map(queue_scope, self.queue_ids), *map(team_scope, person.team_ids)}
        if person.role in OFFICE_ROLES:
            scopes.add(ALL)
        self.scopes = tuple(sorted(scopes))
        self._had: dict[str, list[Stay]] = {}

    def look_up(self, case_ids: Iterable[str]) -> None:
        """Reads at once which of the cases are in reach or were so once."""
        found: dict[str, list[Stay]] = {}
        for stay in stays_of(self._conn, self.scopes, case_ids):
            found.setdefault(stay.case_id, []).append(stay)
        self._had |= found

    def could_see(self, said: Said) -> bool:
        """Whether the case is in reach or was so once. Facts are judged by the rights at writing (domain.md 5.5).

        Who has lost the queue, the team or the role by which they saw it (OC10, OC11) shows by the ownership that they
        said it under that they held it: nobody else knows that id.
        """
        return self._has_had(said.say.case_id) or self._held(said.say.case_id, said.under)

    def could_see_named(self, command: Command) -> bool:
        """Whether they may name what else the command names, and have it change or come to them.

        Another case is to be in reach or to have been so, like the one that it is about. A client or a home that is of
        a case already is to be of one in reach now: all that is ever said of it will come to whoever has a case of it.
        """
        if ALL in self.scopes:
            return True
        if isinstance(command, KeepApart):
            return self._has_had(command.other_id)
        if not isinstance(command, OpenCase):
            return True
        known = _OF_THEM.rows(self._conn, client=command.contact_id, home=command.property_id)
        seen = visible(self._conn, self.scopes, {case_id for _, case_id in known})
        return {whose for whose, _ in known} == {whose for whose, case_id in known if case_id in seen}

    def let_in_until(self, case_id: str, now: datetime) -> datetime | None:
        """By when they must be out again if their own words let them into the case: see Moment.

        Once for each time that they saw it for a reason of its own: what is let in by what it says itself would else
        never have to leave.
        """
        stays = self._had[case_id] if self._has_had(case_id) else []
        let_in = [stay for stay in stays if stay.ends_at]
        last = max((stay.since for stay in let_in), default=-1)
        if any(not stay.ends_at and (stay.until is None or stay.until > last) for stay in stays):
            return None
        ends = [stay.ends_at for stay in let_in if stay.ends_at and stay.until is None]
        return max(map(datetime.fromisoformat, ends), default=now)

    def _has_had(self, case_id: str) -> bool:
        if case_id not in self._had:
            self.look_up((case_id,))
        return case_id in self._had

    def _held(self, case_id: str, under: str) -> bool:
        passed: set[str] = set()
        while under and under not in passed:
            passed.add(under)
            event = find(self._conn, OwnershipEvent, under)
            if event is not None:
                return event.case_id == case_id
            # a claim of their own that did not come true was said under an ownership in turn
            claim = find(self._conn, KeptWork, under)
            is_theirs = claim is not None and (claim.case_id, claim.author_id) == (case_id, self._person_id)
            said = said_in(claim) if claim is not None and is_theirs else None
            under = said.under if said is not None else ""
        return False


def user_scope(person_id: str) -> str:
    """The scope of cases that a person owns, has tasks on, or was let into."""
    return f"user:{person_id}"


def queue_scope(queue_id: str) -> str:
    """The scope of cases that lie in a queue."""
    return f"queue:{queue_id}"


def queues_in(scopes: Iterable[str]) -> list[str]:
    """The queues whose scopes are among them."""
    before = queue_scope("")
    return [name.removeprefix(before) for name in scopes if name.startswith(before)]


def team_scope(team_id: str) -> str:
    """The scope of cases on which a team has something in hand (S76)."""
    return f"team:{team_id}"


def stays_of(conn: Connection, scopes: Iterable[str], case_ids: Iterable[str]) -> list[Stay]:
    """When each of the cases was in which of the scopes."""
    named, ids = list(scopes), list(case_ids)
    return [Stay(*row) for row in _STAYS.rows(conn, scopes=named, ids=ids)] if named and ids else []


def visible(conn: Connection, scopes: Iterable[str], case_ids: Iterable[str]) -> frozenset[str]:
    """Those of the cases that somebody with these scopes may see now."""
    return frozenset(scopes_by_case(conn, scopes, case_ids))


def has_moved(conn: Connection, scopes: Iterable[str], case_ids: Iterable[str], rev: int) -> bool:
    """Whether any of the cases is in one of the scopes, or left or came into one after `rev`."""
    stays = stays_of(conn, scopes, case_ids)
    return any(stay.until is None or stay.since > rev or stay.until > rev for stay in stays)


def cases_in(conn: Connection, scopes: Iterable[str], after: str, most: int) -> list[str]:
    """The next cases in any of the scopes, in order of id. One look at the index for each scope: never all of them."""
    found: set[str] = set()
    for scope in scopes:
        found.update(_NEXT.column(conn, scope=scope, after=after, most=most))
    return sorted(found)[:most]


def scopes_by_case(conn: Connection, scopes: Iterable[str], case_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each case, which of the given scopes it is in now; scopes of others are nobody else's business."""
    named, ids = list(scopes), list(case_ids)
    found: dict[str, list[str]] = {}
    for case_id, scope in _IN_NOW.rows(conn, scopes=named, ids=ids) if named and ids else ():
        found.setdefault(case_id, []).append(scope)
    return {case_id: tuple(names) for case_id, names in found.items()}


class Whereabouts:
    """Which scopes cases are in, through one write transaction: what was read or noted is not read again."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._now: dict[str, Limits] = {}

    def look_up(self, case_ids: Iterable[str]) -> None:
        """Reads at once where cases are that may change."""
        fresh = [case_id for case_id in case_ids if case_id not in self._now]
        self._now |= {case_id: {} for case_id in fresh}
        for case_id, scope, ends_at in _ACTIVE.rows(self._conn, ids=fresh) if fresh else ():
            self._now[case_id][scope] = ends_at

    def forget(self) -> None:
        """What was read or noted may have been taken back by a savepoint."""
        self._now.clear()

    def of(self, case_id: str) -> Collection[str]:
        """The scopes that the case is in now."""
        self.look_up((case_id,))
        return self._now[case_id].keys()

    def note(
        self, revs: Mapping[str, int], now: datetime, *, decided: Set[str], anew: Set[str] = frozenset()
    ) -> dict[str, tuple[Collection[str], Collection[str]]]:
        """Works out anew who may see these cases, and notes from or up to which number where that has changed.

        Of a case that is not `decided` the rows that it hangs on are as they were, and at most a day has passed by
        which somebody was let in. One of `anew` counts as having come into all its scopes now, so that everybody gets
        it whole once more. Returns for each case the scopes that it was in, and those that it is in now.
        """
        self.look_up(revs)
        was = {case_id: self._now[case_id] for case_id in revs}
        today = as_text(now)
        over = {case_id for case_id, limits in was.items() if any(end and end <= today for end in limits.values())}
        moved = decided | anew | over
        wanted = _wanted(self._conn, [case_id for case_id in revs if case_id in moved], now)
        leave, come, end = [], [], []
        for case_id, limits in wanted.items():
            before, rev = was[case_id], revs[case_id]
            left = before.keys() if case_id in anew else before.keys() - limits.keys()
            leave += [{"of_case": case_id, "of_scope": scope, "rev": rev} for scope in left]
            for scope, ends_at in limits.items():
                if scope not in before or scope in left:
                    fresh = {
                        "case_id": case_id,
                        "scope": scope,
                        "since_rev": rev,
                        "until_rev": None,
                        "ends_at": ends_at,
                    }
                    come.append(fresh)
                elif before[scope] != ends_at:
                    end.append({"of_case": case_id, "of_scope": scope, "day": ends_at})
        for statement, rows in ((_LEAVE, leave), (_COME, come), (_END, end)):
            statement.run_each(self._conn, rows)
        self._now |= wanted
        return {case_id: (was[case_id].keys(), self._now[case_id].keys()) for case_id in revs}


def joined_cases(conn: Connection, case_ids: Iterable[str]) -> dict[str, str]:
    """{case: the case that it was joined to} for those of the cases that were joined to another one (OC15)."""
    ids = list(case_ids)
    return dict(_ONWARD.rows(conn, ids=ids)) if ids else {}


def over_by(conn: Connection, now: datetime) -> tuple[str, ...]:
    """The cases that somebody was let into until a day that has passed, and still counts as seeing."""
    # told apart here: asked for different ones, SQLite would go through all cases in their order
    return tuple(dict.fromkeys(_OVER.column(conn, now=as_text(now))))


def in_pieces(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    """The ids in lists that a database takes in one statement."""
    rest = iter(ids)
    while some := list(islice(rest, _MANY)):
        yield some


def _queue_ids_of(conn: Connection, person: Person) -> frozenset[str]:
    """The queues that a person works for; only those are read that name them."""
    found = [find(conn, Queue, queue_id) for queue_id in _STAFFED.column(conn, naming=f'%"{person.id}"%')]
    return queues_of(person, tuple(queue for queue in found if queue is not None))


def _wanted(conn: Connection, case_ids: Sequence[str], now: datetime) -> dict[str, Limits]:
    """The scopes that each of the cases belongs in; none for what is no case (any more)."""
    wanted: dict[str, Limits] = {case_id: {} for case_id in case_ids}
    if len(wanted) > 1:
        found = _REASONS.rows(conn, ids=list(wanted))
    else:
        found = [row for case_id in wanted for row in _REASONS_OF_ONE.rows(conn, case_id=case_id)]
    for case_id, kind, whose, end in found:
        limits, scope = wanted[case_id], _NAMED[kind](whose)
        if not end:
            limits[scope] = None
        elif (until := datetime.fromisoformat(end)) > now and limits.get(scope, "") is not None:
            limits[scope] = max(as_text(until), limits.get(scope) or "")
    return {case_id: limits if ALL in limits else {} for case_id, limits in wanted.items()}


_NAMED: dict[str, Callable[[str], str]] = {
    ALL: lambda _: ALL,
    OwnerKind.PERSON: user_scope,
    OwnerKind.QUEUE: queue_scope,
    "team": team_scope,
}
