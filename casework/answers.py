"""What can come of saying something: values, never exceptions, and codes, never sentences."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from casework.values import KeptKind, Owner, Record

Facts = dict[str, str]


class Refused(msgspec.Struct, frozen=True):
    """The rule says no. Nothing was written; `code` has its words in desktop/messages.py, `facts` fill them in."""

    code: str
    facts: Facts = {}


class Done(msgspec.Struct, frozen=True):
    """The rule says yes: these rows are now so. No rows means that it was so already."""

    puts: tuple[Record, ...] = ()


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """It cannot take effect as written, because something moved that the author had not seen (domain.md 5.6).

    `puts` are the parts that hold anyway, `shown` what the author's own screen shows until the server has answered
    (I3). On the server the command becomes kept work that waits for `waits_for`; on the device that says it for the
    first time it is refused with the same code, so that the author sees the other's change before saving.
    """

    code: str
    kind: KeptKind
    waits_for: Owner
    facts: Facts = {}
    fields: dict[str, tuple[str, str, str]] = {}
    puts: tuple[Record, ...] = ()
    shown: tuple[Record, ...] = ()


Verdict = Done | Late | Refused


class Status(StrEnum):
    """The one outcome that every command ends in (protocol 9). Only `held` and `later` stay in the outbox."""

    APPLIED = "applied"
    APPLIED_CHANGED = "applied_changed"
    CONFLICT_KEPT = "conflict_kept"
    REFUSED_KEPT = "refused_kept"
    DELETED_KEPT = "deleted_kept"
    ERROR_KEPT = "error_kept"
    HELD = "held"
    LATER = "later"

    @classmethod
    def _missing_(cls, value: object) -> "Status":
        """An outcome that a newer server has come to know: the command waits for an app that knows it as well."""
        return cls.LATER

    @property
    def is_final(self) -> bool:
        """Whether the command may leave the outbox."""
        return self not in (Status.HELD, Status.LATER)


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Which ids moved in one commit; nobody reloads everything (Anki's OpChanges)."""

    cases: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def __or__(self, other: "Changes") -> "Changes":
        """Both together."""
        return Changes.of_all((self, other))

    @staticmethod
    def of_all(several: Sequence["Changes"]) -> "Changes":
        """All of them together."""
        nothing = frozenset[str]()
        return Changes(
            cases=nothing.union(*(one.cases for one in several)), kinds=nothing.union(*(one.kinds for one in several))
        )

    def __bool__(self) -> bool:
        """Whether anything moved."""
        return bool(self.cases or self.kinds)


class Accepted(msgspec.Struct, frozen=True):
    """The command was written; these ids moved."""

    command_id: str
    changes: Changes


Answer = Accepted | Refused
