"""A page of 2,000 changed cases taken in, against the same rows by the bare driver: what a morning's sync costs.

The page is read from its bytes and applied as one transaction, with all that stands around the rows: what waits here
is taken back and said again, the cursor moves. Three fields of each case have changed. The floor is `executemany` of an
upsert of whole rows into the same store, which is how it is mostly done.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import big_office
from benchmarks.claim import Claim
from benchmarks.local_save import a_laptop, saving
from benchmarks.timing import in_turns, median
from casework.kinds import NAMES
from casework.rows import upsert
from casework.values import Case
from casework.wire import Page, Rows, decode, encode
from sync.apply import PageWork
from sync.laptop import Laptop

CHANGED = 2_000
CASES = 4_000
WAITING = 5
ROUNDS, WARM_UP = 9, 5

Changed = tuple[tuple[Any, ...], ...]


def measure() -> list[Claim]:
    """The page as a multiple of its rows, with a few commands waiting."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        laptop = a_laptop(Path(folder), CASES)
        save = saving(laptop)
        for _ in range(WAITING):
            save()
        columns, rows = _cases(laptop)
        variants = {"page": _page(laptop, columns, rows), "floor": _floor(laptop, columns, rows)}
        took = in_turns(variants, ROUNDS, warm_up=WARM_UP)
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


def _cases(laptop: Laptop) -> tuple[tuple[str, ...], Changed]:
    with laptop.database.reading() as conn:
        query = f"SELECT * FROM {NAMES[Case]} WHERE rev > 0 ORDER BY hex(substr(id, -4)) LIMIT {CHANGED}"
        rows = conn.exec_driver_sql(query).mappings().all()
        return tuple(rows[0]), tuple(tuple(row.values()) for row in rows)


def _newer(columns: tuple[str, ...], rows: Changed, start: int) -> Iterator[Changed]:
    """The rows with three other values and a higher rev, once for each time they are to be written."""
    for time in range(WARM_UP + ROUNDS):
        fresh = {
            "description": f"Rang again, {time}.",
            "last_review_text": f"All well, {time}.",
            "last_review_epoch": time,
        }
        made = []
        for number, row in enumerate(rows):
            changed = {**dict(zip(columns, row, strict=True)), **fresh, "rev": start + time * CHANGED + number}
            made.append(tuple(changed.values()))
        yield tuple(made)


def _page(laptop: Laptop, columns: tuple[str, ...], rows: Changed) -> Callable[[], object]:
    # above the floor's numbers: an older row is not written
    newer = enumerate(_newer(columns, rows, 100_000_000), start=10_000_000)
    bodies = [
        encode(Page(rid="0" * 32, now=(), rows={NAMES[Case]: Rows(c=columns, r=made)}, cur=(number, "c" * 64)))
        for number, made in newer
    ]

    def take_in() -> None:
        with laptop.database.writing() as conn:
            PageWork(big_office.viewer().person.id).apply(conn, decode(bodies.pop(0), Page), None)

    return take_in


def _floor(laptop: Laptop, columns: tuple[str, ...], rows: Changed) -> Callable[[], object]:
    made = list(_newer(columns, rows, 1_000_000))

    def write() -> None:
        with laptop.database.writing() as conn:
            conn.raw.executemany(upsert(conn, NAMES[Case], columns), made.pop(0))

    return write
