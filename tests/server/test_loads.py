"""Rows that SQLite writes as JSON are the rows that Python would have written."""

from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
from sqlalchemy import true

from casework.database import Database
from casework.ids import new_id
from casework.kinds import LATEST
from casework.rows import fetch, write
from casework.tables import TABLES, metadata
from casework.values import Notice, Record, Task
from server import tables
from server.basket import column_names
from server.loads import Encoded

assert tables.outcome.metadata is metadata
NOW = datetime(2025, 11, 21, 10, 0, tzinfo=UTC)
ODD = '"quotes" \\ back \t tab\n\x01\x1f\x7f € “curly” 👵🏽 \u202e gnirts </b> [1, {"a": null}] '


def in_a_store(tmp_path: Path, *records: Record) -> Database:
    database = Database.plain(tmp_path / "server.db")
    database.prepare(metadata, side="server", latest=LATEST)
    with database.writing() as conn:
        for record in records:
            write(conn, record)
    return database


def test_that_every_value_travels_as_it_lies_in_its_row(tmp_path: Path) -> None:
    case_id = new_id()
    task = Task(id=new_id(), rev=2**53 + 1, case_id=case_id, type="call", title=ODD, created_at=NOW, created_by="")
    done = msgspec.structs.replace(task, id=new_id(), title='["a"]', due_on=date(2025, 1, 2), place="null")
    notice = Notice(id=new_id(), case_id=case_id, person_id="p", code="c", facts={"said": ODD}, by="", at=NOW)
    seen = msgspec.structs.replace(notice, id=new_id(), is_seen=True)
    database = in_a_store(tmp_path, task, done, notice, seen)
    with database.reading() as conn:
        for kind, truths in ((Task, ()), (Notice, ("is_seen",))):
            table = TABLES[kind]
            sent = msgspec.json.decode(b"[" + Encoded(table, true()).json(conn) + b"]")
            lying = fetch(conn, f"SELECT * FROM {table.name}")
            assert [dict(zip(column_names(table), row, strict=True)) for row in sent] == lying
            assert all(type(row[column_names(table).index(name)]) is bool for row in sent for name in truths)
    database.close()


def test_that_no_rows_are_no_bytes(tmp_path: Path) -> None:
    database = in_a_store(tmp_path)
    with database.reading() as conn:
        assert Encoded(TABLES[Task], true()).json(conn) == b""
    database.close()
