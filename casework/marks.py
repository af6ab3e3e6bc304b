"""Stamps of changes, and the marks and sums by which two sides tell whether they hold the same cases (protocol 11)."""

import hashlib
from collections.abc import Iterable

# (the server's running number, the running hash beside it as 16 hex digits)
Stamp = tuple[int, str]
START: Stamp = (0, "")

# How many cases, and the sum modulo 2^64 of their marks as 16 hex digits.
Sum = tuple[int, str]
_MODULUS = 1 << 64


def mark_of(case_id: str, stamp: Stamp) -> int:
    """A case's part in a scope's sum: 64 bits of a hash over its id and the stamp of its last change."""
    told = f"{case_id}/{stamp[0]}/{stamp[1]}".encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big")


def sum_of(marks: Iterable[int]) -> Sum:
    """How many marks, and their sum."""
    count = total = 0
    for mark in marks:
        count, total = count + 1, (total + mark) % _MODULUS
    return count, f"{total:016x}"


def changed_sum(before: Sum, cases: int, mark: int) -> Sum:
    """The sum with so many cases and so much mark more; less where they are negative."""
    return before[0] + cases, f"{(int(before[1], 16) + mark) % _MODULUS:016x}"


def whole_sum(parts: Iterable[Sum]) -> Sum:
    """The sum of sums over different cases."""
    count = total = 0
    for cases, told in parts:
        count, total = count + cases, (total + int(told, 16)) % _MODULUS
    return count, f"{total:016x}"


def bucket_of(case_id: str) -> str:
    """In which of the 256 buckets a case is: by the end of its id, for the beginning is the time (UUIDv7)."""
    return case_id[-2:]
