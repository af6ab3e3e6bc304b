"""Whatever answers instead of the server, or in the middle of it, clears nothing here and is told for what it is."""

import gzip
import itertools
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from backports import zstd

from casework.ids import new_id
from casework.rows import all_of, find
from casework.values import Case, Person
from casework.wire import MEDIA_TYPE, Fault, OpenUpload, Pull, Push, UploadReply, decode, encode
from server import scope
from sync import outbox, state
from sync.engine import Engine
from sync.faults import BadPaper, Busy, NotOurServer, Offline, Rejected, ServerFault, SignedOut, SyncFault, TooLarge
from sync.http import HttpCentral
from tests.journeys import saying
from tests.kit_certificates import a_certificate_of_ones_own
from tests.kit_near import Desk, NearWorld
from tests.machines.organisation import snapshot
from tests.sync.bad_server import Answer, BadServer, http

HTML = b"<html><body>Welcome to FreeWiFi. Please sign in.</body></html>"
JSON = b'{"rid":"1","p":"doorstep-sync","v":1,"acks":[]}'


def drip(caller: socket.socket) -> None:
    """One byte at a time, for as long as anybody listens."""
    caller.sendall(http(b"", length=1000))
    caller.settimeout(0.05)
    for _ in range(300):
        caller.sendall(b" ")
        with suppress(TimeoutError):
            if not caller.recv(1):
                return


def hang_up(caller: socket.socket) -> None:
    """Nothing at all."""


def say_nothing(caller: socket.socket) -> None:
    """Waits until the other side has had enough."""
    caller.recv(1)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: " + MEDIA_TYPE.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
GZIP = "Content-Encoding: gzip\r\n"
ZSTD = "Content-Encoding: zstd\r\n"
BOMB = gzip.compress(bytes(200_000_000), compresslevel=9)

WEATHER: dict[str, tuple[Answer, type[SyncFault]]] = {
    "a portal's page": (http(HTML, kind="text/html"), NotOurServer),
    "a portal's empty page": (http(b"", kind="text/html"), NotOurServer),
    "a page that says it is ours": (http(HTML), NotOurServer),
    "a redirect": (http(b"", status="302 Found", more="Location: http://portal.invalid/\r\n"), NotOurServer),
    "a moved page": (http(HTML, status="301 Moved", kind="text/html", more="Location: /x\r\n"), NotOurServer),
    "network sign-in": (http(HTML, status="511 Network Authentication Required", kind="text/html"), NotOurServer),
    "a proxy's sign-in": (http(HTML, status="407 Proxy Authentication Required", kind="text/html"), NotOurServer),
    "a proxy's 401": (http(HTML, status="401 Unauthorized", kind="text/html"), NotOurServer),
    "a proxy's 403": (http(HTML, status="403 Forbidden", kind="text/html"), NotOurServer),
    "a proxy's 404": (http(HTML, status="404 Not Found", kind="text/html"), NotOurServer),
    "a proxy's 422": (http(HTML, status="422 Unprocessable", kind="text/html"), NotOurServer),
    "a bad gateway": (http(HTML, status="502 Bad Gateway", kind="text/html"), ServerFault),
    "a broken server": (http(b"broken", status="500 Oops", kind="text/plain"), ServerFault),
    "another request's answer": (http(JSON), NotOurServer),
    "nothing in it": (http(b""), NotOurServer),
    "no JSON": (http(b"\xff\xfe\x00"), NotOurServer),
    "half of it": (http(JSON[:20], length=len(JSON)), Offline),
    "half a chunk": (CHUNKED + b"ff\r\n" + JSON[:10], Offline),
    "half a packed one": (http(gzip.compress(JSON)[:20], more=GZIP), NotOurServer),
    "not packed as it says": (http(JSON, more=GZIP), NotOurServer),
    "a bomb": (http(BOMB, more=GZIP), NotOurServer),
    "a bomb of the newer kind": (http(zstd.compress(bytes(200_000_000)), more=ZSTD), NotOurServer),
    "half a packed one of the newer kind": (http(zstd.compress(JSON)[:20], more=ZSTD), NotOurServer),
    "not packed as it says, in the newer kind": (http(JSON, more=ZSTD), NotOurServer),
    "a hang-up": (hang_up, Offline),
    "silence": (say_nothing, Offline),
    "a drip": (drip, Offline),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", Offline),
    "busy": (http(b"busy", status="503 Busy", kind="text/plain", more="Retry-After: 7\r\n"), Busy),
    "too many": (http(b"slow", status="429 Slow down", kind="text/plain", more="Retry-After: 9\r\n"), Busy),
}


@pytest.fixture
def amy(world: NearWorld) -> Desk:
    """Amy's laptop with a word to send."""
    priya = world.desk("priya")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    desk = world.desk("amy")
    saying.note(desk, case_id, "to send")
    return desk


@pytest.fixture
def bad(world: NearWorld) -> Iterator[BadServer]:
    with BadServer(epoch=world.server.epoch()) as server:
        yield server


def central_to(url: str, *, read_seconds: float = 0.4) -> HttpCentral:
    central = HttpCentral(url, read_seconds=read_seconds)
    central.resume("0" * 32, "renewal", lambda renewal: None)
    return central


@pytest.mark.covers("FI1", "FA4", "FD7", "FI14")
@pytest.mark.parametrize("weather", WEATHER)
@pytest.mark.parametrize("polite", [True, False], ids=["in the middle", "from the start"])
def test_that_no_such_answer_clears_or_deletes_anything(amy: Desk, bad: BadServer, weather: str, polite: bool) -> None:
    answer, kind = WEATHER[weather]
    bad.answers, bad.polite = [answer], polite
    before = amy.look(snapshot), amy.look(outbox.everything), amy.look(state.cursor)
    started = time.monotonic()
    fault = Engine(amy.laptop, central_to(bad.url)).sync_once().fault
    assert type(fault) is kind
    assert time.monotonic() - started < 12
    assert (amy.look(snapshot), amy.look(outbox.everything), amy.look(state.cursor)) == before
    assert all("portal.invalid" not in path for path in bad.asked)


def test_that_patience_is_asked_for_in_seconds_and_never_for_ever(amy: Desk, bad: BadServer) -> None:
    for asked, expected in (("7", 7.0), ("999999", 300.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 5.0), ("-1", 5.0)):
        busy = http(b"", status="503 Busy", more=f"Retry-After: {asked}\r\n")
        bad.answers = [busy]
        fault = Engine(amy.laptop, central_to(bad.url)).sync_once().fault
        assert isinstance(fault, Busy)
        assert fault.after == expected


@pytest.mark.covers("FI6")
def test_that_a_proxy_with_a_small_limit_gets_small_requests(amy: Desk, bad: BadServer) -> None:
    case_id = amy.look(lambda conn: str(conn.exec_driver_sql("SELECT id FROM case_file").scalar_one()))
    for number in range(3):
        saying.note(amy, case_id, f"more {number}")
    bad.answers = [http(HTML, status="413 Too Large", kind="text/html")]
    report = Engine(amy.laptop, central_to(bad.url)).sync_once()
    sent = [len(decode(body, Push).cmds) for path, body in zip(bad.asked, bad.bodies, strict=True) if "push" in path]
    assert sent == [4, 2, 1, 1, 1, 1]
    assert isinstance(report.fault, NotOurServer | TooLarge)
    assert amy.look(outbox.count) == 4


def test_that_nobody_at_the_address_is_offline_and_no_address_is_said_so(amy: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    assert isinstance(Engine(amy.laptop, central_to(f"http://127.0.0.1:{port}")).sync_once().fault, Offline)
    for typed in ("", "ftp://office.example", "http://", "office example:x", "https://a:99999"):
        with pytest.raises(Rejected):
            HttpCentral(typed)


def test_that_a_connection_that_cannot_be_trusted_is_not_used(amy: Desk, bad: BadServer, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(a_certificate_of_ones_own(tmp_path))
    heard: list[bytes] = []

    def shake_hands(caller: socket.socket) -> None:
        """Goes on from the first bytes, which came already, as a TLS server does."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        incoming.write(bad.bodies[-1])
        line = context.wrap_bio(incoming, outgoing, server_side=True)
        while True:
            try:
                heard.append(line.read())
                return
            except ssl.SSLWantReadError:
                caller.sendall(outgoing.read())
                incoming.write(caller.recv(65536))
            except ssl.SSLError:
                return

    bad.answers = [shake_hands]
    fault = Engine(amy.laptop, central_to(bad.url.replace("http:", "https:"))).sync_once().fault
    assert isinstance(fault, NotOurServer)
    assert fault.facts == {"why": "certificate"}
    assert heard == []


def test_that_a_server_without_encryption_is_not_talked_to_as_if_it_had_one(amy: Desk, bad: BadServer) -> None:
    bad.answers = [b"HTTP/1.1 400 Bad Request\r\n\r\n"]
    fault = Engine(amy.laptop, central_to(bad.url.replace("http:", "https:"))).sync_once().fault
    assert isinstance(fault, NotOurServer)
    assert set(bad.asked) == {"a handshake"}


def amy_sees(amy: Desk) -> tuple[str, ...]:
    """The scopes that are open to her now."""
    with amy.world.server.database.reading() as conn:
        person = find(conn, Person, amy.person_id)
        assert person is not None
        return scope.scopes_of(conn, person)


def signed_out(rid: str) -> bytes:
    return http(encode(Fault(rid=rid, code="signed-out")), status="401 Unauthorized")


@pytest.mark.covers("FI2")
def test_that_a_long_pull_outlives_its_sign_in_many_times(world: NearWorld, bad: BadServer) -> None:
    priya = world.desk("priya")
    wanted = {saying.referral(priya, last_name=f"Client {number}") for number in range(25)}
    priya.sync()
    amy = Desk(world, "amy")
    amy.wire.page_bytes = 2_000
    calls = itertools.count(1)

    def every_third_is_too_late(caller: socket.socket) -> None:
        asked = decode(bad.bodies[-1], Pull)
        too_late = next(calls) % 3 == 0
        caller.sendall(signed_out(asked.rid) if too_late else http(encode(amy.wire.pull(asked))))

    bad.answers, bad.open_to = [every_third_is_too_late], amy_sees(amy)
    assert Engine(amy.laptop, central_to(bad.url, read_seconds=20)).sync_once().fault is None
    assert {case.id for case in amy.look(lambda conn: all_of(conn, Case))} == wanted
    assert bad.asked.count("/v1/session/renew") > 8
    amy.laptop.close()


@pytest.mark.covers("FA3")
def test_that_a_token_that_ran_out_is_renewed_once_and_the_same_request_repeated(amy: Desk, bad: BadServer) -> None:
    kept: list[str] = []
    central = HttpCentral(bad.url, read_seconds=1)
    central.resume("0" * 32, "renewal", kept.append)
    bad.answers = [signed_out("x")]
    with pytest.raises(SignedOut):
        central.push(Push(rid="the same", cmds=()))
    assert bad.asked == ["/v1/session/renew", "/v1/push", "/v1/session/renew", "/v1/push"]
    assert [decode(body, Push).rid for body in bad.bodies[1::2]] == ["the same", "the same"]
    assert kept == ["r" * 20, "r" * 20]
    assert amy.look(outbox.count) == 1


def test_that_without_a_session_nothing_is_sent(amy: Desk, bad: BadServer) -> None:
    central = HttpCentral(bad.url)
    with pytest.raises(SignedOut):
        central.push(Push(rid="1", cmds=()))
    assert bad.asked == []


@pytest.mark.covers("FA5", "FI11")
@pytest.mark.parametrize("answer", [http(b"", kind="text/html"), http(HTML, kind="text/html"), http(HTML), http(b"")])
def test_that_no_portal_takes_a_document_for_the_server(bad: BadServer, answer: bytes) -> None:
    central = central_to(bad.url)
    bad.answers = [answer]
    with pytest.raises(NotOurServer):
        central.send_chunk("0" * 32, 0, b"bytes")
    with pytest.raises(NotOurServer):
        central.finish_upload("0" * 32)
    with pytest.raises(NotOurServer):
        central.open_upload(OpenUpload(rid=new_id(), sha256="0" * 64, size=1, case_id="0" * 32))
    with pytest.raises(NotOurServer):
        list(central.fetch("0" * 64, "0" * 32, 0))


@pytest.mark.parametrize("start", [0, 10])
def test_that_a_download_goes_on_only_where_it_was_asked_to(bad: BadServer, start: int) -> None:
    bad.answers = [http(b"from the start", kind="application/octet-stream")]
    fetched = central_to(bad.url).fetch("0" * 64, "0" * 32, start)
    if start:
        with pytest.raises(BadPaper):
            list(fetched)
    else:
        assert b"".join(fetched) == b"from the start"


def test_that_a_download_cut_in_the_middle_is_offline(bad: BadServer) -> None:
    central = central_to(bad.url)
    bad.answers = [http(b"half", kind="application/octet-stream", length=1000)]
    with pytest.raises(Offline):
        list(central.fetch("0" * 64, "0" * 32, 0))


def test_that_a_polite_answer_is_taken(bad: BadServer) -> None:
    def answer(caller: socket.socket) -> None:
        rid = decode(bad.bodies[-1], OpenUpload).rid
        caller.sendall(http(encode(UploadReply(rid=rid, have=True))))

    bad.answers = [answer]
    asked = OpenUpload(rid=new_id(), sha256="0" * 64, size=1, case_id="0" * 32)
    assert central_to(bad.url).open_upload(asked).have
