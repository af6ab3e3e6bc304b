"""A page of 2,000 changed rows taken in, against the same rows by the bare driver: what a morning's sync costs.

The page is read from its bytes and applied as one transaction, with all that stands around the rows: what waits here
is taken back and said again, the cursor moves. The floor is `executemany` of the same upsert into the same store.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import big_office
from benchmarks.claim import Claim
from benchmarks.local_save import a_laptop, saving
from benchmarks.timing import in_turns, median
from casework.kinds import NAMES
from casework.rows import upsert
from casework.values import Activity
from casework.wire import Page, Rows, decode, encode
from sync.apply import PageWork
from sync.laptop import Laptop

CHANGED = 2_000
CASES = 2_000
WAITING = 5
ROUNDS = 9


def measure() -> list[Claim]:
    """The page as a multiple of its rows, with a few commands waiting."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        laptop = a_laptop(Path(folder), CASES)
        save = saving(laptop)
        for _ in range(WAITING):
            save()
        columns, rows = _changed(laptop)
        took = in_turns({"page": _page(laptop, columns, rows), "floor": _floor(laptop, columns, rows)}, ROUNDS)
        laptop.close()
    page, floor = median(took["page"]), median(took["floor"])
    return [
        Claim(
            name=f"{CHANGED:,} pulled rows / executemany of them",
            figure=page / floor,
            unit="x",
            n=ROUNDS,
            how=f"{page:.0f} ms from bytes to committed, {WAITING} commands waiting; the rows alone {floor:.0f} ms",
        )
    ]


def _changed(laptop: Laptop) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    with laptop.database.reading() as conn:
        found = conn.exec_driver_sql(f"SELECT * FROM activity WHERE rev > 0 ORDER BY id DESC LIMIT {CHANGED}")
        rows = found.mappings().all()
        return tuple(rows[0]), [tuple(row.values()) for row in rows]


def _newer(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Callable[[], list[tuple[Any, ...]]]:
    """The rows with another text and a higher rev, each time it is called."""
    rev, text = columns.index("rev"), columns.index("text")
    last = [1_000_000]

    def newer() -> list[tuple[Any, ...]]:
        last[0] += CHANGED
        return [
            tuple(
                last[0] + number if at == rev else f"{last[0]} {value}" if at == text else value
                for at, value in enumerate(row)
            )
            for number, row in enumerate(rows)
        ]

    return newer


def _page(laptop: Laptop, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Callable[[], object]:
    newer, last = _newer(columns, rows), [10_000_000]

    def take_in() -> None:
        last[0] += 1
        page = Page(rid="0" * 32, now=(), rows={"activity": Rows(c=columns, r=tuple(newer()))}, cur=(last[0], "c" * 64))
        body = encode(page)
        with laptop.database.writing() as conn:
            PageWork(big_office.viewer().person.id).apply(conn, decode(body, Page), None)

    return take_in


def _floor(laptop: Laptop, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Callable[[], object]:
    newer = _newer(columns, rows)

    def write() -> None:
        made = newer()
        with laptop.database.writing() as conn:
            conn.raw.executemany(upsert(conn, NAMES[Activity], columns), made)

    return write
