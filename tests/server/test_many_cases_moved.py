"""One command that moves many cases: each once, in one act, and with no question of its own to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from casework.answers import Status
from casework.commands import AddNote, AnyCommand, RemoveQueue, RemoveStep
from casework.database import Database
from casework.ids import child_id
from casework.tables import TABLES
from casework.values import Activity, Case, OwnershipEvent
from server.config import Config
from server.journal import Speaker
from server.parts import open_parts
from server.setting_up import BACK_OFFICE, WAITING_LIST, default_id
from server.sums import are_right
from server.tables import commit_log
from tests.kit_many_cases import case_id, rows_of_cases
from tests.server.kit_central import Central, said
from tests.server.test_verify import assert_whole

_CASE, _LINE, _MOVE = TABLES[Case], TABLES[Activity], TABLES[OwnershipEvent]
ASSESSMENT = default_id("step/3")


@contextmanager
def questions_to(database: Database) -> Iterator[list[str]]:
    """What SQLite was asked meanwhile; what was only written is left out."""
    asked: list[str] = []
    watched: set[Any] = set()

    def watch(raw: Any, record: object, proxy: object) -> None:
        raw.set_trace_callback(lambda statement: asked.append(statement) if statement.startswith("SELECT") else None)
        watched.add(raw)

    event.listen(database.engine, "checkout", watch)
    try:
        yield asked
    finally:
        event.remove(database.engine, "checkout", watch)
        for raw in watched:
            raw.set_trace_callback(None)


@pytest.mark.covers("OC30", "FB1")
def test_that_a_removed_queue_s_cases_are_each_moved_once_however_often_it_is_said(central: Central) -> None:
    with central.database.writing() as conn:
        central.journal().write_down(conn, tuple(rows_of_cases(300)))
    sam, jo = central.visitor("sam"), central.visitor("jo")
    jo.sync()
    command = said(RemoveQueue(case_id="", queue_id=BACK_OFFICE))
    (ack,) = sam.push(command)
    assert ack.st is Status.APPLIED
    assert sam.push(command) == (ack,)
    with central.database.reading() as conn:
        owners = conn.execute(select(_CASE.c.owner_id, func.count()).group_by(_CASE.c.owner_id)).all()
        moved = conn.execute(select(_MOVE.c.id).where(_MOVE.c.kind == "queue_removed").order_by(_MOVE.c.id)).scalars()
        lines = conn.execute(select(_LINE.c.id).where(_LINE.c.kind == "owner").order_by(_LINE.c.id)).scalars()
        numbered = conn.execute(select(commit_log.c.case_id).where(commit_log.c.cmd_id == command.id)).scalars()
        ids = {case_id(number) for number in range(300)}
        assert [tuple(row) for row in owners] == [(WAITING_LIST, 300)]
        assert sorted(one for one in numbered if one) == sorted(ids), "each case has one number of its own"
        assert list(moved) == list(lines) == sorted(child_id(command.id, f"case/{one}") for one in ids)
        assert are_right(conn)
    jo.sync()
    assert_whole(jo)


@pytest.mark.covers("FA3", "FB1")
def test_that_where_one_of_them_cannot_be_written_none_is_moved_and_the_next_command_is_taken(central: Central) -> None:
    with central.database.writing() as conn:
        central.journal().write_down(conn, tuple(rows_of_cases(100)))
        # one more is more than PostgreSQL's column holds; SQLite's holds anything, and there it cannot be read
        worst = "2147483647" if not central.database.is_sqlite else "'many'"
        conn.exec_driver_sql(f"UPDATE case_file SET owner_epoch = {worst} WHERE id = '{case_id(60)}'")
    sam = central.visitor("sam")
    removal, note = said(RemoveQueue(case_id="", queue_id=BACK_OFFICE)), said(AddNote(case_id=case_id(1), text="Rang"))
    acks = sam.push(removal, note)
    assert [(ack.st, ack.code) for ack in acks] == [(Status.ERROR_KEPT, "server-could-not"), (Status.APPLIED, "")]
    with central.database.reading() as conn:
        assert conn.execute(select(_CASE.c.owner_id).distinct()).scalars().all() == [BACK_OFFICE]
        assert conn.execute(select(_LINE.c.id)).scalars().all() == [note.id]
        assert are_right(conn)


@pytest.mark.parametrize(
    "say", [RemoveQueue(case_id="", queue_id=BACK_OFFICE), RemoveStep(case_id="", step_id=ASSESSMENT)]
)
def test_that_ten_times_the_cases_are_no_more_questions(tmp_path: Path, say: AnyCommand) -> None:
    """Everybody else who writes waits meanwhile, on PostgreSQL for the way there and back of each question."""
    asked = [questions_asked(tmp_path / str(count), count, say) for count in (30, 300)]
    assert asked[0] == asked[1]
    assert asked[0] < 30


def questions_asked(folder: Path, count: int, say: AnyCommand) -> int:
    parts = open_parts(Config(data=folder))
    parts.setting_up.start_sample({})
    with parts.database.writing() as conn:
        parts.journal.write_down(conn, tuple(rows_of_cases(count)))
    sam = Speaker(person_id=default_id("person/sam"), device_id="d" * 32)
    with questions_to(parts.database) as asked:
        (ack,) = parts.journal.push(sam, [said(say)])
    assert ack.st is Status.APPLIED
    parts.close()
    return len(asked)
