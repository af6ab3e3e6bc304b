"""Input that could not take effect as written, waiting for a person, and lines for somebody's Today."""

from datetime import datetime
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
    """Only a named person's act moves kept work out of `open`."""

    OPEN = "open"
    USED = "used"
    LEFT = "left"
    NOTED = "noted"


class KeptWork(CaseRecord, frozen=True, kw_only=True):
    """A command that could not take effect as written, whole. Its id is the command's id (on screen: Decisions).

    `said` is the command's JSON; `fields` is {field: (before, mine, theirs)} as JSON text for clashes; `for_kind` and
    `for_id` are whom it waits for: the current owner, or its author where only the author can say (OC7).
    """

    kind: KeptKind
    code: str
    said: str
    command: str
    facts: dict[str, str] = {}
    fields: dict[str, tuple[str, str, str]] = {}
    author_id: str
    said_at: datetime
    kept_at: datetime
    for_kind: OwnerKind
    for_id: str
    state: KeptState = KeptState.OPEN
    settled_by: str = ""
    settled_at: datetime | None = None


class Notice(CaseRecord, frozen=True, kw_only=True):
    """One line on one person's Today (S21, S40, R5), opened with one click (S41)."""

    person_id: str
    code: str
    facts: dict[str, str] = {}
    by: str
    at: datetime
    is_seen: bool = False
