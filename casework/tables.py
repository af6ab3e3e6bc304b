"""The SQLAlchemy Core tables that the laptop and the server both keep: one per kind of value, column by field."""

import types
import typing

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text

from casework.kinds import NAMES
from casework.values import Activity, Case, CaseRecord, Contact, Document, KeptWork, Notice, Property, Record, Task

metadata = MetaData()

# PostgreSQL compares by the language that its database was made for, and Danish puts "aa" behind "z": a page that goes
# on after the last id would leave cases out. Here it compares byte by byte, as SQLite and Python do.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def _column(name: str, kind: object) -> Column[typing.Any]:
    """The column for one field: text, whole number or truth; lists, maps and dates are text (rows.py)."""
    if name == "id":
        return Column("id", TEXT, primary_key=True)
    if name == "rev":
        return Column("rev", BigInteger, nullable=False)
    may_be_none = types.NoneType in typing.get_args(kind)
    if kind is bool:
        return Column(name, Boolean, nullable=False)
    if kind is int:
        return Column(name, Integer, nullable=False)
    return Column(name, TEXT, nullable=may_be_none)


def _table(name: str, kind: type[Record], *indexes: tuple[str, ...]) -> Table:
    hints = typing.get_type_hints(kind)
    columns = [_column(field.name, hints[field.name]) for field in msgspec.structs.fields(kind)]
    every = list(indexes)
    if issubclass(kind, CaseRecord) and not any(index[0] == "case_id" for index in indexes):
        every.append(("case_id",))
    made = [Index(f"ix_{name}_{'_'.join(index)}", *index) for index in every]
    # what changed since is the server's question; on a laptop every row that comes in would have to move in it
    made.append(Index(f"ix_{name}_rev", "rev", info={"side": "server"}))
    return Table(name, metadata, *columns, *made)


# What a list asks by, beside the id, the rev and the case.
_INDEXES: dict[type[Record], tuple[tuple[str, ...], ...]] = {
    Case: (
        ("status", "step_id", "step_since", "id"),
        ("created_at", "id"),
        ("number", "id"),
        ("owner_id", "status"),
        ("project_id", "status"),
        ("contact_id",),
        ("property_id",),
        ("other_numbers", "id"),
    ),
    Task: (("assignee_id", "status"),),
    Activity: (("case_id", "arrived_at", "at"),),
    Document: (("sha256",),),
    KeptWork: (("state",),),
    Notice: (("person_id", "is_seen"),),
}

TABLES: dict[type[Record], Table] = {kind: _table(name, kind, *_INDEXES.get(kind, ())) for kind, name in NAMES.items()}


def _search_index(kind: type[Record], *columns: str) -> None:
    """Holds all that a laptop searches by, so that a search reads the index alone; too wide for PostgreSQL."""
    table = TABLES[kind]
    Index(f"ix_{table.name}_search", *(table.c[name] for name in columns)).ddl_if(dialect="sqlite")


_search_index(Contact, "last_name", "first_name", "phone", "mobile", "id")
_search_index(Property, "postcode", "address_1", "address_2", "town", "id")


__all__ = ["TABLES", "TEXT", "metadata"]
