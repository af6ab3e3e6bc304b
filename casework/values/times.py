"""The times that every store and every screen can take, and what an odd one is read as."""

from datetime import UTC, date, datetime

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
# The days of which every hour is sound, in any zone.
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2199, 12, 30)


def is_sound(moment: datetime) -> bool:
    """Whether it has a zone, to be compared by, and lies where clocks can be set to in any zone."""
    return moment.tzinfo is not None and EARLIEST <= moment <= LATEST


def sound(moment: datetime) -> datetime:
    """The time itself where it is sound; without a zone it is taken for UTC, out of bounds for the nearest bound."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return min(max(aware, EARLIEST), LATEST)
