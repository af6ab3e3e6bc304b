"""docs/wire.md leaves nothing out from which a stranger could write a client."""

import re
from pathlib import Path

import msgspec
import pytest

from casework.answers import Status
from casework.commands import Command, Said
from casework.snapshot import SnapshotReply, WantSnapshot
from casework.store_faults import StoreFault
from casework.tables import TABLES
from casework.values import Role
from casework.wire import (
    MAGIC,
    MEDIA_TYPE,
    MOST_COMMANDS,
    Ack,
    Fault,
    Fill,
    Fork,
    Hello,
    HelloReply,
    Message,
    NewPerson,
    NewPersonReply,
    News,
    NewsReply,
    OpenUpload,
    Page,
    Pull,
    Push,
    PushReply,
    Reconcile,
    ReconcileReply,
    Renew,
    SignedIn,
    SignIn,
    Trees,
    UploadReply,
    Verify,
    VerifyReply,
)
from server.app import doors

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/wire.md").read_text(encoding="utf-8")
MESSAGES: tuple[type[msgspec.Struct], ...] = (
    Ack,
    Fault,
    Fill,
    Fork,
    Hello,
    HelloReply,
    NewPerson,
    NewPersonReply,
    News,
    NewsReply,
    OpenUpload,
    Page,
    Pull,
    Push,
    PushReply,
    Reconcile,
    ReconcileReply,
    Renew,
    Said,
    SignIn,
    SignedIn,
    Trees,
    UploadReply,
    Verify,
    VerifyReply,
    WantSnapshot,
    SnapshotReply,
)


def fields_of(kind: type[msgspec.Struct]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(kind)]


@pytest.mark.parametrize("command", Command.__subclasses__(), ids=lambda kind: str(kind.__struct_config__.tag))
def test_that_every_command_is_told_with_all_its_fields(command: type[Command]) -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{command.__struct_config__.tag}` |")]
    told = set(re.findall(r"`(\w+)`", line))
    assert set(fields_of(command)) - {"case_id"} <= told


@pytest.mark.parametrize("message", MESSAGES, ids=lambda kind: str(kind.__name__))
def test_that_every_field_of_every_message_is_told(message: type[Message]) -> None:
    for name in fields_of(message):
        assert re.search(rf'["`]{name}["`]', PAGE), name


@pytest.mark.parametrize("table", [table.name for table in TABLES.values()])
def test_that_every_table_and_its_columns_are_told(table: str) -> None:
    assert f"`{table}`" in PAGE
    (found,) = [one for one in TABLES.values() if one.name == table]
    for column in found.columns:
        assert f"`{column.name}`" in PAGE, column.name


def test_that_every_status_role_and_constant_is_told() -> None:
    for word in (*Status, *Role):
        assert f"`{word}`" in PAGE, word
    for word in (MAGIC, MEDIA_TYPE, f"{MOST_COMMANDS},"):
        assert word in PAGE, word


def test_that_every_code_of_the_servers_is_told() -> None:
    said: set[str] = {kind.code for kind in StoreFault.__subclasses__()} - {"store-wrong-key"}
    for source in (ROOT / "server").glob("*.py"):
        text = source.read_text(encoding="utf-8")
        said |= set(re.findall(r'(?:Problem\(\d+, |return |code(?:: str)? ?= ?)"([a-z]+(?:-[a-z]+)+)"', text))
    told = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", PAGE))
    # what only a start can meet, before there is anybody to answer
    said -= {"store-fault", "store-from-newer-app", "store-sqlite-too-old", "blob-gone"}
    assert said <= told


def test_that_every_address_is_told() -> None:
    assert len(doors()) >= 12
    for _, address in doors():
        told = address.replace("{upload_id}", "<upload_id>").replace("{number}", "<n>")
        told = told.replace("{sha256}", "<sha256>").replace("{person_id}", "<id>")
        told = told.replace("{snapshot_id}", "<id>")
        assert re.search(rf"{re.escape(told)}(?![\w/])", PAGE), address
