"""Cases by the hundred that lie in the back office's queue, as rows: said one by one they would take a test minutes."""

from collections.abc import Iterator
from datetime import UTC, datetime

from casework.ids import child_id
from casework.values import (
    Case,
    CaseStatus,
    Contact,
    OwnerChange,
    OwnerKind,
    OwnershipEvent,
    Property,
    Record,
)
from server.setting_up import BACK_OFFICE, WARM_HOMES, default_id

_CLIENT = Contact(id=child_id(BACK_OFFICE, "client"), last_name="Evans")
_HOME = Property(id=child_id(BACK_OFFICE, "home"), address_1="4 Heol-y-Bryn")
_PRIYA, _ASSESSMENT = default_id("person/priya"), default_id("step/3")
_NINE = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def case_id(number: int) -> str:
    """The id of the case with that number, from 0 on."""
    return child_id(BACK_OFFICE, f"case/{number}")


def rows_of_cases(count: int) -> Iterator[Record]:
    """All rows of so many cases: of one client, at one home, in assessment."""
    yield _CLIENT
    yield _HOME
    for number in range(count):
        yield from _rows(case_id(number), number)


def _rows(one: str, number: int) -> Iterator[Record]:
    owner_cmd = child_id(one, "owner")
    yield Case(
        id=one,
        number=f"26-{number:05}",
        contact_id=_CLIENT.id,
        property_id=_HOME.id,
        project_id=WARM_HOMES,
        step_id=_ASSESSMENT,
        status=CaseStatus.IN_PROGRESS,
        owner_kind=OwnerKind.QUEUE,
        owner_id=BACK_OFFICE,
        owner_cmd=owner_cmd,
        owner_since=_NINE,
        owner_by=_PRIYA,
        created_at=_NINE,
        arrived_at=_NINE,
        created_by=_PRIYA,
        step_since=_NINE,
        description="No hot water since Friday",
    )
    yield OwnershipEvent(
        id=owner_cmd,
        case_id=one,
        epoch=1,
        kind=OwnerChange.IMPORTED,
        to_kind=OwnerKind.QUEUE,
        to_id=BACK_OFFICE,
        by=_PRIYA,
        at=_NINE,
        arrived_at=_NINE,
    )
