"""What people write and log on a case: notes with mentions, interactions, reviews. All of it is fact and lands."""

from collections.abc import Iterable

import msgspec

from casework.answers import Done, Refused, Verdict
from casework.commands import AddNote, LogInteraction, LogReview
from casework.rules import access, feed
from casework.rules.fields import REVIEW, too_long
from casework.rules.moment import Desk, Moment, Side
from casework.values import ActivityKind, Case, OwnershipEvent, Person, Record, Role, Standing

CHANNELS = ("call", "visit", "email", "letter", "text", "chat", "in_person")
REVIEW_SUBJECT = "Case Review"


def add_note(desk: Desk, command: AddNote, case: Case, moment: Moment) -> Verdict:
    """Writes a note; each person mentioned is told and let in, and neither owner nor tasks change (S38 to S42, R6)."""
    if not command.text.strip():
        return Refused("note-is-empty")
    line = feed.line(desk, case, moment, kind=ActivityKind.NOTE, text=command.text, mentions=command.mentions)
    return Done(
        (
            line,
            *_mentioned(desk, case, moment, command.mentions),
            *feed.new_facts_on_closed(desk, case, moment),
        )
    )


def log_interaction(desk: Desk, command: LogInteraction, case: Case, moment: Moment) -> Verdict:
    """Notes down a call, visit or message that took place (S74)."""
    if command.channel not in CHANNELS:
        return Refused("channel-needed")
    facts = {
        "channel": command.channel,
        "direction": command.direction,
        "happened_at": command.happened_at.isoformat(),
        "minutes": str(command.minutes),
    }
    line = feed.line(
        desk,
        case,
        moment,
        kind=ActivityKind.INTERACTION,
        text=command.text,
        facts=facts,
        mentions=command.mentions,
    )
    return Done(
        (
            line,
            *_mentioned(desk, case, moment, command.mentions),
            *feed.new_facts_on_closed(desk, case, moment),
        )
    )


def log_review(desk: Desk, command: LogReview, case: Case, moment: Moment) -> Verdict:
    """Files a review: an owner's job, judged by who owned the case at the time of writing (A2, S98 to S106, R16).

    A former owner's review lands in the feed and never overwrites a later owner's; nor does one, under the same
    ownership, another that its author had not seen: a lead's on behalf, or the owner's own from a second laptop. Words
    of somebody who was not the owner when writing are refused on the laptop; if an old app sends them all the same
    they become a note (OC13).
    """
    if not command.text.strip():
        return Refused("review-is-empty")
    problem = too_long("text", command.text, REVIEW)
    if problem is not None:
        return problem
    standing = feed.standing_of(desk, case, moment)
    on_behalf = moment.who.role is Role.LEAD
    if standing is Standing.OTHER and not on_behalf:
        if moment.side is Side.SAYING:
            return Refused("review-is-the-owners", {"owner_kind": case.owner_kind, "owner": case.owner_id})
        facts = {"not_a_review": "yes"}
        note = feed.line(desk, case, moment, kind=ActivityKind.NOTE, text=command.text, facts=facts)
        return Done((note, *feed.new_facts_on_closed(desk, case, moment)))
    line = feed.line(
        desk,
        case,
        moment,
        kind=ActivityKind.REVIEW,
        subject=REVIEW_SUBJECT,
        text=command.text,
        status="completed",
    )
    puts: tuple[Record, ...] = (line, *feed.new_facts_on_closed(desk, case, moment))
    written_under = _written_under(desk, case, moment)
    if written_under < case.last_review_epoch or _did_not_see(command, case, written_under):
        return Done(puts)
    reviewed = msgspec.structs.replace(
        case,
        last_review_at=moment.happened_at,
        last_review_by=moment.who.id,
        last_review_text=command.text,
        last_review_epoch=written_under,
        last_review_id=moment.command_id,
    )
    return Done((reviewed, *puts))


def _did_not_see(command: LogReview, case: Case, written_under: int) -> bool:
    """Whether another review of the same ownership stands by now than the one that stood for the author (OC28)."""
    is_same = case.last_review_at is not None and written_under == case.last_review_epoch
    return is_same and command.seen is not None and command.seen != case.last_review_id


def _written_under(desk: Desk, case: Case, moment: Moment) -> int:
    """The epoch of the ownership that the author saw, by what is on file and not by what the laptop says it was.

    Nothing on file: their own claim that was so already, or one that never came true, which is older than any review.
    """
    if moment.under in ("", case.owner_cmd):
        return case.owner_epoch
    event = desk.find(OwnershipEvent, moment.under)
    if event is not None and event.case_id == case.id:
        return event.epoch
    return case.owner_epoch if access.is_owner(moment.who, case) else 0


def _mentioned(desk: Desk, case: Case, moment: Moment, mentions: Iterable[str]) -> list[Record]:
    told: list[Record] = []
    for person_id in dict.fromkeys(mentions):
        person = desk.find(Person, person_id)
        if person is None or not person.is_active or person_id == moment.who.id:
            continue
        told += feed.tell(case, moment, [person_id], code="mentioned-you")
        if not access.sees_everything(person) and not access.is_owner(person, case):
            told.append(feed.let_in(case, moment, person_id, because=moment.command_id))
    return told
