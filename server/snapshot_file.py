"""Writes a snapshot: the rows that everybody in the office holds, as a store in the laptop's layout (decisions/011)."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Select, Table, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from casework.database import indexes_of
from casework.held_case import held_case
from casework.kinds import REF_KINDS, SHARED_KINDS, TREE_KINDS
from casework.page_cipher import PAGE, RESERVED
from casework.snapshot import BLOCK, REACH, layout_of
from casework.store_faults import store_faults
from casework.tables import TABLES
from casework.values import Case, Contact
from casework.wire import ALL
from server.tables import case_scope, case_stamp

_AT_A_TIME = 2_000
_CASE = TABLES[Case]
# Where SQLite's file format says how much room is left at each page's end, and where the first page's content begins.
_ROOM_AT, _CONTENT_AT = 20, 105
_FAST = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536")
_REACH = f"CREATE TABLE {REACH} (scope TEXT, case_id TEXT, PRIMARY KEY (scope, case_id)) WITHOUT ROWID"


class Broken(Exception):
    """The snapshot was not finished: the server is stopping."""


def layout() -> str:
    """The layout of the snapshots that this code writes."""
    return layout_of((*_tables(), *_indexes()))


def write_store(conn: Connection, path: Path, *, go_on: Callable[[], bool]) -> None:
    """Writes the store for one database transaction's state to a new file. Raises Broken, OSError, StoreFaults."""
    with store_faults(path):
        _make_empty(path)
        _fill(conn, path, go_on)


def _fill(conn: Connection, path: Path, go_on: Callable[[], bool]) -> None:
    raw = sqlcipher.connect(str(path), isolation_level=None)
    try:
        for pragma in _FAST:
            raw.execute(f"PRAGMA {pragma}").fetchall()
        raw.execute("BEGIN")
        for statement in (*_tables(), _REACH):
            raw.execute(statement)
        for table, query in _rows():
            _copy(conn, query, raw, f"INSERT INTO {table.name} VALUES ({_marks(table)})", go_on)
        held = f"INSERT INTO {held_case.name} (case_id, rev, chain, scopes, is_leaving) VALUES (?, ?, ?, ?, 0)"
        _copy(conn, _stamps(), raw, held, go_on, more=(json.dumps([ALL]),))
        _copy(conn, _reach(), raw, f"INSERT INTO {REACH} VALUES (?, ?)", go_on)
        for statement in _indexes():
            raw.execute(statement)
        raw.execute("COMMIT")
        assert raw.execute("PRAGMA quick_check").fetchall() == [("ok",)], "the snapshot came out damaged"
    finally:
        raw.close()


def blocks_of(path: Path) -> Iterator[bytes]:
    """A store's bytes, block by block."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _make_empty(path: Path) -> None:
    """An empty store whose pages end in the room that encryption needs; SQLite keeps to what a file says of itself."""
    raw = sqlcipher.connect(str(path), isolation_level=None)
    try:
        raw.execute(f"PRAGMA page_size = {PAGE}")
        raw.execute("CREATE TABLE blank (id)")
        raw.execute("DROP TABLE blank")
        raw.execute("VACUUM")
    finally:
        raw.close()
    page = bytearray(path.read_bytes())
    assert len(page) == PAGE, "an empty store is one page"
    page[_ROOM_AT] = RESERVED
    page[_CONTENT_AT : _CONTENT_AT + 2] = (PAGE - RESERVED).to_bytes(2, "big")
    path.write_bytes(page)


def _made() -> list[Table]:
    return sorted((*TABLES.values(), held_case), key=lambda table: table.name)


def _tables() -> list[str]:
    dialect = sqlite.dialect()
    return [str(CreateTable(table).compile(dialect=dialect)).strip() for table in _made()]


def _indexes() -> list[str]:
    dialect = sqlite.dialect()
    indexes = (index for table in _made() for index in indexes_of(table, "device"))
    return [str(CreateIndex(index).compile(dialect=dialect)).strip() for index in indexes]


def _rows() -> Iterator[tuple[Table, Select[Any]]]:
    """Each table with its rows, in order of id: what everybody holds, then what comes with a case."""
    office = select(case_scope.c.case_id).where(case_scope.c.scope == ALL, case_scope.c.until_rev.is_(None))
    for kind in REF_KINDS:
        yield TABLES[kind], select(TABLES[kind]).order_by(TABLES[kind].c.id)
    for kind in SHARED_KINDS:
        table, column = TABLES[kind], _CASE.c.contact_id if kind is Contact else _CASE.c.property_id
        referred = select(column).where(_CASE.c.id.in_(office))
        yield table, select(table).where(table.c.id.in_(referred)).order_by(table.c.id)
    for kind in TREE_KINDS:
        table = TABLES[kind]
        column = table.c.id if kind is Case else table.c.case_id
        yield table, select(table).where(column.in_(office)).order_by(table.c.id)


def _stamps() -> Select[Any]:
    in_office = (case_scope.c.scope == ALL) & case_scope.c.until_rev.is_(None)
    joined = case_stamp.join(case_scope, case_scope.c.case_id == case_stamp.c.case_id)
    stamps = select(case_stamp.c.case_id, case_stamp.c.rev, case_stamp.c.chain).select_from(joined).where(in_office)
    return stamps.order_by(case_stamp.c.case_id)


def _reach() -> Select[Any]:
    """Of whole groups only: a person's own cases are on their laptop before the snapshot is."""
    is_group = case_scope.c.scope.startswith("queue:") | case_scope.c.scope.startswith("team:")
    active = select(case_scope.c.scope, case_scope.c.case_id).where(case_scope.c.until_rev.is_(None), is_group)
    return active.order_by(case_scope.c.scope, case_scope.c.case_id)


def _copy(
    conn: Connection,
    query: Select[Any],
    raw: Any,
    statement: str,
    go_on: Callable[[], bool],
    *,
    more: Sequence[object] = (),
) -> None:
    found = conn.execute(query, execution_options={"yield_per": _AT_A_TIME})
    for some in found.partitions():
        if not go_on():
            raise Broken
        raw.executemany(statement, [(*row, *more) for row in some])


def _marks(table: Table) -> str:
    return ", ".join("?" * len(table.columns))
