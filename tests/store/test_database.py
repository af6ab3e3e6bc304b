"""The store keeps what it was told, in turns and snapshots, on each of the databases it may stand on."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import IntegrityError, OperationalError

from casework.database import Database
from casework.sqlite_file import Behind, Ready, require_safe_sqlite, set_aside
from casework.store_faults import (
    DiskFault,
    StoreBusy,
    StoreDamaged,
    StoreFromNewerApp,
    StoreTooOld,
    StoreUnreachable,
    WrongKey,
)
from tests.kit_waiting import until
from tests.store.notes import (
    KEY,
    OTHER_KEY,
    VERSION,
    add,
    an_encrypted_store,
    bodies,
    count,
    folders,
    metadata,
    notes,
)


@pytest.fixture(params=["encrypted", "plain", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    made: Database
    if request.param == "encrypted":
        made = Database.encrypted(tmp_path / "store.db", KEY)
    elif request.param == "plain":
        made = Database.at(f"sqlite:///{tmp_path / 'store.db'}")
    else:
        made = Database.at(request.getfixturevalue("postgres_url"))
    made.prepare(metadata, side="device", latest=VERSION)
    yield made
    made.close()


def test_that_what_was_written_is_read(database: Database) -> None:
    add(database, "boiler is cold", "Ünïcode 🏠")
    assert bodies(database) == ["boiler is cold", "Ünïcode 🏠"]


def _write_and_fail(conn: Connection) -> None:
    conn.execute(notes.insert().values(body="half"))
    raise ZeroDivisionError


def test_that_a_failure_inside_writing_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as conn:
        _write_and_fail(conn)
    assert count(database) == 0
    add(database, "whole")
    assert bodies(database) == ["whole"]


def test_that_a_refused_row_leaves_nothing_of_its_transaction(database: Database) -> None:
    rows: list[dict[str, object]] = [
        {"body": "first", "folder": None},
        {"body": "child of nobody", "folder": 99},
    ]
    with pytest.raises(IntegrityError), database.writing() as conn:
        conn.execute(notes.insert(), rows)
    assert count(database) == 0


def test_that_a_reader_sees_one_moment_whatever_is_written_meanwhile(database: Database) -> None:
    add(database, "before")
    with database.reading() as conn:
        first = conn.execute(select(notes.c.body)).scalars().all()
        other = threading.Thread(target=add, args=(database, "meanwhile"))
        other.start()
        other.join()
        assert conn.execute(select(notes.c.body)).scalars().all() == first == ["before"]
    assert bodies(database) == ["before", "meanwhile"]


def test_that_reading_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match="read-?only") as told, database.reading() as conn:
        conn.execute(notes.insert().values(body="by the back door"))
    # it is our own bug, so it is told as one and not as trouble with the disk
    assert not isinstance(told.value, DiskFault)
    add(database, "by the front door")
    assert bodies(database) == ["by the front door"]


def test_that_many_threads_lose_no_note(database: Database) -> None:
    def work(worker: int) -> None:
        for number in range(15):
            add(database, f"{worker}-{number}")

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bodies(database)) == sorted(f"{w}-{n}" for w in range(6) for n in range(15))


def test_that_a_second_writing_in_one_thread_is_a_bug(database: Database) -> None:
    with pytest.raises(AssertionError, match="inside the gate"), database.writing(), database.writing():
        pass


def test_that_a_side_gets_the_tables_of_its_own_and_the_shared_ones(database: Database) -> None:
    with database.reading() as conn:
        names = set(inspect(conn).get_table_names())
    assert names == {"folders", "notes", "outbox", "alembic_version"}


def test_that_versions_are_told_apart_and_a_newer_store_is_left_alone(database: Database) -> None:
    add(database, "kept")
    assert database.prepare(metadata, side="device", latest="0001") == Ready(is_new=False)
    assert database.prepare(metadata, side="device", latest="0002") == Behind(current="0001", latest="0002")
    with pytest.raises(StoreFromNewerApp):
        database.prepare(metadata, side="device", latest="0000")
    assert bodies(database) == ["kept"]


def test_that_two_who_prepare_a_new_store_at_once_make_it_once(tmp_path: Path) -> None:
    databases = [Database.encrypted(tmp_path / "store.db", KEY) for _ in range(4)]
    answers: list[Ready | Behind] = []

    def prepare(database: Database) -> None:
        answers.append(database.prepare(metadata, side="device", latest=VERSION))

    threads = [threading.Thread(target=prepare, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.close()
    assert answers.count(Ready(is_new=True)) == 1
    assert answers.count(Ready(is_new=False)) == 3


@pytest.mark.postgres
def test_that_two_server_processes_on_one_postgres_write_in_turns(postgres_url: str) -> None:
    # two Database objects share no gate, as two processes share none
    first, second = Database.at(postgres_url), Database.at(postgres_url)
    first.prepare(metadata, side="server", latest=VERSION)
    other = threading.Thread(target=add, args=(second, "second"))

    def is_waiting() -> bool:
        with first.reading() as conn:
            return conn.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted").first() is not None

    with first.writing() as conn:
        conn.execute(notes.insert().values(body="first"))
        other.start()
        until(is_waiting, "the second writer at the lock")
    other.join()
    assert bodies(first) == ["first", "second"]
    first.close()
    second.close()


@pytest.mark.postgres
def test_that_a_process_that_was_stopped_in_its_turn_does_not_hold_up_the_others(postgres_url: str) -> None:
    stopped, other = Database.at(postgres_url, idle_seconds=0.2), Database.at(postgres_url)
    other.prepare(metadata, side="server", latest=VERSION)

    def be_stopped() -> None:
        with stopped.writing() as conn:
            conn.execute(notes.insert().values(body="half done"))
            add(other, "the next")

    with pytest.raises(StoreUnreachable):
        be_stopped()
    assert bodies(other) == ["the next"]
    add(stopped, "awake again")
    assert bodies(other) == ["the next", "awake again"]
    stopped.close()
    other.close()


@pytest.mark.postgres
def test_that_either_side_looks_whether_the_other_is_still_there(postgres_url: str) -> None:
    database = Database.at(postgres_url)
    with database.reading() as conn:
        ours = conn.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
        theirs = {name: conn.exec_driver_sql(f"SHOW {name}").scalar_one() for name in ("TimeZone", "application_name")}
    database.close()
    assert (ours["keepalives_idle"], ours["tcp_user_timeout"]) == ("30", "60000")
    assert "tcp_keepalives_idle=30" in ours["options"]
    assert theirs == {"TimeZone": "UTC", "application_name": "doorstep"}


def test_that_settings_hold_on_every_connection(tmp_path: Path) -> None:
    database = an_encrypted_store(tmp_path)
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "temp_store": 2,
        "trusted_schema": 0,
    }
    with database.reading() as one, database.reading() as two, database.writing() as three:
        for conn in (one, two, three):
            assert {n: conn.exec_driver_sql(f"PRAGMA {n}").scalar_one() for n in expected} == expected
    database.close()


def test_that_the_sqlite_inside_is_one_that_loses_nothing() -> None:
    with pytest.raises(StoreTooOld, match=r"3\.51\.2"):
        require_safe_sqlite((3, 51, 2))
    require_safe_sqlite((3, 51, 3))


def test_that_the_wrong_key_is_told_from_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    database = an_encrypted_store(tmp_path)
    add(database, "secret")
    database.close()
    with pytest.raises(WrongKey):
        Database.encrypted(path, OTHER_KEY)
    page = bytearray(path.read_bytes())
    page[100] ^= 1
    path.write_bytes(page)
    with pytest.raises(StoreDamaged):
        Database.encrypted(path, KEY)


def test_that_a_damaged_page_is_an_error_and_never_wrong_text(tmp_path: Path) -> None:
    database = an_encrypted_store(tmp_path)
    add(database, *(f"note {number} " * 50 for number in range(200)))
    assert database.quick_check() == ()
    database.close()
    content = bytearray((tmp_path / "store.db").read_bytes())
    for page in range(5, len(content) // 4096):
        content[page * 4096 + 50] ^= 0xFF
    (tmp_path / "store.db").write_bytes(content)
    database = Database.encrypted(tmp_path / "store.db", KEY)
    with pytest.raises(StoreDamaged):
        bodies(database)
    assert database.quick_check() != ()
    database.close()


def test_that_an_emptied_file_is_damage_and_not_a_new_store(tmp_path: Path) -> None:
    database = an_encrypted_store(tmp_path)
    add(database, "all of it")
    database.close()
    (tmp_path / "store.db").write_bytes(b"")
    with pytest.raises(StoreDamaged):
        Database.encrypted(tmp_path / "store.db", KEY)
    aside = set_aside(tmp_path / "store.db")
    fresh = an_encrypted_store(tmp_path)
    assert count(fresh) == 0
    assert aside.exists()
    fresh.close()


def test_that_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(b"Dear Sir or Madam, " * 1000)
    with pytest.raises(StoreDamaged):
        Database.plain(path)
    assert path.read_bytes() == b"Dear Sir or Madam, " * 1000


def test_that_a_store_held_by_another_program_is_told_as_busy(tmp_path: Path) -> None:
    database = Database.plain(tmp_path / "store.db")
    database.prepare(metadata, side="server", latest=VERSION)
    with database.writing() as conn:
        conn.exec_driver_sql("PRAGMA busy_timeout = 50")
    other_program = Database.plain(tmp_path / "store.db")
    with other_program.writing(), pytest.raises(StoreBusy):
        add(database, "not now")
    other_program.close()
    add(database, "now")
    assert bodies(database) == ["now"]
    database.close()


def test_that_a_folder_that_is_not_there_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(DiskFault):
        Database.encrypted(tmp_path / "nowhere" / "store.db", KEY)


def test_that_a_database_server_that_does_not_answer_is_told() -> None:
    with pytest.raises(StoreUnreachable):
        Database.at("postgresql://nobody@127.0.0.1:1/none")


def test_that_a_fault_never_quotes_what_was_being_saved(tmp_path: Path) -> None:
    database = an_encrypted_store(tmp_path)
    with pytest.raises(OperationalError) as told, database.writing() as conn:
        conn.exec_driver_sql("INSERT INTO nowhere VALUES (?)", ("Mrs Abernathy",))
    assert "Abernathy" not in str(told.value)
    database.close()


def test_that_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    database = an_encrypted_store(tmp_path)
    add(database, "private")
    modes = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys(modes, 0)
    database.close()


def test_that_a_backup_opens_with_the_same_key_and_no_other(tmp_path: Path) -> None:
    database = an_encrypted_store(tmp_path)
    add(database, "copied")
    database.backup(tmp_path / "copy.db")
    add(database, "after the copy")
    database.backup(tmp_path / "copy.db")
    database.close()
    copy = Database.encrypted(tmp_path / "copy.db", KEY)
    assert bodies(copy) == ["copied", "after the copy"]
    copy.close()
    (tmp_path / "copy.db.mark").unlink()
    with pytest.raises(WrongKey):
        Database.encrypted(tmp_path / "copy.db", OTHER_KEY)
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_that_rebuilding_may_copy_a_table_that_others_refer_to(database: Database) -> None:
    with database.writing() as conn:
        conn.execute(folders.insert().values(id=1, name="visits"))
        conn.execute(notes.insert().values(body="inside", folder=1))
    with database.rebuilding() as conn:
        if database.is_sqlite:
            conn.exec_driver_sql("CREATE TABLE fresh AS SELECT * FROM folders")
            conn.exec_driver_sql("DELETE FROM folders")
            conn.exec_driver_sql("INSERT INTO folders SELECT * FROM fresh")
            conn.exec_driver_sql("DROP TABLE fresh")
    with pytest.raises(IntegrityError), database.writing() as conn:
        conn.execute(folders.delete())
    assert bodies(database) == ["inside"]


def test_that_rebuilding_refuses_to_leave_a_row_that_refers_to_nothing(tmp_path: Path) -> None:
    database = an_encrypted_store(tmp_path)
    with database.writing() as conn:
        conn.execute(folders.insert().values(id=1, name="visits"))
        conn.execute(notes.insert().values(body="inside", folder=1))
    with pytest.raises(AssertionError, match="refers to nothing"), database.rebuilding() as conn:
        conn.execute(folders.delete())
    with database.reading() as conn:
        assert conn.execute(select(folders.c.name)).scalars().all() == ["visits"]
    database.close()
