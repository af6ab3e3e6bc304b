"""The SQLAlchemy Core tables that the laptop and the server both keep: one per kind of value, column by field."""

import types
import typing

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text

from casework.values import (
    Activity,
    Case,
    CaseRecord,
    Contact,
    Contributor,
    Document,
    KeptWork,
    Notice,
    OwnershipEvent,
    Person,
    Project,
    Property,
    Queue,
    Record,
    Referral,
    Step,
    Task,
    TaskType,
    Team,
)

# The version of the store that this code reads and writes: the newest revision in migrations/versions.
LATEST = "0001"

metadata = MetaData()


def _column(name: str, kind: object) -> Column[typing.Any]:
    """The column for one field: text, whole number or truth; lists, maps and dates are text (rows.py)."""
    if name == "id":
        return Column("id", Text, primary_key=True)
    if name == "rev":
        return Column("rev", BigInteger, nullable=False)
    may_be_none = types.NoneType in typing.get_args(kind)
    if kind is bool:
        return Column(name, Boolean, nullable=False)
    if kind is int:
        return Column(name, Integer, nullable=False)
    return Column(name, Text, nullable=may_be_none)


def _table(name: str, kind: type[Record], *indexes: tuple[str, ...]) -> Table:
    hints = typing.get_type_hints(kind)
    columns = [_column(field.name, hints[field.name]) for field in msgspec.structs.fields(kind)]
    every: list[tuple[str, ...]] = [("rev",), *indexes]
    if issubclass(kind, CaseRecord):
        every.append(("case_id",))
    return Table(name, metadata, *columns, *(Index(f"ix_{name}_{'_'.join(index)}", *index) for index in every))


# In the order in which a page is applied: what others refer to comes first.
TABLES: dict[type[Record], Table] = {
    Person: _table("person", Person),
    Team: _table("team", Team),
    Queue: _table("queue", Queue),
    Project: _table("project", Project),
    Step: _table("step", Step),
    TaskType: _table("task_type", TaskType),
    Contact: _table("contact", Contact),
    Property: _table("property", Property),
    Case: _table(
        "case_file",
        Case,
        ("status", "step_id", "step_since", "id"),
        ("created_at", "id"),
        ("number", "id"),
        ("owner_id", "status"),
        ("project_id", "status"),
        ("contact_id",),
        ("property_id",),
    ),
    Referral: _table("referral", Referral),
    OwnershipEvent: _table("ownership_event", OwnershipEvent),
    Contributor: _table("contributor", Contributor),
    Task: _table("task", Task, ("assignee_id", "status")),
    Activity: _table("activity", Activity, ("case_id", "arrived_at", "at")),
    Document: _table("document", Document, ("sha256",)),
    KeptWork: _table("kept_work", KeptWork, ("state",)),
    Notice: _table("notice", Notice, ("person_id", "is_seen")),
}


def _search_index(kind: type[Record], *columns: str) -> None:
    """Holds all that a laptop searches by, so that a search reads the index alone; too wide for PostgreSQL."""
    table = TABLES[kind]
    Index(f"ix_{table.name}_search", *(table.c[name] for name in columns)).ddl_if(dialect="sqlite")


_search_index(Contact, "last_name", "first_name", "phone", "mobile", "id")
_search_index(Property, "postcode", "address_1", "address_2", "town", "id")

KINDS: dict[str, type[Record]] = {table.name: kind for kind, table in TABLES.items()}

# Everybody holds these whole (scope `ref`).
REF_KINDS: tuple[type[Record], ...] = (Person, Team, Queue, Project, Step, TaskType)
# These travel with every case that refers to them.
SHARED_KINDS: tuple[type[Record], ...] = (Contact, Property)
# The tree of one case.
TREE_KINDS: tuple[type[Record], ...] = (Case, Referral, OwnershipEvent, Contributor, Task, Activity, Document)
# These go to named people, whatever they may see of the case.
PERSONAL_KINDS: tuple[type[Record], ...] = (KeptWork, Notice)


def case_of(record: Record) -> str | None:
    """The id of the case whose tree a value belongs to, None for what is nobody's or everybody's."""
    if isinstance(record, Case):
        return record.id
    return record.case_id if isinstance(record, CaseRecord) else None


__all__ = [
    "KINDS",
    "LATEST",
    "PERSONAL_KINDS",
    "REF_KINDS",
    "SHARED_KINDS",
    "TABLES",
    "TREE_KINDS",
    "case_of",
    "metadata",
]
