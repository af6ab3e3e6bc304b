"""Behind an office's proxy the operating system says who is to be trusted, as it does without one (promises 5.7)."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from casework.ids import new_id
from casework.wire import Fault, SignIn, encode
from sync.faults import NotOurServer, Rejected
from sync.http import HttpCentral
from tests.sync.bad_server import http


def a_certificate(folder: Path) -> tuple[Path, Path]:
    """The office's own authority vouches for itself as the loopback: the certificate, and it with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "The office")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(
            issuer_name=name,
            subject_name=name,
            public_key=key.public_key(),
            serial_number=1,
            not_valid_before=now - timedelta(days=1),
            not_valid_after=now + timedelta(days=1),
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    public = builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
    authority, server = folder / "authority.pem", folder / "server.pem"
    authority.write_bytes(public)
    server.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + public)
    return authority, server


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
                self.asked.append(line.recv(65536))
                fault = encode(Fault(rid="", code="sign-in-wrong"))
                line.sendall(http(fault, status="401 Unauthorized"))

    def close(self) -> None:
        self._thread.join(20)
        self._listener.close()


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The way out of this office; the system trusts nobody yet."""
    _, server = a_certificate(tmp_path)
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
