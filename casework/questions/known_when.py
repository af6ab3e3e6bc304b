"""What was known when: who owned a case, where it stood and what had been said of it at a given minute (X13)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from casework.connection import Connection
from casework.questions.feed_lines import line_of
from casework.questions.names import names
from casework.questions.reading import read
from casework.questions.shown import FeedLine
from casework.questions.viewer import Viewer
from casework.rows import find, of_case
from casework.values import ActivityKind, Case, Owner, OwnershipEvent

_LINES = "SELECT a.* FROM activity a WHERE a.case_id = ? ORDER BY coalesce(a.arrived_at, a.at), a.id"


class KnownThen(msgspec.Struct, frozen=True, kw_only=True):
    """A case at a minute, as far as this device's rows tell.

    `at_the_office` had reached the server by then; `elsewhere` had been written by then, on somebody's device, and came
    later or has not come yet. `owner` and `step_name` are what the server had; None and "" before it knew the case.
    `changed_since` are the fields corrected later: what stood in them then is not kept on a device, and is not guessed.
    """

    case_id: str
    at: datetime
    owner: Owner | None
    owner_name: str
    owned_since: datetime | None
    step_name: str
    is_closed: bool
    at_the_office: tuple[FeedLine, ...]
    elsewhere: tuple[FeedLine, ...]
    changed_since: tuple[str, ...]


def known_when(conn: Connection, viewer: Viewer, case_id: str, at: datetime) -> KnownThen | None:
    """The case at that time; None when it is not on this device.

    What the server had is told by the server's times alone; what had been written elsewhere by the writer's clock with
    its measured fault taken out (OC22).
    """
    if find(conn, Case, case_id) is None:
        return None
    known = names(conn)
    lines = [line_of(row, viewer, known) for row in read(conn, _LINES, (case_id,))]
    there = [line for line in lines if line.arrived_at is not None and line.arrived_at <= at]
    elsewhere = [line for line in lines if line not in there and written_at(line) <= at]
    later = [line for line in lines if line not in there]
    owned = _owned(of_case(conn, OwnershipEvent, case_id), at)
    return KnownThen(
        case_id=case_id,
        at=at,
        owner=Owner(owned.to_kind, owned.to_id) if owned else None,
        owner_name=known.owner(owned.to_id) if owned else "",
        owned_since=owned.arrived_at if owned else None,
        step_name=_step(there),
        is_closed=_is_closed(there),
        at_the_office=tuple(there),
        elsewhere=tuple(sorted(elsewhere, key=lambda line: (written_at(line), line.id))),
        changed_since=_changed(later),
    )


def written_at(line: FeedLine) -> datetime:
    """When a line was written, by the server's reckoning of its author's clock."""
    return line.at - timedelta(seconds=line.clock_off)


def _owned(events: Sequence[OwnershipEvent], at: datetime) -> OwnershipEvent | None:
    """The newest change of owner that the server had taken by then, in the order of epochs."""
    known = [event for event in events if event.arrived_at is not None and event.arrived_at <= at]
    return max(known, key=lambda event: event.epoch, default=None)


def _step(lines: Sequence[FeedLine]) -> str:
    """The step that the feed names last; "" where it names none, as before triage."""
    for line in reversed(lines):
        if line.kind is ActivityKind.STEP:
            return line.named.get("to", "")
        if line.kind is ActivityKind.TRIAGED and line.facts.get("to_step"):
            return line.named.get("to_step", "")
    return ""


def _is_closed(lines: Sequence[FeedLine]) -> bool:
    for line in reversed(lines):
        if line.kind is ActivityKind.REOPENED:
            return False
        if line.kind is ActivityKind.CLOSED:
            return True
        if line.kind is ActivityKind.TRIAGED:
            return line.facts.get("outcome") != "supported"
    return False


def _changed(lines: Sequence[FeedLine]) -> tuple[str, ...]:
    names_of = [name for line in lines if line.kind is ActivityKind.EDITED for name in line.facts]
    return tuple(dict.fromkeys(name.removesuffix("_before") for name in names_of))
