"""One pulled page goes in as one transaction: revert, evict, rows, cursor, answered commands out, the rest again."""

import msgspec

from casework.answers import Changes
from casework.connection import Connection
from casework.wire import REF, Page
from sync import bulk, held_sums, leaving, outbox, paper_needs, shadow, state, taking_in
from sync.faults import TooMuchGoes
from sync.papers import Paper
from sync.state import Filling
from sync.taking_in import KNOWN, Known

# So many cases may go without a second look, and whatever is more than this part of all (FD6).
FEW_GO, PART_GOES = 20, 0.2


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What a page changed here, which cases left this laptop with it, and documents whose files are to go now."""

    changes: Changes
    gone: tuple[str, ...] = ()
    unneeded: tuple[Paper, ...] = ()


class PageWork:
    """The steps in which a page goes into one person's store. Each is a safeguard: tests leave out one at a time."""

    # what this version of the app knows; a test makes it an older one
    known: Known = KNOWN

    def __init__(self, person_id: str) -> None:
        self._person_id = person_id

    def apply(self, conn: Connection, page: Page, filling: Filling | None) -> Applied:
        """Applies a page inside the caller's transaction; all of it or none (FC4, FG1). Raises Malformed, TooMuchGoes.

        `filling` is the back-fill that the page answers, None for a page of changes. Pulled rows go to base and waiting
        commands are laid over them again, so nothing that a person wrote is overwritten by what comes in (FA11).
        """
        if filling is not None and REF in filling.scopes and not filling.after:
            taking_in.require_people(page)
        if page.fill_after:
            bulk.drop_late_indexes(conn)
        touched = self._put_in(conn, page)
        if filling is None and not page.more:
            leaving.forget_kept_of_others(conn, self._person_id)
        self.move_on(conn, page, filling)
        return self._lay_over(conn, page, touched, self.drop_answered(conn, page, filling))

    def apply_trees(self, conn: Connection, page: Page, *, ref_after: str | None) -> Applied:
        """Applies whole cases that were asked for by id; the cursor stays. Raises Malformed, TooMuchGoes.

        With `ref_after` what everybody holds and what is the person's own from that place on is in the page, in place
        of what is here: all of it where that is "".
        """
        touched = self._put_in(conn, page, is_by_id=True, ref_after=ref_after)
        return self._lay_over(conn, page, touched, frozenset())

    def forget_unlisted(self, conn: Connection, buckets: tuple[str, ...]) -> Applied:
        """Takes off the laptop what the server's whole list, or its list of those buckets, does not have."""
        self.take_back(conn)
        leaving.mark_unlisted(conn, buckets)
        if not buckets:
            state.forget(conn, state.GONE_UNCHECKED)
        return self._lay_over(conn, None, set(), frozenset())

    def _put_in(
        self, conn: Connection, page: Page, *, is_by_id: bool = False, ref_after: str | None = None
    ) -> set[str]:
        self.take_back(conn)
        before = held_sums.standing(conn, page)
        marked = self.mark_out_of_reach(conn, page)
        self.require_few_go(conn, len(marked | leaving.still_held(conn, page.erase)), page.now)
        if ref_after is not None:
            taking_in.clear_ref(conn, page, ref_after)
        if is_by_id:
            taking_in.clear_shared(conn, page)
        touched = marked | self.take_in(conn, page)
        self.note_stamps(conn, page)
        # whole cases may be newer than the cursor: should the server lose that, other numbers are not to pass for it
        state.saw(conn, max((page.cur, *page.stamps.values())))
        if before is not None:
            before.follow(conn, marked)
        return touched

    def _lay_over(self, conn: Connection, page: Page | None, touched: set[str], dropped: frozenset[str]) -> Applied:
        # first what goes: words about a case that was joined to one that leaves are then shown on the one that stays
        gone = self.forget_leaving(conn)
        again = self.say_again(conn)
        rows = page.rows if page is not None else {}
        is_erasing = page is not None and bool(page.erase)
        has_news = bool(rows or touched or dropped or gone)
        cases = frozenset(touched | dropped | set(gone))
        kinds = frozenset(rows) | ({"case_file"} if cases else frozenset())
        if has_news:
            state.put(conn, state.IS_CHANGED, True)
        return Applied(
            changes=(Changes(cases=cases, kinds=kinds) | again) if has_news else Changes(),
            gone=gone,
            unneeded=paper_needs.forget_unneeded(conn) if gone or dropped or is_erasing else (),
        )

    def take_back(self, conn: Connection) -> None:
        """Without what waits here, all rows are the server's (I12)."""
        shadow.revert(conn)

    def mark_out_of_reach(self, conn: Connection, page: Page) -> set[str]:
        """Marks as leaving what the page evicts, and what none of the scopes that we have now still covers (FF7)."""
        return leaving.mark(conn, page)

    def require_few_go(self, conn: Connection, going: int, now: tuple[str, ...]) -> None:
        """Raises TooMuchGoes where so much would be taken away that the server is to say it twice (FD6).

        Counted over all pages since sums or a whole list last agreed: many small pages are no better than a large one.
        """
        if not going:
            return
        if not now:
            raise TooMuchGoes("everything would go", {"going": str(going)})
        gone = state.get(conn, state.GONE_UNCHECKED, int, 0) + going
        if gone > FEW_GO and gone > PART_GOES * (gone + leaving.count_held(conn)):
            raise TooMuchGoes("more would go than is believed at once", {"going": str(gone)})
        state.put(conn, state.GONE_UNCHECKED, gone)

    def take_in(self, conn: Connection, page: Page) -> set[str]:
        """Takes the page's rows in; returns the cases that they are of."""
        return taking_in.take_in(conn, page, self.known)

    def note_stamps(self, conn: Connection, page: Page) -> None:
        """Keeps the stamp of each case's last change, for the sums (protocol 11)."""
        taking_in.note_stamps(conn, page)

    def move_on(self, conn: Connection, page: Page, filling: Filling | None) -> None:
        """The cursor moves with the rows, in one commit (FC4, I8); during a back-fill it stays."""
        _move_on(conn, page, filling)

    def drop_answered(self, conn: Connection, page: Page, filling: Filling | None) -> frozenset[str]:
        """Takes out the commands whose outcome is in by now; returns the cases they were about (decisions/006).

        Only with the last page: a row has no number but its newest, so what came of a command may be in a later page
        than its outcome, and until then it would not show (I3).
        """
        return outbox.drop_up_to(conn, state.cursor(conn)) if filling is None and not page.more else frozenset()

    def say_again(self, conn: Connection) -> Changes:
        """Lays what still waits over the new rows (FA11)."""
        return outbox.replay(conn, self._person_id)

    def forget_leaving(self, conn: Connection) -> tuple[str, ...]:
        """Takes off the laptop what is not ours any more (FF1), and never what waits to be sent (FA1)."""
        return leaving.forget(conn, self._person_id)


def _move_on(conn: Connection, page: Page, filling: Filling | None) -> None:
    # What only a scope that is gone covered went with this page: should it come back, it is new from the beginning.
    held = tuple(scope for scope in state.held(conn) if scope in page.now)
    filled = tuple(scope for scope in filling.scopes if scope in page.now) if filling is not None else ()
    before = state.cursor(conn)[0]
    if page.cur[0] >= before if filling is None else before == 0:
        state.put(conn, state.CURSOR, page.cur)
    if filling is not None and page.fill_after:
        state.put(conn, state.FILLING, Filling(filled, page.fill_after))
    else:
        # A back-fill that is not gone on with was of scopes that are not ours any more.
        state.forget(conn, state.FILLING)
        held = tuple(dict.fromkeys((*held, *filled)))
    state.put(conn, state.HELD, held)
