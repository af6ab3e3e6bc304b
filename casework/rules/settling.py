"""A named person's decision about kept work: what it brings about, and that it is made once (protocol 9)."""

import json
from collections.abc import Callable

import msgspec

from casework.answers import Done, Refused, Verdict
from casework.commands import (
    AcceptOffer,
    AddNote,
    Change,
    ChangeOwner,
    CloseCase,
    Command,
    EditCase,
    EditContact,
    EditProperty,
    JoinCase,
    LogReview,
    MoveAssignment,
    MoveStep,
    OfferCase,
    OpenCase,
    ReassignTask,
    Said,
    SeenOwner,
    SetConsent,
    SetPriority,
    SettleKept,
    TriageCase,
    UndoSettling,
    WithdrawOffer,
)
from casework.ids import child_id
from casework.rules import access, feed
from casework.rules.assignments import move_assignment
from casework.rules.consent import consent_of
from casework.rules.fields import CONTACT_FIELDS, NOT_TEXT, PROPERTY_FIELDS, plain, unfit
from casework.rules.keeping import is_author, may_settle_without_case, said_in, value_in
from casework.rules.merging import lines_by_others
from casework.rules.moment import Desk, Moment
from casework.rules.ownership import change_owner
from casework.rules.put_back import effect_of
from casework.rules.removing import step_instead
from casework.rules.standing_offers import let_out, open_offer
from casework.rules.taking_in import as_author, take_in
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    Contact,
    Contributor,
    KeptKind,
    KeptState,
    KeptWork,
    Owner,
    OwnerKind,
    Property,
    Record,
    Task,
)

Judge = Callable[[Desk, Command, Case, Moment], Verdict]
AnyEdit = EditCase | EditContact | EditProperty

# What kept work is after each way of settling it.
STATES = {"use": KeptState.USED, "fields": KeptState.USED, "leave": KeptState.LEFT, "note": KeptState.NOTED}
# What of a command is no words of its author's, besides what ends in `_id`.
NOT_WORDS = frozenset(
    {
        "alike",
        "assignee",
        "base",
        "batch",
        "contact",
        "duplicate_of",
        "evidence",
        "flags",
        "home",
        "instead_of",
        "into",
        "letter",
        "mentions",
        "mime",
        "notice_ids",
        "owner",
        "preview_sha256",
        "preview_size",
        "priority",
        "seen",
        "settling",
        "sha256",
        "size",
        "status",
        "step",
        "takes_back",
        "template",
        "triage_reasons",
        "triage_score",
        "type",
        "upto",
        "with_tasks",
    }
)


def settle(desk: Desk, command: SettleKept, case: Case | None, moment: Moment, judge: Judge) -> Verdict:
    """A named person's act on kept work; once settled it stays as it was settled first.

    `use` says the kept command again as it would be said now, with the rights of the person who settles; `fields` sets
    the chosen values; `note` turns what was written into a note; `leave` lets things stand. What cannot be done is
    refused, and the kept work stays open.
    """
    kept = desk.find(KeptWork, command.kept_id)
    if kept is not None and kept.state is KeptState.JOINED:
        kept = desk.find(KeptWork, kept.joined_to)
    if kept is None or kept.case_id != command.case_id:
        return Refused("decision-gone")
    if kept.state is not KeptState.OPEN:
        return _settled_before(desk, command, kept)
    if case is None:
        return _of_no_case(desk, command, kept, moment)
    gives_up = is_author(kept, moment) and command.how in ("leave", "note")
    if not moment.could_see:
        # whoever has nothing to do with the case may let go of their own words, and tells nobody by that
        if not is_author(kept, moment) or command.how != "leave":
            return Refused("not-in-reach")
        return Done((_settled(kept, command, moment),))
    if not gives_up and not access.may_settle(kept, case, moment):
        return Refused("not-yours-to-decide", {"for_kind": kept.for_kind, "for": kept.for_id})
    effect = _effect(desk, command, kept, case, moment, judge)
    if not isinstance(effect, Done):
        return Refused(effect.code, effect.facts)
    return _concluded(desk, command, kept, case, moment, effect.puts)


def _of_no_case(desk: Desk, command: SettleKept, kept: KeptWork, moment: Moment) -> Verdict:
    """No case ever came of it: a new case can be taken in after all, and anything can be let go (OC10, OC25)."""
    if not may_settle_without_case(kept, moment):
        return Refused("case-gone")
    if command.how == "leave":
        return Done((_settled(kept, command, moment),))
    if kept.code == "case-deleted":
        return Refused("case-deleted")
    said = said_in(kept)
    if command.how != "use" or said is None or not isinstance(said.say, OpenCase):
        return Refused("case-gone")
    effect = take_in(desk, kept, said, said.say, moment)
    if not isinstance(effect, Done):
        return effect
    case = next(put for put in effect.puts if isinstance(put, Case))
    return _concluded(desk, command, kept, case, moment, effect.puts)


def _concluded(
    desk: Desk, command: SettleKept, kept: KeptWork, case: Case, moment: Moment, effect: tuple[Record, ...]
) -> Done:
    """What it brought about, with the settling itself: its line, its author told and let out."""
    settled = msgspec.structs.replace(_settled(kept, command, moment), effect=effect_of(desk, effect))
    facts = {"how": command.how, "code": kept.code}
    told = feed.tell(case, moment, [kept.author_id], code="decision-made", facts=facts)
    line = feed.line(desk, case, moment, kind=ActivityKind.SETTLED, facts={**facts, "kept": kept.id})
    puts = [_beside_the_line(put, moment) for put in effect if (type(put), put.id) != (KeptWork, kept.id)]
    return Done((*puts, settled, line, *told, *_let_out(desk, kept, case, moment)))


def _settled(kept: KeptWork, command: SettleKept, moment: Moment) -> KeptWork:
    return msgspec.structs.replace(
        kept,
        state=STATES.get(command.how, KeptState.USED),
        settled_by=moment.who.id,
        settled_at=moment.now,
        settled_cmd=moment.command_id,
        later_until=None,
        later_by="",
        asked_id="",
    )


def _settled_before(desk: Desk, command: SettleKept, kept: KeptWork) -> Verdict:
    """Somebody was first. Who decided the same loses nothing; who decided otherwise is told, and it is kept."""
    is_same = STATES.get(command.how) is kept.state
    if is_same and kept.kind is KeptKind.CLASH and kept.state is KeptState.USED:
        edit = _edit_said(desk, kept)
        fresh = _chosen(desk, msgspec.structs.replace(command, seen={}), kept, edit) if edit else None
        is_same = fresh is not None and all(stands == chosen for stands, chosen in fresh.changes.values())
    facts = {"by": kept.settled_by, "how": kept.state}
    return Done() if is_same else Refused("decision-made-already", facts)


def _beside_the_line(put: Record, moment: Moment) -> Record:
    """The settling's own line has the command's id; the line of what it brought about gets one that follows from it."""
    if isinstance(put, Activity) and put.id == moment.command_id:
        return msgspec.structs.replace(put, id=child_id(moment.command_id, "effect"))
    return put


def _effect(desk: Desk, command: SettleKept, kept: KeptWork, case: Case, moment: Moment, judge: Judge) -> Verdict:
    if command.how == "leave":
        return Done()
    if moment.who.role not in access.WRITING:
        return Refused("read-only")
    said = said_in(kept)
    if command.how == "note":
        return Done((_as_note(desk, kept, case, moment),))
    if said is None:
        return Refused("out-of-date", {"command": kept.command})
    problem = unfit(said.say, said.epoch)
    if problem is not None:
        return problem
    if command.how == "use" and kept.kind is not KeptKind.CLASH:
        return _say_again(desk, kept, said, case, moment, judge)
    if command.how not in ("use", "fields"):
        return Refused("not-valid", {"field": "how", "why": command.how})
    edit = _edit_said(desk, kept)
    fresh = _chosen(desk, command, kept, edit) if edit is not None else None
    if fresh is None or not fresh.changes:
        return Refused("not-valid", {"field": "fields", "why": "none"})
    return judge(desk, fresh, case, moment)


def _say_again(desk: Desk, kept: KeptWork, said: Said, case: Case, moment: Moment, judge: Judge) -> Verdict:
    """Facts go in as their author's words of that time, decisions as the decision of whoever settles."""
    fresh = as_said_now(desk, said.say, case)
    if isinstance(fresh, AcceptOffer | WithdrawOffer):
        # the offer is over; what its author wants is to be the owner, or to stay it
        wanted = Owner(OwnerKind.PERSON, kept.author_id)
        fresh = ChangeOwner(case_id=case.id, base=SeenOwner(case.owner, case.owner_cmd), owner=wanted)
    if isinstance(fresh, JoinCase):
        fresh = msgspec.structs.replace(fresh, seen=lines_by_others(desk, case, moment.who.id))
    problem = access.may(fresh, case, moment)
    if problem is not None:
        return problem
    if isinstance(fresh, ChangeOwner):
        return change_owner(desk, fresh, case, moment, asked_by=kept.author_id)
    if isinstance(fresh, MoveAssignment):
        return move_assignment(desk, fresh, case, moment, asked_by=kept.author_id)
    if isinstance(fresh, TriageCase):
        # it came second; used all the same, it is judged as if it were the first
        return judge(desk, fresh, msgspec.structs.replace(case, triage_outcome=None), moment)
    if type(fresh) not in access.FACTS:
        return judge(desk, fresh, case, moment)
    return judge(desk, fresh, case, as_author(desk, kept, said, moment))


def as_said_now(desk: Desk, command: Command, case: Case) -> Command:
    """The kept decision with what stands now as what its author saw; anything else as it is."""
    base = SeenOwner(case.owner, case.owner_cmd)
    if isinstance(command, TriageCase):
        owner = None if command.owner == command.base.owner else command.owner
        step_id = step_instead(desk, command.step_id)
        return msgspec.structs.replace(command, base=base, owner=owner, step_id=step_id)
    if isinstance(command, ChangeOwner | CloseCase):
        return msgspec.structs.replace(command, base=base)
    if isinstance(command, MoveStep):
        return msgspec.structs.replace(command, step=(case.step_id, step_instead(desk, command.step[1])))
    if isinstance(command, SetPriority):
        return msgspec.structs.replace(command, priority=(case.priority, command.priority[1]))
    if isinstance(command, SetConsent):
        consent = consent_of(desk, case, command.scope)
        return msgspec.structs.replace(command, seen=consent.set_by_cmd if consent else "")
    if isinstance(command, ReassignTask):
        task = desk.find(Task, command.task_id)
        seen = task.assignee_id if task else command.assignee[0]
        return msgspec.structs.replace(command, assignee=(seen, command.assignee[1]))
    if isinstance(command, OfferCase):
        standing = open_offer(desk, case)
        return msgspec.structs.replace(command, base=base, instead_of=standing.id if standing else "")
    return command


def _edit_said(desk: Desk, kept: KeptWork) -> AnyEdit | None:
    """The correction that clashed; of an undoing, the one whose settling it would take back."""
    said = said_in(kept)
    if said is not None and isinstance(said.say, UndoSettling):
        undone = desk.find(KeptWork, said.say.kept_id)
        return _edit_said(desk, undone) if undone is not None and undone.id != kept.id else None
    return said.say if said is not None and isinstance(said.say, EditCase | EditContact | EditProperty) else None


def _chosen(desk: Desk, command: SettleKept, kept: KeptWork, edit: AnyEdit) -> AnyEdit | None:
    """The edit with the chosen values for the fields that clashed, and no other; None where its row is gone.

    It is seen from what stood there while choosing, where the settling says so, else from what stands now.
    """
    record: Record | None = None
    if isinstance(edit, EditCase):
        record = desk.find(Case, edit.case_id)
    elif isinstance(edit, EditContact):
        record = desk.find(Contact, edit.contact_id)
    else:
        record = desk.find(Property, edit.property_id)
    if record is None:
        return None
    mine = {name: value_in(values[1]) for name, values in kept.fields.items()}
    wanted = mine if command.how == "use" else plain(command.fields)
    stands = plain(record)
    changes: dict[str, Change] = {
        name: (command.seen.get(name, stands[name]), value) for name, value in wanted.items() if name in kept.fields
    }
    return msgspec.structs.replace(edit, changes=changes)


def _as_note(desk: Desk, kept: KeptWork, case: Case, moment: Moment) -> Activity:
    """What was said as a note under its author's name, with later edits that stand on the same card.

    Word for word where this app cannot read it.
    """
    said = said_in(kept)
    joined = [one for one in desk.of_case(KeptWork, case.id) if one.joined_to == kept.id]
    words = [words_of(one.say) if one else raw for one, raw in ((said_in(row), row.said) for row in (kept, *joined))]
    return Activity(
        id=child_id(moment.command_id, "note"),
        case_id=case.id,
        kind=ActivityKind.NOTE,
        # what no store can hold is why it was kept, as may be
        text=NOT_TEXT.sub("\ufffd", "\n\n".join(words)),
        facts={"kept_as_note": kept.id},
        by=kept.author_id,
        at=kept.said_at,
        arrived_at=moment.arrived_at,
        epoch=min(said.epoch, case.owner_epoch) if said else 0,
    )


def words_of(command: Command) -> str:
    """What a person wrote in a command, in the order of its fields: the text of the note that keeps it.

    Ids are left out: they say nothing to a reader. Of a new case, the client, the home and the letter are in it too.
    """
    if isinstance(command, AddNote | LogReview):
        return command.text
    if isinstance(command, EditCase | EditContact | EditProperty):
        return "\n".join(f"{name}: {_as_text(new)}" for name, (_, new) in command.changes.items())
    said: list[tuple[str, object]] = []
    if isinstance(command, OpenCase):
        known = CONTACT_FIELDS.keys() | PROPERTY_FIELDS.keys()
        people = [plain(row) for row in (command.contact, command.home) if row is not None]
        said = [(name, row[name]) for row in people for name in row if name in known]
        said += command.letter
    fields = plain(command).items()
    said += ((name, value) for name, value in fields if name not in NOT_WORDS and not name.endswith("_id"))
    return "\n".join(f"{name}: {_as_text(value)}" for name, value in said if value)


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _let_out(desk: Desk, kept: KeptWork, case: Case, moment: Moment) -> list[Contributor]:
    """Once it is settled, the author sees the case only if something else lets them (protocol 10)."""
    return let_out(desk, case.id, (kept.id,), moment)
