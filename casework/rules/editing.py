"""Correcting a case, a client or a home: field by field, so that two people's corrections both hold (OC3, OC4)."""

import json
from typing import TypeVar

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import Change, EditCase, EditContact, EditProperty
from casework.merge import Clash, join
from casework.rules import feed
from casework.rules.fields import CASE_FIELDS, CONTACT_FIELDS, PROPERTY_FIELDS, plain, problem_with
from casework.rules.moment import Desk, Moment
from casework.values import ActivityKind, Case, Contact, KeptKind, Property, Record

R = TypeVar("R", bound=Record)


def edit_case(desk: Desk, command: EditCase, case: Case, moment: Moment) -> Verdict:
    """Corrects the case's own words; facts, so a late one is joined in, whoever owns the case now."""
    return _edit(desk, case, case, command.changes, CASE_FIELDS, moment)


def edit_contact(desk: Desk, command: EditContact, case: Case, moment: Moment) -> Verdict:
    """Corrects what we know of the client (OC4)."""
    contact = desk.find(Contact, command.contact_id)
    if contact is None or contact.id != case.contact_id:
        return Refused("not-of-this-case")
    return _edit(desk, case, contact, command.changes, CONTACT_FIELDS, moment)


def edit_property(desk: Desk, command: EditProperty, case: Case, moment: Moment) -> Verdict:
    """Corrects what we know of the home."""
    home = desk.find(Property, command.property_id)
    if home is None or home.id != case.property_id:
        return Refused("not-of-this-case")
    return _edit(desk, case, home, command.changes, PROPERTY_FIELDS, moment)


def _edit(
    desk: Desk,
    case: Case,
    record: Record,
    changes: dict[str, Change],
    allowed: dict[str, int],
    moment: Moment,
) -> Verdict:
    changes = {name: (before, new) for name, (before, new) in plain(changes).items()}
    problem = problem_with(changes, allowed)
    if problem is not None:
        return problem
    try:
        as_said = _with_fields(record, {name: new for name, (_, new) in changes.items()})
    except msgspec.ValidationError as error:
        return Refused("not-valid", {"why": str(error)})
    joined = join(plain(record), changes)
    notices = feed.new_facts_on_closed(desk, case, moment)
    line = feed.line(desk, case, moment, kind=ActivityKind.EDITED, facts=dict.fromkeys(sorted(joined.fields), ""))
    edited = _with_fields(record, joined.fields)
    puts: tuple[Record, ...] = (edited, line, *notices) if joined.fields else ()
    if not joined.clashes:
        return Done(puts)
    return Late(
        code="changed-meanwhile",
        kind=KeptKind.CLASH,
        waits_for=case.owner,
        fields={name: _as_text(clash) for name, clash in joined.clashes.items()},
        puts=puts,
        shown=(as_said, line),
    )


def _with_fields(record: R, fields: dict[str, object]) -> R:
    """The record with plain JSON values set. Raises msgspec.ValidationError where a value does not fit its field."""
    return msgspec.convert({**plain(record), **fields}, type(record))


def _as_text(clash: Clash) -> tuple[str, str, str]:
    return tuple(json.dumps(value, ensure_ascii=False) for value in (clash.before, clash.mine, clash.theirs))  # type: ignore[return-value]
