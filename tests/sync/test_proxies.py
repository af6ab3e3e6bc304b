"""Behind an office's proxy the operating system says who is to be trusted, as it does without one (promises 5.7)."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from casework.ids import new_id
from casework.wire import Fault, SignIn, encode
from sync.faults import NotOurServer, Rejected
from sync.http import HttpCentral
from tests.kit_certificates import an_offices_certificate
from tests.sync.bad_server import http


class Proxy:
    """A proxy, and the server behind it: says "sign-in-wrong" to whoever trusts it."""

    def __init__(self, server: Path) -> None:
        self.asked: list[bytes] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(server)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve_one, name="proxy")
        self._thread.start()

    def _serve_one(self) -> None:
        caller, _ = self._listener.accept()
        with caller, suppress(OSError):
            caller.settimeout(20)
            self.asked.append(caller.recv(65536))
            caller.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with self._context.wrap_socket(caller, server_side=True) as line:
                self.asked.append(_whole_request(line))
                fault = encode(Fault(rid="", code="sign-in-wrong"))
                line.sendall(http(fault, status="401 Unauthorized"))

    def close(self) -> None:
        self._thread.join(20)
        self._listener.close()


def _whole_request(line: socket.socket) -> bytes:
    """To its last byte: a line that is closed over an unread rest is reset, and its answer may be lost."""
    with line.makefile("rb") as file:
        head = b"".join(iter(file.readline, b"\r\n"))
        (length,) = (int(one.split(b":")[1]) for one in head.splitlines() if one.lower().startswith(b"content-length:"))
        return head + file.read(length)


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The way out of this office; the system trusts nobody yet."""
    _, server = an_offices_certificate(tmp_path)
    made = Proxy(server)
    monkeypatch.setenv("HTTPS_PROXY", made.url)
    yield made
    made.close()


def sign_in() -> None:
    central = HttpCentral("https://127.0.0.1:9")
    central.sign_in(
        SignIn(rid=new_id(), username="amy", password="x", code="", device=new_id(), device_name="laptop", app="0.1.0")
    )


def test_that_the_offices_own_authority_is_trusted_behind_its_proxy(
    proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with pytest.raises(Rejected) as said:
        sign_in()
    assert said.value.code == "sign-in-wrong"
    assert proxy.asked[0].startswith(b"CONNECT 127.0.0.1:9 ")


def test_that_nobody_else_is_trusted_behind_a_proxy(proxy: Proxy) -> None:
    with pytest.raises(NotOurServer) as said:
        sign_in()
    assert said.value.facts == {"why": "certificate"}
    assert len(proxy.asked) == 1
