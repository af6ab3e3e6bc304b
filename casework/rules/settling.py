"""Kept work: how a command that could not take effect is kept, and how a named person decides about it (protocol 9)."""

import json
from collections.abc import Callable

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import (
    AddNote,
    Change,
    ChangeOwner,
    CloseCase,
    Command,
    EditCase,
    EditContact,
    EditProperty,
    LogReview,
    MoveStep,
    ReassignTask,
    Said,
    SeenOwner,
    SetPriority,
    SettleKept,
    TriageCase,
)
from casework.ids import child_id
from casework.rules import access, feed
from casework.rules.fields import plain
from casework.rules.moment import Desk, Moment
from casework.rules.ownership import change_owner
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    Contact,
    Contributor,
    KeptKind,
    KeptState,
    KeptWork,
    Notice,
    Owner,
    OwnerKind,
    Person,
    Property,
    Record,
    Role,
    Task,
)

Judge = Callable[[Desk, Command, Case, Moment], Verdict]
AnyEdit = EditCase | EditContact | EditProperty

# What kept work is after each way of settling it.
STATES = {"use": KeptState.USED, "fields": KeptState.USED, "leave": KeptState.LEFT, "note": KeptState.NOTED}
NOT_WORDS = frozenset({"type", "case_id", "base", "sha256", "contact", "home", "owner", "step", "assignee"})


def keep(desk: Desk, said: Said, verdict: Late | Refused, case: Case | None, moment: Moment) -> tuple[Record, ...]:
    """The rows that keep a command whole on the server: kept work, and who is told (I1, FA2).

    Its author may go on seeing the case for a fortnight, so that it does not vanish under their hands (protocol 10);
    but who never could see it learns nothing of it, and is not let in, by being refused.
    """
    kept = KeptWork(
        id=said.id,
        case_id=said.say.case_id,
        kind=verdict.kind if isinstance(verdict, Late) else KeptKind.REFUSED,
        code=verdict.code,
        said=msgspec.json.encode(said).decode(),
        command=str(said.say.__struct_config__.tag),
        facts=verdict.facts,
        fields=verdict.fields if isinstance(verdict, Late) else {},
        author_id=moment.who.id,
        said_at=moment.said_at,
        kept_at=moment.now,
        for_kind=OwnerKind.PERSON,
        for_id=moment.who.id,
    )
    waits_for = _waits_for(verdict, case, moment)
    kept = msgspec.structs.replace(kept, for_kind=waits_for.kind, for_id=waits_for.id)
    if case is None or not moment.could_see:
        return (kept,)
    puts = verdict.puts if isinstance(verdict, Late) else ()
    return (kept, *puts, *_told(desk, kept, case, moment), *_author_let_in(kept, case, moment))


def _waits_for(verdict: Late | Refused, case: Case | None, moment: Moment) -> Owner:
    """Whom it waits for; what somebody left behind whose account is closed, for the case's owner (OC10)."""
    if case is not None and not moment.who.is_active:
        return case.owner
    return verdict.waits_for if isinstance(verdict, Late) else Owner(OwnerKind.PERSON, moment.who.id)


def _told(desk: Desk, kept: KeptWork, case: Case, moment: Moment) -> list[Notice]:
    """Its author, whom it waits for, the case's owner, and who in the office made the decision that it ran into."""
    facts = {**kept.facts, "kept": kept.id}
    told = [feed.tell_author(case, moment, code=kept.code, facts=facts)]
    if kept.kind is KeptKind.REFUSED:
        return told
    waits_for = Owner(kept.for_kind, kept.for_id)
    people = {*feed.owners_people(desk, case.owner), *feed.owners_people(desk, waits_for)}
    if kept.kind is KeptKind.PROPOSAL:
        deciders = [desk.find(Person, person_id) for person_id in (case.owner_by, case.closed_by)]
        people |= {person.id for person in deciders if person is not None and access.sees_everything(person)}
    return told + feed.tell(case, moment, sorted(people), code="late-change", facts={**facts, "code": kept.code})


def _author_let_in(kept: KeptWork, case: Case, moment: Moment) -> list[Contributor]:
    if access.sees_everything(moment.who) or access.is_owner(moment.who, case):
        return []
    return [feed.let_in(case, moment, moment.who.id, because=kept.id)]


def settle(desk: Desk, command: SettleKept, case: Case | None, moment: Moment, judge: Judge) -> Verdict:
    """A named person's act on kept work; once settled it stays as it was settled first.

    `use` says the kept command again as it would be said now, with the rights of the person who settles; `fields` sets
    the chosen values; `note` turns what was written into a note; `leave` lets things stand. What cannot be done is
    refused, and the kept work stays open.
    """
    kept = desk.find(KeptWork, command.kept_id)
    if kept is None or kept.case_id != command.case_id:
        return Refused("decision-gone")
    if kept.state is not KeptState.OPEN:
        return _settled_before(desk, command, kept)
    settled = msgspec.structs.replace(
        kept, state=STATES.get(command.how, KeptState.USED), settled_by=moment.who.id, settled_at=moment.now
    )
    if case is None:
        # no case ever came of it: all that can be done is to let it go
        is_theirs = _is_author(kept, moment) or moment.who.role in (Role.LEAD, Role.ADMIN)
        return Done((settled,)) if is_theirs and command.how == "leave" else Refused("case-gone")
    gives_up = _is_author(kept, moment) and command.how in ("leave", "note")
    if not gives_up and not access.may_settle(kept, case, moment):
        return Refused("not-yours-to-decide", {"for_kind": kept.for_kind, "for": kept.for_id})
    effect = _effect(desk, command, kept, case, moment, judge)
    if not isinstance(effect, Done):
        return Refused(effect.code, effect.facts)
    facts = {"how": command.how, "code": kept.code}
    told = feed.tell(case, moment, [kept.author_id], code="decision-made", facts=facts)
    line = feed.line(desk, case, moment, kind=ActivityKind.SETTLED, facts={**facts, "kept": kept.id})
    puts = [_beside_the_line(put, moment) for put in effect.puts]
    return Done((*puts, settled, line, *told, *_let_out(desk, kept, case, moment)))


def _is_author(kept: KeptWork, moment: Moment) -> bool:
    """Whoever said it may give it up, which needs nobody's leave."""
    return kept.author_id == moment.who.id


def _settled_before(desk: Desk, command: SettleKept, kept: KeptWork) -> Verdict:
    """Somebody was first. Who decided the same loses nothing; who decided otherwise is told, and it is kept."""
    is_same = STATES.get(command.how) is kept.state
    if is_same and kept.kind is KeptKind.CLASH and kept.state is KeptState.USED:
        edit = said_in(kept)
        fresh = _chosen(desk, msgspec.structs.replace(command, seen={}), kept, edit.say) if edit else None
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
        return Done((_as_note(kept, said, case, moment),))
    if said is None:
        return Refused("out-of-date", {"command": kept.command})
    if command.how == "use" and kept.kind is not KeptKind.CLASH:
        return _say_again(desk, kept, said, case, moment, judge)
    if command.how not in ("use", "fields"):
        return Refused("not-valid", {"field": "how", "why": command.how})
    fresh = _chosen(desk, command, kept, said.say)
    if fresh is None or not fresh.changes:
        return Refused("not-valid", {"field": "fields", "why": "none"})
    return judge(desk, fresh, case, moment)


def said_in(kept: KeptWork) -> Said | None:
    """What was said, None where a newer app said it in a way that this one does not know."""
    try:
        return msgspec.json.decode(kept.said, type=Said)
    except msgspec.MsgspecError:
        return None


def _say_again(desk: Desk, kept: KeptWork, said: Said, case: Case, moment: Moment, judge: Judge) -> Verdict:
    """Facts go in as their author's words of that time, decisions as the decision of whoever settles."""
    fresh = as_said_now(desk, said.say, case)
    problem = access.may(fresh, case, moment)
    if problem is not None:
        return problem
    if isinstance(fresh, ChangeOwner):
        return change_owner(desk, fresh, case, moment, asked_by=kept.author_id)
    if isinstance(fresh, TriageCase):
        # it came second; used all the same, it is judged as if it were the first
        return judge(desk, fresh, msgspec.structs.replace(case, triage_outcome=None), moment)
    if type(fresh) not in access.FACTS:
        return judge(desk, fresh, case, moment)
    author = desk.find(Person, kept.author_id) or moment.who
    then = msgspec.structs.replace(moment, who=author, said_at=said.at, under=said.under, epoch=said.epoch)
    return judge(desk, fresh, case, then)


def as_said_now(desk: Desk, command: Command, case: Case) -> Command:
    """The kept decision with what stands now as what its author saw; anything else as it is."""
    base = SeenOwner(case.owner, case.owner_cmd)
    if isinstance(command, TriageCase):
        owner = None if command.owner == command.base.owner else command.owner
        return msgspec.structs.replace(command, base=base, owner=owner)
    if isinstance(command, ChangeOwner | CloseCase):
        return msgspec.structs.replace(command, base=base)
    if isinstance(command, MoveStep):
        return msgspec.structs.replace(command, step=(case.step_id, command.step[1]))
    if isinstance(command, SetPriority):
        return msgspec.structs.replace(command, priority=(case.priority, command.priority[1]))
    if isinstance(command, ReassignTask):
        task = desk.find(Task, command.task_id)
        seen = task.assignee_id if task else command.assignee[0]
        return msgspec.structs.replace(command, assignee=(seen, command.assignee[1]))
    return command


def _chosen(desk: Desk, command: SettleKept, kept: KeptWork, edit: Command) -> AnyEdit | None:
    """The edit with the chosen values for the fields that clashed, and no other; None where it is no edit.

    It is seen from what stood there while choosing, where the settling says so, else from what stands now.
    """
    record: Record | None = None
    if isinstance(edit, EditCase):
        record = desk.find(Case, edit.case_id)
    elif isinstance(edit, EditContact):
        record = desk.find(Contact, edit.contact_id)
    elif isinstance(edit, EditProperty):
        record = desk.find(Property, edit.property_id)
    if record is None or not isinstance(edit, EditCase | EditContact | EditProperty):
        return None
    wanted = {name: new for name, (_, new) in edit.changes.items()} if command.how == "use" else plain(command.fields)
    stands = plain(record)
    changes: dict[str, Change] = {
        name: (command.seen.get(name, stands[name]), value) for name, value in wanted.items() if name in kept.fields
    }
    return msgspec.structs.replace(edit, changes=changes)


def _as_note(kept: KeptWork, said: Said | None, case: Case, moment: Moment) -> Activity:
    """What was said as a note under its author's name; word for word where this app cannot read it."""
    return Activity(
        id=child_id(moment.command_id, "note"),
        case_id=case.id,
        kind=ActivityKind.NOTE,
        text=words_of(said.say) if said else kept.said,
        facts={"kept_as_note": kept.id},
        by=kept.author_id,
        at=kept.said_at,
        arrived_at=moment.arrived_at,
        epoch=min(said.epoch, case.owner_epoch) if said else 0,
    )


def words_of(command: Command) -> str:
    """What a person wrote in a command, in the order of its fields: the text of the note that keeps it.

    Ids are left out: they say nothing to a reader.
    """
    if isinstance(command, AddNote | LogReview):
        return command.text
    if isinstance(command, EditCase | EditContact | EditProperty):
        return "\n".join(f"{name}: {_as_text(new)}" for name, (_, new) in command.changes.items())
    said = plain(command)
    names = [name for name in said if name not in NOT_WORDS and not name.endswith("_id") and said[name]]
    return "\n".join(f"{name}: {_as_text(said[name])}" for name in names)


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _let_out(desk: Desk, kept: KeptWork, case: Case, moment: Moment) -> list[Contributor]:
    """Once it is settled, the author sees the case only if something else lets them (protocol 10)."""
    return [
        msgspec.structs.replace(contributor, until=moment.now)
        for contributor in desk.of_case(Contributor, case.id)
        if contributor.because == kept.id and contributor.until > moment.now
    ]
