"""Every command and every body comes out of the wire as it went in."""

import typing
from contextlib import nullcontext
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework import handing_in, snapshot, wire, wire_rows
from casework.commands import AnyCommand, Command, Said
from casework.snapshot import SnapshotReply
from casework.wire import (
    MAGIC,
    PROTOCOL,
    FromStore,
    Malformed,
    Message,
    Page,
    Push,
    ReconcileReply,
    Reply,
    RowsReply,
    VerifyReply,
    check_reply,
    decode,
    encode,
)
from casework.wire_rows import CheckedRows
from tests.wire.samples import MESSAGES, anything, said

COMMANDS = typing.get_args(AnyCommand)


def shapes(kind: type[Any]) -> set[type[Any]]:
    return {kind} | {leaf for below in kind.__subclasses__() for leaf in shapes(below)}


def test_that_every_shape_of_the_wire_has_a_sample() -> None:
    modules = {module.__name__ for module in (wire, wire_rows, snapshot, handing_in)}
    told = {shape for shape in shapes(Message) if shape.__module__ in modules}
    assert set(MESSAGES) == told - {FromStore, Message, Reply, RowsReply}


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
def test_that_a_body_comes_out_as_it_went_in(kind: type[Message]) -> None:
    assert decode(encode(MESSAGES[kind]), kind) == MESSAGES[kind]


@pytest.mark.covers("FH4")
@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
@settings(max_examples=25)
@given(data=st.data())
def test_that_a_command_comes_out_as_it_went_in(kind: type[Command], data: st.DataObject) -> None:
    command = data.draw(anything(kind))
    push = Push(rid="r", cmds=(said(command),))
    (back,) = decode(encode(push), Push).cmds
    assert type(back.say) is kind
    assert msgspec.json.encode(back) == msgspec.json.encode(said(command))


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
@settings(max_examples=20)
@given(data=st.data())
def test_that_any_value_of_a_body_survives(kind: type[Message], data: st.DataObject) -> None:
    if kind is Push:
        return
    message = data.draw(anything(kind))
    assert encode(decode(encode(message), kind)) == encode(message)


def test_that_every_command_has_a_name_of_its_own() -> None:
    tags = [str(kind.__struct_config__.tag) for kind in COMMANDS]
    assert len(tags) == len(set(tags))
    assert all(tag.count(".") == 1 and tag.islower() for tag in tags)


@pytest.mark.covers("FI1")
@pytest.mark.parametrize("kind", [kind for kind in MESSAGES if issubclass(kind, Reply)], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("change", [{"p": "portal"}, {"rid": "another"}])
def test_that_an_answer_counts_only_with_magic_and_request(kind: type[Reply], change: dict[str, Any]) -> None:
    answer = MESSAGES[kind]
    assert isinstance(answer, Reply)
    check_reply(answer, "r")
    with pytest.raises(Malformed):
        check_reply(msgspec.structs.replace(answer, **change), "r")


# Shapes that may change, for an app that cannot read them any more is told so at its hello.
ROWS = {Page, VerifyReply, ReconcileReply, CheckedRows, SnapshotReply}


@pytest.mark.parametrize("kind", [kind for kind in MESSAGES if issubclass(kind, Reply)], ids=lambda kind: kind.__name__)
def test_that_only_rows_count_in_one_version_alone(kind: type[Reply]) -> None:
    """What is said at the door, of words and of documents keeps its shape: an old app goes on sending (protocol 13)."""
    answer = MESSAGES[kind]
    assert isinstance(answer, Reply)
    later = msgspec.structs.replace(answer, v=PROTOCOL + 1)
    with pytest.raises(Malformed) if kind in ROWS else nullcontext():
        check_reply(later, "r")


def test_that_a_reply_says_whose_it_is() -> None:
    assert b'"p":"%s"' % MAGIC.encode() in encode(wire.Fault(rid="r", code="x"))


def test_that_what_follows_from_a_default_is_said_all_the_same() -> None:
    assert b'"facts":{}' in encode(wire.Fault(rid="r", code="x"))


def test_that_an_envelope_reads_without_what_has_a_default() -> None:
    body = b'{"id":"c","at":"2026-11-02T09:00:00Z","say":{"type":"note.add","case_id":"k","text":"hm"}}'
    read = msgspec.json.decode(body, type=Said)
    assert (read.prev, read.under, read.epoch, read.again) == ("", "", 0, False)
