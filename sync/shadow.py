"""The server's copy of every row that a waiting command has changed here: kept once, restored before a page goes in."""

import json

import msgspec

from casework.connection import Connection
from casework.kinds import NAMES
from casework.rows import row_of, run, upsert
from casework.values import Record


class ShadowBook:
    """Keeps a row's image from before the first waiting command that changes it, and marks the row as unsent."""

    def before_write(self, conn: Connection, record: Record, current: Record | None) -> Record:
        """See carry_out.Book: the row as written has rev 0, which says "not yet accepted" on every screen."""
        image = None if current is None else json.dumps(row_of(current), ensure_ascii=False)
        run(
            conn,
            "INSERT INTO shadow (table_name, row_id, image) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (NAMES[type(record)], record.id, image),
        )
        return msgspec.structs.replace(record, rev=0)


def revert(conn: Connection) -> None:
    """Puts every changed row back to what the server last said; afterwards all rows are base (I12)."""
    for table_name, row_id, image in conn.exec_driver_sql("SELECT table_name, row_id, image FROM shadow").all():
        if image is None:
            conn.exec_driver_sql(f"DELETE FROM {table_name} WHERE id = ?", (row_id,))
            continue
        row = json.loads(image)
        conn.exec_driver_sql(upsert(conn, table_name, tuple(row)), tuple(row.values()))
    conn.exec_driver_sql("DELETE FROM shadow")


def changed_rows(conn: Connection) -> frozenset[str]:
    """The ids of all rows that waiting commands have changed here; screens mark them as kept here."""
    return frozenset(str(row[0]) for row in conn.exec_driver_sql("SELECT DISTINCT row_id FROM shadow"))
