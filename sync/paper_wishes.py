"""How somebody wants documents' bytes carried on this laptop: on a metered network, and how much room they may take."""

import msgspec

from casework.connection import Connection
from sync import state

_KEY = "paper_wishes"
BUDGET = 5 * 1024**3


class PaperWishes(msgspec.Struct, frozen=True, kw_only=True):
    """`is_metered`: only small documents and pictures' previews travel unasked, either way, until it is taken back.

    `budget` is in bytes: beyond it documents that the server has are let go of, those not looked at for longest first.
    """

    is_metered: bool = False
    budget: int = BUDGET


def wishes(conn: Connection) -> PaperWishes:
    """What was last wished for here."""
    return state.get(conn, _KEY, PaperWishes, PaperWishes())


def wish(conn: Connection, wanted: PaperWishes) -> None:
    """From the next round on."""
    state.put(conn, _KEY, wanted)
