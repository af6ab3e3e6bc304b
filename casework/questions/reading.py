"""Small tools that the questions share: rows of the laptop's SQLite store into plain Python values."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from casework.connection import Connection, Row
from casework.questions.shown import DueBand
from casework.questions.viewer import Viewer
from casework.rules.moment import CLOCK_MARK_SECONDS, Moment, Side
from casework.values.times import sound

SOON_DAYS = 7
# The day when a task is due, as SQL: its date, or the day of the visit.
DUE = "coalesce(t.due_on, substr(t.start_at, 1, 10))"


def read(conn: Connection, query: str, values: Sequence[Any] = ()) -> Sequence[Row]:
    """The rows by column name."""
    return conn.exec_driver_sql(query, tuple(values)).mappings().all()


def marks(values: Sequence[Any]) -> str:
    """As many place marks as values, for IN (...)."""
    return ", ".join("?" * len(values))


def time_of(text: str) -> datetime:
    """The time that a column holds, as one that can be shown and compared (values.times)."""
    return sound(datetime.fromisoformat(text))


def time_or_none(text: str | None) -> datetime | None:
    """The time that a column holds, if any."""
    return time_of(text) if text else None


def day_or_none(text: str | None) -> date | None:
    """The day that a column holds, if any."""
    return date.fromisoformat(text) if text else None


def text_of(moment: datetime) -> str:
    """A time as columns hold it, to compare with."""
    plain: str = msgspec.to_builtins(moment)
    return plain


def from_json(text: str) -> Any:
    """What a column of lists or maps holds."""
    return json.loads(text)


def full_name(title: str | None, first: str | None, last: str | None) -> str:
    """A client's name as one would say it; the same as Contact.full_name."""
    return " ".join(part for part in (title, first, last) if part)


def address_of(*parts: str | None) -> str:
    """The parts of an address that are there, in one line."""
    return ", ".join(part for part in parts if part)


def outward(postcode: str) -> str:
    """The first half of a postcode, by which areas are told apart; "" where there is none."""
    return postcode.split(" ")[0].upper() if postcode else ""


def digits_of(text: str) -> str:
    """The digits of a phone number as dialled at home: +44 and 0044 become 0."""
    digits = "".join(mark for mark in text if mark.isdigit())
    if text.strip().startswith("+44") or digits.startswith("0044"):
        return "0" + digits.removeprefix("00").removeprefix("44").lstrip("0")
    return digits


def is_clock_off(seconds: int) -> bool:
    """Whether a device's clock was wrong enough to say so (A12)."""
    return abs(seconds) > CLOCK_MARK_SECONDS


def band_of(due: date | None, today: date) -> DueBand:
    """When an open task is due, seen from today."""
    if due is None:
        return DueBand.SOMEDAY
    days = (due - today).days
    if days < 0:
        return DueBand.OVERDUE
    if days == 0:
        return DueBand.TODAY
    return DueBand.SOON if days <= SOON_DAYS else DueBand.LATER


def moment_of(viewer: Viewer, command_id: str = "") -> Moment:
    """The moment in which this viewer would say something now, for asking the rules what they would take."""
    return Moment(
        command_id=command_id,
        who=viewer.person,
        queue_ids=viewer.queue_ids,
        said_at=viewer.now,
        now=viewer.now,
        side=Side.SAYING,
    )
