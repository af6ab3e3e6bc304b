"""Makes the ids of everything: UUIDv7 as 32 hex digits, made where the thing is made, and ids that follow from them."""

import hashlib
import secrets
import time

ID_LENGTH = 32


def new_id() -> str:
    """A fresh UUIDv7 as 32 lower-case hex digits; ids made later sort later (to the millisecond)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76
    value |= secrets.randbits(12) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return f"{value:032x}"


def child_id(parent: str, label: str) -> str:
    """The id of a thing that follows from another one: the same parent and label give the same id on every machine.

    Rules may not draw random numbers, yet a command may bring several rows to life on the laptop and again on the
    server; both must give them the same ids. The first 12 digits (the time) are the parent's, so order is kept.
    """
    digest = hashlib.blake2b(f"{parent}/{label}".encode(), digest_size=10).hexdigest()
    return parent[:12] + digest
