"""The server's time, handed in so that a test can be at another one, and how it lies in a column."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def as_text(moment: datetime) -> str:
    """A time as text of one length, so that the order of the texts is the order of the times."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
