"""A laptop's store is read without being changed, and what was made ready for it stays so."""

from pathlib import Path

import pytest

from casework.store_file import StoreFile


def _store(tmp_path: Path) -> StoreFile:
    store = StoreFile(tmp_path / "store.db", b"k" * 32)
    with store.writing() as conn:
        conn.exec_driver_sql("CREATE TABLE note (body TEXT)")
    return store


def _write_while_reading(store: StoreFile) -> None:
    with store.reading() as conn:
        conn.exec_driver_sql("INSERT INTO note VALUES ('by the back door')")


def test_that_what_is_written_while_reading_is_undone_and_told_as_a_bug(tmp_path: Path) -> None:
    store = _store(tmp_path)
    with pytest.raises(AssertionError, match="inside reading"):
        _write_while_reading(store)
    with store.writing() as conn:
        conn.exec_driver_sql("INSERT INTO note VALUES ('by the front door')")
    with store.reading() as conn:
        assert conn.exec_driver_sql("SELECT body FROM note").scalars().all() == ["by the front door"]
    store.close()
