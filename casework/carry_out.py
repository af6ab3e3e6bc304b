"""THE transaction: read, judge, write, record. The one way by which a command changes rows, on either side."""

from collections.abc import Iterable
from typing import Protocol

from casework.answers import Changes, Late, Refused, Verdict
from casework.commands import Said
from casework.connection import Connection
from casework.kinds import NAMES, case_of
from casework.rows import RowDesk, find, write
from casework.rules import judge
from casework.rules.moment import Moment, Side
from casework.values import Record


class Book(Protocol):
    """What one side notes down about each row that a command changes.

    The laptop keeps the row's image from before (its shadow); the server stamps the row with its running number.
    """

    def before_write(self, conn: Connection, record: Record, current: Record | None) -> Record:
        """Called before a row is written, with what stands now; answers the row as it shall be written."""
        ...


def carry_out(conn: Connection, said: Said, moment: Moment, book: Book) -> tuple[Verdict, Changes]:
    """Judges a command and writes what its verdict allows, inside the caller's transaction.

    On the laptop a late or refused command writes nothing while it is being said; when it is replayed over newer rows,
    what its author said shows on (I3). On the server a late one writes the parts that hold; what is to be kept of it
    is the caller's to write. Returns the verdict and which ids moved.
    """
    verdict = judge(RowDesk(conn), said.say, moment)
    return verdict, write_all(conn, _rows_to_write(verdict, moment.side), book)


def write_all(conn: Connection, records: Iterable[Record], book: Book) -> Changes:
    """Writes rows that differ from what stands, through the book."""
    cases, kinds = set(), set()
    for record in records:
        current = find(conn, type(record), record.id)
        if current == record:
            continue
        write(conn, book.before_write(conn, record, current))
        kinds.add(NAMES[type(record)])
        case_id = case_of(record)
        if case_id is not None:
            cases.add(case_id)
    return Changes(cases=frozenset(cases), kinds=frozenset(kinds))


def _rows_to_write(verdict: Verdict, side: Side) -> tuple[Record, ...]:
    if isinstance(verdict, Refused):
        return ()
    if isinstance(verdict, Late):
        return verdict.shown if side is Side.REPLAYING else verdict.puts if side is Side.DECIDING else ()
    return verdict.puts
