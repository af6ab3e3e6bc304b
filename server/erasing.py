"""Deleting a case for good: its rows go, its ids are remembered, and nothing comes back under them (protocol 7)."""

from collections.abc import Iterable
from typing import get_args

import msgspec
from sqlalchemy import Connection, delete, select

from casework.commands import Command, EraseCase, SeeCase, SeeNotices
from casework.kinds import PERSONAL_KINDS, TREE_KINDS
from casework.rows import find
from casework.rules.access import ABOUT_KEPT
from casework.tables import TABLES
from casework.values import Case, Contact, Document, Property
from server.facts import ERASED_DOCUMENT, set_fact
from server.scope import in_pieces
from server.tables import dead_id, upload

_CASE = TABLES[Case]
_DOCUMENT = TABLES[Document]
# What is about a dead case and is judged all the same: else what is kept of it could never be settled.
_OF_THE_LIVING: tuple[type[Command], ...] = (*get_args(ABOUT_KEPT), EraseCase, SeeCase, SeeNotices)


def is_about_the_dead(conn: Connection, command: Command) -> bool:
    """Whether a command names something that was deleted for good, to change it or to make it anew (FD1, FD2)."""
    if isinstance(command, _OF_THE_LIVING):
        return False
    fields = msgspec.structs.fields(command)
    named = {getattr(command, field.name) for field in fields if field.name.endswith("_id")}
    return bool(deaths(conn, named - {""}))


def deaths(conn: Connection, ids: Iterable[str]) -> dict[str, int]:
    """Those of the ids that were deleted for good, with the number under which they were."""
    found: dict[str, int] = {}
    for some in in_pieces(ids):
        for row in conn.execute(select(dead_id).where(dead_id.c.id.in_(some))):
            found[row.id] = row.rev
    return found


def erase(conn: Connection, case_id: str, rev: int) -> None:
    """Deletes a case with all that is on it, its client and home where no other case has them, and what is kept of it.

    Inside the caller's transaction, which ends the case's scopes. The documents' bytes go with the next tidying, for
    another case may have the same ones.
    """
    case = find(conn, Case, case_id)
    if case is None:
        return
    dead = {case_id}
    hashes = conn.execute(select(_DOCUMENT.c.sha256).where(_DOCUMENT.c.case_id == case_id)).scalars().all()
    for kind in TREE_KINDS:
        table = TABLES[kind]
        of_case = (table.c.id if kind is Case else table.c.case_id) == case_id
        dead.update(conn.execute(select(table.c.id).where(of_case)).scalars())
        conn.execute(delete(table).where(of_case))
    for kind in PERSONAL_KINDS:
        table = TABLES[kind]
        conn.execute(delete(table).where(table.c.case_id == case_id))
    for shared, column, shared_id in (
        (TABLES[Contact], _CASE.c.contact_id, case.contact_id),
        (TABLES[Property], _CASE.c.property_id, case.property_id),
    ):
        if conn.execute(select(_CASE.c.id).where(column == shared_id).limit(1)).first() is None:
            conn.execute(delete(shared).where(shared.c.id == shared_id))
            dead.add(shared_id)
    conn.execute(delete(upload).where(upload.c.case_id == case_id))
    conn.execute(dead_id.insert(), [{"id": one, "rev": rev} for one in sorted(dead - deaths(conn, dead).keys())])
    for sha256 in sorted(set(hashes)):
        set_fact(conn, f"{ERASED_DOCUMENT}{sha256}", "")
