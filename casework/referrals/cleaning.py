"""A row of text into a ReferredPerson; every cell ends in a field, in the note, or in both."""

from datetime import date

import msgspec

from casework.referrals.answers import read_consent
from casework.referrals.columns import Mapping
from casework.referrals.contacts import read_contact
from casework.referrals.dates import order_of, read_event
from casework.referrals.dwellings import read_home
from casework.referrals.one_row import OneRow
from casework.referrals.person import ReferredPerson
from casework.referrals.table import RawRow, RawTable
from casework.referrals.text import TEXT_LIMIT, many_lines, says_nothing


class DateOrders(msgspec.Struct, frozen=True):
    """Whether day or month comes first (`dmy`, `mdy`), told by each date column as a whole."""

    birth: str = "dmy"
    event: str = "dmy"


def date_orders(table: RawTable, mapping: Mapping) -> DateOrders:
    """Read the order off the columns; one that tells nothing by itself follows the other."""
    birth = [row.cells[position] for position in _positions(mapping, "birth_date") for row in table.rows]
    event = [row.cells[position] for position in _positions(mapping, "referred_on") for row in table.rows]
    both = order_of(birth + event)
    return DateOrders(birth=order_of(birth, otherwise=both), event=order_of(event, otherwise=both))


def _positions(mapping: Mapping, field: str) -> list[int]:
    return [position for position, other in enumerate(mapping.fields) if other == field]


def clean_row(table: RawTable, mapping: Mapping, row: RawRow, orders: DateOrders, today: date) -> ReferredPerson:
    """Everything the row says, in its place."""
    one = OneRow(table, mapping, row)
    one.leave_notes()
    contact = read_contact(one, orders.birth, today)
    home = read_home(one)
    referred_on = _referred_on(one, orders.event, today)
    reason = _reason(one)
    consent = _consent(one)
    return ReferredPerson(
        line=row.line,
        reference=one.line_of("reference"),
        contact=contact,
        home=home,
        referred_on=referred_on,
        referred_by=one.line_of("referred_by"),
        reason=reason,
        consent=consent,
        letter=one.letter,
        leftover=one.leftover,
        flags=one.flags,
    )


def _referred_on(one: OneRow, order: str, today: date) -> date | None:
    column, cell = one.first("referred_on")
    if says_nothing(cell):
        return None
    read = read_event(cell, order, today)
    if read.code:
        one.flag(read.code, column, cell)
    if read.value is None:
        one.leave(column, cell)
    return read.value


def _reason(one: OneRow) -> str:
    """The reason with its own line breaks; of several columns, one below the other."""
    parts = []
    for column, cell in one.filled("reason"):
        parts.append(many_lines(cell))
        if len(parts[-1]) > TEXT_LIMIT:
            one.flag("too_long", column, cell)
    return "\n".join(parts)[:TEXT_LIMIT]


def _consent(one: OneRow) -> str:
    column, cell = one.first("consent")
    decision, code = read_consent(cell)
    if code:
        one.flag(code, column, cell)
    if code == "consent_unclear":
        one.leave(column, cell)
    return decision
