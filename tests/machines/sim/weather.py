"""The wire in all weathers: what a laptop asks gets lost, repeated, delayed, cut, or is answered by somebody else."""

import random
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

from msgspec import structs

from casework.wire import Malformed, Message, Page, ReconcileReply, Reply, check_reply, decode, encode
from sync.faults import Busy, NotOurServer, Offline, Rejected, ServerFault, SignedOut, SyncFault, TooLarge
from tests.kit_near import NearCentral

Ask = Callable[..., Any]


class Fate(StrEnum):
    """What happens to one request."""

    CALM = "calm"
    # never arrives
    DROPPED = "dropped"
    PORTAL = "portal"
    SIGNED_OUT = "401"
    TOO_LARGE = "413"
    BUSY = "503"
    BROKEN = "500"
    GARBLED = "garbled"
    # arrives, and its answer does not
    LOST = "lost"
    BROKEN_AFTER = "500 after"
    CUT = "cut"
    STRANGER = "stranger"
    # a server that has lost sight of everything says so (FD6)
    EMPTY = "empty"
    # arrives twice, or at another time
    TWICE = "twice"
    LATE = "late"
    AGAIN = "again"


_NOT_SENT: dict[Fate, Callable[[], SyncFault]] = {
    Fate.DROPPED: Offline,
    Fate.PORTAL: NotOurServer,
    Fate.SIGNED_OUT: SignedOut,
    Fate.TOO_LARGE: TooLarge,
    Fate.BUSY: Busy,
    Fate.BROKEN: ServerFault,
    Fate.GARBLED: lambda: Rejected("not-understood"),
}
_NOT_ANSWERED: dict[Fate, Callable[[], SyncFault]] = {Fate.LOST: Offline, Fate.BROKEN_AFTER: ServerFault}
BAD = tuple(fate for fate in Fate if fate is not Fate.CALM)


def calm() -> Fate:
    """Everything arrives."""
    return Fate.CALM


class Pieces(tuple[bytes, ...]):
    """A document as it came."""

    __slots__ = ()


class Air:
    """What all laptops share: who listens to each answer, what was written down, and requests that are still about."""

    def __init__(self, pick: random.Random, note: Callable[..., None]) -> None:
        self.pick = pick
        self.note = note
        self.late: list[Callable[[], Any]] = []
        self.heard: Callable[[NearCentral, Any], None] = lambda wire, answer: None

    def deliver(self) -> None:
        """One request that was on its way for long arrives; nobody waits for its answer any more."""
        if not self.late:
            return
        arrives = self.late.pop(self.pick.randrange(len(self.late)))
        try:
            arrives()
        except SyncFault as fault:
            self.note("late", fault.code)


class Weather:
    """A Central: hands on each verb of the wire behind it, as its fate is. `meanwhile` happens while one is away."""

    # one document at a time, a chunk at a time: what follows upon what must follow from the seed
    lanes = 1
    stride = 1

    def __init__(self, wire: NearCentral, air: Air) -> None:
        self.wire = wire
        self.air = air
        self.fate: Callable[[], Fate] = calm
        self.meanwhile: Callable[[], object] | None = None
        self.met_emptiness = False
        # a device that has not heard that it has another name goes on under its old one
        self.device: Callable[[], str] | None = None

    def __getattr__(self, verb: str) -> Ask:
        ask: Ask = getattr(self.wire, verb)
        return lambda *given: self._say(verb, ask, given)

    def _say(self, verb: str, ask: Ask, given: tuple[Any, ...]) -> Any:
        fate = self.fate()
        if self.device is not None:
            self.wire.resume(self.device(), "", lambda renewal: None)
        verb = type(given[0]).__name__ if verb == "ask" else verb
        try:
            answer = self._carry(fate, lambda: self._hear(ask(*given)))
        except SyncFault as fault:
            self.air.note(verb, fate, fault.code)
            raise
        self.air.note(verb, fate, _kind_of(answer))
        if self.meanwhile is not None:
            self.meanwhile()
        return answer

    def _hear(self, answer: Any) -> Any:
        """The answer as the server gave it, whether it arrives or not; a document's bytes all at once."""
        whole = Pieces(answer) if isinstance(answer, Iterator) else answer
        self.air.heard(self.wire, whole)
        return whole

    def _carry(self, fate: Fate, ask: Callable[[], Any]) -> Any:
        if self.meanwhile is not None:
            self.meanwhile()
        if fate in _NOT_SENT:
            raise _NOT_SENT[fate]()
        if fate is Fate.LATE:
            self.air.late.append(ask)
            raise Offline("not yet there")
        answer = ask()
        if fate in _NOT_ANSWERED:
            raise _NOT_ANSWERED[fate]()
        if fate is Fate.TWICE:
            answer = ask()
        elif fate is Fate.AGAIN:
            self.air.late.append(ask)
        elif fate is Fate.EMPTY and isinstance(answer, Page):
            self.met_emptiness = True
            return structs.replace(answer, now=(), whole={}, rows={}, stamps={}, evict=())
        elif fate is Fate.EMPTY and isinstance(answer, ReconcileReply):
            self.met_emptiness = True
            return structs.replace(answer, now=(), cases=(), after="")
        elif fate is Fate.CUT:
            return self._cut(answer)
        elif fate is Fate.STRANGER and isinstance(answer, Reply):
            return _understood(encode(structs.replace(answer, rid="0" * 32)), type(answer), answer.rid)
        return answer

    def _cut(self, answer: Any) -> Any:
        if isinstance(answer, Pieces):
            kept = b"".join(answer)
            return _cut_off(kept[: self.air.pick.randrange(len(kept))])
        if not isinstance(answer, Reply):
            raise Offline("the answer was cut")
        body = encode(answer)
        return _understood(body[: self.air.pick.randrange(len(body))], type(answer), answer.rid)


def _understood(body: bytes, kind: type[Reply], rid: str) -> Message:
    """As sync/http.py judges an answer."""
    try:
        reply = decode(body, kind)
        check_reply(reply, rid)
    except Malformed as error:
        raise NotOurServer("an answer that does not fit") from error
    return reply


def _cut_off(content: bytes) -> Iterator[bytes]:
    yield content
    raise Offline("the rest did not come")


def _kind_of(answer: Any) -> str:
    return type(answer).__name__
