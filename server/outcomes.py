"""What became of each command, kept for good: asked again, it is answered from here."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select

from casework.answers import Status
from casework.commands import Said
from casework.wire import Ack
from server.prepared import Prepared, among
from server.tables import outcome

_OUTCOMES = Prepared(select(outcome).where(among(outcome.c.cmd_id, "ids")))
_PUT_OUTCOME = Prepared(outcome.insert())


def outcomes_of(conn: Connection, cmd_ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """The stored outcomes of those of the commands that have one, by id."""
    names = [column.name for column in outcome.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in _OUTCOMES.rows(conn, ids=sorted(cmd_ids))}


def hash_of(said: Said) -> str:
    """What tells two commands under one id apart; that one is offered again, or waits for another no more, is none.

    What is blank counts as not said, so that the hash stays the same when a later release knows more fields.
    """
    plain = msgspec.to_builtins(msgspec.structs.replace(said, again=False, prev="", missed=""))
    body = msgspec.json.encode(_without_blanks(plain), order="deterministic")
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def _without_blanks(plain: dict[str, Any]) -> dict[str, Any]:
    kept = {name: _without_blanks(value) if isinstance(value, dict) else value for name, value in plain.items()}
    return {name: value for name, value in kept.items() if value not in ("", 0, None, (), [], {})}


def ack_of(row: Mapping[str, Any]) -> Ack:
    """The ack that a stored outcome stands for."""
    facts = msgspec.json.decode(row["facts"], type=dict[str, str])
    status = Status(row["status"])
    return Ack(id=row["cmd_id"], st=status, rev=row["rev"], chain=row["chain"], code=row["code"], facts=facts)


def put_outcomes(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes the outcomes of commands that had none."""
    _PUT_OUTCOME.run_each(conn, rows)


def forget_outcome(conn: Connection, cmd_id: str) -> None:
    """Takes an outcome away, for who writes another one in the same transaction."""
    conn.execute(delete(outcome).where(outcome.c.cmd_id == cmd_id))
