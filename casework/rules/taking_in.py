"""A new case that was kept and never opened: a person takes it in after all, as its author's (OC10, OC25)."""

import msgspec

from casework.answers import Done, Verdict
from casework.commands import OpenCase, Said
from casework.rules import access
from casework.rules.fields import unfit
from casework.rules.intake import open_case
from casework.rules.moment import Desk, Moment
from casework.values import Case, KeptWork, Owner, OwnerKind, OwnershipEvent, Person, Record


def take_in(desk: Desk, kept: KeptWork, said: Said, command: OpenCase, moment: Moment) -> Verdict:
    """Opens the case as its author said it then, if whoever settles may open one now.

    It is opened under the command that would have opened it: what its author wrote on it since speaks of that
    ownership. Who cannot look after a case any more does not come to own it; whoever takes it in does.
    """
    problem = unfit(command, said.epoch) or access.may(command, None, moment)
    if problem is not None:
        return problem
    verdict = open_case(desk, command, as_author(desk, kept, said, moment, command_id=kept.id))
    author = desk.find(Person, kept.author_id)
    if not isinstance(verdict, Done) or author is None or (author.is_active and author.role in access.WRITING):
        return verdict
    theirs = Owner(OwnerKind.PERSON, author.id)
    return Done(tuple(_of_whoever_settles(put, theirs, moment) for put in verdict.puts))


def as_author(desk: Desk, kept: KeptWork, said: Said, moment: Moment, *, command_id: str = "") -> Moment:
    """The moment in which the kept words' author said them, as far as it is known; their clock is not."""
    return msgspec.structs.replace(
        moment,
        command_id=command_id or moment.command_id,
        who=desk.find(Person, kept.author_id) or moment.who,
        said_at=said.at,
        under=said.under,
        epoch=said.epoch,
        clock_off=0,
    )


def _of_whoever_settles(put: Record, theirs: Owner, moment: Moment) -> Record:
    me = moment.who.id
    if isinstance(put, Case) and put.owner == theirs:
        return msgspec.structs.replace(put, owner_id=me, owner_by=me)
    if isinstance(put, OwnershipEvent) and Owner(put.to_kind, put.to_id) == theirs:
        return msgspec.structs.replace(put, to_id=me, by=me)
    return put
