"""A case that was opened offline and went to somebody else before it ever came back to the laptop it was opened on."""

import pytest

from casework.values import Source
from casework.wire import Push, PushReply
from sync import outbox
from tests.journeys import saying
from tests.kit_near import Desk, NearCentral, NearWorld


class SpeaksAfterPush(NearCentral):
    """Its person says one thing more while the answer to a push is on its way."""

    def push(self, push: Push) -> PushReply:
        reply = super().push(push)
        saying.note(self.speaker, self.case_id, "He rang back")
        return reply

    speaker: Desk
    case_id = ""


@pytest.mark.covers("OC2")
def test_that_words_about_a_case_which_went_on_before_it_came_back_show_until_they_are_answered(
    world: NearWorld, amy: Desk, priya: Desk
) -> None:
    case_id = saying.referral(amy, source=Source.PERSON)
    amy.say_hello_and_lose_the_answer_to_a_push()
    priya.sync()
    saying.give(priya, case_id, saying.person("ben"))
    priya.sync()
    calm = amy.engine.central
    said_during = SpeaksAfterPush(world.server, amy.person_id, amy.device)
    said_during.speaker, said_during.case_id = amy, case_id
    amy.engine.central = said_during
    amy.sync()
    amy.engine.central = calm
    assert "He rang back" in saying.texts(amy, case_id)
    amy.sync()
    assert saying.texts(amy, case_id) == []
    assert amy.look(outbox.everything) == ()
    ben = world.desk("ben")
    ben.sync()
    assert "He rang back" in saying.texts(ben, case_id)
