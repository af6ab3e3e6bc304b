"""What comes of words about a case that was joined to another one: facts go there, decisions wait there (OC15)."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from casework.answers import Done, Late, Verdict
from casework.commands import Command, EditContact, EditProperty, Said
from casework.rules.moment import Desk, Moment
from casework.values import Activity, Case, KeptKind, Owner, Record

A = TypeVar("A", bound=Command)


def standing_case(desk: Desk, case: Case) -> Case:
    """The case that facts about this one go to: itself, or what it was joined to, as far as that is here."""
    passed = {case.id}
    while case.joined_to and case.joined_to not in passed:
        onward = desk.find(Case, case.joined_to)
        if onward is None:
            return case
        passed.add(onward.id)
        case = onward
    return case


def repointed(command: A, named: Case | None, case: Case) -> A:
    """The same words about the case that stays; `named` is the closed one, where it is here to be looked at."""
    if isinstance(command, EditContact) and (named is None or command.contact_id == named.contact_id):
        return msgspec.structs.replace(command, case_id=case.id, contact_id=case.contact_id)
    if isinstance(command, EditProperty) and (named is None or command.property_id == named.property_id):
        return msgspec.structs.replace(command, case_id=case.id, property_id=case.property_id)
    return msgspec.structs.replace(command, case_id=case.id)


def rehomed(desk: Desk, said: Said, case: Case) -> tuple[Said, Case]:
    """Words that are to be kept about a closed case, as words about the one that stays: they are settled there."""
    there = standing_case(desk, case)
    return msgspec.structs.replace(said, say=repointed(said.say, case, there)), there


def joined_meanwhile(case: Case, moment: Moment, *, waits_for: Owner) -> Late:
    """A decision about a case that was joined to another one: it waits, to be made about that one or not at all."""
    return Late(
        code="joined-meanwhile",
        kind=KeptKind.PROPOSAL,
        waits_for=waits_for,
        facts={"joined": case.number, "owner_kind": case.owner_kind, "owner": case.owner_id},
    )


def marked(verdict: Verdict, moment: Moment, number: str) -> Verdict:
    """The verdict with its own feed line saying which case the words had been about."""

    def mark(rows: Iterable[Record]) -> tuple[Record, ...]:
        return tuple(
            msgspec.structs.replace(row, facts={**row.facts, "told_of": number})
            if isinstance(row, Activity) and row.id == moment.command_id
            else row
            for row in rows
        )

    if isinstance(verdict, Done):
        return Done(mark(verdict.puts))
    if isinstance(verdict, Late):
        return msgspec.structs.replace(verdict, puts=mark(verdict.puts), shown=mark(verdict.shown))
    return verdict
