"""One frozen value per thing a person can say about a case; reads travel as rows, writes travel as these.

Commands carry what the person was looking at (`base`, `[before, new]` pairs), so that a clash can be explained instead
of overwritten. The `tag` is the command's name on the wire; a change of meaning gets a new tag, never an edit.
"""

from datetime import date, datetime

import msgspec

from casework.command import Change as Change
from casework.command import Command as Command
from casework.command import SeenOwner as SeenOwner
from casework.commands_client import AnswerForm as AnswerForm
from casework.commands_client import JoinCase as JoinCase
from casework.commands_client import KeepApart as KeepApart
from casework.commands_client import PublishForm as PublishForm
from casework.commands_client import RemoveStep as RemoveStep
from casework.commands_client import SendReferral as SendReferral
from casework.commands_client import SetConsent as SetConsent
from casework.commands_client import WithdrawConsent as WithdrawConsent
from casework.commands_ownership import AcceptOffer as AcceptOffer
from casework.commands_ownership import AskTeam as AskTeam
from casework.commands_ownership import DeclineOffer as DeclineOffer
from casework.commands_ownership import GoOut as GoOut
from casework.commands_ownership import MoveAssignment as MoveAssignment
from casework.commands_ownership import OfferCase as OfferCase
from casework.commands_ownership import PersonLeaves as PersonLeaves
from casework.commands_ownership import RemoveQueue as RemoveQueue
from casework.commands_ownership import WithdrawOffer as WithdrawOffer
from casework.values import Contact, Owner, Priority, Property, Source, TriageOutcome


class OpenCase(Command, frozen=True, kw_only=True, tag="case.open"):
    """A new case, typed in by a person or taken in from a partner's referral (S14, S61, A11).

    `contact` and `home` are whole when they are new and None when `contact_id`/`property_id` exist already.
    Its owner is the creator, or the project's waiting list where `source` is an import.
    """

    contact_id: str
    property_id: str
    project_id: str
    contact: Contact | None = None
    home: Property | None = None
    source: Source = Source.PERSON
    source_name: str = ""
    source_reference: str = ""
    referred_on: date | None = None
    consent: str = ""
    request_type: str = ""
    description: str = ""
    triage_score: int = 0
    triage_reasons: tuple[tuple[str, int], ...] = ()
    letter: tuple[tuple[str, str], ...] = ()
    flags: tuple[tuple[str, str, str], ...] = ()
    alike: tuple[str, ...] = ()
    leftover: str = ""


class TriageCase(Command, frozen=True, kw_only=True, tag="case.triage"):
    """Decide about a waiting case: support it (step and owner), or close it with an outcome (S16 to S20, A7)."""

    base: SeenOwner
    outcome: TriageOutcome
    step_id: str = ""
    owner: Owner | None = None
    reason: str = ""
    duplicate_of: str = ""


class ChangeOwner(Command, frozen=True, kw_only=True, tag="case.owner"):
    """Give the case an owner: claim, assign, release and taking over are all this (S11, S26, S63 to S69).

    `evidence` are ids of the author's commands on the case that speak for it (protocol 10); `batch` is shared by cases
    that are given away in one go (OC27). `takes_back` is the change of owner that this one takes back: the tasks that
    went with it go back, and no others.
    """

    base: SeenOwner
    owner: Owner
    reason: str = ""
    with_tasks: bool = False
    evidence: tuple[str, ...] = ()
    batch: str = ""
    takes_back: str = ""


class MoveStep(Command, frozen=True, kw_only=True, tag="case.step"):
    """Move the case along its journey (S17, S20); `step` is [from, to]."""

    step: tuple[str, str]


class SetPriority(Command, frozen=True, kw_only=True, tag="case.priority"):
    """Say how soon somebody must act; `priority` is [from, to]."""

    priority: tuple[Priority, Priority]


class EditCase(Command, frozen=True, kw_only=True, tag="case.edit"):
    """Correct what the case says; `changes` is {field: [before, new]}."""

    changes: dict[str, Change]


class EditContact(Command, frozen=True, kw_only=True, tag="contact.edit"):
    """Correct what we know of the client, from within one of their cases."""

    contact_id: str
    changes: dict[str, Change]


class EditProperty(Command, frozen=True, kw_only=True, tag="property.edit"):
    """Correct what we know of the home, from within one of its cases."""

    property_id: str
    changes: dict[str, Change]


class AddTask(Command, frozen=True, kw_only=True, tag="task.add"):
    """Give somebody something to do on the case (S30 to S35)."""

    task_id: str
    task_type: str
    title: str
    step_id: str = ""
    due_on: date | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None
    place: str = ""
    assignee_id: str = ""


class FinishTask(Command, frozen=True, kw_only=True, tag="task.finish"):
    """Say that a task was done (a fact: two people may both have done it, OC16, OC17)."""

    task_id: str
    outcome: str = ""
    done_at: datetime


class ReassignTask(Command, frozen=True, kw_only=True, tag="task.reassign"):
    """Give a task to somebody else; `assignee` is [from, to], empty for nobody."""

    task_id: str
    assignee: tuple[str, str]


class CancelTask(Command, frozen=True, kw_only=True, tag="task.cancel"):
    """Say that a task need not be done any more."""

    task_id: str
    reason: str = ""


class AddNote(Command, frozen=True, kw_only=True, tag="note.add"):
    """Write a note on the case; the mentioned see it on their Today (S38 to S42, S107)."""

    text: str
    mentions: tuple[str, ...] = ()


class LogInteraction(Command, frozen=True, kw_only=True, tag="interaction.log"):
    """Note down a call, chat, visit or e-mail that took place (S74)."""

    channel: str
    direction: str = "out"
    happened_at: datetime
    minutes: int = 0
    text: str = ""
    mentions: tuple[str, ...] = ()


class LogReview(Command, frozen=True, kw_only=True, tag="review.log"):
    """Log a review of the case, for its owner only (S98 to S106, R16).

    `seen` is the id of the review that stood where the author wrote, "" where none did, None where nobody says.
    """

    text: str
    seen: str | None = None


class AttachDocument(Command, frozen=True, kw_only=True, tag="document.attach"):
    """Put a file on the case (S58, S59); its bytes follow apart, and before them those of a small JPEG of a picture."""

    document_id: str
    name: str
    mime: str
    size: int
    sha256: str
    caption: str = ""
    task_id: str = ""
    preview_sha256: str = ""
    preview_size: int = 0


class CloseCase(Command, frozen=True, kw_only=True, tag="case.close"):
    """Close the case with a reason; open tasks are cancelled in the same act (domain.md 5.3)."""

    base: SeenOwner
    reason: str
    words: str = ""


class ReopenCase(Command, frozen=True, kw_only=True, tag="case.reopen"):
    """Open a closed case again, with a reason (domain.md 5.3)."""

    reason: str


class EraseCase(Command, frozen=True, kw_only=True, tag="case.erase"):
    """Delete the case for good, with all that is on it: for admins, where the law or a mistake asks for it (FD1)."""

    reason: str


class SettleKept(Command, frozen=True, kw_only=True, tag="kept.settle"):
    """Decide about kept work: use it, leave things as they are, choose field by field, or keep it as a note.

    `how` is one of `use`, `leave`, `fields`, `note`. `fields` is {field: chosen value as JSON}, for `fields`. `seen` is
    {field: the value that stood there while choosing}: where that is another one by now, the choice waits once more.
    """

    kept_id: str
    how: str
    fields: dict[str, object] = {}
    seen: dict[str, object] = {}


class PutOffKept(Command, frozen=True, kw_only=True, tag="kept.later"):
    """Decide about kept work another day; it stays counted until then (X3)."""

    kept_id: str
    until: date


class AskAboutKept(Command, frozen=True, kw_only=True, tag="kept.ask"):
    """Ask somebody who has to do with kept work about it, or answer who asked: it is their turn then (X3)."""

    kept_id: str
    person_id: str
    text: str


class UndoSettling(Command, frozen=True, kw_only=True, tag="kept.undo"):
    """Take back a decision about kept work; `settling` is the id of the command that made it (X3)."""

    kept_id: str
    settling: str


class SeeCase(Command, frozen=True, kw_only=True, tag="case.seen"):
    """Its owner says that the case was on their screen as it was at the server's number `upto` (X2)."""

    upto: int


class SeeNotices(Command, frozen=True, kw_only=True, tag="notice.seen"):
    """Say that lines of my Today have been read; touches nobody else's."""

    notice_ids: tuple[str, ...]


AnyCommand = (
    OpenCase
    | TriageCase
    | ChangeOwner
    | MoveStep
    | SetPriority
    | EditCase
    | EditContact
    | EditProperty
    | AddTask
    | FinishTask
    | ReassignTask
    | CancelTask
    | AddNote
    | LogInteraction
    | LogReview
    | AttachDocument
    | CloseCase
    | ReopenCase
    | EraseCase
    | SettleKept
    | PutOffKept
    | AskAboutKept
    | UndoSettling
    | SeeCase
    | SeeNotices
    | OfferCase
    | AcceptOffer
    | DeclineOffer
    | WithdrawOffer
    | AskTeam
    | MoveAssignment
    | GoOut
    | RemoveQueue
    | PersonLeaves
    | JoinCase
    | KeepApart
    | SetConsent
    | WithdrawConsent
    | SendReferral
    | AnswerForm
    | PublishForm
    | RemoveStep
)


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A command as somebody said it: the envelope that the outbox keeps and the wire carries.

    `prev` is the id of this device's previous command on the same case, `at` the device's time, `under` and `epoch`
    the ownership that the author saw (the case's `owner_cmd` and `owner_epoch`; empty and 0 where there was no case).
    `missed` is a `prev` that this device has lost, and that nobody waits for any more (protocol 9).
    Who said it and on which device is not in here: the session knows (promises T6).
    """

    id: str
    at: datetime
    say: AnyCommand
    prev: str = ""
    under: str = ""
    epoch: int = 0
    again: bool = False
    missed: str = ""


def without_earlier(said: Said) -> Said:
    """The same command, that waits no more for the one before it, which its device has lost (protocol 9)."""
    return msgspec.structs.replace(said, prev="", missed=said.prev)
