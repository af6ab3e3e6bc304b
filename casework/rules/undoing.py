"""Taking back a decision about kept work: what it changed is put back where nobody changed it since (X3)."""

import json
from datetime import timedelta

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import ChangeOwner, MoveStep, SeenOwner, UndoSettling
from casework.ids import child_id
from casework.merge import Clash
from casework.rules import access, feed
from casework.rules.fields import CASE_FIELDS, CONTACT_FIELDS, PROPERTY_FIELDS
from casework.rules.keeping import author_let_in, is_author, may_settle_without_case
from casework.rules.moment import Desk, Moment
from casework.rules.ownership import change_owner
from casework.rules.put_back import Changed, changed_in, row_back
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    KeptKind,
    KeptState,
    KeptWork,
    Notice,
    Owner,
    Person,
    Record,
)

UNDO_LASTS = timedelta(days=30)
_OWNER_FIELDS = frozenset(name for name in Case.__struct_fields__ if name.startswith("owner_"))
_EDITED = CASE_FIELDS.keys() | CONTACT_FIELDS.keys() | PROPERTY_FIELDS.keys()
# What writes words, which stay: by name on the wire.
_WORDS = frozenset({"document.attach", "form.answer", "interaction.log", "note.add", "review.log"})


class _Back(msgspec.Struct, frozen=True):
    """What can be put back, the corrected fields among that, and {field: what stands in its way}."""

    puts: tuple[Record, ...]
    edited: tuple[str, ...]
    blocked: dict[str, Clash]


def for_good_code(command: str) -> str:
    """Why using a kept command of that name is not to be taken back, "" where it can be.

    What has left the house, what two cases have become, a case that is there, and words that were written stay.
    """
    if command == "case.join":
        return "joined-for-good"
    if command == "case.open":
        return "opened-for-good"
    if command == "referral.send":
        return "sent-for-good"
    return "words-stay" if command in _WORDS else ""


def undo(desk: Desk, command: UndoSettling, case: Case | None, moment: Moment) -> Verdict:
    """Takes a settling back, for 30 days: its effect is undone and the card is open again.

    Where somebody has changed what it had set, their value stands: of a corrected field a new card says so, of anything
    else the undoing is refused and kept. What never took effect, or was taken back before, needs nothing; what would
    not be undone wholly is refused (`for_good_code`). A note that kept words stays, and the card is open again.
    """
    kept = desk.find(KeptWork, command.kept_id)
    if kept is None or kept.case_id != command.case_id:
        return Refused("decision-gone")
    if kept.state in (KeptState.OPEN, KeptState.JOINED) or not kept.settled_cmd or kept.settled_cmd != command.settling:
        return Done()
    if kept.settled_at is None or moment.now - kept.settled_at > UNDO_LASTS:
        return Refused("too-late-to-undo", {"days": str(UNDO_LASTS.days)})
    if case is None or not moment.could_see:
        return _open_again(kept, case, moment)
    problem = _problem(kept, case, moment)
    if problem is not None:
        return problem
    back = _put_back(desk, kept, case, moment)
    if isinstance(back, Refused):
        return back
    facts = {"how": "undo", "code": kept.code, "kept": kept.id}
    line = feed.line(desk, case, moment, kind=ActivityKind.SETTLED, facts=facts)
    puts = tuple(_beside(put, moment) for put in (*back.puts, *_edited_line(desk, back, case, moment)))
    if back.blocked:
        return _not_all(case, back, (*puts, line) if puts else ())
    told = feed.tell(case, moment, _concerned(desk, kept, case, back), code="decision-undone", facts=facts)
    author = desk.find(Person, kept.author_id)
    let_in = author_let_in(desk, kept, author, case, moment) if author is not None else []
    return Done((*puts, _reopened(kept), line, *told, *let_in))


def _open_again(kept: KeptWork, case: Case | None, moment: Moment) -> Verdict:
    """What was let go of a case that never came to be, or that its author cannot see: nothing but the card changes."""
    is_theirs = may_settle_without_case(kept, moment) if case is None else is_author(kept, moment)
    if not is_theirs or kept.state is not KeptState.LEFT:
        return Refused("case-gone" if case is None else "not-in-reach")
    return Done((_reopened(kept),))


def _reopened(kept: KeptWork) -> KeptWork:
    return msgspec.structs.replace(
        kept, state=KeptState.OPEN, settled_by="", settled_at=None, settled_cmd="", effect=""
    )


def _problem(kept: KeptWork, case: Case, moment: Moment) -> Refused | None:
    """Who may decide may take back; who gave up their own words may have them back. Readers change nothing by it."""
    gave_up = kept.settled_by == moment.who.id and not kept.effect
    if not gave_up and not access.may_settle(kept, case, moment):
        return Refused("not-yours-to-decide", {"for_kind": case.owner_kind, "for": case.owner_id})
    if kept.state is not KeptState.USED:
        return None
    code = for_good_code(kept.command)
    if code:
        return Refused(code)
    if not kept.effect:
        return Refused("nothing-to-take-back")
    return None if moment.who.role in access.WRITING else Refused("read-only")


def _concerned(desk: Desk, kept: KeptWork, case: Case, back: _Back) -> tuple[str, ...]:
    """Its author and who decided it; where anything changes by the undoing, the case's owner too."""
    owners = feed.owners_people(desk, case.owner) if back.puts else ()
    return (kept.author_id, kept.settled_by, *owners)


def _put_back(desk: Desk, kept: KeptWork, case: Case, moment: Moment) -> _Back | Refused:
    changed = changed_in(kept.effect)
    together = frozenset(one.id for one in changed)
    rows: dict[tuple[type[Record], str], Record] = {}
    blocked: dict[str, Clash] = {}
    stands = case
    # the case first: what else goes back depends on whose it is by then, and whether it is open
    for one in sorted(changed, key=lambda one: one.id != case.id):
        fields = one.fields
        if one.kind == "case" and "owner_cmd" in fields:
            given_back = _owner_back(desk, kept, one, case, moment)
            if isinstance(given_back, Refused):
                return given_back
            rows |= {(type(put), put.id): put for put in given_back}
            stands = next(put for put in given_back if isinstance(put, Case))
            fields = {name: pair for name, pair in fields.items() if name not in _OWNER_FIELDS}
        back = row_back(desk, one, fields, stands, moment, together=together)
        if isinstance(back, Refused):
            return back
        rows |= {(type(put), put.id): put for put in back.puts}
        blocked |= back.blocked
        stands = next((put for put in back.puts if isinstance(put, Case) and put.id == case.id), stands)
    problem = _right_to(blocked, changed, case, moment)
    edited = {name for one in changed for name in one.fields if name in _EDITED} - blocked.keys()
    moved = _told_once([put for put in rows.values() if put != desk.find(type(put), put.id)])
    if case.is_closed and not stands.is_closed:
        moved += feed.tell(case, moment, feed.owners_people(desk, stands.owner), code="case-reopened")
    return problem or _Back(tuple(moved), tuple(sorted(edited)) if moved else (), blocked)


def _told_once(puts: list[Record]) -> list[Record]:
    """Who hears that the case is theirs no more is not told of each task that goes with it."""
    lines = [put for put in puts if isinstance(put, Notice)]
    of_case = {line.person_id for line in lines if line.code == "owner-changed"}
    beside = {line.id for line in lines if line.code == feed.TASK_TAKEN and line.person_id in of_case}
    return [put for put in puts if put.id not in beside]


def _edited_line(desk: Desk, back: _Back, case: Case, moment: Moment) -> list[Activity]:
    if not back.edited:
        return []
    return [feed.line(desk, case, moment, kind=ActivityKind.EDITED, facts=dict.fromkeys(back.edited, ""))]


def _owner_back(desk: Desk, kept: KeptWork, one: Changed, case: Case, moment: Moment) -> tuple[Record, ...] | Refused:
    """The case goes back to whom it was with, as a change of owner like any other: with an event, and an epoch more."""
    if case.owner_cmd != one.fields["owner_cmd"][1]:
        return Refused("changed-since", {"field": "owner"})
    before = {name: pair[0] for name, pair in one.fields.items()}
    owner = Owner(
        msgspec.convert(before.get("owner_kind", case.owner_kind), type(case.owner_kind)),
        str(before.get("owner_id", case.owner_id)),
    )
    fresh = ChangeOwner(case_id=case.id, base=SeenOwner(case.owner, case.owner_cmd), owner=owner)
    problem = access.may(fresh, case, moment)
    verdict: Verdict = problem or change_owner(desk, fresh, case, moment, asked_by=kept.settled_by)
    return verdict.puts if isinstance(verdict, Done) else Refused(verdict.code, verdict.facts)


def _right_to(blocked: dict[str, Clash], changed: list[Changed], case: Case, moment: Moment) -> Refused | None:
    """Corrections are anybody's who may decide; to move the case back takes the right to move it."""
    decided = {name for one in changed if one.kind == "case" for name in one.fields} - _EDITED - _OWNER_FIELDS
    in_the_way = sorted(blocked.keys() - _EDITED)
    if in_the_way:
        return Refused("changed-since", {"field": in_the_way[0]})
    if decided:
        return access.may(MoveStep(case_id=case.id, step=("", "")), case, moment)
    return None


def _not_all(case: Case, back: _Back, puts: tuple[Record, ...]) -> Late:
    """Somebody has corrected the field since: theirs stands, and a card asks which it shall be."""
    fields = {
        name: (json.dumps(way.before), json.dumps(way.mine), json.dumps(way.theirs))
        for name, way in back.blocked.items()
    }
    return Late(
        code="changed-meanwhile", kind=KeptKind.CLASH, waits_for=case.owner, fields=fields, puts=puts, shown=puts
    )


def _beside(put: Record, moment: Moment) -> Record:
    """The undoing's own line has the command's id; one that it brought about gets one that follows from it."""
    if isinstance(put, Activity) and put.id == moment.command_id:
        return msgspec.structs.replace(put, id=child_id(moment.command_id, "effect"))
    return put
