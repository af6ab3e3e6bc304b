"""A server on loopback that answers whatever a test wants, byte for byte, after the polite part of a round."""

import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Self

from casework.values import Role
from casework.wire import MEDIA_TYPE, Fault, Hello, HelloReply, Renew, Reply, SignedIn, decode, encode

TLS_HANDSHAKE = b"\x16\x03"
Answer = bytes | Callable[[socket.socket], None]


def http(body: bytes, *, status: str = "200 OK", kind: str = MEDIA_TYPE, more: str = "", length: int = -1) -> bytes:
    """A response with one connection's end behind it; `length` is what it claims to have."""
    claimed = len(body) if length < 0 else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {claimed}\r\nConnection: close\r\n{more}\r\n"
    return head.encode() + body


class BadServer:
    """Answers renewals and hellos as the real one does, says no to sums, to everything else (or these too) `answers`.

    `answers` are given one by one, the last again and again; `asked` has the path of each request. Its hellos name
    the scopes `open_to` everybody. `take` is how it reads what comes.
    """

    def __init__(self, *, epoch: str, polite: bool = True) -> None:
        self.answers: list[Answer] = []
        self.asked: list[str] = []
        self.bodies: list[bytes] = []
        self.polite = polite
        self.open_to: tuple[str, ...] = ("ref",)
        self.take: Callable[[socket.socket], bytes] = _as_it_comes
        self._epoch = epoch
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._listen, name="bad server")
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # A blocked accept does not notice that its socket was closed: one last caller wakes it.
        self._epoch = ""
        socket.create_connection(self._listener.getsockname()).close()
        self._thread.join()
        self._listener.close()

    def _listen(self) -> None:
        while True:
            caller, _ = self._listener.accept()
            with caller:
                caller.settimeout(20)
                if not self._epoch:
                    return
                try:
                    self._serve(caller)
                except OSError:
                    continue

    def _serve(self, caller: socket.socket) -> None:
        path, body = _request(caller, self.take)
        self.asked.append(path)
        self.bodies.append(body)
        polite = self._politely(path, body) if self.polite else None
        answer = polite or (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
        if isinstance(answer, bytes):
            caller.sendall(answer)
        else:
            answer(caller)

    def _politely(self, path: str, body: bytes) -> bytes | None:
        if path.endswith("/session/renew"):
            return http(encode(_session(decode(body, Renew), self._epoch)))
        if path.endswith("/hello"):
            asked = decode(body, Hello)
            now = datetime.now(UTC)
            reply = HelloReply(rid=asked.rid, epoch=self._epoch, head=asked.known, now=self.open_to, server_time=now)
            return http(encode(reply))
        if path.endswith("/verify"):
            # a server from before there were sums
            return http(encode(Fault(rid="", code="not-found")), status="404 Not Found")
        return None


def _session(asked: Renew, epoch: str) -> Reply:
    return SignedIn(
        rid=asked.rid,
        token="t" * 20,
        lasts=3600,
        renewal="r" * 20,
        person_id="0" * 32,
        display_name="Amy",
        role=Role.ADVISOR,
        organisation="",
        epoch=epoch,
    )


def _as_it_comes(caller: socket.socket) -> bytes:
    return caller.recv(65536)


def _request(caller: socket.socket, take: Callable[[socket.socket], bytes]) -> tuple[str, bytes]:
    content = b""
    while b"\r\n\r\n" not in content:
        more = take(caller)
        if not more:
            raise ConnectionError("no request")
        content += more
        if content.startswith(TLS_HANDSHAKE):
            return "a handshake", content
    head, _, came = content.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    lengths = [line.split(":")[1] for line in lines if line.lower().startswith("content-length")]
    body = bytearray(came)
    while len(body) < int(lengths[0] if lengths else 0):
        more = take(caller)
        if not more:
            raise ConnectionError("half a request")
        body += more
    return lines[0].split(" ")[1], bytes(body)
