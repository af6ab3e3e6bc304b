"""The SQLite beneath the store is one without known ways to lose committed work."""

from sqlcipher3 import dbapi2

# up to 3.51.2 a write that races a checkpoint of the write-ahead log can lose committed pages
FIRST_SOUND = (3, 51, 3)


def test_that_sqlite_is_new_enough_to_keep_what_was_committed() -> None:
    assert dbapi2.sqlite_version_info >= FIRST_SOUND


def test_that_the_engine_encrypts() -> None:
    connection = dbapi2.connect(":memory:")
    version = connection.execute("PRAGMA cipher_version").fetchone()
    connection.close()
    assert version is not None
    assert int(version[0].split(".")[0]) >= 4
