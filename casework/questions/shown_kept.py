"""Kept work as a screen shows it: a card with its clashing values, and what was asked and answered about it."""

from datetime import date, datetime

import msgspec

from casework.commands import AnyCommand
from casework.questions.shown import Facts
from casework.values import KeptKind, KeptState, OwnerKind


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was asked or answered about kept work."""

    by_name: str
    to_name: str
    at: datetime
    words: str
    is_mine: bool


class FieldClash(msgspec.Struct, frozen=True, kw_only=True):
    """A field that two people changed differently, as plain JSON values, and who changed it to `theirs`, if known.

    `stands` is what is there now: hand it back as `seen` when choosing (commands.SettleKept). `*_owner` is who owned
    the case as its writer saw it, and `*_epoch` which of its owners that was; "" and 0 where it is not known here.
    `earlier` are values of mine that a later one of mine replaced, each with its time.
    """

    field: str
    before: object
    mine: object
    theirs: object
    stands: object
    theirs_by_name: str
    theirs_at: datetime | None
    mine_owner: str = ""
    mine_epoch: int = 0
    theirs_owner: str = ""
    theirs_epoch: int = 0
    earlier: tuple[tuple[object, datetime], ...] = ()


class DecisionCard(msgspec.Struct, frozen=True, kw_only=True):
    """Kept work as a story to decide about (protocol 9).

    `wish` says what its author wanted, ids by their names (owner, step, priority, reason, text ...); `say` is the
    command itself, None where this version cannot read it. `may` holds what this viewer may answer: `use`, `leave`,
    `fields`, `note`. `for_me` says that it waits for this viewer. `case_number` and `client` are empty, `is_here`
    false, when the case is not on this device; of a new case that was kept instead of opened, and of what was said
    about it since (`is_after_new_case`), `client` is the one in it, and `named["opens_for"]` who would own it;
    `is_new_case_let_go` says that it was thrown away.

    `later_until` is the day until which it was put off. `talk` is what was asked and answered, `asks_me` that it is the
    viewer's turn to answer; `can_ask` are (id, name) of whom the viewer may ask. `can_undo` says that the decision may
    be taken back here and now, else `undo_problem` is the code of why not; `settling` names it. `stays` says of an open
    one that using it could not be taken back.
    """

    id: str
    kind: KeptKind
    code: str
    command: str
    state: KeptState
    case_id: str
    case_number: str
    client: str
    is_here: bool
    author_id: str
    author_name: str
    is_mine: bool
    said_at: datetime
    kept_at: datetime
    waits_for_kind: OwnerKind
    waits_for_id: str
    waits_for_name: str
    for_me: bool
    facts: Facts
    named: Facts
    wish: Facts
    say: AnyCommand | None
    fields: tuple[FieldClash, ...]
    may: frozenset[str]
    settled_by_name: str
    settled_at: datetime | None
    is_unsent: bool
    can_put_off: bool = False
    later_until: date | None = None
    later_by_name: str = ""
    talk: tuple[Talk, ...] = ()
    asks_me: bool = False
    asked_name: str = ""
    can_ask: tuple[tuple[str, str], ...] = ()
    can_undo: bool = False
    undo_problem: str = ""
    settled_by_id: str = ""
    settling: str = ""
    stays: bool = False
    is_after_new_case: bool = False
    is_new_case_let_go: bool = False
