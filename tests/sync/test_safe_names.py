"""Names that every system takes, and endings that would run."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sync.safe_names import LONGEST, runs_when_opened, safe_name


@given(some.text(max_size=400))
def test_that_every_name_becomes_one_that_every_system_takes(name: str) -> None:
    made = safe_name(name)
    assert made
    assert len(made.encode()) <= LONGEST
    assert not set(made) & set('<>:"/\\|?*\0\n\u202e')
    assert made == made.strip(". ")
    assert safe_name(made) == made
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / made).write_bytes(b"")
        assert [path.name for path in Path(folder).iterdir()] == [made]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bill å.pdf", "bill å.pdf"),
        ("..\\..\\windows\\win.ini", "_.._windows_win.ini"),
        ("/etc/passwd", "_etc_passwd"),
        ("CON.pdf", "_CON.pdf"),
        ("lpt1", "_lpt1"),
        ("note.txt:hidden", "note.txt_hidden"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("...", "document"),
        (".pdf", "pdf"),
        ("a\u0301.pdf", "á.pdf"),
        ("x" * 300 + ".jpeg", "x" * 115 + ".jpeg"),
        ("🏠" * 100 + ".png", "🏠" * 29 + ".png"),
        ("<b>.pdf", "_b_.pdf"),
    ],
)
def test_that_names_keep_their_sense(name: str, expected: str) -> None:
    assert safe_name(name) == expected


def test_that_an_ending_is_judged_after_the_name_is_made_safe() -> None:
    assert runs_when_opened("letter.exe. . ")
    assert not runs_when_opened("exe.pdf")
    assert not runs_when_opened("letter")
