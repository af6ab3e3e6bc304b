"""People who leave: ending their access, and what becomes of the decisions that they left behind (X16, OC10)."""

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import PersonLeaves
from casework.rules.moment import Desk, Moment
from casework.rules.steps import proposal
from casework.values import Case, Owner, OwnerKind, Person, Queue, Record, Role


def person_leaves(desk: Desk, command: PersonLeaves, moment: Moment) -> Verdict:
    """Ends somebody's access and takes them out of every queue; somebody must be left who can look after people.

    What they own and have to do is given away by ordinary commands, before or after (questions/leaving.py); what lies
    unsent on their laptop is still taken in (OC10).
    """
    person = desk.find(Person, command.person_id)
    if person is None:
        return Refused("not-valid", {"field": "person_id", "why": "unknown"})
    if not person.is_active:
        return Done()
    others = (one for one in desk.all_of(Person) if one.id != person.id)
    if not any(one.is_active and one.role is Role.ADMIN for one in others):
        return Refused("last-admin")
    puts: list[Record] = [msgspec.structs.replace(person, is_active=False)]
    for queue in desk.all_of(Queue):
        if person.id in queue.member_ids:
            members = tuple(member for member in queue.member_ids if member != person.id)
            puts.append(msgspec.structs.replace(queue, member_ids=members))
    return Done(tuple(puts))


def left_behind(desk: Desk, case: Case, moment: Moment) -> Late:
    """A decision of somebody who has left: not done, kept, and a lead is asked about it (OC10, protocol 10.4)."""
    late = proposal(case, moment, code="person-inactive", shown=())
    facts = {**late.facts, "person": moment.who.id}
    return msgspec.structs.replace(late, waits_for=lead_for(desk, moment.who, case), facts=facts)


def lead_for(desk: Desk, person: Person, case: Case | None) -> Owner:
    """Who answers for what somebody left behind: a lead of their team, else any lead, else the case's owner.

    Where there is no case, and no lead, an admin: one is always left.
    """
    others = [one for one in desk.all_of(Person) if one.is_active and one.id != person.id]
    leads = [one for one in others if one.role is Role.LEAD]
    of_team = [lead for lead in leads if set(lead.team_ids) & set(person.team_ids)]
    found = of_team or leads
    if not found and case is not None:
        return case.owner
    found = found or [one for one in others if one.role is Role.ADMIN]
    return Owner(OwnerKind.PERSON, found[0].id if found else person.id)
