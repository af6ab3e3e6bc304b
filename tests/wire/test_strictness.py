"""What is not exactly one of ours is Malformed, never a guess and never a crash."""

from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casework.wire import Malformed, Message, OpenUpload, Page, Push, PushReply, SignedIn, SignIn, decode, encode
from tests.wire.samples import MESSAGES

NOTE: dict[str, Any] = {"type": "note.add", "case_id": "k", "text": "hm", "mentions": []}
SAID: dict[str, Any] = {"id": "c", "at": "2026-11-02T09:00:00Z", "say": NOTE, "prev": "", "under": "", "epoch": 0}


def push(**change: Any) -> bytes:
    return msgspec.json.encode({"rid": "r", "cmds": [SAID | change]})


def note(**change: Any) -> bytes:
    return push(say=NOTE | change)


def test_that_the_plain_sample_reads() -> None:
    assert decode(push(), Push).cmds[0].say.case_id == "k"


def test_that_a_role_that_only_a_newer_server_knows_shuts_nobody_out_of_their_session() -> None:
    answer = encode(MESSAGES[SignedIn]).replace(b'"role":"advisor"', b'"role":"auditor"')
    assert decode(answer, SignedIn).role == "auditor"


@pytest.mark.parametrize(
    "body",
    [
        push(device="forged"),
        push(who="lena"),
        note(by="lena"),
        note(type="case.fly"),
        note(type=None),
        note(text=5),
        note(text=None),
        note(mentions="amy"),
        note(mentions=[1]),
        push(at="yesterday"),
        push(at=1762074000),
        push(at=None),
        push(epoch="1"),
        push(epoch=1.5),
        push(epoch=True),
        push(say=None),
        push(say=[]),
        note(type="case.owner", owner={"kind": "nobody", "id": "x"}),
        msgspec.json.encode({"cmds": []}),
        msgspec.json.encode({"rid": "r"}),
        msgspec.json.encode({"rid": "r", "cmds": {}}),
        msgspec.json.encode([]),
        b"",
        b"null",
        b'{"rid":"r","cmds":[',
        b'{"rid":"r","cmds":[]}{}',
        b"\xff\xfe{",
        b'{"rid":"\xff","cmds":[]}',
        b"<html><body>Sign in to the guest network</body></html>",
    ],
)
@pytest.mark.covers("FI1")
def test_that_a_body_that_is_not_ours_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode(body, Push)


@pytest.mark.parametrize("escape", [r"\ud800", r"\udfff", r"\udc00\ud800", r"a\ud83d"])
def test_that_half_a_character_is_malformed(escape: str) -> None:
    with pytest.raises(Malformed):
        decode(push().replace(b'"hm"', b'"%s"' % escape.encode()), Push)


@pytest.mark.parametrize(
    "text",
    ["a\x00b", "🙂👩\u200d👩\u200d👧", "\u202egnp.exe", "<b>x</b>", "\ufeff", "\u2028", "x" * 10_000, "Zoe\u0308"],
)
def test_that_text_is_data_whatever_it_says(text: str) -> None:
    (said,) = decode(note(text=text), Push).cmds
    assert msgspec.to_builtins(said.say)["text"] == text
    assert decode(encode(Push(rid="r", cmds=(said,))), Push).cmds == (said,)


@pytest.mark.parametrize("number", [2**31, 2**63, 2**64, 10**40])
def test_that_a_huge_number_is_read_for_the_rules_to_judge(number: int) -> None:
    (said,) = decode(push(epoch=number), Push).cmds
    assert said.epoch == number


@pytest.mark.covers("FH1")
def test_that_an_answer_of_a_newer_server_still_counts() -> None:
    body = encode(MESSAGES[PushReply])[:-1] + b',"colour":"blue"}'
    assert decode(body, PushReply) == MESSAGES[PushReply]


def test_that_one_kind_of_body_does_not_pass_for_another() -> None:
    with pytest.raises(Malformed):
        decode(encode(MESSAGES[OpenUpload]), SignIn)
    with pytest.raises(Malformed):
        decode(encode(MESSAGES[PushReply]), Page)


@given(st.binary(max_size=200))
@example(b'{"rid":"r","cmds":[' + b"[" * 200)
def test_that_no_bytes_make_it_crash(body: bytes) -> None:
    for kind in MESSAGES:
        try:
            decode(body, kind)
        except Malformed:
            continue


@given(data=st.data())
def test_that_a_changed_byte_is_malformed_or_another_message_and_no_crash(data: st.DataObject) -> None:
    kind: type[Message] = data.draw(st.sampled_from(list(MESSAGES)))
    body = bytearray(encode(MESSAGES[kind]))
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert isinstance(decode(bytes(body), kind), kind)
    except Malformed:
        return
