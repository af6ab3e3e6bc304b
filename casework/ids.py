"""Makes the ids of everything: UUIDv7 as 32 hex digits, made where the thing is made, and ids that follow from them."""

import hashlib
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

ID_LENGTH = 32
_SHAPE = re.compile(r"[0-9a-f]{32}")


class Source(Protocol):
    """Where new ids come from."""

    def milliseconds(self) -> int:
        """The time since 1970."""
        ...

    def bits(self, count: int) -> int:
        """So many random bits."""
        ...


class _Machine:
    """The machine's own clock and random numbers."""

    def milliseconds(self) -> int:
        return time.time_ns() // 1_000_000

    def bits(self, count: int) -> int:
        return secrets.randbits(count)


_source: Source = _Machine()


@contextmanager
def use(source: Source) -> Iterator[None]:
    """Takes ids from another source in this process, so that a simulated world has the same ones each time."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before


def new_id() -> str:
    """A fresh UUIDv7 as 32 lower-case hex digits; ids made later sort later (to the millisecond)."""
    value = (_source.milliseconds() & (1 << 48) - 1) << 80
    value |= 0x7 << 76
    value |= _source.bits(12) << 64
    value |= 0b10 << 62
    value |= _source.bits(62)
    return f"{value:032x}"


def noise(size: int) -> bytes:
    """So many random bytes that nobody can guess."""
    return _source.bits(8 * size).to_bytes(size, "big")


def child_id(parent: str, label: str) -> str:
    """The id of a thing that follows from another one: the same parent and label give the same id on every machine.

    Rules may not draw random numbers, yet a command may bring several rows to life on the laptop and again on the
    server; both must give them the same ids. The first 12 digits (the time) are the parent's, so order is kept.
    """
    digest = hashlib.blake2b(f"{parent}/{label}".encode(), digest_size=10).hexdigest()
    return parent[:12] + digest


def is_id(text: str) -> bool:
    """Whether a text has the shape of an id; nothing else is looked up."""
    return _SHAPE.fullmatch(text) is not None
