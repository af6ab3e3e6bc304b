"""Each checker of the house rules bites on a planted sin, and lets through what is allowed."""

import pytest

from tests.house_rules import Source, draws_only, names_no_place, problems

DOC = '"""A planted file."""\n'
VIEW, TEST = "desktop/views/planted.py", "tests/test_planted.py"
SINS = {
    "a long function": ("casework/planted.py", "def grow():\n" + "    one = 1\n" * 70, "71 lines"),
    "a long file": ("casework/planted.py", "one = 1\n" * 400, "401 lines"),
    "many methods": (
        "sync/planted.py",
        "class Sync:\n" + "".join(f"    def do_{letter}(self): ...\n" for letter in "abcdefghijklm"),
        "13 public methods",
    ),
    "many arguments": (
        "sync/planted.py",
        "class S:\n    def __init__(self, a, b, c, *, d, e, f, g): ...",
        "7 arguments",
    ),
    "an empty name": ("casework/planted.py", "class CaseManager: ...", "says nothing"),
    "an empty file name": ("casework/utils.py", "", "says nothing"),
    "a bare except": ("casework/planted.py", "try: ...\nexcept: ...", "catches everything"),
    "a catch-all": ("server/app.py", "try: ...\nexcept (OSError, Exception): ...", "catches everything"),
    "a late import": ("server/planted.py", "def late():\n    import json", "imports inside late"),
    "requests elsewhere": ("sync/engine.py", "import requests.adapters", "only sync/http.py"),
    "keyring elsewhere": ("desktop/app.py", "from keyring import errors", "only sync/credentials.py"),
    "Qt elsewhere": ("sync/planted.py", "from PySide6 import QtCore", "Qt stays"),
    "a GPL module": (VIEW, "from PySide6.QtCharts import QChart", "not under the LGPL"),
    "a GPL module by name": (VIEW, "from PySide6 import QtGraphs", "not under the LGPL"),
    "pickle": ("casework/planted.py", "import pickle", "runs what it reads"),
    "eval": ("casework/planted.py", "eval('1')", "runs what it reads"),
    "yaml": ("casework/planted.py", "import yaml\nyaml.load('')", "runs what it reads"),
    "no TLS check": ("sync/http.py", "get('', verify=False)", "verify=False"),
    "no TLS check, later": ("sync/http.py", "session.verify = False", "verify=False"),
    "a shell": ("casework/planted.py", "run('ls', shell=True)", "shell=True"),
    "a raw label": (VIEW, "QLabel('')", "plain-text labels"),
    "a raw label by module": (VIEW, "QtWidgets.QLabel('')", "plain-text labels"),
    "a label of its own": (VIEW, "class Mine(QLabel): ...", "plain-text labels"),
    "rich text": (VIEW, "note.setHtml('')", "setHtml"),
    "rich text by format": ("desktop/widgets/labels.py", "Qt.TextFormat.RichText", "RichText"),
    "an error message box": (VIEW, "from PySide6.QtWidgets import QErrorMessage", "QErrorMessage"),
    "a test without a fact": (TEST, "def test_case(): ...", "states a fact"),
    "a mock": (TEST, "from unittest.mock import MagicMock", "no mocks"),
    "a replaced part": (TEST, "monkeypatch.setattr('sync.engine.push', 1)", "our own code"),
    "a replaced attribute": (TEST, "from sync import engine\nmonkeypatch.setattr(engine, 'a', 1)", "our own code"),
    "a nap": (TEST, "import time\ntime.sleep(1)", "not for time"),
    "a nap by name": (TEST, "from time import sleep", "not for time"),
    "a fixed wait": (TEST, "qtbot.wait(500)", "not for time"),
    "a skip": (TEST, "@pytest.mark.skip\ndef test_that_it_is(): ...", "runs and passes"),
}


def said(path: str, text: str) -> str:
    """What the checkers say about a file with this text."""
    return "\n".join(problems(Source(path, DOC + text)))


@pytest.mark.parametrize(("path", "text", "words"), SINS.values(), ids=SINS)
def test_that_a_planted_sin_is_found(path: str, text: str, words: str) -> None:
    assert words in said(path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("desktop/app.py", "def start():\n    import sqlalchemy\ntry: ...\nexcept Exception: ..."),
        ("sync/http.py", "import requests"),
        ("sync/credentials.py", "import keyring"),
        ("desktop/widgets/labels.py", "class PlainLabel(QLabel): ..."),
        ("casework/tables.py", "one = 1\n" * 500),
        (TEST, "monkeypatch.setenv('TZ', 'UTC')\nmonkeypatch.setattr(sys, 'platform', 'win32')"),
        (VIEW, "class Board(QListView):\n    def keyPressEvent(self, event): ..."),
    ],
)
def test_that_what_is_allowed_is_let_through(path: str, text: str) -> None:
    assert said(path, text) == ""


@pytest.mark.parametrize("words", ["", "'''No full stop'''", "one = 1"])
def test_that_a_file_without_its_sentence_is_found(words: str) -> None:
    assert "one sentence" in "\n".join(problems(Source("sync/planted.py", words)))


@pytest.mark.parametrize(
    "line", ["see https://" + "py" + "pi.org/project/x", "cd /" + "root/doorstep", "C:" + "\\Users\\ben"]
)
def test_that_a_place_of_one_machine_is_found(line: str) -> None:
    assert list(names_no_place(Source("README.md", line)))


@pytest.mark.parametrize(
    "inside",
    ["<script/>", '<image href="x.png"/>', '<g onload="f()"/>', '<use href="http://host/x.svg"/>', "<path>"],
)
def test_that_an_icon_that_does_more_than_draw_is_found(inside: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{inside}</svg>'
    assert list(draws_only(Source("resources/icons/planted.svg", svg)))
