"""On a thin line all takes long and nothing fails for that: only a line on which nothing moves any more is given up."""

import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from casework.bundle import Bundle, BundleTaken, Small, unpacked
from casework.wire import encode
from sync.faults import Offline
from sync.http import BYTES, HttpCentral
from tests.kit_near import Desk, NearCentral
from tests.sync.bad_server import BadServer, http
from tests.sync.paper_kit import case_of, files, put, stored

# More than the system keeps in hand of what was sent and not yet taken.
LARGE = bytes(32 * 1024 * 1024)


@pytest.fixture
def bad() -> Iterator[BadServer]:
    with BadServer(epoch="0" * 32) as server:
        yield server


def central_to(url: str, *, read_seconds: float, connect_seconds: float) -> HttpCentral:
    central = HttpCentral(url, read_seconds=read_seconds, connect_seconds=connect_seconds)
    central.resume("0" * 32, "renewal", lambda renewal: None)
    return central


def send(central: HttpCentral, bad: BadServer) -> tuple[str, ...]:
    """Sends one large bundle, which the server takes in."""

    def taken(caller: socket.socket) -> None:
        bundle, content = unpacked(bad.bodies[-1], Bundle)
        assert len(content) == len(LARGE)
        caller.sendall(http(encode(BundleTaken(rid=bundle.rid, codes=("",)))))

    bad.answers = [taken]
    return central.send_small([(Small("0" * 64, len(LARGE), "0" * 32), LARGE)])


def thin_for(seconds: float) -> Callable[[socket.socket], bytes]:
    """Takes some 5 MB a second for so long, then all the rest at once: on a slow machine it takes no longer."""
    begun = monotonic()

    def take(caller: socket.socket) -> bytes:
        if monotonic() - begun < seconds:
            Event().wait(0.05)
        return caller.recv(256 * 1024)

    return take


@pytest.mark.covers("FI11")
def test_that_what_is_sent_may_take_longer_in_the_whole_than_any_wait_may(bad: BadServer) -> None:
    bad.take = thin_for(4)
    began = monotonic()
    assert send(central_to(bad.url, read_seconds=1.5, connect_seconds=1.5), bad) == ("",)
    assert monotonic() - began > 3


@pytest.mark.covers("FI11")
def test_that_a_line_that_stands_still_for_a_while_may_do_so_both_ways(bad: BadServer) -> None:
    """As long as a server may think, and not as long as it may take to be reached."""
    stood_still: list[bool] = []

    def stand_still_once(caller: socket.socket) -> bytes:
        content = caller.recv(65536)
        if b"/batch" in content and not stood_still:
            stood_still.append(not Event().wait(1.5))
        return content

    bad.take = stand_still_once
    assert send(central_to(bad.url, read_seconds=30, connect_seconds=0.5), bad) == ("",)
    assert stood_still == [True]


@pytest.mark.covers("FI11")
def test_that_a_line_on_which_nothing_moves_is_given_up(bad: BadServer) -> None:
    over = Event()

    def stop_taking(caller: socket.socket) -> bytes:
        content = caller.recv(65536)
        if b"/batch" in content:
            over.wait(20)
        return content

    bad.take = stop_taking
    with pytest.raises(Offline):
        send(central_to(bad.url, read_seconds=0.5, connect_seconds=0.5), bad)
    over.set()


@pytest.mark.covers("FI9")
def test_that_what_is_fetched_may_take_longer_in_the_whole_than_any_wait_may(bad: BadServer) -> None:
    content = bytes(range(256)) * 120

    def bit_by_bit(caller: socket.socket) -> None:
        caller.sendall(http(b"", kind=BYTES, length=len(content)))
        for start in range(0, len(content), 1024):
            Event().wait(0.1)
            caller.sendall(content[start : start + 1024])

    bad.answers = [bit_by_bit]
    began = monotonic()
    pieces = central_to(bad.url, read_seconds=1.5, connect_seconds=1.5).fetch("0" * 64, "0" * 32, 0)
    assert b"".join(pieces) == content
    assert monotonic() - began > 2


class Thin(NearCentral):
    """A line that is cut before so much is through in one request."""

    most = 600_000

    def send_small(self, documents: Sequence[tuple[Small, bytes]]) -> tuple[str, ...]:
        self._require(documents)
        return super().send_small(documents)

    def fetch_small(self, documents: Sequence[Small]) -> list[bytes]:
        self._require(documents)
        return super().fetch_small(documents)

    def _require(self, documents: Sequence[object]) -> None:
        if len(documents) * 60_000 > self.most:
            raise Offline("cut")


@pytest.mark.covers("FI11")
def test_that_many_small_documents_get_through_where_a_large_bundle_never_would(
    amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    for number in range(20):
        put(priya, tmp_path, bytes([number]) * 60_000, case_id=case_of(amy))
    for desk in (priya, amy):
        desk.engine.central = Thin(desk.world.server, desk.person_id, desk.device)
    priya.sync()
    assert stored(priya, case_of(amy)) == [True] * 20
    came = [0]
    while came[-1] < 20:
        amy.try_to_sync()
        came.append(files(amy))
        assert came[-1] > came[-2], "each round brings some, or none ever would"
