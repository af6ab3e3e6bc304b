"""Words that came too late, as the server keeps them: a claim, two assignments, a field, a step, one not valid."""

from casework.answers import Late, Refused, Verdict
from casework.commands import AnyCommand, Change, ChangeOwner, CloseCase, EditContact, LogReview, MoveStep
from tests.kit_desktop import ENGAGED, MEASURES, VISIT, Desk, person


def lost_claim(desk: Desk, handle: str = "griffiths", *, first: str = "ben", second: str = "amy") -> Verdict:
    """OC1: both took the same waiting case, the first one's reached the server first; it waits for the second."""
    base = desk.base(handle)
    desk.given_to(handle, person(first), by=first, days_ago=0.1)
    command = ChangeOwner(case_id=desk.case(handle).id, base=base, owner=person(second))
    return kept(desk.happened(second, command, under=base.owner_cmd))


def late_assignment(desk: Desk, handle: str = "evans", *, by: str = "priya", to: str = "cara") -> Verdict:
    """OC7: Lena gave the case to Ben; Priya, who had not heard, gave it to Cara. It waits for Priya."""
    base = desk.base(handle)
    desk.given_to(handle, person("ben"), by="lena", days_ago=0.1)
    command = ChangeOwner(case_id=desk.case(handle).id, base=base, owner=person(to))
    return kept(desk.happened(by, command, under=base.owner_cmd))


def phone_clash(desk: Desk, handle: str = "khan", *, by: str = "priya", **theirs: str) -> Verdict:
    """OC4: the owner corrected the phone, somebody in the office corrected it otherwise and came second."""
    case = desk.case(handle)
    mine: dict[str, Change] = {"mobile": ("07700 900456", "07700 900999"), "email": ("", "pat@example.org")}
    other: dict[str, Change] = {"mobile": ("07700 900456", "07700 900555"), "email": ("", "p.khan@example.org")}
    desk.happened("amy", EditContact(case_id=case.id, contact_id=case.contact_id, changes=mine), days_ago=0.2)
    return kept(desk.happened(by, EditContact(case_id=case.id, contact_id=case.contact_id, changes=other)))


def late_step(desk: Desk, handle: str = "nowak", *, by: str = "priya") -> Verdict:
    """Amy moved it to a visit; Priya, who had not heard, moved it to the measures. It waits for the owner."""
    case = desk.case(handle)
    desk.happened("amy", MoveStep(case_id=case.id, step=(ENGAGED, VISIT)), days_ago=0.2)
    return kept(desk.happened(by, MoveStep(case_id=case.id, step=(ENGAGED, MEASURES))))


def not_valid(desk: Desk, handle: str = "thomas", *, by: str = "amy") -> Verdict:
    """OC25: a closing that the server would not take, as its reason is none that it knows."""
    command = CloseCase(case_id=desk.case(handle).id, base=desk.base(handle), reason="because", words="All done here.")
    return kept(desk.happened(by, command))


def late_review(desk: Desk, handle: str = "khan", *, by: str = "amy", text: str = "") -> Verdict:
    """OC25: a review longer than a review may be."""
    command = LogReview(case_id=desk.case(handle).id, text=text or "The boiler was serviced. " * 60)
    return kept(desk.happened(by, command))


def kept(verdict: Verdict) -> Verdict:
    """It was kept, not done."""
    assert isinstance(verdict, Late | Refused), verdict
    return verdict


__all__ = ["AnyCommand", "late_assignment", "late_review", "late_step", "lost_claim", "not_valid", "phone_clash"]
