"""The rules are pure: they judge by what they are given, and there is one for every command."""

import ast
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest

import casework
from casework.answers import Refused
from casework.commands import (
    AddNote,
    AnyCommand,
    AskAboutKept,
    EraseCase,
    OpenCase,
    PersonLeaves,
    PublishForm,
    PutOffKept,
    RemoveQueue,
    RemoveStep,
    SeeCase,
    SeeNotices,
    SettleKept,
    UndoSettling,
)
from casework.rules import CASE_RULES, judge_case
from casework.values import CaseStatus
from tests.rules.paper import CASE, NINE, Server, a_moment, an_active_case, envelope, person

ROOT = Path(casework.__file__).parent
SOURCES = sorted([*(ROOT / "rules").glob("*.py"), ROOT / "merge.py", ROOT / "commands.py", *ROOT.glob("values/*.py")])
ALLOWED = {"casework", "collections", "datetime", "enum", "functools", "json", "msgspec", "re", "typing"}
# what would make the same words come out differently on another machine or another day
IMPURE = {"now", "today", "utcnow", "fromtimestamp", "open", "print", "input", "eval", "exec", "hash", "id", "globals"}
UNLIKE = {"new_id", "localtime", "environ", "random", "uuid4"}


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_that_rules_have_no_clock_no_dice_no_database_and_no_network(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    names = list(imported(tree))
    assert {name.split(".")[0] for name in names} <= ALLOWED
    assert not {name.split(".")[-1] for name in names} & UNLIKE
    own = {
        "casework.answers",
        "casework.command",
        "casework.ids",
        "casework.merge",
        "casework.rules",
        "casework.values",
    }
    inside = [name for name in names if name.startswith("casework.")]
    assert all(any(name.startswith(place) for place in own) for name in inside), inside
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    said = {func.id if isinstance(func, ast.Name) else getattr(func, "attr", "") for func in called}
    assert not said & IMPURE


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_that_rules_keep_nothing_between_two_judgements(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global | ast.Nonlocal)]


def test_that_every_command_has_its_rule() -> None:
    elsewhere = {
        OpenCase,
        SettleKept,
        PutOffKept,
        AskAboutKept,
        UndoSettling,
        SeeCase,
        SeeNotices,
        PersonLeaves,
        RemoveQueue,
        EraseCase,
        PublishForm,
        RemoveStep,
    }
    assert set(CASE_RULES) | elsewhere == set(typing.get_args(AnyCommand))
    assert not set(CASE_RULES) & elsewhere


def test_that_a_command_about_no_existing_case_has_no_rule_for_one() -> None:
    server = Server(*an_active_case(person("amy")))
    command = SeeNotices(case_id=CASE, notice_ids=())
    moment = a_moment(server.desk, "amy", envelope(server.desk, AddNote(case_id=CASE, text="x"), NINE), now=NINE)
    assert judge_case(server.desk, command, server.desk.case, moment) == Refused("not-valid", {"why": "command"})


def test_that_a_rule_writes_nothing() -> None:
    server = Server(*an_active_case(person("amy")))
    before = server.desk.rows()
    said = envelope(server.desk, AddNote(case_id=CASE, text="hm"), NINE)
    judge_case(server.desk, said.say, server.desk.case, a_moment(server.desk, "amy", said, now=NINE))
    assert server.desk.rows() == before
    assert server.desk.case.status is CaseStatus.IN_PROGRESS
