"""Input that could not take effect as written, waiting for a person, and lines for somebody's Today."""

from datetime import date, datetime
from enum import StrEnum

from casework.values.cases import OwnerKind
from casework.values.common import CaseRecord


class KeptKind(StrEnum):
    """Why something is kept (protocol 9)."""

    CLASH = "clash"
    PROPOSAL = "proposal"
    REFUSED = "refused"
    BROKEN = "broken"


class KeptState(StrEnum):
    """Only a named person's act moves kept work out of `open`.

    `joined` is a later edit of the same field by the same author: its value stands on the older one's card.
    """

    OPEN = "open"
    USED = "used"
    LEFT = "left"
    NOTED = "noted"
    JOINED = "joined"


class KeptWork(CaseRecord, frozen=True, kw_only=True):
    """A command that could not take effect as written, whole. Its id is the command's id (on screen: Decisions).

    `said` is the command's JSON; `fields` is {field: (before, mine, theirs)} as JSON text for clashes, `theirs_from`
    {field: (who wrote theirs, when, under which owner epoch)}; `earlier` are values of mine that a later edit of mine
    replaced: (field, value as JSON, when said). `for_kind` and `for_id` are whom it waits for: the current owner, or
    its author where only the author can say (OC7); with `for_owner` whoever owns the case by now.

    `later_until` is the day until which `later_by` put it off. `talk` is what was asked and answered about it: (by, to,
    when, words); `asked_id` is whose turn it is. `settled_cmd` is the command that settled it, `effect` what that
    changed, as rules.put_back wrote it down. `joined_to` is the card that it stands on.
    """

    kind: KeptKind
    code: str
    said: str
    command: str
    facts: dict[str, str] = {}
    fields: dict[str, tuple[str, str, str]] = {}
    theirs_from: dict[str, tuple[str, str, int]] = {}
    earlier: tuple[tuple[str, str, str], ...] = ()
    author_id: str
    said_at: datetime
    kept_at: datetime
    for_kind: OwnerKind
    for_id: str
    for_owner: bool = False
    state: KeptState = KeptState.OPEN
    later_until: date | None = None
    later_by: str = ""
    asked_id: str = ""
    talk: tuple[tuple[str, str, str, str], ...] = ()
    settled_by: str = ""
    settled_at: datetime | None = None
    settled_cmd: str = ""
    effect: str = ""
    joined_to: str = ""


class Notice(CaseRecord, frozen=True, kw_only=True):
    """One line on one person's Today (S21, S40, R5), opened with one click (S41)."""

    person_id: str
    code: str
    facts: dict[str, str] = {}
    by: str
    at: datetime
    is_seen: bool = False


class Sighting(CaseRecord, frozen=True, kw_only=True):
    """An owner has looked at a case: `author_id`'s changes up to the server's number `upto` were on their screen (X2).

    One per case, owner and author; goes to these two, whoever has the case.
    """

    person_id: str
    author_id: str
    upto: int
    at: datetime
