"""The table of the cases that lie on a laptop; a snapshot made on the server brings it along (casework/snapshot.py)."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, text

from casework.tables import metadata

# Cases that lie whole on this laptop, through which scopes, and the stamp of their last change that came in (`chain` is
# "" where the server did not say). `is_leaving` waits for what is still to be sent.
held_case = Table(
    "held_case",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("scopes", Text, nullable=False),
    Column("rev", BigInteger, nullable=False, default=0, server_default="0"),
    Column("chain", Text, nullable=False, default="", server_default=""),
    Column("is_leaving", Integer, nullable=False, default=0),
    # every page asks which scopes there are and what is leaving; neither may depend on how many cases there are
    Index("ix_held_case_scopes", "scopes"),
    Index("ix_held_case_leaving", "case_id", sqlite_where=text("is_leaving = 1")),
    info={"side": "device"},
)


__all__ = ["held_case"]
