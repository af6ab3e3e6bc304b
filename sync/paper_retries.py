"""Documents that could not be sent or fetched: why, and how long each rests before the next attempt."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import msgspec

from casework.connection import Connection
from sync import state

FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(hours=6)


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """A document that failed `tries` times in a row, the last time with `code`."""

    code: str
    tries: int
    again_at: datetime

    def rests(self, now: datetime) -> bool:
        """Whether it is too soon; a clock that was set back holds nothing up for longer than the longest rest."""
        return timedelta() < self.again_at - now <= LONGEST_REST


def stuck(conn: Connection) -> dict[str, Stuck]:
    """By the document's hash."""
    return state.get(conn, state.STUCK, dict[str, Stuck], {})


def resting(conn: Connection, now: datetime) -> frozenset[str]:
    """Those that it is too soon to try again: a server that sends broken bytes is not asked for them each minute."""
    return frozenset(sha256 for sha256, one in stuck(conn).items() if one.rests(now))


def forget(conn: Connection, hashes: Collection[str]) -> None:
    """Has documents tried again at once: what they failed for is no longer so."""
    before = stuck(conn)
    after = {sha256: one for sha256, one in before.items() if sha256 not in hashes}
    if after != before:
        state.put(conn, state.STUCK, after)


def note(
    conn: Connection, codes: Mapping[str, str], *, well: Collection[str], known: Collection[str], now: datetime
) -> None:
    """Remembers what failed in a round, by hash; what went `well`, or is not `known` any more, is forgotten here."""
    before = stuck(conn)
    after = {sha256: one for sha256, one in before.items() if sha256 in known and sha256 not in well}
    for sha256, code in codes.items():
        tries = before[sha256].tries + 1 if sha256 in before else 1
        rest = min(FIRST_REST * 2 ** min(tries - 1, 20), LONGEST_REST)
        after[sha256] = Stuck(code=code, tries=tries, again_at=now + rest)
    if after != before:
        state.put(conn, state.STUCK, after)
