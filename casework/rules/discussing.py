"""Kept work that is not decided yet: put off until a day, asked about, answered (X3)."""

import msgspec

from casework.answers import Done, Refused, Verdict
from casework.commands import AskAboutKept, PutOffKept
from casework.rules import access, feed
from casework.rules.fields import REVIEW, too_long
from casework.rules.keeping import is_author, may_settle_without_case
from casework.rules.moment import Desk, Moment
from casework.values import Case, KeptState, KeptWork, Owner, OwnerKind, Person


def put_off(desk: Desk, command: PutOffKept, case: Case | None, moment: Moment) -> Verdict:
    """Decides later: it goes to the foot of the desk until that day, and stays counted. Decided by then: nothing."""
    kept = desk.find(KeptWork, command.kept_id)
    if kept is None or kept.case_id != command.case_id:
        return Refused("decision-gone")
    if kept.state is not KeptState.OPEN:
        return Done()
    if not may_speak(kept, case, moment):
        return Refused("not-yours-to-decide", {"for_kind": kept.for_kind, "for": kept.for_id})
    return Done((msgspec.structs.replace(kept, later_until=command.until, later_by=moment.who.id),))


def ask(desk: Desk, command: AskAboutKept, case: Case | None, moment: Moment) -> Verdict:
    """Asks somebody who has to do with it, or answers who asked: a notice, and an open card for them.

    Whoever is asked may decide as well: who asks leaves it to them. What a person asked is kept like all words.
    """
    kept = desk.find(KeptWork, command.kept_id)
    if kept is None or kept.case_id != command.case_id:
        return Refused("decision-gone")
    if case is None:
        return Refused("case-gone")
    problem = _problem(desk, command, kept, case, moment)
    if problem is not None:
        return problem
    said = (moment.who.id, command.person_id, moment.said_at.isoformat(), command.text.strip())
    asked = msgspec.structs.replace(
        kept, asked_id=command.person_id, talk=(*kept.talk, said), later_until=None, later_by=""
    )
    told = feed.tell(
        case, moment, [command.person_id], code=_code_of(kept, moment), facts={"kept": kept.id, "text": said[3]}
    )
    person = desk.find(Person, command.person_id)
    lets_in = person is not None and not access.sees_everything(person) and not access.is_owner(person, case)
    return Done((asked, *told, *([feed.let_in(case, moment, command.person_id, because=kept.id)] if lets_in else ())))


def _code_of(kept: KeptWork, moment: Moment) -> str:
    return "answered-about-decision" if kept.asked_id == moment.who.id else "asked-about-decision"


def _problem(desk: Desk, command: AskAboutKept, kept: KeptWork, case: Case, moment: Moment) -> Refused | None:
    if kept.state is not KeptState.OPEN:
        return Refused("decision-made-already", {"by": kept.settled_by, "how": kept.state})
    if not may_speak(kept, case, moment):
        return Refused("not-yours-to-decide", {"for_kind": kept.for_kind, "for": kept.for_id})
    if not command.text.strip():
        return Refused("question-is-empty")
    person = desk.find(Person, command.person_id)
    if person is None or not person.is_active or person.id not in to_be_asked(kept, case, moment.who.id):
        return Refused("not-to-be-asked", {"person": command.person_id})
    return too_long("text", command.text, REVIEW)


def may_speak(kept: KeptWork, case: Case | None, moment: Moment) -> bool:
    """Who may put it off or ask about it: its author, and whoever may decide."""
    if case is None:
        return may_settle_without_case(kept, moment)
    return is_author(kept, moment) or (moment.could_see and access.may_settle(kept, case, moment))


def to_be_asked(kept: KeptWork, case: Case, me: str) -> tuple[str, ...]:
    """Whom one may ask: the case's owner, the author, whom it waits for, and who took part in the talk."""
    people = [case.owner_id] if case.owner_kind is OwnerKind.PERSON else []
    people.append(kept.author_id)
    waits_for = Owner(kept.for_kind, kept.for_id)
    if waits_for.kind is OwnerKind.PERSON:
        people.append(waits_for.id)
    people += [by for by, _, _, _ in kept.talk]
    return tuple(person_id for person_id in dict.fromkeys(people) if person_id != me)
