"""Writes the first revision anew from the tables of the code, for as long as nothing has been released.

    python -m tests.store.first_revision     rewrites casework/migrations/versions/0001_first.py

After the first release revisions are never rewritten: a change of tables gets a revision of its own.
"""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Column, Index, Table
from sqlalchemy.schema import Computed

from casework.kinds import NAMES
from casework.migrate import MIGRATIONS
from casework.tables import TEXT, metadata
from server import tables as server_tables
from sync import tables as device_tables

assert server_tables.outcome.metadata is device_tables.outbox.metadata is metadata

PLACE = MIGRATIONS / "versions" / "0001_first.py"

_HEAD = '''"""The first tables: what both sides keep, then what only a laptop or only the server does."""

import sqlalchemy as sa
from alembic import op

# Revision ids count up as text ("0001", "0002"): `Database.prepare` compares them.
revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _both()
    {"device": _device, "server": _server}[op.get_context().opts["side"]]()
'''


def text() -> str:
    """The whole module."""
    known = set(NAMES.values())
    sides: dict[str, list[Table]] = {"both": [], "device": [], "server": []}
    for table in metadata.tables.values():
        sides["both" if table.name in known else str(table.info["side"])].append(table)
    parts = [_HEAD]
    for side, tables in sides.items():
        parts.append(f"\n\ndef _{side}() -> None:\n" + "".join(_table(table) for table in tables))
    return "".join(parts)


def _table(table: Table) -> str:
    lines = [repr(table.name), *(_column(column) for column in table.columns)]
    lines.append(f"sa.PrimaryKeyConstraint({_names(table.primary_key.columns)})")
    lines += [
        f"sa.UniqueConstraint({column.name!r})" for column in table.columns if column.unique and column.index is None
    ]
    if table.dialect_options["sqlite"].get("autoincrement"):
        lines.append("sqlite_autoincrement=True")
    made = f"    op.create_table({', '.join(lines)},)\n"
    return made + "".join(_index(table, index) for index in sorted(table.indexes, key=lambda one: one.name or ""))


def _column(column: Column[object]) -> str:
    assert not isinstance(column.server_default, Computed)
    more = f"nullable={column.nullable}"
    if column.autoincrement is True:
        more += ", autoincrement=True"
    elif column.primary_key and column.autoincrement is False:
        more += ", autoincrement=False"
    if column.server_default is not None:
        more += f", server_default={column.server_default.arg!r}"  # type: ignore[attr-defined]
    kind = "TEXT" if column.type is TEXT else f"sa.{type(column.type).__name__}()"
    return f"sa.Column({column.name!r}, {kind}, {more})"


def _index(table: Table, index: Index) -> str:
    only = index.dialect_options["sqlite"]["where"]
    where = f", sqlite_where=sa.text({str(only)!r})" if only is not None else ""
    made = f"op.create_index({index.name!r}, {table.name!r}, [{_names(index.columns)}]{where})"
    if index.name and index.name.endswith("_search"):
        # too wide for PostgreSQL, and of no use there
        return f"    if op.get_context().dialect.name == 'sqlite':\n        {made}\n"
    if index.info.get("side") == "server" and table.name in NAMES.values():
        return f"    if op.get_context().opts['side'] == 'server':\n        {made}\n"
    return f"    {made}\n"


def _names(columns: Iterable[Column[object]]) -> str:
    return ", ".join(repr(column.name) for column in columns)


def write(to: Path = PLACE) -> None:
    """Writes the module; the formatter is run over it by whoever runs this."""
    to.write_text(text(), "utf-8")


if __name__ == "__main__":
    write()
