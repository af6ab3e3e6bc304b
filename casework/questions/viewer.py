"""Who asks, and when: everything that an answer depends on besides the rows of the store."""

from datetime import date, datetime

import msgspec

from casework.values import Owner, OwnerKind, Person


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """The person in front of the screen.

    `now` is an aware UTC time and `today` that person's own calendar day: questions have no clock. `waiting_ids` are
    the ids of rows (cases among them) that words still in the outbox have changed; they are drawn as not sent yet.
    """

    person: Person
    queue_ids: frozenset[str] = frozenset()
    now: datetime
    today: date
    waiting_ids: frozenset[str] = frozenset()

    def is_unsent(self, row_id: str, rev: int) -> bool:
        """Whether the office cannot see this row, or not as it stands here (X2)."""
        return rev == 0 or row_id in self.waiting_ids

    def owns(self, owner: Owner) -> bool:
        """Whether the owner is this very person; a queue's cases must be claimed first (A4)."""
        return owner.kind is OwnerKind.PERSON and owner.id == self.person.id
