"""Every command that ever shipped is still read, with all that it says (tests/wire/corpus_of_commands.py)."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from casework.commands import Said
from tests.wire.corpus_of_commands import COMMANDS, CORPUS, tag_of

FILES = sorted(CORPUS.glob("*/*.json"))


def says_all(before: Any, after: Any) -> bool:
    """Whether nothing that was said has become something else; what a later version adds is its own."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(name in after and says_all(value, after[name]) for name, value in before.items())
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(says_all, before, after))
    return bool(before == after)


@pytest.mark.covers("FH4")
@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_that_a_command_that_shipped_is_read_with_all_that_it_says(file: Path) -> None:
    for line in json.loads(file.read_text("utf-8")):
        body = msgspec.json.encode(line)
        back = msgspec.json.decode(msgspec.json.encode(msgspec.json.decode(body, type=Said)))
        assert says_all(line, back)


@pytest.mark.covers("FH4")
def test_that_every_command_has_been_written_down() -> None:
    written = {file.stem for file in FILES}
    assert {tag_of(kind) for kind in COMMANDS} - written == set(), "run python -m tests.wire.corpus_of_commands"
