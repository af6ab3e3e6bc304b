"""The requests by which a laptop makes sure that it holds what the server has: sums, the list, whole cases."""

from collections.abc import Callable

from casework.connection import Connection
from casework.ids import new_id
from casework.wire import START, Page, Reconcile, ReconcileReply, Trees, Verify, VerifyReply, sum_of
from sync import comparing, state, verifying
from sync.apply import Applied, PageWork
from sync.central import Central
from sync.faults import NotInStep, Rejected, TooFarBack, TooMuchGoes
from sync.greeting import limits
from sync.laptop import Laptop
from sync.safeguards import Safeguards
from sync.state import Comparing
from sync.steps import Checked, ComparedSome


class Comparison:
    """Comparing one laptop with the server, a request a step. Methods raise sync.faults, Malformed and StoreFaults.

    `tell` hears what was applied.
    """

    def __init__(
        self,
        laptop: Laptop,
        central: Callable[[], Central],
        *,
        pages: PageWork,
        safeguards: Safeguards,
        tell: Callable[[Applied], None],
    ) -> None:
        self._laptop = laptop
        self._central = central
        self._pages = pages
        self._safeguards = safeguards
        self._tell = tell

    def step(self, *, anew: bool) -> ComparedSome:
        """Goes on where the comparison stands; `anew` begins one of all where none is under way."""
        with self._laptop.database.reading() as conn:
            under_way = state.comparing(conn)
        if under_way is None:
            if not anew:
                return ComparedSome(more=False, moved=True)
            under_way = self._laptop.write(comparing.afresh)
        if not under_way.is_listed:
            return self._list_some(under_way)
        if not under_way.is_agreed:
            return self._agree(under_way)
        return self._fetch_some(under_way)

    def check(self) -> Checked:
        """Compares sums, if that is due; what differs is to be compared case by case after it."""
        with self._laptop.database.reading() as conn:
            if not self._safeguards.is_check_due(conn, self._laptop.clock()):
                return Checked()
            cursor, held = state.cursor(conn), state.held(conn)
            sums = self._safeguards.sums(conn, held)
            cases = verifying.held_cases(conn)
        try:
            reply = self._central().ask(Verify(rid=new_id(), at=cursor, sums=sums), VerifyReply)
            differing = [scope for scope in reply.diff if scope in sums]
            if reply.is_late or not differing:
                return self._note_agreed(is_late=reply.is_late)
            buckets = verifying.buckets_of(cases, differing)
            told = self._central().ask(Verify(rid=new_id(), at=cursor, buckets=buckets), VerifyReply)
        except Rejected as fault:
            if fault.code == "not-found":
                # a server that does not know sums yet; the cursor is all there is to go by
                return self._note_agreed(is_late=False)
            raise
        if told.is_late:
            return Checked()
        named = {bucket for found in told.buckets.values() for bucket in found}
        self._laptop.write(lambda conn: verifying.note_differs(conn, differing, named))
        return Checked(NotInStep("the sums differ", {"scopes": str(len(differing))}))

    def _note_agreed(self, *, is_late: bool) -> Checked:
        if not is_late:
            self._laptop.write(lambda conn: verifying.note_agreed(conn, self._laptop.clock()))
        return Checked()

    def _list_some(self, under_way: Comparing) -> ComparedSome:
        asked = Reconcile(rid=new_id(), after=under_way.after, at=under_way.at, buckets=under_way.buckets)
        try:
            reply = self._central().ask(asked, ReconcileReply)
        except (Rejected, TooFarBack):
            if under_way.at != START:
                # the place where the list began is not in the log any more
                self._laptop.write(comparing.afresh)
            raise
        moved = self._laptop.write(lambda conn: comparing.take_list(conn, under_way, reply))
        return ComparedSome(more=True, moved=moved)

    def _agree(self, under_way: Comparing) -> ComparedSome:
        """Takes off the laptop what is not on the list; where that is much, only if the server's sums say so too."""
        with self._laptop.database.reading() as conn:
            is_much = self._safeguards.is_much(conn, under_way)
            listed = comparing.listed_cases(conn) if is_much else []
        if is_much and not self._is_confirmed(under_way, listed):
            self._laptop.write(lambda conn: _give_up(conn, under_way))
            raise TooMuchGoes("the server's list lacks too much")

        def apply(conn: Connection) -> Applied:
            applied = self._pages.forget_unlisted(conn, under_way.buckets)
            self._safeguards.leave_same(conn, under_way)
            return applied

        self._tell(self._laptop.write(apply))
        return ComparedSome(more=True, moved=True)

    def _is_confirmed(self, under_way: Comparing, listed: list[verifying.Marked]) -> bool:
        """Whether the server's sums are those of its list: they are kept apart from what the list is made of."""
        sums = verifying.sums_of(listed, under_way.now)
        if not sums:
            return False
        if under_way.buckets:
            by_bucket = verifying.buckets_of(listed, sums)
            empty = sum_of(())
            buckets = {
                scope: {bucket: by_bucket[scope].get(bucket, empty) for bucket in under_way.buckets} for scope in sums
            }
            told = self._central().ask(Verify(rid=new_id(), at=under_way.at, buckets=buckets), VerifyReply)
            differ = {bucket for found in told.buckets.values() for bucket in found} & set(under_way.buckets)
            return not told.is_late and not differ
        reply = self._central().ask(Verify(rid=new_id(), at=under_way.at, sums=sums), VerifyReply)
        return not reply.is_late and not reply.diff

    def _fetch_some(self, under_way: Comparing) -> ComparedSome:
        with self._laptop.database.reading() as conn:
            ids, most = comparing.wanted(conn), limits(conn).page_bytes
        with_ref = not under_way.has_ref and not under_way.buckets
        if not ids and not with_ref:
            self._laptop.write(lambda conn: comparing.finish(conn, under_way))
            return ComparedSome(more=False, moved=True)
        page = self._central().ask(Trees(rid=new_id(), ids=ids, ref=with_ref, max_bytes=most), Page)

        def apply(conn: Connection) -> tuple[Applied, bool]:
            applied = self._pages.apply_trees(conn, page, with_ref=with_ref)
            return applied, comparing.note_fetched(conn, under_way, ids, page)

        applied, moved = self._laptop.write(apply)
        self._tell(applied)
        return ComparedSome(more=True, moved=moved)


def _give_up(conn: Connection, under_way: Comparing) -> None:
    """Begins with the list once more next time; nothing was taken away by this one."""
    conn.exec_driver_sql("DELETE FROM listed")
    state.put(conn, state.COMPARING, Comparing(buckets=under_way.buckets))
