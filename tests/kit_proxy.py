"""A bad network on loopback: what lies between a laptop and a server, and spoils one connection after the other."""

import random
import re
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

PIECE = 64 * 1024
# Nobody waits longer than this for a test's server or client.
PATIENCE = 20.0


class Weather(StrEnum):
    """What becomes of a connection."""

    FAIR = "fair"
    CUT_ANSWER = "the answer is cut"
    CUT_REQUEST = "the request is cut"
    RESET = "the connection is reset"
    BLACK_HOLE = "nothing comes back"
    DRIP = "the answer comes in crumbs"
    DELAY = "the answer comes late"
    TWICE = "the request is delivered twice"
    TRUNCATED = "the answer is shorter and seems whole"
    PORTAL = "a portal answers"
    REFUSED = "nobody listens"
    SIGN_IN = "a machine on the way answers 401"
    TOO_LARGE = "a machine on the way answers 413"
    TOO_MANY = "a machine on the way answers 429"
    BROKEN = "a machine on the way answers 500"
    BUSY = "a machine on the way answers 503"


def _said(status: str, body: str, *headers: str) -> bytes:
    lines = (f"HTTP/1.1 {status}", "Content-Type: text/html", f"Content-Length: {len(body)}", "Connection: close")
    return "\r\n".join((*lines, *headers, "", body)).encode()


# What other machines on the way say for the server.
INSTEAD = {
    Weather.PORTAL: _said("200 OK", "<html>Sign in to the cafe's wi-fi</html>"),
    Weather.SIGN_IN: _said("401 Unauthorized", "<html>The proxy does not know you</html>"),
    Weather.TOO_LARGE: _said("413 Content Too Large", "<html>Too much at once</html>"),
    Weather.TOO_MANY: _said("429 Too Many Requests", "<html>Not so fast</html>", "Retry-After: 1"),
    Weather.BROKEN: _said("500 Internal Server Error", "<html>Oh dear</html>"),
    Weather.BUSY: _said("503 Service Unavailable", "<html>Come back later</html>", "Retry-After: 1"),
}
_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")


class BadNetwork:
    """Listens on a port of its own and hands on to `url`; `pick(dice)` chooses the weather for each connection.

    The dice are seeded, so that a run's weather is the same again for the same order of connections.
    """

    def __init__(self, url: str, pick: Callable[[random.Random], Weather], *, seed: int = 1) -> None:
        parts = urlsplit(url)
        self._to = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.pick = pick
        self.met: list[Weather] = []
        self._dice = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._listen, name="bad network")]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """What the laptop takes for the server."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with suppress(OSError):
            # a blocked accept does not notice that its socket was closed
            socket.create_connection(self._listener.getsockname(), 1).close()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listener.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            caller, _ = self._listener.accept()
            weather = self.pick(self._dice)
            bytes_left = self._dice.randint(0, 4_000)
            self.met.append(weather)
            thread = threading.Thread(target=self._serve, args=(caller, weather, bytes_left), name=f"bad: {weather}")
            self._threads.append(thread)
            thread.start()

    def _serve(self, caller: socket.socket, weather: Weather, bytes_left: int) -> None:
        with caller, suppress(OSError):
            caller.settimeout(PATIENCE)
            if weather is Weather.REFUSED:
                _reset(caller)
            elif weather in INSTEAD:
                caller.recv(PIECE)
                caller.sendall(INSTEAD[weather])
                _close_when_heard(caller)
            elif weather is Weather.BLACK_HOLE:
                while caller.recv(PIECE):
                    pass
            else:
                with socket.create_connection(self._to, PATIENCE) as server:
                    server.settimeout(PATIENCE)
                    _Between(caller, server, weather, bytes_left, self._over).relay()


class _Between:
    """One connection that reaches the server, and what happens on the way."""

    def __init__(
        self,
        caller: socket.socket,
        server: socket.socket,
        weather: Weather,
        bytes_left: int,
        over: threading.Event,
    ) -> None:
        self._caller = caller
        self._server = server
        self._weather = weather
        self._left = bytes_left
        self._over = over
        self._said = bytearray()

    def relay(self) -> None:
        """Hands on both ways until one side has had enough."""
        back = threading.Thread(target=self._back, name="bad network, back")
        back.start()
        try:
            self._forth()
        finally:
            _close(self._server)
            back.join(PATIENCE)

    def _forth(self) -> None:
        with suppress(OSError):
            while piece := self._caller.recv(PIECE):
                if self._weather is Weather.CUT_REQUEST:
                    piece, self._left = piece[: self._left], self._left - len(piece)
                self._said += piece
                self._server.sendall(piece)
                if self._weather is Weather.CUT_REQUEST and self._left <= 0:
                    _close(self._caller)
                    return

    def _back(self) -> None:
        with suppress(OSError):
            while piece := self._server.recv(PIECE):
                if self._weather is Weather.TWICE and self._said:
                    self._once_more()
                if self._weather is Weather.DELAY:
                    self._over.wait(0.05)
                if self._weather in (Weather.CUT_ANSWER, Weather.RESET):
                    piece, self._left = piece[: self._left], self._left - len(piece)
                if self._weather is Weather.TRUNCATED:
                    self._hand_back(self._shortened(piece))
                    break
                self._hand_back(piece)
                if self._weather in (Weather.CUT_ANSWER, Weather.RESET) and self._left <= 0:
                    (_reset if self._weather is Weather.RESET else _close)(self._caller)
                    return
        _close(self._caller)

    def _hand_back(self, piece: bytes) -> None:
        if self._weather is not Weather.DRIP:
            self._caller.sendall(piece)
            return
        for at in range(0, len(piece), 97):
            self._caller.sendall(piece[at : at + 97])
            self._over.wait(0.001)

    def _shortened(self, piece: bytes) -> bytes:
        """The answer with half its body, and a length that says so: only what is in it tells that it is not whole."""
        head, _, body = piece.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if length is None:
            return head
        while len(body) < int(length[1]) and (more := self._server.recv(PIECE)):
            body += more
        half = body[: len(body) // 2]
        return _LENGTH.sub(b"Content-Length: %d" % len(half), head) + b"\r\n\r\n" + half

    def _once_more(self) -> None:
        """The same bytes on a second connection, as a network that repeats itself would bring them."""
        said, self._said = bytes(self._said), bytearray()
        with suppress(OSError), socket.create_connection(self._server.getpeername(), PATIENCE) as second:
            second.settimeout(PATIENCE)
            second.sendall(said)
            second.recv(PIECE)


def _close_when_heard(end: socket.socket) -> None:
    """Waits until the caller has had enough, for a close with bytes unread would take the answer back."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_WR)
        while end.recv(PIECE):
            pass


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


def _reset(end: socket.socket) -> None:
    """Ends a connection as a broken link does: no goodbye."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.close()
