"""What a rule is told about the moment it judges, and the desk that it reads from."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol, TypeVar

import msgspec

from casework.values import Case, CaseRecord, Person, Record

R = TypeVar("R", bound=Record)
C = TypeVar("C", bound=CaseRecord)

# The ids by which a rule may look for cases.
CaseField = Literal["contact_id", "joined_to", "owner_id", "property_id", "step_id"]


# By more seconds than this a device's clock is wrong: that is said beside its times, and taken out of what follows from
# them (A12, OC22).
CLOCK_MARK_SECONDS = 300


class Side(StrEnum):
    """Where a rule runs.

    `SAYING`: on the laptop, as the person presses the key. `REPLAYING`: on the laptop, waiting words laid again over
    rows just pulled; what the author said shows until an outcome is shown (I3). `DECIDING`: on the server.
    """

    SAYING = "saying"
    REPLAYING = "replaying"
    DECIDING = "deciding"


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a command that is not in its verb: rules have no clock, no dice and no session of their own.

    `command_id`, `said_at`, `under` and `epoch` come from the envelope (commands.Said). `now` is the judging side's
    time. `queue_ids` are the queues that `who` is a member of. `could_see` says whether the case is or was in the
    author's reach, `could_see_named` whether what else the command names is: another case, or a client or home of other
    cases. `let_in_until` is by when the author must be out of the case again where their own words let them in, None
    where they have seen it for another reason since that last happened: a time that has passed lets nobody in. The
    server looks these up (server/scope.py); a laptop holds only what is in reach. `number` is a fresh case number, on
    the server only. `told_of` is the case that the command names, where that one was joined to the case it is judged
    for. `handed_in_by` is who brought it in its author's name, out of a rescue copy (X8).
    """

    command_id: str
    who: Person
    queue_ids: frozenset[str] = frozenset()
    said_at: datetime
    now: datetime
    under: str = ""
    epoch: int = 0
    side: Side = Side.DECIDING
    could_see: bool = True
    could_see_named: bool = True
    let_in_until: datetime | None = None
    number: str = ""
    clock_off: int = 0
    told_of: str = ""
    handed_in_by: str = ""

    @property
    def arrived_at(self) -> datetime | None:
        """When the server took it; None on a laptop, which cannot know."""
        return self.now if self.side is Side.DECIDING else None

    @property
    def happened_at(self) -> datetime:
        """When it was said, for what follows from that: due days, since when a case stands at a step (OC22).

        The device's own time; on the server without its clock's fault, and never later than it arrived. The feed keeps
        the device's time as it is, and the fault beside it.
        """
        if self.side is not Side.DECIDING:
            return self.said_at
        fault = self.clock_off if abs(self.clock_off) > CLOCK_MARK_SECONDS else 0
        return min(self.said_at - timedelta(seconds=fault), self.now)


class Desk(Protocol):
    """Where a rule looks things up: rows of the store by id, or all of one kind on a case."""

    def find(self, kind: type[R], record_id: str) -> R | None:
        """The row with that id, or None."""
        ...

    def of_case(self, kind: type[C], case_id: str) -> tuple[C, ...]:
        """All rows of a kind that belong to a case, oldest first."""
        ...

    def all_of(self, kind: type[R]) -> tuple[R, ...]:
        """All rows of a small kind that everybody holds: steps, queues, people."""
        ...

    def cases_with(self, field: CaseField, value: str) -> tuple[Case, ...]:
        """The cases whose field holds that id, oldest first; of a laptop's, those that it holds."""
        ...
