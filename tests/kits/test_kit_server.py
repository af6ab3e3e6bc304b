"""The server for tests is a real one: it keeps its data over restarts, and its troubles are those of the world."""

from http.client import HTTPException
from pathlib import Path

import pytest

from casework.values import Case
from tests.kit_server import PEOPLE, Trouble, running_server, server_process
from tests.server.kit_central import OverHttp, Visitor, a_new_case, said


def test_that_a_restarted_server_is_at_the_same_address_with_the_same_data(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        amy = Visitor(OverHttp(server.url), "amy")
        amy.say(a_new_case())
        server.stop()
        with pytest.raises(OSError, match="refused"):
            amy.hello()
        server.restart()
        amy.sync()
        assert len(amy.store.ids(Case)) == 1


def test_that_everybody_of_the_sample_can_sign_in() -> None:
    with running_server() as server:
        assert {Visitor(OverHttp(server.url), name).id for name in PEOPLE}


@pytest.mark.parametrize(("trouble", "is_taken"), [(Trouble.LOST_REQUEST, False), (Trouble.LOST_ANSWER, True)])
def test_that_a_lost_answer_was_taken_in_and_a_lost_request_was_not(trouble: Trouble, is_taken: bool) -> None:
    with running_server() as server:
        amy = Visitor(OverHttp(server.url), "amy")
        server.switch.make(trouble, times=1)
        command = said(a_new_case())
        # cut off while the request is still on its way, or behind it
        with pytest.raises((HTTPException, ConnectionError)):
            amy.push(command)
        with server.database.reading() as conn:
            found = conn.exec_driver_sql("SELECT count(*) FROM outcome").scalar_one()
        assert found == int(is_taken)
        assert amy.push(command)[0].st == "applied"


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(Trouble.PORTAL, 200), (Trouble.BUSY, 503), (Trouble.BROKEN, 500), (Trouble.TOO_LARGE, 413)],
)
def test_that_a_trouble_answers_for_the_server_for_as_long_as_it_is_on(trouble: Trouble, status: int) -> None:
    with running_server() as server:
        amy = Visitor(OverHttp(server.url), "amy")
        server.switch.make(trouble)
        answers = [amy.send("/v1/hello", amy.greeting()) for _ in range(2)]
        assert {answer.status for answer in answers} == {status}
        server.switch.make(Trouble.NONE)
        assert amy.hello().now


def test_that_a_server_process_can_be_killed_and_started_again(tmp_path: Path) -> None:
    with server_process(tmp_path) as process:
        amy = Visitor(OverHttp(process.url), "amy")
        amy.say(a_new_case())
        process.kill()
        process.start()
        amy.sync()
        assert len(amy.store.ids(Case)) == 1
