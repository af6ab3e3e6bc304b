"""A row of every kind lies in a real table and comes out as the value that went in."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from casework import values
from casework.connection import Connection
from casework.kinds import KINDS, NAMES, REF_KINDS, SHARED_KINDS, TREE_KINDS, case_of
from casework.rows import RowDesk, all_of, find, of_case, record_of, remove, row_of, write
from casework.tables import TABLES, metadata
from casework.values import Case, CaseRecord, Person, Record, Task
from tests.wire.samples import anything


@pytest.fixture(scope="module")
def conn() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        metadata.create_all(connection)
        yield connection
    engine.dispose()


@pytest.mark.parametrize("kind", TABLES, ids=lambda kind: kind.__name__)
@settings(max_examples=30)
@given(data=st.data())
def test_that_a_value_comes_out_of_its_table_as_it_went_in(
    conn: Connection, kind: type[Record], data: st.DataObject
) -> None:
    record = data.draw(anything(kind))
    write(conn, record)
    assert find(conn, kind, record.id) == record
    assert RowDesk(conn).find(kind, record.id) == record
    assert record_of(kind, row_of(record)) == record
    remove(conn, NAMES[kind], [record.id])
    assert find(conn, kind, record.id) is None
    remove(conn, NAMES[kind], [])


def test_that_every_kind_of_value_has_its_table() -> None:
    kinds = {getattr(values, name) for name in values.__all__}
    stored = {kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Record)} - {Record, CaseRecord}
    assert set(TABLES) == stored == set(KINDS.values())


@settings(max_examples=20)
@given(data=st.data())
def test_that_what_is_on_a_case_is_found_in_order(conn: Connection, data: st.DataObject) -> None:
    tasks: list[Any] = data.draw(st.lists(anything(Task), min_size=2, max_size=4, unique_by=lambda task: task.id))
    conn.exec_driver_sql("DELETE FROM task")
    for task in tasks:
        write(conn, task)
    first = tasks[0].case_id
    mine = sorted((task for task in tasks if task.case_id == first), key=lambda task: task.id)
    assert list(of_case(conn, Task, first)) == mine == list(RowDesk(conn).of_case(Task, first))
    assert {task.id for task in all_of(conn, Task)} == {task.id for task in tasks}
    assert len(RowDesk(conn).all_of(Task)) == len(tasks)


@settings(max_examples=20)
@given(data=st.data())
def test_that_writing_again_replaces(conn: Connection, data: st.DataObject) -> None:
    first, second = data.draw(anything(Person)), data.draw(anything(Person))
    conn.exec_driver_sql("DELETE FROM person")
    write(conn, first)
    write(conn, type(second)(**{name: getattr(second, name) for name in second.__struct_fields__} | {"id": first.id}))
    (found,) = all_of(conn, Person)
    assert (found.id, found.username) == (first.id, second.username)


@given(data=st.data(), kind=st.sampled_from([*TREE_KINDS, *SHARED_KINDS, *REF_KINDS]))
def test_that_a_value_knows_its_case(data: st.DataObject, kind: type[Record]) -> None:
    record = data.draw(anything(kind))
    expected = record.id if kind is Case else getattr(record, "case_id", None)
    assert case_of(record) == expected
