"""What a request costs depends on what changed, not on what there is; and pages of any size bring each row once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, select

from casework.commands import AddNote
from casework.database import Database
from casework.ids import new_id
from casework.rows import row_of
from casework.values import Case, Task
from casework.wire import Fill, Page, Pull, Reconcile, ReconcileReply, Trees
from server.tables import case_scope, commit_log
from tests.server.kit_central import Central, a_new_case, a_note
from tests.server.test_verify import assert_whole

# tables that everybody holds whole, or that are as small as there are people
SMALL = {"person", "team", "queue", "project", "step", "task_type", "form_template", "meta", "device", "token"}
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
# the end of an index is read, and no more of it
NEWEST = "FROM commit_log ORDER BY commit_log.rev DESC\n LIMIT 1 OFFSET 0"
LONG = "and more of it " * 60


@contextmanager
def plans_of(database: Database) -> Iterator[list[str]]:
    """How SQLite goes about every statement meanwhile, one line a step; told when that is over."""
    asked: list[str] = []
    watched: set[Any] = set()

    def watch(raw: Any, record: object, proxy: object) -> None:
        raw.set_trace_callback(asked.append)
        watched.add(raw)

    event.listen(database.engine, "checkout", watch)
    found: list[str] = []
    try:
        yield found
    finally:
        event.remove(database.engine, "checkout", watch)
        for raw in watched:
            raw.set_trace_callback(None)
    with database.reading() as conn:
        for statement in asked:
            if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
                steps = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
                found.extend(f"{step[3]} | {statement}" for step in steps)


def whole_tables_read(plans: list[str]) -> list[str]:
    """The steps that go through a table or an index from end to end, small tables apart."""
    scans = [plan for plan in plans if plan.startswith("SCAN ") and not plan.endswith(NEWEST)]
    tables = [plan for plan in scans if "CONSTANT ROW" not in plan and "VIRTUAL TABLE" not in plan]
    return [plan for plan in tables if plan.split()[1] not in SMALL]


@pytest.mark.parametrize("name", ["amy", "jo"])
def test_that_no_request_of_a_round_reads_a_table_from_end_to_end(central: Central, name: str) -> None:
    if not central.database.is_sqlite:
        return
    visitor, other = central.visitor(name), central.visitor("priya")
    cases = [central.opened(visitor) for _ in range(3)]
    visitor.sync()
    with plans_of(central.database) as plans:
        visitor.say(a_note(cases[0]), a_new_case())
        other.say(a_note(cases[1]))
        visitor.hello()
        visitor.pull()
        visitor.sync()
        assert_whole(visitor)
        visitor.ask("/v1/reconcile", Reconcile(rid=new_id()), ReconcileReply)
        visitor.ask("/v1/trees", Trees(rid=new_id(), ids=(cases[0].id,)), Page)
        fill = Fill(scopes=visitor.hello().now, after="0" * 32)
        visitor.ask("/v1/pull", Pull(rid=new_id(), cur=visitor.store.cur, held=(), fill=fill), Page)
    assert plans
    assert whole_tables_read(plans) == []


@pytest.mark.covers("FC8")
def test_that_ten_thousand_rows_of_one_bulk_change_come_once_each_in_small_pages(central: Central) -> None:
    jo = central.visitor("jo")
    cases = [central.opened(jo, client=f"Client {number}") for number in range(100)]
    jo.sync()
    tasks = [
        Task(id=new_id(), case_id=case.id, type="letter", title=f"Letter {number}", created_at=NOON, created_by=jo.id)
        for number in range(100)
        for case in cases
    ]
    rows = {task.id: row_of(task) for task in tasks}
    assert len(rows) == 10_000
    _write_at_once(central, cases, tasks)
    came: dict[str, int] = {}
    pages, more = 0, True
    while more:
        page = jo.pull(most=60_000)
        for name, some in page.rows.items():
            place = some.c.index("id")
            for row in some.r:
                came[row[place]] = came.get(row[place], 0) + 1
            assert name == "task"
        jo.store.apply(page)
        jo.store.cur, more, pages = page.cur, page.more, pages + 1
    assert pages > 20
    assert came == dict.fromkeys(rows, 1)
    assert_whole(jo)


def _write_at_once(central: Central, cases: list[Case], tasks: list[Task]) -> None:
    """What a bulk command leaves: one commit, in which each case has a number of its own."""
    with central.database.writing() as conn:
        journal = central.journal()
        journal.write_down(conn, tasks)
        revs = select(commit_log.c.case_id).order_by(commit_log.c.rev.desc()).limit(len(cases))
        assert set(conn.execute(revs).scalars()) == {case.id for case in cases}


@pytest.mark.covers("FC3")
def test_that_the_row_right_after_the_cursor_comes_and_the_one_at_it_does_not(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    amy.sync()
    acks = [amy.say(a_note(case, f"Note {number} {LONG}"))[0] for number in range(4)]
    for number, ack in enumerate(acks):
        page = amy.pull(most=1_000)
        assert page.cur == (ack.rev, ack.chain)
        texts = [dict(zip(page.rows["activity"].c, row, strict=True))["text"] for row in page.rows["activity"].r]
        assert texts == [f"Note {number} {LONG}"]
        assert page.stamps == {case.id: (ack.rev, ack.chain)}
        amy.store.cur = page.cur
    assert amy.pull().rows == {}


def test_that_whole_cases_which_changed_again_and_again_are_read_once_for_a_page(central: Central) -> None:
    if not central.database.is_sqlite:
        return
    jo, priya = central.visitor("jo"), central.visitor("priya")
    jo.sync()
    fresh = [a_new_case(client=f"Client {number}") for number in range(120)]

    def trees_read() -> int:
        with plans_of(central.database) as plans:
            page = jo.pull(most=4_000_000)
        assert len(page.whole) == len(fresh)
        assert not page.more
        return sum("JOIN contact ON" in plan for plan in plans)

    for start in range(0, len(fresh), 60):
        priya.say(*fresh[start : start + 60])
    once = trees_read()
    again = [AddNote(case_id=one.case_id, text="Called.") for one in (*fresh[::7], *fresh[::-1], *fresh[::5])]
    for start in range(0, len(again), 60):
        priya.say(*again[start : start + 60])
    assert trees_read() == once


def test_that_what_a_command_costs_does_not_grow_with_what_there_is(central: Central) -> None:
    """Counted in statements: the same for the first case and for the three hundredth."""
    if not central.database.is_sqlite:
        return
    jo = central.visitor("jo")

    def statements() -> int:
        with plans_of(central.database) as plans:
            jo.say(a_new_case())
        return len(plans)

    first = statements()
    for _ in range(3):
        jo.say(*(a_new_case() for _ in range(100)))
    assert abs(statements() - first) <= 2
    with central.database.reading() as conn:
        assert len(conn.execute(select(case_scope.c.case_id).where(case_scope.c.scope == "all")).all()) == 302
