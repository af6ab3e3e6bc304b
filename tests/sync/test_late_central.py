"""A server that is only made when the first word is said to it: a start must not wait for the HTTP library."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.ids import new_id
from casework.wire import SignIn
from sync.central import Cable, Central, LateCentral
from sync.faults import Offline, SignedOut
from sync.http import HttpCentral
from sync.profiles import sign_in
from tests.kit_server import PASSWORD, RunningServer, running_server


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running


class Makers:
    """Makes real centrals and keeps them, to be counted."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.made: list[HttpCentral] = []

    def __call__(self) -> Central:
        self.made.append(HttpCentral(self.url))
        return self.made[-1]

    def close(self) -> None:
        for central in self.made:
            central.close()


@pytest.fixture
def makers(server: RunningServer) -> Iterator[Makers]:
    made = Makers(server.url)
    yield made
    made.close()


def words(password: str = PASSWORD) -> SignIn:
    return SignIn(
        rid=new_id(), username="amy", password=password, code="", device=new_id(), device_name="laptop", app="0.1.0"
    )


def test_that_nothing_is_made_before_the_first_word_and_one_is_enough(makers: Makers) -> None:
    late = LateCentral(makers)
    late.resume(new_id(), "", lambda renewal: None)
    assert makers.made == []
    assert late.sign_in(words()).display_name
    assert late.sign_in(words()).display_name
    assert len(makers.made) == 1


def test_that_a_session_resumed_before_the_first_word_is_the_one_that_is_used(makers: Makers) -> None:
    late = LateCentral(makers)
    device = new_id()
    late.resume(device, "a renewal that never was", lambda renewal: None)
    with pytest.raises(SignedOut):
        late.finish_upload("none")


def test_that_a_cut_cable_makes_nothing(makers: Makers, tmp_path: Path) -> None:
    cable = Cable(LateCentral(makers))
    cable.is_cut = True
    with pytest.raises(Offline):
        sign_in(cable, tmp_path, server=makers.url, username="amy", password=PASSWORD)
    assert makers.made == []
