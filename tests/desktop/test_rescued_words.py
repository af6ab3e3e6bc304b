"""An admin reads of a rescue copy from a device that was reported lost that nothing of it takes effect by itself."""

from datetime import UTC, datetime

import msgspec
import pytest

from casework.handing_in import RescueReply
from desktop.messages.rescued import came_of_words, found_words

COPY = RescueReply(
    rid="r",
    person_id="a" * 32,
    name="Amy Jones",
    device="d" * 32,
    made_at=datetime(2026, 11, 3, 9, 0, tzinfo=UTC),
    changes=4,
    papers=1,
    known=0,
    is_proved=True,
)


@pytest.mark.covers("FF3")
@pytest.mark.parametrize("is_lost", [True, False], ids=["lost", "not-lost"])
def test_that_a_lost_device_is_named_before_and_after_its_copy_is_handed_in(is_lost: bool) -> None:
    found = msgspec.structs.replace(COPY, is_lost=is_lost)
    done = msgspec.structs.replace(found, is_submitted=True, kept=4 * is_lost, applied=4 * (not is_lost))
    assert ("reported lost" in found_words(found)) is is_lost
    assert ("reported lost" in came_of_words(done)) is is_lost
    assert ("4 wait for a decision" in came_of_words(done)) is is_lost
