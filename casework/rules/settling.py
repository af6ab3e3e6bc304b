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
    MoveStep,
    SeenOwner,
    ReassignTask,
    Said,
    SetPriority,
    SettleKept,
    TriageCase,
)
from casework.ids import child_id
from casework.rules import access, feed
from casework.rules.moment import Desk, Moment
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


def keep(desk: Desk, said: Said, verdict: Late | Refused, case: Case | None, moment: Moment) -> tuple[Record, ...]:
    """The rows that keep a command whole on the server: kept work, a feed line, and who is told (I1, FA2).

    Its author may go on seeing the case for a fortnight, so that it does not vanish under their hands (protocol 10).
    """
    case_id = said.say.case_id
    kind = verdict.kind if isinstance(verdict, Late) else KeptKind.REFUSED
    author = Owner(OwnerKind.PERSON, moment.who.id)
    waits_for = verdict.waits_for if isinstance(verdict, Late) else author
    kept = KeptWork(
        id=said.id,
        case_id=case_id,
        kind=kind,
        code=verdict.code,
        said=msgspec.json.encode(said).decode(),
        command=str(said.say.__struct_config__.tag),
        facts=verdict.facts,
        fields=verdict.fields if isinstance(verdict, Late) else {},
        author_id=moment.who.id,
        said_at=moment.said_at,
        kept_at=moment.now,
        for_kind=waits_for.kind,
        for_id=waits_for.id,
    )
    if case is None:
        return (kept,)
    return (kept, *verdict_puts(verdict), *_around(desk, kept, case, moment, waits_for))


def verdict_puts(verdict: Late | Refused) -> tuple[Record, ...]:
    """The parts of a late command that hold anyway."""
    return verdict.puts if isinstance(verdict, Late) else ()


def _around(desk: Desk, kept: KeptWork, case: Case, moment: Moment, waits_for: Owner) -> list[Record]:
    facts = {**kept.facts, "kept": kept.id}
    rows: list[Record] = [feed.tell_author(case, moment, code=kept.code, facts=facts)]
    if kept.kind is not KeptKind.REFUSED:
        people = {*feed.owners_people(desk, case.owner), *feed.owners_people(desk, waits_for)}
        rows += feed.tell(case, moment, sorted(people), code="late-change", facts={**facts, "code": kept.code})
    if not access.sees_everything(moment.who) and not access.is_owner(moment.who, case):
        rows.append(feed.let_in(case, moment, moment.who.id, because=kept.id))
    return rows


def settle(desk: Desk, command: SettleKept, case: Case, moment: Moment, judge: Judge) -> Verdict:
    """A named person's act on kept work; once settled it stays as it was settled first.

    `use` says the kept command again as it would be said now, by the person who settles; `fields` sets the chosen
    values; `note` turns what was written into a note; `leave` lets things stand.
    """
    kept = desk.find(KeptWork, command.kept_id)
    if kept is None or kept.case_id != case.id:
        return Refused("decision-gone")
    if kept.state is not KeptState.OPEN:
        return Done()
    lets_go = command.how in ("leave", "note") and moment.who.id == kept.author_id
    if not lets_go and not access.may_settle(kept, case, moment):
        return Refused("not-yours-to-decide", {"for_kind": kept.for_kind, "for": kept.for_id})
    verdict = _effect(desk, command, kept, case, moment, judge)
    if not isinstance(verdict, Done):
        return verdict
    state = {"leave": KeptState.LEFT, "note": KeptState.NOTED}.get(command.how, KeptState.USED)
    settled = msgspec.structs.replace(kept, state=state, settled_by=moment.who.id, settled_at=moment.now)
    told = feed.tell(
        case, moment, [kept.author_id], code="decision-made", facts={"how": command.how, "code": kept.code}
    )
    puts = [put for put in verdict.puts if not (isinstance(put, Activity) and put.id == moment.command_id)]
    line = feed.line(
        desk,
        case,
        moment,
        kind=ActivityKind.SETTLED,
        facts={"how": command.how, "code": kept.code, "kept": kept.id},
    )
    return Done((*puts, settled, line, *told, *_let_out(desk, kept, case, moment)))


def _effect(desk: Desk, command: SettleKept, kept: KeptWork, case: Case, moment: Moment, judge: Judge) -> Verdict:
    said = msgspec.json.decode(kept.said, type=Said)
    if command.how == "leave":
        return Done()
    if command.how == "note":
        return Done((_as_note(said, kept.author_id, case, moment),))
    if command.how == "fields":
        fresh = _with_fields(desk, said.say, command.fields)
        return judge(desk, fresh, case, moment) if fresh is not None else Refused("not-valid", {"why": "fields"})
    if command.how == "use":
        return judge(desk, as_said_now(desk, said.say, case), case, moment)
    return Refused("not-valid", {"why": "how"})


def as_said_now(desk: Desk, command: Command, case: Case) -> Command:
    """The kept command with what stands now as what its author saw."""
    base = SeenOwner(case.owner, case.owner_cmd)
    if isinstance(command, ChangeOwner | TriageCase | CloseCase):
        return msgspec.structs.replace(command, base=base)
    if isinstance(command, MoveStep):
        return msgspec.structs.replace(command, step=(case.step_id, command.step[1]))
    if isinstance(command, SetPriority):
        return msgspec.structs.replace(command, priority=(case.priority, command.priority[1]))
    if isinstance(command, ReassignTask):
        task = desk.find(Task, command.task_id)
        seen = task.assignee_id if task else command.assignee[0]
        return msgspec.structs.replace(command, assignee=(seen, command.assignee[1]))
    if isinstance(command, EditCase | EditContact | EditProperty):
        mine = {name: new for name, (_, new) in command.changes.items()}
        return _with_fields(desk, command, mine) or command
    return command


def _with_fields(desk: Desk, command: Command, chosen: dict[str, object]) -> Command | None:
    """The edit with the chosen values, seen from what stands now."""
    record: Record | None = None
    if isinstance(command, EditCase):
        record = desk.find(Case, command.case_id)
    elif isinstance(command, EditContact):
        record = desk.find(Contact, command.contact_id)
    elif isinstance(command, EditProperty):
        record = desk.find(Property, command.property_id)
    if record is None or not isinstance(command, EditCase | EditContact | EditProperty):
        return None
    plain = msgspec.to_builtins(record)
    changes: dict[str, Change] = {
        name: (plain[name], value) for name, value in chosen.items() if name in command.changes
    }
    return msgspec.structs.replace(command, changes=changes)


def _as_note(said: Said, author_id: str, case: Case, moment: Moment) -> Activity:
    return Activity(
        id=child_id(moment.command_id, "note"),
        case_id=case.id,
        kind=ActivityKind.NOTE,
        text=words_of(said.say),
        facts={"kept_as_note": said.id},
        by=author_id,
        at=said.at,
        arrived_at=moment.arrived_at,
        epoch=said.epoch,
    )


def words_of(command: Command) -> str:
    """What a person wrote in a command, in the order of its fields: the text of the note that keeps it."""
    if isinstance(command, AddNote):
        return command.text
    plain = msgspec.to_builtins(command)
    left_out = {"type", "case_id", "base"}
    parts = [f"{name}: {_plain(value)}" for name, value in plain.items() if name not in left_out and value]
    return "\n".join(parts)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _let_out(desk: Desk, kept: KeptWork, case: Case, moment: Moment) -> list[Contributor]:
    """Once it is settled, the author sees the case only if something else lets them (protocol 10)."""
    return [
        msgspec.structs.replace(contributor, until=moment.now)
        for contributor in desk.of_case(Contributor, case.id)
        if contributor.because == kept.id and contributor.until > moment.now
    ]
