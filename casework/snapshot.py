"""A snapshot: what everybody in the office holds, as one ready store at one running number, in blocks (decisions/011).

It is a SQLite file in the laptop's own layout, with its indexes, of pages that have the room at their end which an
encrypted store needs. Each block of it travels packed by itself, under a hash of its own: a transfer that is cut goes
on at a block, and no block is unpacked before it is proved.
"""

import hashlib
from collections.abc import Iterable

import msgspec

from casework.kinds import NAMES
from casework.page_cipher import PAGE, RESERVED
from casework.wire import Message, RowsReply, Stamp

BLOCK = 128 * PAGE
# Which of all scopes each case is in besides `all`: columns `scope`, `case_id`. The laptop reads it and drops it.
REACH = "reach"
LAID = frozenset((*NAMES.values(), "held_case"))
_FORM = f"1/{PAGE}/{RESERVED}"


class Block(msgspec.Struct, frozen=True, array_like=True):
    """One block as it travels: how many bytes, and their SHA-256 in hex."""

    size: int
    sha256: str


class WantSnapshot(Message, frozen=True, kw_only=True):
    """Asks for the snapshot of the scope `all` in a laptop's layout (`layout_of`)."""

    layout: str


class SnapshotReply(RowsReply, frozen=True, kw_only=True):
    """The snapshot on offer: all of `all` at the stamp `at`, but nothing that is for one person only.

    `now` is the full list of scopes of whoever asks. `size` is the store's own, in bytes; all blocks but the last hold
    BLOCK bytes of it.
    """

    id: str
    at: Stamp
    now: tuple[str, ...]
    size: int
    blocks: tuple[Block, ...]


def layout_of(statements: Iterable[str]) -> str:
    """The layout that these statements make, as a hash: the tables and indexes of a snapshot and nothing else."""
    own = sorted(" ".join(one.split()) for one in statements if table_of(one) in LAID)
    return hashlib.sha256("\n".join((_FORM, *own)).encode()).hexdigest()


def table_of(statement: str) -> str:
    """The table that a statement of a layout makes, or makes an index on."""
    words = statement.split()
    return words[words.index("ON") + 1] if words[:2] == ["CREATE", "INDEX"] else words[2]
