"""What a round does for safety's sake, each piece by itself: tests leave out one at a time and must notice."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from casework.connection import Connection
from casework.ids import noise
from casework.wire import Stamp, Sum
from sync import comparing, ending, leaving, recovery, row_check, state, verifying
from sync.apply import FEW_GO, PART_GOES
from sync.held_sums import Sums
from sync.laptop import Laptop
from sync.papers import Paper
from sync.state import Comparing

# of a nonce, for its running number
_DIGITS = 8


class Safeguards:
    """The safeguards of a round beside those of its pages (sync.apply.PageWork)."""

    # how many cases' rows are compared at once; a test has fewer
    rows_of: int = row_check.CASES_AT_A_TIME

    def nonces(self, conn: Connection) -> tuple[str, str]:
        """The nonce of the last hello that was answered, and the one to send until one is (FE3).

        It is on the disk before it is on the wire: a copy of this store makes another one. It begins with a running
        number, so that a server that was put back can tell a store that is ahead of it from a copy that is behind.
        """
        pending = state.get(conn, state.PENDING_NONCE, str, "")
        if not pending:
            pending = _nonce_after(state.get(conn, state.NONCE, str, ""))
            state.put(conn, state.PENDING_NONCE, pending)
        return state.get(conn, state.NONCE, str, ""), pending

    def copy_store(self, laptop: Laptop) -> Path | None:
        """Makes a copy of the store before a recovery changes it."""
        return recovery.copy_store(laptop)

    def last_shared(self, found: Sequence[Stamp], is_shared: Callable[[Stamp], bool]) -> Stamp:
        """The newest stamp that a server which went back in time still knows (FE1)."""
        return recovery.last_shared(found, is_shared)

    def go_back(self, conn: Connection, shared: Stamp, person_id: str, at: datetime) -> int:
        """Has what the server lost waiting once more (FE1, OC26)."""
        return recovery.go_back(conn, shared, person_id, at)

    def thin_receipts(self, conn: Connection, backed_up_rev: int, now: datetime) -> None:
        """Forgets no receipt of which the server has no verified backup (FE1)."""
        ending.thin_receipts(conn, backed_up_rev, now)

    def is_much(self, conn: Connection, under_way: Comparing) -> bool:
        """Whether so much is missing from the server's list that its sums have to say so too (FD6)."""
        going, held = leaving.count_unlisted(conn, under_way.buckets), leaving.count_held(conn)
        return bool(going) and (not under_way.now or (going > FEW_GO and going > PART_GOES * held))

    def leave_same(self, conn: Connection, under_way: Comparing) -> None:
        """Notes which cases need no fetching: those with the very stamp that the server has, number and hash."""
        comparing.agree(conn, under_way)

    def is_check_due(self, conn: Connection, now: datetime) -> bool:
        """Whether sums are to be compared (protocol 11)."""
        return verifying.is_due(conn, now)

    def is_row_check_due(self, conn: Connection, now: datetime) -> bool:
        """Whether rows are to be compared (protocol 11)."""
        return row_check.is_due(conn, now)

    def sums(self, sums: Sums, now: Sequence[str]) -> dict[str, Sum]:
        """What this laptop holds, in sums of whole scopes."""
        return verifying.told(sums, now)

    def purge(self, conn: Connection, person_id: str, *, is_lost: bool, now: datetime) -> tuple[Paper, ...]:
        """Takes off the laptop what its person may not have any more (FF3)."""
        return ending.purge(conn, person_id, is_lost=is_lost, now=now)


def _nonce_after(before: str) -> str:
    """The nonce that follows one, or the first: 8 hex digits that count, and chance."""
    count = int(before[:_DIGITS], 16) if before else 0
    return f"{count + 1:0{_DIGITS}x}{noise(12).hex()}"
