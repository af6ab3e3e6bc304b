"""A local save against a raw SQLCipher commit: a note is said, and is on the disk twice when that returns.

The save is `Laptop.say(AddNote(...))` in an office of many cases: it judges the command by the rules, writes the
feed's line, its before-image and the outbox's line in one commit, then appends to the journal beside the store and
waits for that file's bytes to be on the disk too. The floor is a commit of the same three rows by the bare driver
with the same settings (synchronous=FULL), into a store on the same disk: tables without a rule or a reader.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from benchmarks import big_office
from benchmarks.claim import Claim
from benchmarks.timing import in_turns, median, nearly_worst
from casework.answers import Accepted
from casework.commands import AddNote
from casework.ids import new_id
from sync.laptop import Laptop

ROUNDS = 300
CASES = 300
NOTE = (
    "Rang at ten, no answer. The neighbour says she is with her daughter until Friday; boiler engineer is booked. " * 2
)
_SAVED = ("activity", "shadow", "outbox")


def measure() -> list[Claim]:
    """The save as a multiple of the floor, and what one save in a hundred exceeds."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        laptop = a_laptop(Path(folder) / "profile", CASES)
        save = saving(laptop)
        save()
        floor = _Floor(Path(folder) / "floor.db", _rows_of_last_save(laptop))
        took = in_turns({"save": save, "floor": floor.commit, "one row": floor.commit_one}, ROUNDS)
        floor.close()
        laptop.close()
    figures = {name: median(every) for name, every in took.items()}
    how = (
        f"{figures['save']:.2f} ms a save; the same rows by the bare driver {figures['floor']:.2f} ms,"
        f" one row of as many bytes {figures['one row']:.2f} ms; one save in a hundred takes"
        f" more than {nearly_worst(took['save']):.1f} ms"
    )
    return [
        Claim(
            name="local save / raw commit of the same rows",
            figure=figures["save"] / figures["floor"],
            unit="x",
            aim=2.0,
            gate=4.0,
            n=ROUNDS,
            how=how,
        )
    ]


def a_laptop(folder: Path, cases: int) -> Laptop:
    """The encrypted store of an advisor in an office of so many cases."""
    laptop = Laptop(folder, big_office.KEY, person_id=big_office.viewer().person.id, device=new_id())
    laptop.prepare()
    big_office.fill(laptop.database, cases)
    return laptop


def saving(laptop: Laptop) -> Callable[[], None]:
    """Saves a note on one case after the other, each time it is called."""
    with laptop.database.reading() as conn:
        ids = [str(row[0]) for row in conn.exec_driver_sql("SELECT id FROM case_file WHERE status = 'in_progress'")]
    numbers = iter(range(1_000_000))

    def save() -> None:
        answer = laptop.say(AddNote(case_id=ids[next(numbers) % len(ids)], text=NOTE))
        assert isinstance(answer, Accepted), answer

    return save


def _rows_of_last_save(laptop: Laptop) -> dict[str, tuple[Any, ...]]:
    """What the last save wrote, by table."""
    with laptop.database.reading() as conn:
        order = {"activity": "rowid", "shadow": "rowid", "outbox": "seq"}
        return {
            table: tuple(conn.exec_driver_sql(f"SELECT * FROM {table} ORDER BY {order[table]} DESC LIMIT 1").one())
            for table in _SAVED
        }


class _Floor:
    """A store under SQLCipher with three tables like those that a save writes, and the bare driver."""

    def __init__(self, path: Path, rows: dict[str, tuple[Any, ...]]) -> None:
        self._raw: Any = sqlcipher.connect(str(path), isolation_level=None)
        self._raw.set_key(f"x'{big_office.KEY.hex()}'")
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "cache_size = -32768"):
            self._raw.execute(f"PRAGMA {pragma}").fetchall()
        self._rows = rows
        self._bytes = sum(len(str(value)) for row in rows.values() for value in row)
        for table, row in rows.items():
            columns = ", ".join(f"c{number}" for number in range(len(row)))
            self._raw.execute(f"CREATE TABLE {table} (id TEXT PRIMARY KEY, {columns})")
            self._raw.execute(f"CREATE INDEX i_{table} ON {table} (c0)")
        self._raw.execute("CREATE TABLE one (id TEXT PRIMARY KEY, body TEXT)")

    def commit(self) -> None:
        """The same rows, in one commit."""
        self._raw.execute("BEGIN IMMEDIATE")
        for table, row in self._rows.items():
            marks = ", ".join("?" * (len(row) + 1))
            self._raw.execute(f"INSERT INTO {table} VALUES ({marks})", (new_id(), *row))
        self._raw.execute("COMMIT")

    def commit_one(self) -> None:
        """One row with as many bytes."""
        self._raw.execute("BEGIN IMMEDIATE")
        self._raw.execute("INSERT INTO one VALUES (?, ?)", (new_id(), "x" * self._bytes))
        self._raw.execute("COMMIT")

    def close(self) -> None:
        """Lets go of the file."""
        self._raw.close()


__all__ = ["a_laptop", "measure", "saving"]
