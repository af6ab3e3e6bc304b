"""What an answer over HTTP says: the message in it, or the fault that it means (protocol 13)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TypeVar

from casework.wire import MEDIA_TYPE, Fault, Malformed, Reply, check_reply, decode
from sync.faults import (
    Busy,
    Diverged,
    Forked,
    Locked,
    NotOurServer,
    OutOfDate,
    Rejected,
    ServerFault,
    SignedOut,
    SyncFault,
    TooFarBack,
    TooLarge,
)

R = TypeVar("R", bound=Reply)
_KINDS: dict[str, type[SyncFault]] = {
    kind.code: kind for kind in (SignedOut, Locked, OutOfDate, Diverged, Forked, TooFarBack)
}


def understood(content: bytes, kind: type[R], rid: str) -> R:
    """The message in an answer's body. Raises NotOurServer unless it answers the request `rid` (FI1)."""
    try:
        reply = decode(content, kind)
        check_reply(reply, rid)
    except Malformed as error:
        raise NotOurServer("an answer that does not fit") from error
    return reply


def media_type(headers: Mapping[str, str]) -> str:
    """What kind of page the body is."""
    return headers.get("Content-Type", "").split(";")[0].strip()


def fault_meant(status: int, headers: Mapping[str, str], content: bytes) -> SyncFault:
    """The fault that an answer means which is no good one; `status` is 300 or more."""
    fault = _fault_in(content) if media_type(headers) == MEDIA_TYPE else None
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return TooLarge()
    if fault is not None and fault.code == "too-many-tries":
        return Rejected(fault.code, fault.facts)
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return Busy(after=_seconds(headers.get("Retry-After", "")))
    if fault is None:
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:
            return ServerFault(str(status))
        return NotOurServer(f"status {status}")
    if fault.code in _KINDS:
        return _KINDS[fault.code](fault.code, fault.facts)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServerFault(fault.code)
    return Rejected(fault.code, fault.facts)


def _fault_in(content: bytes) -> Fault | None:
    try:
        return decode(content, Fault)
    except Malformed:
        return None


def _seconds(retry_after: str) -> float:
    return min(float(retry_after), 300.0) if retry_after.isdecimal() else 5.0
