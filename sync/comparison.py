"""The requests by which a laptop makes sure that it holds what the server has: sums, the list, whole cases."""

import logging
from collections.abc import Callable

from casework.connection import Connection
from casework.ids import new_id
from casework.wire import START, Page, Reconcile, ReconcileReply, Stamp, Trees, Verify, VerifyReply
from casework.wire_rows import CheckedRows
from sync import comparing, held_sums, recovery, row_check, state, verifying
from sync.apply import Applied, PageWork
from sync.central import Central
from sync.faults import NotInStep, Rejected, TooFarBack, TooMuchGoes
from sync.greeting import limits
from sync.held_sums import EMPTY, Marked, Sums
from sync.laptop import Laptop
from sync.safeguards import Safeguards
from sync.state import Comparing
from sync.steps import Checked, ComparedSome

log = logging.getLogger(__name__)


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
        """Compares sums and rows, each if that is due; of rows one piece."""
        checked = self._check_sums()
        return self._check_rows() if checked.fault is None else checked

    def _check_rows(self) -> Checked:
        now, most = self._laptop.clock(), self._safeguards.rows_of
        with self._laptop.database.reading() as conn:
            is_new, is_due = row_check.standing(conn) is None, self._safeguards.is_row_check_due(conn, now)
        if is_new:
            self._laptop.write(lambda conn: row_check.begin(conn, now))
        if not is_due:
            return Checked()
        asked = row_check.next_piece(self._laptop, self._pages.known, most)
        try:
            reply = self._central().ask(asked, CheckedRows) if asked.cases else CheckedRows(rid="")
        except Rejected as fault:
            if fault.code != "not-found":
                raise
            # a server that does not know how yet
            reply = CheckedRows(rid="", is_older=True)
        more, differ = self._laptop.write(lambda conn: row_check.note(conn, asked, reply, most=most, now=now))
        return Checked(NotInStep("rows differ") if differ else None, more)

    def _check_sums(self) -> Checked:
        """Compares sums, if that is due; what differs is to be compared case by case after it.

        Sums that were only kept up to now accuse nobody: where they differ the cases themselves are counted first.
        """
        now = self._laptop.clock()
        with self._laptop.database.reading() as conn:
            if not self._safeguards.is_check_due(conn, now):
                return Checked()
            cursor, held, kept = state.cursor(conn), state.held(conn), verifying.kept(conn, now)
        sums = self._count(None) if kept is None else kept
        try:
            differing = self._differing(sums, cursor, held)
            if differing and kept is not None:
                sums = self._count(kept)
                differing = self._differing(sums, cursor, held)
            if not differing:
                return self._note_agreed(is_late=differing is None)
            buckets = {scope: sums.get(scope, {}) for scope in differing}
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

    def _differing(self, sums: Sums, cursor: Stamp, held: tuple[str, ...]) -> list[str] | None:
        """The scopes whose sums are not the server's; None where it has gone on meanwhile and cannot say."""
        told = self._safeguards.sums(sums, held)
        reply = self._central().ask(Verify(rid=new_id(), at=cursor, sums=told), VerifyReply)
        return None if reply.is_late else [scope for scope in reply.diff if scope in told]

    def _count(self, kept: Sums | None) -> Sums:
        """The sums of the cases themselves, which are kept from now on."""
        with self._laptop.database.reading() as conn:
            sums = held_sums.counted(conn)
        if kept is not None and held_sums.is_same(kept, sums):
            return sums
        if kept is not None:
            log.warning("the sums that were kept were not those of the cases")
        self._laptop.write(lambda conn: held_sums.keep(conn, sums, self._laptop.clock()))
        return sums

    def _note_agreed(self, *, is_late: bool) -> Checked:
        if not is_late:
            self._laptop.write(lambda conn: verifying.note_agreed(conn, self._laptop.clock()))
        return Checked()

    def _list_some(self, under_way: Comparing) -> ComparedSome:
        with self._laptop.database.reading() as conn:
            known = recovery.known(conn)
        asked = Reconcile(rid=new_id(), known=known, after=under_way.after, at=under_way.at, buckets=under_way.buckets)
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

    def _is_confirmed(self, under_way: Comparing, listed: list[Marked]) -> bool:
        """Whether the server's sums are those of its list: they are kept apart from what the list is made of."""
        sums = held_sums.sums_of(listed)
        told = verifying.told(sums, under_way.now)
        if not told:
            return False
        if under_way.buckets:
            buckets = {
                scope: {bucket: sums.get(scope, {}).get(bucket, EMPTY) for bucket in under_way.buckets}
                for scope in told
            }
            by_bucket = self._central().ask(Verify(rid=new_id(), at=under_way.at, buckets=buckets), VerifyReply)
            differ = {bucket for found in by_bucket.buckets.values() for bucket in found} & set(under_way.buckets)
            return not by_bucket.is_late and not differ
        reply = self._central().ask(Verify(rid=new_id(), at=under_way.at, sums=told), VerifyReply)
        return not reply.is_late and not reply.diff

    def _fetch_some(self, under_way: Comparing) -> ComparedSome:
        with self._laptop.database.reading() as conn:
            ids, most = comparing.wanted(conn), limits(conn).page_bytes
            known = recovery.known(conn)
        ref_after = under_way.ref_after if not under_way.has_ref and not under_way.buckets else None
        if not ids and ref_after is None:
            self._laptop.write(lambda conn: comparing.finish(conn, under_way))
            return ComparedSome(more=False, moved=True)
        with_ref = ref_after is not None
        asked = Trees(rid=new_id(), known=known, ids=ids, ref=with_ref, after=ref_after or "", max_bytes=most)
        page = self._central().ask(asked, Page)

        def apply(conn: Connection) -> tuple[Applied, bool]:
            applied = self._pages.apply_trees(conn, page, ref_after=ref_after)
            return applied, comparing.note_fetched(conn, under_way, ids, page)

        applied, moved = self._laptop.write(apply)
        self._tell(applied)
        return ComparedSome(more=True, moved=moved)


def _give_up(conn: Connection, under_way: Comparing) -> None:
    """Begins with the list once more next time; nothing was taken away by this one."""
    conn.exec_driver_sql("DELETE FROM listed")
    state.put(conn, state.COMPARING, Comparing(buckets=under_way.buckets))
