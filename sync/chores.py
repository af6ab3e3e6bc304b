"""What can wait for a quiet minute: room and journal each time, once a day what has lain here for long enough."""

from contextlib import suppress
from datetime import date, datetime, timedelta

from casework.connection import Connection
from casework.store_faults import StoreFault
from sync import mending, paper_needs, recovery, state
from sync.laptop import Laptop
from sync.paper_room import UNBACKED_LAST
from sync.papers import Paper

# Nobody puts a server back to a day so long ago, and what was on it then is in these copies only by chance. They hold
# cases that are not this person's to see by now.
COPIES_LAST = timedelta(days=30)


def tidy(laptop: Laptop) -> None:
    """Does what is due; trouble with the disk is another day's."""
    with suppress(StoreFault):
        laptop.tidy()
        now = laptop.clock()
        with laptop.database.reading() as conn:
            is_done = state.find(conn, state.TIDIED_ON, date) == now.date()
        if not is_done:
            _tidy_once_a_day(laptop, now)


def _tidy_once_a_day(laptop: Laptop, now: datetime) -> None:
    def write(conn: Connection) -> tuple[Paper, ...]:
        state.put(conn, state.TIDIED_ON, now.date())
        return paper_needs.forget_unbacked(conn, now - UNBACKED_LAST)

    laptop.forget_papers(laptop.write(write))
    recovery.forget_copies(laptop.folder, before=now - COPIES_LAST)
    mending.forget_damaged(laptop.folder, before=now - COPIES_LAST)
