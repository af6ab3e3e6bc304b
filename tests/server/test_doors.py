"""What the server does with requests that it never asked for: nothing, in the same words for everybody."""

import gzip
import itertools

import msgspec
import pytest
from backports import zstd

from casework.wire import (
    MEDIA_TYPE,
    OLDEST_APP,
    OLDEST_SCHEMA,
    SCHEMA,
    START,
    Hello,
    HelloReply,
    Malformed,
    Message,
    Pull,
    Push,
    PushReply,
    check_reply,
    decode,
    encode,
)
from server.app import doors
from tests.server.kit_central import Answer, Central, Visitor, a_new_case, a_note, said

WORDS = {"Content-Type": MEDIA_TYPE}
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=31536000",
}


PUBLIC = {
    ("POST", "/v1/session"),
    ("POST", "/v1/session/renew"),
    ("POST", "/v1/session/fork"),
    ("GET", "/healthz"),
}
# every door that there is, so that a new one cannot be forgotten here
DOORS = sorted(set(doors()) - PUBLIC)
ODD_PATHS = (
    "//v1/hello",
    "/v1//hello",
    "/v1/hello/",
    "/V1/HELLO",
    "/v1/%68ello",
    "/v1/hello%2f",
    "/v1/../v1/hello",
    "/v1/hello;x",
    "/",
    "/docs",
    "/openapi.json",
    "/redoc",
    "/admin",
    "/.env",
    "/v1",
    "/v1/documents/../../etc/passwd",
)


@pytest.mark.covers("FF8")
@pytest.mark.parametrize(("method", "path"), DOORS)
def test_that_no_door_opens_without_a_token(central: Central, method: str, path: str) -> None:
    path = path.replace("{sha256}", "0" * 64).replace("{number}", "0").replace("{upload_id}", "1" * 32)
    for token in ("", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", f"Bearer {'x' * 5000}"):
        headers = {**WORDS, **({"Authorization": token} if token else {})}
        answer = central.line.send(method, path, headers, b"{}")
        assert (answer.status, answer.fault.code) == (401, "signed-out")


@pytest.mark.covers("FF8")
def test_that_an_odd_path_is_no_way_round_the_door(central: Central) -> None:
    for method, path in itertools.product(("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"), ODD_PATHS):
        answer = central.line.send(method, path, WORDS, b"")
        assert answer.status == 401, (method, path)


def test_that_an_address_that_is_none_says_so_to_who_is_in(central: Central) -> None:
    amy = central.visitor("amy")
    answer = amy.send_bytes("GET", "/v1/nothing", b"")
    assert (answer.status, answer.fault.code) == (404, "not-found")


def test_that_every_answer_has_the_headers_that_guard_it(central: Central) -> None:
    amy = central.visitor("amy")
    answers = (
        amy.send("/v1/hello", amy.greeting()),
        amy.send_bytes("GET", "/v1/nothing", b""),
        central.line.send("GET", "/healthz", {}, b""),
        central.line.send("GET", "/", {}, b""),
    )
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "server" not in answer.headers
        assert not any(name.startswith("access-control") for name in answer.headers)


def test_that_health_is_public_and_says_nothing_else(central: Central) -> None:
    assert central.line.send("GET", "/healthz", {}, b"").body == b"ok\n"


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", WORDS, 400),
        (b"{", WORDS, 400),
        (b"[]", WORDS, 400),
        (b'{"rid": 1}', WORDS, 400),
        (b"\xff\xfe", WORDS, 400),
        (b"{}" * 10, WORDS, 400),
        (rb'{"rid":"r","username":"a\u0000"}', WORDS, 400),
        (b'{"rid":"' + b"r" * 100 + b'"}', WORDS, 400),
        (b"{}", {"Content-Type": "application/json"}, 415),
        (b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b"{}", {**WORDS, "Content-Encoding": "br"}, 415),
        (b"not gzip", {**WORDS, "Content-Encoding": "gzip"}, 400),
        (gzip.compress(b"{}", mtime=0)[:-4], {**WORDS, "Content-Encoding": "gzip"}, 400),
        (zstd.compress(b"{}")[:-1], {**WORDS, "Content-Encoding": "zstd"}, 400),
        (zstd.compress(b" " * 50_000_000), {**WORDS, "Content-Encoding": "zstd"}, 413),
        (b" " * 4_000_001, WORDS, 413),
        (gzip.compress(b" " * 50_000_000, mtime=0), {**WORDS, "Content-Encoding": "gzip"}, 413),
    ],
)
def test_that_a_body_that_does_not_fit_is_refused(
    central: Central, body: bytes, headers: dict[str, str], status: int
) -> None:
    amy = central.visitor("amy")
    for path in ("/v1/hello", "/v1/push", "/v1/pull", "/v1/session", "/v1/uploads"):
        answer = amy.send_bytes("POST", path, body, headers)
        assert answer.status == status, path
        assert answer.fault.code in ("not-understood", "too-large")


@pytest.mark.covers("FI6")
def test_that_more_commands_than_one_push_may_carry_are_refused_whole(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    body = {"rid": "r", "cmds": [{"id": str(number)} for number in range(201)]}
    answer = amy.send_bytes("POST", "/v1/push", str(body).replace("'", '"').encode(), WORDS)
    assert (answer.status, answer.fault.code, answer.fault.rid) == (413, "too-large", "r")
    assert central.case(case.id).rev == case.rev


def test_that_bodies_may_be_packed_both_ways(central: Central) -> None:
    priya = central.visitor("priya")
    priya.say(*(a_new_case(client=f"Client {number}") for number in range(30)))
    body = encode(Pull(rid="packed", cur=START, held=("all",)))
    for packing, small in (("gzip", gzip.compress(body, mtime=0)), ("zstd", zstd.compress(body))):
        headers = {**WORDS, "Content-Encoding": packing, "Accept-Encoding": packing}
        answer = priya.send_bytes("POST", "/v1/pull", small, headers)
        assert answer.headers["content-encoding"] == packing
        assert answer.headers["accept-encoding"] == "zstd, gzip"
        assert int(answer.headers["content-length"]) < len(answer.body) / 3


@pytest.mark.covers("FI1")
def test_that_an_answer_bears_the_requests_own_id(central: Central) -> None:
    amy = central.visitor("amy")
    sent = amy.greeting()
    reply = decode(amy.send("/v1/hello", sent).body, HelloReply)
    check_reply(reply, sent.rid)
    with pytest.raises(Malformed):
        check_reply(reply, "another")


def greet(amy: Visitor, hello: Hello) -> Answer:
    return amy.send("/v1/hello", hello)


@pytest.mark.parametrize("proto", [0, 2, 99])
def test_that_an_app_of_another_protocol_is_told_so_and_may_still_push(central: Central, proto: int) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    reply = decode(greet(amy, amy.greeting(proto=proto)).body, HelloReply)
    assert (reply.pull, reply.push, reply.access, reply.min_app) == ("upgrade", "ok", "ok", OLDEST_APP)
    assert amy.say(a_note(case))[0].st == "applied"


def test_that_an_app_that_cannot_read_the_rows_here_is_told_so_and_one_that_can_is_not(central: Central) -> None:
    amy = central.visitor("amy")
    pulls = {}
    for schema in (OLDEST_SCHEMA - 1, OLDEST_SCHEMA, SCHEMA, SCHEMA + 1):
        pulls[schema] = decode(greet(amy, msgspec.structs.replace(amy.greeting(), schema=schema)).body, HelloReply).pull
    assert pulls.pop(OLDEST_SCHEMA - 1) == "upgrade"
    assert set(pulls.values()) == {"ok"}


def test_that_hello_names_the_device_that_signed_in(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    ben.device = amy.device
    answer = greet(ben, ben.greeting())
    assert (answer.status, answer.fault.code) == (409, "device-of-another")


def test_that_what_is_not_there_and_what_may_not_be_seen_look_alike(central: Central) -> None:
    case = central.owned_by("amy")
    ben = central.visitor("ben")
    hidden = ben.send_bytes("GET", f"/v1/documents/{'0' * 64}?case={case.id}", b"")
    nowhere = ben.send_bytes("GET", f"/v1/documents/{'0' * 64}?case={'1' * 32}", b"")
    assert (hidden.status, hidden.body) == (nowhere.status, nowhere.body)
    assert hidden.fault.code == "not-found"


def test_that_a_bug_answers_with_a_code_and_nothing_else(central: Central) -> None:
    amy = central.visitor("amy")
    with central.database.writing() as conn:
        conn.exec_driver_sql(f"""UPDATE queue SET member_ids = 'spoilt "{amy.id}"'""")
    answer = amy.send("/v1/pull", Pull(rid="r", cur=START, held=()))
    assert (answer.status, answer.fault.code) == (500, "server-could-not")
    assert b"spoilt" not in answer.body


def test_that_a_message_of_any_kind_is_read_strictly(central: Central) -> None:
    amy = central.visitor("amy")
    answer = amy.send("/v1/pull", Message(rid="only-this"))
    assert (answer.status, answer.fault.rid) == (400, "")


def test_that_the_public_doors_are_the_ones_that_must_be(central: Central) -> None:
    assert set(doors()) >= PUBLIC
    assert len(DOORS) >= 10
    for method, path in PUBLIC:
        assert b"signed-out" not in central.line.send(method, path, WORDS, b"").body


@pytest.mark.parametrize("sign", ["\\u0000", "%00", "\\ud800", "'", "%"])
def test_that_no_sign_in_an_id_breaks_anything(central: Central, sign: str) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    good = encode(Push(rid="r", cmds=(said(a_note(case)),))).decode()
    (ack,) = decode(amy.send_bytes("POST", "/v1/push", good.encode(), WORDS).body, PushReply).acks
    spoilt = good.replace(case.id, f"{case.id}{sign}").replace(ack.id, f"{ack.id}{sign}")
    answer = amy.send_bytes("POST", "/v1/push", spoilt.encode(), WORDS)
    assert answer.status == 400 or all(not one.st.is_final for one in decode(answer.body, PushReply).acks)
    for path in (f"/v1/documents/{'0' * 64}?case={sign}", f"/v1/uploads/{sign}/finish"):
        assert amy.send_bytes("GET", path, b"").status in (404, 405)
