"""THE transaction: read, judge, write, record. The one way by which a command changes rows, on either side."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from casework.answers import Changes, Late, Refused, Verdict
from casework.commands import Said
from casework.connection import Connection
from casework.kinds import NAMES, case_of
from casework.rows import RowDesk, find_some, write
from casework.rules import judge
from casework.rules.moment import Moment, Side
from casework.values import Contact, KeptWork, Property, Record

# For these a book may look in the store at what they hang on, as it is by then: who refers to a client or a home, and
# whom kept work concerns.
_LOOKED_UP = (Contact, Property, KeptWork)

# What stands under an id, None where nothing does.
Seen = Mapping[tuple[type[Record], str], Record | None]


class Book(Protocol):
    """What one side notes down about each row that a command changes.

    The laptop keeps the row's image from before (its shadow); the server stamps the row with its running number.
    """

    def before_write(self, conn: Connection, record: Record, current: Record | None) -> Record:
        """Called before a row is written, with what stands now; answers the row as it shall be written.

        What else the command has changed before it need not be in the store by then, but for client, home, kept work.
        """
        ...


def carry_out(conn: Connection, said: Said, moment: Moment, book: Book) -> tuple[Verdict, Changes]:
    """Judges a command and writes what its verdict allows, inside the caller's transaction.

    On the laptop a late or refused command writes nothing while it is being said; when it is replayed over newer rows,
    what its author said shows on (I3). On the server a late one writes the parts that hold; what is to be kept of it
    is the caller's to write. Returns the verdict and which ids moved.
    """
    desk = RowDesk(conn)
    verdict = judge(desk, said.say, moment)
    return verdict, write_all(conn, _rows_to_write(verdict, moment.side), book, seen=desk.seen)


def write_all(conn: Connection, records: Iterable[Record], book: Book, *, seen: Seen | None = None) -> Changes:
    """Writes rows that differ from what stands, through the book; `seen` is what was read in this transaction.

    All at once, however many they are: thousands of rows of one command are not to be as many questions.
    """
    cases, kinds = set(), set()
    wanted = tuple(records)
    stand = _standing(conn, wanted, seen or {})
    fresh: list[Record] = []
    for record in wanted:
        key = (type(record), record.id)
        if stand.get(key) == record:
            continue
        if isinstance(record, _LOOKED_UP):
            write(conn, *fresh)
            fresh = []
        stand[key] = written = book.before_write(conn, record, stand.get(key))
        fresh.append(written)
        kinds.add(NAMES[type(record)])
        case_id = case_of(record)
        if case_id is not None:
            cases.add(case_id)
    write(conn, *fresh)
    return Changes(cases=frozenset(cases), kinds=frozenset(kinds))


def _standing(conn: Connection, records: Iterable[Record], seen: Seen) -> dict[tuple[type[Record], str], Record | None]:
    """What stands now under the ids of these rows, by kind and id."""
    stand = dict(seen)
    ids: dict[type[Record], list[str]] = {}
    for record in records:
        if (type(record), record.id) not in stand:
            ids.setdefault(type(record), []).append(record.id)
    for kind, some in ids.items():
        stand.update(((kind, one_id), one) for one_id, one in find_some(conn, kind, some).items())
    return stand


def _rows_to_write(verdict: Verdict, side: Side) -> tuple[Record, ...]:
    if isinstance(verdict, Refused):
        return ()
    if isinstance(verdict, Late):
        return verdict.shown if side is Side.REPLAYING else verdict.puts if side is Side.DECIDING else ()
    return verdict.puts
