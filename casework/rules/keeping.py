"""How a command that could not take effect is kept whole on the server, and who is told (protocol 9)."""

import json
from datetime import datetime

import msgspec

from casework.answers import Late, Refused
from casework.commands import EditCase, EditContact, EditProperty, OpenCase, Said
from casework.ids import child_id
from casework.rules import access, feed
from casework.rules.joined import rehomed
from casework.rules.leaving import lead_for
from casework.rules.moment import Desk, Moment
from casework.rules.sharing import tell_sharers
from casework.values import (
    Activity,
    ActivityKind,
    Case,
    Contributor,
    KeptKind,
    KeptState,
    KeptWork,
    Notice,
    Offer,
    Owner,
    OwnerKind,
    Person,
    Record,
    Role,
)

# Late wishes that wait for their own author, who may have them still.
WISHES = frozenset(
    {
        "assigned-first",
        "assignment-taken",
        "claimed-first",
        "offer-accepted-first",
        "offered-first",
        "release-came-late",
        "takeover-came-late",
    }
)
_EDITS = frozenset(str(kind.__struct_config__.tag) for kind in (EditCase, EditContact, EditProperty))


def keep(desk: Desk, said: Said, verdict: Late | Refused, case: Case | None, moment: Moment) -> tuple[Record, ...]:
    """The rows that keep a command whole on the server: kept work, and who is told (I1, FA2).

    Its author may go on seeing the case for a fortnight, so that it does not vanish under their hands (protocol 10);
    but who never could see it learns nothing of it, and is not let in, by being refused. Another edit of a field about
    which a card of the same author waits already stands on that card, with both values (one card a field and author).
    """
    if case is not None and case.joined_to:
        said, case = rehomed(desk, said, case)
    kept = _as_kept(desk, said, verdict, case, moment)
    if case is None or not moment.could_see:
        return (kept, *_lead_told(desk, said, kept, moment.who))
    kept = _with_theirs(desk, kept, case)
    card = _card_before(desk, kept)
    rows: tuple[KeptWork, ...] = (kept,)
    if card is not None:
        rows = (_with_newer(card, kept), msgspec.structs.replace(kept, state=KeptState.JOINED, joined_to=card.id))
    puts = verdict.puts if isinstance(verdict, Late) else ()
    sharers = tell_sharers(desk, said.say, case, kept.fields, moment)
    let_in = author_let_in(desk, rows[0], moment.who, case, moment)
    return (*rows, *puts, *_told(desk, rows[0], case, moment), *sharers, *let_in)


def keep_whole(
    desk: Desk, said: Said, who: Person, now: datetime, *, code: str, kind: KeptKind, kept_id: str
) -> tuple[Record, ...]:
    """The rows that keep a command which was not, or could not be, judged: its case is not looked at.

    It waits for its author, and where they have left for a lead, who is told (OC10).
    """
    waits_for = Owner(OwnerKind.PERSON, who.id) if who.is_active else lead_for(desk, who, None)
    kept = KeptWork(
        id=kept_id,
        case_id=said.say.case_id,
        kind=kind,
        code=code,
        said=msgspec.json.encode(said).decode(),
        command=str(said.say.__struct_config__.tag),
        author_id=who.id,
        said_at=said.at,
        kept_at=now,
        for_kind=waits_for.kind,
        for_id=waits_for.id,
    )
    return (kept, *_lead_told(desk, said, kept, who))


def _as_kept(desk: Desk, said: Said, verdict: Late | Refused, case: Case | None, moment: Moment) -> KeptWork:
    waits_for = _waits_for(desk, said, verdict, case, moment)
    return KeptWork(
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
        for_kind=waits_for.kind,
        for_id=waits_for.id,
        for_owner=case is not None and _waits_for_owner(verdict, case),
    )


def _waits_for_owner(verdict: Late | Refused, case: Case) -> bool:
    """Whether it goes with the case when that changes hands; a late wish of its author's own stays with them (OC7)."""
    return isinstance(verdict, Late) and verdict.waits_for == case.owner and verdict.code not in WISHES


def _waits_for(desk: Desk, said: Said, verdict: Late | Refused, case: Case | None, moment: Moment) -> Owner:
    """Whom it waits for: of what was refused, a lead where its author has left (OC10), or can never have it taken in.

    The latter is a new case of a client who went out of its author's reach: nobody learns by it that the client is here
    (I7), for a client that nobody has is refused in the same words and waits for the same lead.
    """
    if isinstance(verdict, Late):
        return verdict.waits_for
    is_stuck = isinstance(said.say, OpenCase) and verdict.code == "client-missing"
    if not moment.who.is_active or (is_stuck and not access.sees_everything(moment.who)):
        return lead_for(desk, moment.who, case)
    return Owner(OwnerKind.PERSON, moment.who.id)


def _lead_told(desk: Desk, said: Said, kept: KeptWork, author: Person) -> list[Notice]:
    """A lead for whom it waits and not for its author: one line for all that they said about a case (OC10).

    It is news again where the lead has seen it by then.
    """
    if kept.for_id == kept.author_id or kept.for_kind is not OwnerKind.PERSON:
        return []
    client = said.say.contact if isinstance(said.say, OpenCase) else None
    code = _code_for_lead(author)
    # found by its own id: other kept work of the case may be what cannot be read
    line_id = child_id(kept.case_id or kept.id, f"notice/{kept.for_id}/{code}/{author.id}")
    before = desk.find(Notice, line_id)
    if before is not None and not before.is_seen:
        return []
    return [
        Notice(
            id=line_id,
            case_id=kept.case_id,
            person_id=kept.for_id,
            code=code,
            facts={
                **(before.facts if before else {}),
                "kept": kept.id,
                **({"client": client.full_name} if client else {}),
            },
            by=kept.author_id,
            at=kept.kept_at,
        )
    ]


def _code_for_lead(author: Person) -> str:
    if author.is_active:
        return "new-case-stuck"
    return "left-unsent"


def _with_theirs(desk: Desk, kept: KeptWork, case: Case) -> KeptWork:
    """Who wrote what stands in each field that clashed, when, and under which owner epoch: out of the feed (X3)."""
    if not kept.fields:
        return kept
    wrote: dict[str, tuple[str, str, int]] = {}
    lines = [line for line in desk.of_case(Activity, case.id) if line.kind is ActivityKind.EDITED]
    for line in sorted(lines, key=lambda line: (line.arrived_at or line.at, line.id)):
        if line.id != kept.id:
            wrote |= {name: (line.by, line.at.isoformat(), line.epoch) for name in line.facts if name in kept.fields}
    first = next((wrote[name] for name in kept.fields if name in wrote), None)
    facts = {"by": first[0], "since": first[1]} if first else {}
    return msgspec.structs.replace(kept, theirs_from=wrote, facts={**kept.facts, **facts})


def _card_before(desk: Desk, kept: KeptWork) -> KeptWork | None:
    """The card of the same author that waits about one of these fields already."""
    if kept.command not in _EDITS or not kept.fields:
        return None
    for one in desk.of_case(KeptWork, kept.case_id):
        same = (one.author_id, one.command, one.code) == (kept.author_id, kept.command, kept.code)
        if one.state is KeptState.OPEN and same and one.fields.keys() & kept.fields.keys():
            return one
    return None


def _with_newer(card: KeptWork, kept: KeptWork) -> KeptWork:
    """The older card with the newer values on it; what they replace stays readable there."""
    fields, earlier = dict(card.fields), list(card.earlier)
    for name, (before, mine, theirs) in kept.fields.items():
        if name in fields:
            first, replaced, _ = fields[name]
            before = first
            if replaced != mine:
                earlier.append((name, replaced, card.said_at.isoformat()))
        fields[name] = (before, mine, theirs)
    return msgspec.structs.replace(
        card,
        fields=fields,
        earlier=tuple(earlier),
        theirs_from={**card.theirs_from, **kept.theirs_from},
        facts={**card.facts, **kept.facts},
        said_at=kept.said_at,
        for_kind=kept.for_kind,
        for_id=kept.for_id,
        for_owner=kept.for_owner,
        later_until=None,
        later_by="",
    )


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


def author_let_in(desk: Desk, kept: KeptWork, author: Person, case: Case, moment: Moment) -> list[Contributor]:
    """The author goes on seeing the case for a fortnight, where nothing else lets them (protocol 10).

    Nobody gains time by their own words alone: neither by having more of them kept (Moment.let_in_until), nor by
    letting go of them and taking that back, which gives again what keeping them gave.
    """
    if not author.is_active or access.sees_everything(author) or access.is_owner(author, case):
        return []
    until = moment.now + feed.MENTION_LASTS
    if kept.settled_by == author.id == moment.who.id:
        was_let_in = any(one.because == kept.id for one in desk.of_case(Contributor, case.id))
        until = kept.kept_at + feed.MENTION_LASTS if was_let_in else moment.now
    elif author.id == moment.who.id and moment.let_in_until is not None and not _was_offered(desk, author, case):
        until = min(until, moment.let_in_until)
    return [feed.let_in(case, moment, author.id, because=kept.id, until=until)] if until > moment.now else []


def _was_offered(desk: Desk, author: Person, case: Case) -> bool:
    """Whether they saw the case by an offer to them since words of their own last let them in: once for each offer."""
    offers = {one.id for one in desk.of_case(Offer, case.id) if one.to_id == author.id}
    guests = [one for one in desk.of_case(Contributor, case.id) if one.person_id == author.id]
    offered = [one.until for one in guests if one.because in offers]
    kept = [desk.find(KeptWork, one.because) for one in guests]
    own = [one.kept_at for one in kept if one is not None and one.author_id == author.id]
    return bool(offered) and all(max(offered) > kept_at for kept_at in own)


def is_author(kept: KeptWork, moment: Moment) -> bool:
    """Whoever said it may give it up, which needs nobody's leave."""
    return kept.author_id == moment.who.id


def may_settle_without_case(kept: KeptWork, moment: Moment) -> bool:
    """Who may decide about kept work that no case came of: its author, leads and admins."""
    return is_author(kept, moment) or moment.who.role in (Role.LEAD, Role.ADMIN)


def said_in(kept: KeptWork) -> Said | None:
    """What was said, None where a newer app said it in a way that this one does not know."""
    return said_in_text(kept.said)


def said_in_text(text: str) -> Said | None:
    """The same, of the text that kept work holds."""
    try:
        return msgspec.json.decode(text, type=Said)
    except msgspec.MsgspecError:
        return None


def value_in(text: str) -> object:
    """A value as kept work holds it."""
    value: object = json.loads(text)
    return value
