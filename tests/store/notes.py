"""A small store of notes for the tests of the store itself."""

from pathlib import Path

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, func, select

from casework.database import Database

KEY = bytes(range(32))
OTHER_KEY = bytes(32)
VERSION = "0001"

metadata = MetaData()
folders = Table("folders", metadata, Column("id", Integer, primary_key=True), Column("name", String))
notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("folder", ForeignKey("folders.id")),
    Column("body", String, nullable=False),
)
# kept by one side alone
outbox = Table("outbox", metadata, Column("id", Integer, primary_key=True), info={"side": "device"})
journal = Table("journal", metadata, Column("id", Integer, primary_key=True), info={"side": "server"})


def an_encrypted_store(folder: Path) -> Database:
    database = Database.encrypted(folder / "store.db", KEY)
    database.prepare(metadata, side="device", latest=VERSION)
    return database


def add(database: Database, *bodies: str) -> None:
    """One note each, all in one transaction."""
    with database.writing() as conn:
        for body in bodies:
            conn.execute(notes.insert().values(body=body))


def count(database: Database) -> int:
    with database.reading() as conn:
        return conn.execute(select(func.count()).select_from(notes)).scalar_one()


def bodies(database: Database) -> list[str]:
    with database.reading() as conn:
        return list(conn.execute(select(notes.c.body).order_by(notes.c.id)).scalars())
