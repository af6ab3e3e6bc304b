"""The tables that only a laptop keeps: what is waiting to be sent, and what it needs to take it back."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from casework.held_case import held_case as held_case
from casework.tables import metadata

_DEVICE = {"side": "device"}

# Commands said here, in order, until a page with their outcome has been applied. `status` is empty while unanswered.
outbox = Table(
    "outbox",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("case_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("said_at", Text, nullable=False),
    Column("status", Text, nullable=False, default=""),
    Column("rev", BigInteger, nullable=False, default=0),
    Index("ix_outbox_case_id", "case_id"),
    # A number is never used again, even when the outbox has been empty: the journal's numbers only go up.
    sqlite_autoincrement=True,
    info=_DEVICE,
)

# The server's own copy of every row that a waiting command has changed here; no image: the row was not there.
shadow = Table(
    "shadow",
    metadata,
    Column("table_name", Text, primary_key=True),
    Column("row_id", Text, primary_key=True),
    Column("image", Text),
    info=_DEVICE,
)

# The sums over the cases that are here and not about to leave, kept with every change of them (sync/held_sums.py).
held_sum = Table(
    "held_sum",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("bucket", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("total", Text, nullable=False),
    info=_DEVICE,
)

# The server's list of what this laptop should hold, while the store is compared with it case by case (protocol 5).
listed = Table(
    "listed",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("scopes", Text, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Column("chain", Text, nullable=False),
    info=_DEVICE,
)

# What became of each command (X2): kept after the outbox line is gone, and offered again after a server's restore.
receipt = Table(
    "receipt",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("said_at", Text, nullable=False),
    Column("answered_at", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("code", Text, nullable=False, default=""),
    Column("facts", Text, nullable=False, default="{}"),
    Column("rev", BigInteger, nullable=False),
    Column("chain", Text, nullable=False),
    Index("ix_receipt_case_id", "case_id"),
    Index("ix_receipt_rev", "rev"),
    # which documents were ever put on a case here: asked with each page that takes one away
    Index("ix_receipt_type", "type"),
    info=_DEVICE,
)

# Columns of rows that this version does not know, word for word, until one that does is installed (FH1).
extra = Table(
    "extra",
    metadata,
    Column("table_name", Text, primary_key=True),
    Column("row_id", Text, primary_key=True),
    Column("body", Text, nullable=False),
    info=_DEVICE,
)

# Single facts about this store: cursor, epoch, scopes, nonce, device secret.
sync_state = Table(
    "sync_state",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    info=_DEVICE,
)

# What was typed and not yet saved (A13).
draft = Table(
    "draft",
    metadata,
    Column("key", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("kept_at", Text, nullable=False),
    info=_DEVICE,
)

# Documents whose bytes lie here, encrypted, each under its own key. `state`: see paper_rows.py. `used_at` is when
# somebody last looked at it, `sent_at` when the server had verified it; `sent_rev` is a number of the server's by which
# it had, 0 until the next hello tells one.
paper = Table(
    "paper",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("added_at", Text, nullable=False),
    Column("used_at", Text, nullable=False, default="", server_default=""),
    Column("sent_at", Text, nullable=False, default="", server_default=""),
    Column("sent_rev", BigInteger, nullable=False, default=0, server_default="0"),
    info=_DEVICE,
)
