"""Writes down every command as this version says it, once and for good: `python -m tests.wire.corpus_of_commands`.

One file a command below the version that shipped it first; a file that is there is never written again. What a
laptop may have in its outbox has to be read by every later version (FH4).
"""

import enum
import json
import types
import typing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from casework.commands import AnyCommand, Said
from sync.greeting import APP

CORPUS = Path(__file__).parent / "corpus"
COMMANDS: tuple[type[msgspec.Struct], ...] = typing.get_args(AnyCommand)
_PLAIN: dict[Any, Any] = {
    str: "Zoë’s words",
    int: 7,
    float: 1.5,
    bool: True,
    date: date(2026, 11, 3),
    datetime: datetime(2026, 11, 3, 9, 30, tzinfo=UTC),
    Decimal: Decimal("12.50"),
    bytes: b"bytes",
    object: "plain",
    Any: "plain",
}


def tag_of(kind: type[msgspec.Struct]) -> str:
    """The command's name on the wire."""
    return str(kind.__struct_config__.tag)


def write_missing() -> list[str]:
    """Writes the commands that no version has written yet; returns which."""
    written = []
    folder = CORPUS / APP
    for kind in COMMANDS:
        if not list(CORPUS.glob(f"*/{tag_of(kind)}.json")):
            folder.mkdir(parents=True, exist_ok=True)
            lines = [_plain(_example(kind, is_whole=True)), _least(kind)]
            text = json.dumps(lines, ensure_ascii=False, indent=1)
            (folder / f"{tag_of(kind)}.json").write_text(text + "\n", encoding="utf-8")
            written.append(tag_of(kind))
    return written


def _plain(command: Any) -> Any:
    """The envelope as it lies in an outbox."""
    said = Said(id="a" * 32, at=_PLAIN[datetime], say=command, prev="b" * 32, under="c" * 32, epoch=2)
    return msgspec.json.decode(msgspec.json.encode(said))


def _least(kind: type[msgspec.Struct]) -> Any:
    """The same with nothing but what has to be said, as another client may send it."""
    whole = _plain(_example(kind, is_whole=False))
    required = {field.name for field in msgspec.structs.fields(kind) if field.required}
    say = {name: value for name, value in whole["say"].items() if name in {"type", *required}}
    return {"id": whole["id"], "at": whole["at"], "say": say}


def _example(kind: type[msgspec.Struct], *, is_whole: bool) -> msgspec.Struct:
    fields = [field for field in msgspec.structs.fields(kind) if is_whole or field.required]
    return kind(**{field.name: _value(field.type, is_whole=is_whole) for field in fields})


def _value(hint: Any, *, is_whole: bool) -> Any:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _example(hint, is_whole=is_whole)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is dict:
        key, value = (_value(one, is_whole=is_whole) for one in arguments)
        return {key: value}
    if origin is tuple and arguments[-1] is ...:
        return (_value(arguments[0], is_whole=is_whole),)
    if origin is tuple:
        return tuple(_value(one, is_whole=is_whole) for one in arguments)
    if origin in (typing.Union, types.UnionType):
        return _value(next(one for one in arguments if one is not types.NoneType), is_whole=is_whole)
    if origin is typing.Literal:
        return arguments[0]
    raise TypeError(f"no example of {hint}")


if __name__ == "__main__":
    write_missing()
