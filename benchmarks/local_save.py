"""A local save against a raw SQLCipher commit: a note is said, and is on the disk twice when that returns.

The save is `Laptop.say(AddNote(...))` in an office of a few hundred cases: it judges the command by the rules, writes
the feed's line, its before-image and the outbox's line in one commit, then appends to the journal beside the store
and waits for that file's bytes to be on the disk too. The floor is one commit of the same three rows by the bare
driver, with synchronous=FULL, into the same tables of a second such store on the same disk: no rule, no reading, and
half as many times to wait for the disk.
"""

import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import big_office
from benchmarks.claim import Claim
from benchmarks.known_key import KEY
from benchmarks.timing import in_turns, median, nearly_worst
from casework.answers import Accepted
from casework.commands import AddNote
from casework.ids import new_id
from casework.rows import fetch
from casework.sqlite_file import opener
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
        floor = _Floor(Path(folder) / "floor", _rows_of_last_save(laptop))
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
    laptop = Laptop(folder, KEY, person_id=big_office.viewer().person.id, device=new_id())
    laptop.prepare()
    big_office.fill(laptop.database, cases)
    return laptop


def saving(laptop: Laptop) -> Callable[[], None]:
    """Saves a note on one case after the other, each time it is called."""
    ids = itertools.cycle(_open_cases(laptop))

    def save() -> None:
        answer = laptop.say(AddNote(case_id=next(ids), text=NOTE))
        assert isinstance(answer, Accepted), answer

    return save


def _open_cases(laptop: Laptop) -> list[str]:
    with laptop.database.reading() as conn:
        return [str(row[0]) for row in conn.exec_driver_sql("SELECT id FROM case_file WHERE status = 'in_progress'")]


def _rows_of_last_save(laptop: Laptop) -> dict[str, dict[str, Any]]:
    """What the last save wrote, by table."""
    with laptop.database.reading() as conn:
        rows = {table: fetch(conn, f"SELECT * FROM {table} ORDER BY rowid DESC LIMIT 1")[0] for table in _SAVED}
    rows["outbox"].pop("seq")
    return rows


class _Floor:
    """A second store like the first, written to by the bare driver."""

    def __init__(self, folder: Path, rows: dict[str, dict[str, Any]]) -> None:
        self._laptop = a_laptop(folder, CASES)
        store = self._laptop.database
        self._raw = opener(store.path, store.key, None)()
        self._raw.execute("CREATE TABLE one (id TEXT PRIMARY KEY, body TEXT)")
        self._rows = rows
        self._bytes = sum(len(str(value)) for row in rows.values() for value in row.values())
        self._cases = itertools.cycle(_open_cases(self._laptop))

    def commit(self) -> None:
        """The same rows, in one commit."""
        made, case_id = new_id(), next(self._cases)
        self._raw.execute("BEGIN IMMEDIATE")
        for table, row in self._rows.items():
            mine = row | {name: value for name, value in _new(made, case_id).items() if name in row}
            self._raw.execute(
                f"INSERT INTO {table} ({', '.join(mine)}) VALUES ({', '.join('?' * len(mine))})", tuple(mine.values())
            )
        self._raw.execute("COMMIT")

    def commit_one(self) -> None:
        """One row with as many bytes."""
        self._raw.execute("BEGIN IMMEDIATE")
        self._raw.execute("INSERT INTO one VALUES (?, ?)", (new_id(), "x" * self._bytes))
        self._raw.execute("COMMIT")

    def close(self) -> None:
        """Lets go of the store."""
        self._raw.close()
        self._laptop.close()


def _new(made: str, case_id: str) -> dict[str, str]:
    return {"id": made, "row_id": made, "case_id": case_id}


__all__ = ["a_laptop", "measure", "saving"]
