"""A connection on which nothing comes is given up, and neither one that is slow nor one that waits for news is."""

import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from select import select

import pytest

from casework.ids import new_id
from casework.wire import MEDIA_TYPE, News, encode
from server.app import create_app
from server.parts import Parts
from server.patience import Patience
from server.serving import listen, server_of
from tests.kit_waiting import until
from tests.server.kit_central import NextDoor, Visitor, a_new_case

HASTY = Patience(head=0.2, body=0.2)
A_WORD = (
    b"POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: " + MEDIA_TYPE.encode() + b"\r\nContent-Length: 20\r\n\r\n"
)
LIMIT = 30


@contextmanager
def serving(parts: Parts, patience: Patience) -> Iterator[int]:
    """The real server on loopback with limits of its own; its port."""
    server, listener = server_of(create_app(parts), patience=patience), listen("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, args=([listener],), name="patient server")
    thread.start()
    try:
        until(lambda: server.started, "the server listens")
        yield listener.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        thread.join()


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as line:
        yield line


def is_closed(line: socket.socket) -> bool:
    """Reads to the end, which must come; TimeoutError where the server leaves the connection open."""
    try:
        while line.recv(65536):
            pass
    except ConnectionError:
        pass
    return True


def dribble(line: socket.socket, *, pause: float) -> bool:
    """Sends one byte after the other until the server has had enough."""
    try:
        for _ in range(round(LIMIT / pause)):
            line.send(b"x")
            if select([line], [], [], pause)[0] and not line.recv(65536):
                return True
    except ConnectionError:
        return True
    return False


def answered(line: socket.socket) -> bytes:
    """The first line of an answer, read whole: head and body of the length that it names."""
    file = line.makefile("rb")
    first = file.readline()
    length = 0
    while head := file.readline().strip():
        name, _, value = head.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    file.read(length)
    return first


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost:", A_WORD, A_WORD + b'{"rid"'])
def test_that_a_request_that_does_not_go_on_is_given_up(parts: Parts, sent: bytes) -> None:
    with serving(parts, HASTY) as port, connected(port) as line:
        line.sendall(sent)
        assert is_closed(line)


@pytest.mark.parametrize("sent", [b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", A_WORD + b"{}" * 10])
@pytest.mark.parametrize("then", [b"G", A_WORD])
def test_that_it_is_given_up_after_good_requests_as_well(parts: Parts, sent: bytes, then: bytes) -> None:
    with serving(parts, HASTY) as port, connected(port) as line:
        for _ in range(2):
            line.sendall(sent)
            assert answered(line).startswith(b"HTTP/1.1 ")
        line.sendall(then)
        assert is_closed(line)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /healthz HTTP/1.1\r\nHost:",
        A_WORD.replace(b"20", b"1000000"),
        b"POST /v1/push HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n",
    ],
)
def test_that_a_byte_now_and_then_keeps_no_connection(parts: Parts, sent: bytes) -> None:
    with serving(parts, HASTY) as port, connected(port) as line:
        line.sendall(sent)
        assert dribble(line, pause=0.02), "whether the body is read, or nobody asks for it, as without a token"


def test_that_what_comes_slowly_but_steadily_is_taken(parts: Parts) -> None:
    with serving(parts, Patience(head=1, body=1, slowest=100)) as port, connected(port) as slow:
        slow.sendall(A_WORD.replace(b"20", b"1000000"))
        sent = 0
        for _ in range(2):
            # a connection that is silent says when the time is over
            with connected(port) as silent:
                while not select([silent], [], [], 0.01)[0]:
                    sent += slow.send(b" " * 50)
                assert is_closed(silent)
        slow.sendall(b" " * (1_000_000 - sent))
        assert answered(slow).startswith(b"HTTP/1.1 400"), "it came whole, and was no sign-in"


def test_that_who_waits_for_news_is_left_in_peace(parts: Parts) -> None:
    amy = Visitor(NextDoor(create_app(parts)), "amy")
    amy.sync()
    asked = encode(News(rid=new_id(), cur=amy.store.cur, wait=25))
    head = f"POST /v1/news HTTP/1.1\r\nHost: x\r\nContent-Type: {MEDIA_TYPE}\r\nAuthorization: Bearer {amy.token}\r\n"
    with serving(parts, HASTY) as port, connected(port) as waiting:
        waiting.sendall(f"{head}Content-Length: {len(asked)}\r\n\r\n".encode() + asked)
        until(lambda: parts.news.waiting == 1, "Amy waits")
        for _ in range(3):
            # one connection that is silent after the other says when the time is over
            with connected(port) as silent:
                assert is_closed(silent)
        assert parts.news.waiting == 1
        amy.say(a_new_case())
        assert answered(waiting).startswith(b"HTTP/1.1 200")


def test_that_who_reads_nothing_is_given_up() -> None:
    with listen("127.0.0.1", 0, unread_seconds=0.5) as listener, connected(listener.getsockname()[1]):
        taken, _ = listener.accept()
        taken.settimeout(LIMIT)
        with taken, pytest.raises(TimeoutError) as given_up:
            taken.sendall(bytes(100_000_000))
    assert given_up.value.errno == errno.ETIMEDOUT, "by the system, long before the test would have"
