"""Requests to another team for a piece of work on a case; the case's owner stays (S75, S76, S92 to S94, S97)."""

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import AskTeam, MoveAssignment
from casework.rules import access, feed
from casework.rules.fields import LINE, too_long
from casework.rules.moment import Desk, Moment
from casework.rules.steps import proposal
from casework.values import (
    Activity,
    ActivityKind,
    AssignmentStatus,
    Case,
    CaseAssignment,
    Notice,
    Owner,
    OwnerKind,
    Person,
    Record,
    Role,
    Task,
    TaskStatus,
    Team,
)

_S = AssignmentStatus
# What the team may do with it, and what the side that asked may (domain.md 5.3).
TEAMS_MOVES = frozenset(
    {
        (_S.SENT, _S.ACCEPTED),
        (_S.SENT, _S.COMPLETED),
        (_S.SENT, _S.RETURNED),
        (_S.SENT, _S.REJECTED),
        (_S.ACCEPTED, _S.COMPLETED),
        (_S.ACCEPTED, _S.RETURNED),
        (_S.ACCEPTED, _S.REJECTED),
    }
)
ASKERS_MOVES = frozenset(
    {(_S.SENT, _S.WITHDRAWN), (_S.ACCEPTED, _S.WITHDRAWN), (_S.RETURNED, _S.WITHDRAWN), (_S.RETURNED, _S.SENT)}
)
WITHDRAWABLE = frozenset(was for was, to in ASKERS_MOVES if to is _S.WITHDRAWN)
NEEDS_WORDS = frozenset({_S.RETURNED, _S.REJECTED})


def ask_team(desk: Desk, command: AskTeam, case: Case, moment: Moment) -> Verdict:
    """Asks a team for a piece of work; from now on its members see the case (S76, S77)."""
    team = desk.find(Team, command.team_id)
    if team is None or not team.is_active:
        return Refused("team-gone", {"team": command.team_id})
    if not command.reason.strip():
        return Refused("reason-needed")
    problem = too_long("reason", command.reason, LINE)
    if problem is not None:
        return problem
    known = desk.find(CaseAssignment, command.assignment_id)
    if known is not None:
        return Done() if known.case_id == case.id else Refused("not-valid", {"field": "assignment_id", "why": "taken"})
    asked = CaseAssignment(
        id=command.assignment_id,
        case_id=case.id,
        team_id=team.id,
        reason=command.reason,
        comments=command.comments,
        due_on=command.due_on,
        asked_by=moment.who.id,
        asked_at=moment.said_at,
    )
    puts = (asked, _line(desk, case, moment, asked, "", command.reason), *_told(desk, case, moment, asked))
    return proposal(case, moment, code="closed-meanwhile", shown=puts) if case.is_closed else Done(puts)


def move_assignment(desk: Desk, command: MoveAssignment, case: Case, moment: Moment, *, asked_by: str = "") -> Verdict:
    """Moves a request on, if it still stands where the author saw it; work that was done stands (OC6).

    `asked_by` is whose late wish the case's owner settles: then any move that they wanted is open to them, but to take
    on what has been done meanwhile.
    """
    assignment = desk.find(CaseAssignment, command.assignment_id)
    if assignment is None or assignment.case_id != case.id:
        return Refused("assignment-gone")
    seen, wanted = command.status
    problem = _problem(command, assignment, case, moment, is_settling=bool(asked_by))
    if problem is not None:
        return problem
    if wanted is assignment.status:
        return _so_already(desk, command, assignment, case, moment, asked_by=asked_by)
    if wanted is _S.ACCEPTED and assignment.status is _S.COMPLETED and asked_by:
        return Refused("changed-since", {"field": "request"})
    moved = _moved(assignment, wanted, asked_by or moment.who.id, command.words, moment)
    line = _line(desk, case, moment, moved, assignment.status, command.words)
    puts: tuple[Record, ...] = (moved, line, *_told(desk, case, moment, moved))
    if wanted is _S.COMPLETED:
        return Done((*puts, *feed.new_facts_on_closed(desk, case, moment)))
    if case.is_closed:
        return proposal(case, moment, code="closed-meanwhile", shown=puts)
    if seen is not assignment.status and not asked_by:
        return _late(proposal(case, moment, code="assignment-moved", shown=puts), assignment)
    return Done(puts)


def withdrawn(desk: Desk, case: Case, moment: Moment) -> list[Record]:
    """All that teams still have in hand, taken back because the case is closed as void; they are told (OC6)."""
    return [row for assignment in open_assignments(desk, case) for row in withdrawn_one(desk, assignment, case, moment)]


def withdrawn_one(desk: Desk, assignment: CaseAssignment, case: Case, moment: Moment) -> list[Record]:
    """A request taken back, and its team told."""
    moved = _moved(assignment, _S.WITHDRAWN, moment.who.id, "", moment)
    return [moved, *_told(desk, case, moment, moved)]


def asked_again(
    desk: Desk, assignment: CaseAssignment, before: CaseAssignment, case: Case, moment: Moment
) -> list[Record]:
    """A request as it stood before a decision that was taken back: the team is told, who asked, and the owner."""
    if before == assignment:
        return []
    facts = {"team": before.team_id, "about": before.reason, "status": before.status}
    people = (*members_of(desk, before.team_id), before.asked_by, *feed.owners_people(desk, case.owner))
    return [before, *feed.tell(case, moment, people, code="request-as-before", facts=facts, about=before.id)]


def open_assignments(desk: Desk, case: Case) -> list[CaseAssignment]:
    """What teams have in hand on the case."""
    return [assignment for assignment in desk.of_case(CaseAssignment, case.id) if assignment.is_open]


def voiding_team(desk: Desk, case: Case) -> str:
    """The team whose no leaves nothing but to void the case, "" where something else is open too (S92 to S94, A9)."""
    if any(task.status is TaskStatus.OPEN for task in desk.of_case(Task, case.id)):
        return ""
    for assignment in desk.of_case(CaseAssignment, case.id):
        team = desk.find(Team, assignment.team_id)
        if assignment.status in NEEDS_WORDS and team is not None and team.voids_when_returned:
            return team.id
    return ""


def members_of(desk: Desk, team_id: str) -> list[str]:
    """The people at work in a team."""
    return [person.id for person in desk.all_of(Person) if person.is_active and team_id in person.team_ids]


def _problem(
    command: MoveAssignment, assignment: CaseAssignment, case: Case, moment: Moment, *, is_settling: bool
) -> Refused | None:
    who = moment.who
    is_office = who.role in (Role.COORDINATOR, Role.LEAD)
    asks = is_office or access.is_owner(who, case) or assignment.asked_by == who.id
    if command.status[1] in NEEDS_WORDS and not command.words.strip():
        return Refused("reason-needed")
    if is_settling:
        return None if asks else Refused("not-yours-to-decide", {"for": case.owner_id})
    if command.status in TEAMS_MOVES or command.status == (_S.ACCEPTED, _S.ACCEPTED):
        is_ours = is_office or assignment.team_id in who.team_ids
        return None if is_ours else Refused("not-your-team", {"team": assignment.team_id})
    if command.status in ASKERS_MOVES:
        return None if asks else Refused("owner-only", {"owner_kind": case.owner_kind, "owner": case.owner_id})
    return Refused("not-valid", {"field": "status", "why": command.status[1]})


def _so_already(
    desk: Desk, command: MoveAssignment, assignment: CaseAssignment, case: Case, moment: Moment, *, asked_by: str
) -> Verdict:
    """Two wanted the same: the first has it, the second's words stay in the feed, and a second taker is told.

    What somebody took on who has left since is anybody's of the team (X16); else who asked for it says who does it.
    """
    line = _line(desk, case, moment, assignment, assignment.status, command.words)
    taker = asked_by or moment.who.id
    if assignment.status is _S.ACCEPTED and assignment.assignee_id != taker:
        mine = _moved(assignment, _S.ACCEPTED, taker, command.words, moment)
        had_it = desk.find(Person, assignment.assignee_id)
        if asked_by or had_it is None or not had_it.is_active:
            facts = {"team": mine.team_id, "about": mine.reason, "assignee": taker}
            told = feed.tell(case, moment, [assignment.assignee_id], code="request-passed-on", facts=facts)
            return Done((mine, line, *_told(desk, case, moment, mine), *told))
        late = _late(proposal(case, moment, code="assignment-taken", shown=(mine, line)), assignment)
        return msgspec.structs.replace(late, waits_for=Owner(OwnerKind.PERSON, moment.who.id))
    return Done((line,)) if command.words.strip() else Done()


def _moved(assignment: CaseAssignment, status: AssignmentStatus, by: str, words: str, moment: Moment) -> CaseAssignment:
    return msgspec.structs.replace(
        assignment,
        status=status,
        assignee_id=by if status is _S.ACCEPTED else assignment.assignee_id,
        answered_by=by,
        answered_at=moment.now,
        answer=words,
    )


def _line(desk: Desk, case: Case, moment: Moment, assignment: CaseAssignment, was: str, text: str) -> Activity:
    facts = {
        "assignment": assignment.id,
        "team": assignment.team_id,
        "status": assignment.status,
        "was": was,
        "about": assignment.reason,
    }
    return feed.line(desk, case, moment, kind=ActivityKind.ASSIGNMENT, text=text, facts=facts)


def _told(desk: Desk, case: Case, moment: Moment, assignment: CaseAssignment) -> list[Notice]:
    facts = {"team": assignment.team_id, "about": assignment.reason, "status": assignment.status}
    if assignment.status is _S.SENT:
        people = members_of(desk, assignment.team_id)
        return feed.tell(case, moment, people, code="team-asked", facts=facts)
    if assignment.status is _S.WITHDRAWN:
        people = members_of(desk, assignment.team_id)
        return feed.tell(case, moment, people, code="team-not-needed", facts=facts, about=assignment.id)
    asked = (assignment.asked_by, *feed.owners_people(desk, case.owner))
    return feed.tell(case, moment, asked, code="team-answered", facts=facts)


def _late(late: Late, assignment: CaseAssignment) -> Late:
    facts = {"status": assignment.status, "team": assignment.team_id, "assignee": assignment.assignee_id}
    return msgspec.structs.replace(late, facts={**late.facts, **facts})
