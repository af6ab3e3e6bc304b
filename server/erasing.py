"""Deleting a case for good: its rows go, its ids are remembered, and nothing comes back under them (protocol 7)."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import get_args

import msgspec
from sqlalchemy import Connection, delete, select

from casework.commands import Command, EraseCase, SeeCase, SeeNotices
from casework.kinds import PERSONAL_KINDS, REF_KINDS, SHARED_KINDS, TREE_KINDS
from casework.rows import find
from casework.rules.access import ABOUT_KEPT
from casework.tables import TABLES
from casework.values import Case, Contact, Document, KeptWork, Property, Record
from server.facts import ERASED_DOCUMENT, LAST_ERASED, set_fact
from server.kept_left import note_erased
from server.prepared import Prepared, among
from server.tables import dead_id, outcome, upload

_CASE = TABLES[Case]
_DOCUMENT = TABLES[Document]
_KEPT = TABLES[KeptWork]
_HEADS: tuple[type[Record], ...] = (*REF_KINDS, *SHARED_KINDS, Case)
_LIVING = {
    kind: Prepared(select(TABLES[kind].c.id).where(among(TABLES[kind].c.id, "ids"))) for kind in (*_HEADS, *TREE_KINDS)
}
_DEAD = Prepared(select(dead_id.c.id, dead_id.c.rev).where(among(dead_id.c.id, "ids")))
# What is about a dead case and is judged all the same: else what is kept of it could never be settled.
_OF_THE_LIVING: tuple[type[Command], ...] = (*get_args(ABOUT_KEPT), EraseCase, SeeCase, SeeNotices)


def names_of(command: Command) -> Iterator[str]:
    """The ids that a command names to change or to make something: none that was deleted for good (FD1, FD2)."""
    if isinstance(command, _OF_THE_LIVING):
        return
    for name in _id_fields(type(command)):
        named = getattr(command, name)
        if named:
            yield named


@cache
def _id_fields(kind: type[Command]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(kind) if field.name.endswith("_id"))


def deaths(conn: Connection, ids: Iterable[str]) -> dict[str, int]:
    """Those of the ids that were deleted for good, with the number under which they were."""
    asked = list(ids)
    return dict(_DEAD.rows(conn, ids=asked)) if asked else {}


def joined_into(conn: Connection, case_id: str) -> tuple[str, ...]:
    """The cases that were joined to this one (OC14): the same client's, under another number."""
    return tuple(conn.execute(select(_CASE.c.id).where(_CASE.c.joined_to == case_id).order_by(_CASE.c.id)).scalars())


def erase(conn: Connection, case_id: str, rev: int) -> None:
    """Deletes a case with all that is on it, its client and home where no other case has them, and what is kept of it.

    Inside the caller's transaction, which ends the case's scopes. The documents' bytes go with the next tidying, for
    another case may have the same ones. An id that something living has too is not remembered as dead: devices make
    ids, and who gave a task the id of another case would take that one along. Nor can a task elsewhere that was given
    the id of this case keep that from being remembered.
    """
    case = find(conn, Case, case_id)
    if case is None:
        return
    # a snapshot from before has the rows, and is of no use from here on
    set_fact(conn, LAST_ERASED, str(rev))
    note_erased(conn, case_id, rev)
    heads, dead = {case_id}, set[str]()
    hashes = conn.execute(select(_DOCUMENT.c.sha256).where(_DOCUMENT.c.case_id == case_id)).scalars().all()
    for kind in TREE_KINDS:
        table = TABLES[kind]
        of_case = (table.c.id if kind is Case else table.c.case_id) == case_id
        dead.update(conn.execute(select(table.c.id).where(of_case)).scalars())
        conn.execute(delete(table).where(of_case))
    _blank_outcomes(conn, case_id)
    for kind in PERSONAL_KINDS:
        table = TABLES[kind]
        conn.execute(delete(table).where(table.c.case_id == case_id))
    for shared, column, shared_id in (
        (TABLES[Contact], _CASE.c.contact_id, case.contact_id),
        (TABLES[Property], _CASE.c.property_id, case.property_id),
    ):
        if conn.execute(select(_CASE.c.id).where(column == shared_id).limit(1)).first() is None:
            conn.execute(delete(shared).where(shared.c.id == shared_id))
            heads.add(shared_id)
    conn.execute(delete(upload).where(upload.c.case_id == case_id))
    dead = (heads - _living(conn, heads, _HEADS)) | (dead - heads - _living(conn, dead, tuple(_LIVING)))
    if buried := [{"id": one, "rev": rev} for one in sorted(dead - deaths(conn, dead).keys())]:
        conn.execute(dead_id.insert(), buried)
    for sha256 in sorted(set(hashes)):
        set_fact(conn, f"{ERASED_DOCUMENT}{sha256}", "")


def _blank_outcomes(conn: Connection, case_id: str) -> None:
    """Takes out of what was answered what a person wrote, as a document's name: it is there with kept work alone."""
    of_case = select(_KEPT.c.id).where(_KEPT.c.case_id == case_id)
    conn.execute(outcome.update().where(outcome.c.cmd_id.in_(of_case)).values(facts="{}"))


def _living(conn: Connection, ids: Iterable[str], kinds: Iterable[type[Record]]) -> set[str]:
    """Those of the ids that rows of these kinds have."""
    asked = list(ids)
    return {row[0] for kind in kinds for row in _LIVING[kind].rows(conn, ids=asked)}
