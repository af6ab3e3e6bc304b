"""An app that is a version behind, as a laptop that nobody updates has it: what it does not know it keeps aside (FH1).

It says commands as its version wrote them (FH4): a field that came later has a usual value and is not there at all. The
same words, sent once more by the newer app, are the same words.

The store is of the version that knows: the column is there, as this code needs it, and the older app never puts
anything in it; the table stays empty.
"""

import json
from typing import Any

import msgspec

from casework.connection import Connection
from casework.kinds import KINDS, NAMES
from casework.tables import TABLES
from casework.values import Contact, FormAnswers
from casework.wire import Message, Push, encode
from sync import bulk, outbox, state
from sync.taking_in import KNOWN, Known
from tests.machines.organisation import Tables

_TABLE, _COLUMN_OF, _COLUMN = NAMES[FormAnswers], NAMES[Contact], "language"
_PLACE = [column.name for column in TABLES[KINDS[_COLUMN_OF]].columns].index(_COLUMN)
OLDER: Known = {name: columns - {_COLUMN} if name == _COLUMN_OF else columns for name, columns in KNOWN.items()}
OLDER = {name: columns for name, columns in OLDER.items() if name != _TABLE}


def may_be_older(conn: Connection) -> bool:
    """Whether the store stands so that an older app could have brought it there."""
    half = state.filling(conn) is not None or bulk.is_due(conn)
    return outbox.oldest(conn) is None and not half


def make_older(conn: Connection) -> None:
    """Puts aside what the older app would never have understood."""
    rows = conn.exec_driver_sql(f"SELECT id, {_COLUMN} FROM {_COLUMN_OF} WHERE {_COLUMN} <> ''").all()
    for row_id, value in rows:
        _put_aside(conn, _COLUMN_OF, str(row_id), {_COLUMN: value})
    for row in conn.exec_driver_sql(f"SELECT * FROM {_TABLE}").mappings().all():
        _put_aside(conn, _TABLE, str(row["id"]), dict(row))
    conn.exec_driver_sql(f"DELETE FROM {_TABLE}")
    conn.exec_driver_sql(f"ALTER TABLE {_COLUMN_OF} DROP COLUMN {_COLUMN}")
    conn.exec_driver_sql(f"ALTER TABLE {_COLUMN_OF} ADD COLUMN {_COLUMN} TEXT NOT NULL DEFAULT ''")


def as_older_shows(everything: Tables) -> Tables:
    """The server's rows as far as the older app knows them."""
    clients = {row_id: (*row[:_PLACE], "", *row[_PLACE + 1 :]) for row_id, row in everything[_COLUMN_OF].items()}
    return {**everything, _TABLE: {}, _COLUMN_OF: clients}


def as_older_says(message: Message) -> bytes:
    """A request as it writes that: of commands nothing that has its usual value."""
    if not isinstance(message, Push):
        return encode(message)
    plain: dict[str, Any] = msgspec.to_builtins(message)
    return msgspec.json.encode({**plain, "cmds": [_needful(said) for said in message.cmds]})


def _needful(value: Any) -> Any:
    if not isinstance(value, msgspec.Struct):
        return [_needful(one) for one in value] if isinstance(value, list | tuple) else value
    config = value.__struct_config__
    said = {config.tag_field: config.tag} if config.tag_field else {}
    for field in msgspec.structs.fields(value):
        one = getattr(value, field.name)
        if field.required or one != _usual(field):
            said[field.encode_name] = _needful(one)
    return said


def _usual(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if callable(field.default_factory) else field.default


def _put_aside(conn: Connection, table_name: str, row_id: str, columns: dict[str, Any]) -> None:
    conn.exec_driver_sql(
        "INSERT INTO extra (table_name, row_id, body) VALUES (?, ?, ?)", (table_name, row_id, json.dumps(columns))
    )
