"""The verbs of the central server, as the laptop says them, and the cable that a test or a demo can cut."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from casework.bundle import Small
from casework.handing_in import OpenRescue, RescuePart
from casework.snapshot import SnapshotReply, WantSnapshot
from casework.wire import (
    Hello,
    HelloReply,
    Message,
    NewPerson,
    NewPersonReply,
    News,
    OpenUpload,
    Page,
    Pull,
    Push,
    PushReply,
    Reconcile,
    Reply,
    SignedIn,
    SignIn,
    Trees,
    UploadReply,
    Verify,
)
from casework.wire_rows import CheckRows
from sync.faults import Offline

R = TypeVar("R", bound=Reply)


class Deposit(Push, frozen=True, kw_only=True):
    """Commands of a device that was reported lost: they are put by for a person to look at, and judged by nobody."""


# Where each of the things is said that `Central.ask` says.
DOORS: dict[type[Message], str] = {
    Verify: "/v1/verify",
    Reconcile: "/v1/reconcile",
    Trees: "/v1/trees",
    CheckRows: "/v1/rows",
    News: "/v1/news",
    Deposit: "/v1/deposit",
    RescuePart: "/v1/rescue",
    OpenRescue: "/v1/rescue/open",
    WantSnapshot: "/v1/snapshot",
}

# Keeps the next renewal inside the encrypted store.
Remember = Callable[[str], None]


class PaperVerbs(Protocol):
    """What is said about documents' bytes."""

    @property
    def lanes(self) -> int:
        """How many threads may say these verbs at a time."""
        ...

    @property
    def stride(self) -> int:
        """How many chunks had best go together now."""
        ...

    def open_upload(self, offer: OpenUpload) -> UploadReply:
        """Offers a document's bytes."""
        ...

    def send_chunk(self, upload_id: str, number: int, chunk: bytes) -> None:
        """Sends one chunk of an upload, or some that follow each other."""
        ...

    def finish_upload(self, upload_id: str) -> None:
        """Has the server verify the whole document."""
        ...

    def fetch(self, sha256: str, case_id: str, start: int) -> Iterator[bytes]:
        """A document's bytes from an offset on."""
        ...

    def send_small(self, documents: Sequence[tuple[Small, bytes]]) -> tuple[str, ...]:
        """Sends one bundle of small documents; for each "" once the server has verified it, else why not."""
        ...

    def fetch_small(self, documents: Sequence[Small]) -> list[bytes]:
        """One bundle of small documents' bytes, in order; empty for one that is not given."""
        ...


class Central(PaperVerbs, Protocol):
    """Every verb raises sync.faults and nothing else; a token is kept and renewed inside."""

    def sign_in(self, sign_in: SignIn) -> SignedIn:
        """Opens a session with a password, or with a one-time code the first time."""
        ...

    def resume(self, device: str, renewal: str, remember: Remember) -> None:
        """Goes on with an earlier session's renewal; nothing is sent before the first request.

        Each token comes with the next renewal, which `remember` keeps; until it has, the one before still works.
        """
        ...

    def hello(self, hello: Hello) -> HelloReply:
        """Opens a round."""
        ...

    def push(self, push: Push) -> PushReply:
        """Hands over commands."""
        ...

    def pull(self, pull: Pull) -> Page:
        """Fetches one page."""
        ...

    def ask(self, message: Message, kind: type[R]) -> R:
        """Says anything else that has one answer: sums, lists, whole cases, news, deposits, forks.

        The renewal in a Fork is filled in here; with its answer the session is the new device's.
        """
        ...

    def fetch_snapshot(self, offer: SnapshotReply, first: int) -> Iterator[bytes]:
        """The pages of each block of a snapshot, proved, from the block `first` on. Raises Malformed as well."""
        ...

    def add_person(self, person: NewPerson) -> NewPersonReply:
        """Adds somebody who works here (admins)."""
        ...


class _PapersPassedOn(ABC):
    @property
    @abstractmethod
    def _other_end(self) -> Central: ...

    @property
    def lanes(self) -> int:
        return self._other_end.lanes

    @property
    def stride(self) -> int:
        return self._other_end.stride

    def open_upload(self, offer: OpenUpload) -> UploadReply:
        return self._other_end.open_upload(offer)

    def send_chunk(self, upload_id: str, number: int, chunk: bytes) -> None:
        self._other_end.send_chunk(upload_id, number, chunk)

    def finish_upload(self, upload_id: str) -> None:
        self._other_end.finish_upload(upload_id)

    def fetch(self, sha256: str, case_id: str, start: int) -> Iterator[bytes]:
        return self._other_end.fetch(sha256, case_id, start)

    def send_small(self, documents: Sequence[tuple[Small, bytes]]) -> tuple[str, ...]:
        return self._other_end.send_small(documents)

    def fetch_small(self, documents: Sequence[Small]) -> list[bytes]:
        return self._other_end.fetch_small(documents)


class PassedOn(_PapersPassedOn):
    """Every verb but `resume`, passed on to whoever is at the other end at that moment."""

    def sign_in(self, sign_in: SignIn) -> SignedIn:
        return self._other_end.sign_in(sign_in)

    def hello(self, hello: Hello) -> HelloReply:
        return self._other_end.hello(hello)

    def push(self, push: Push) -> PushReply:
        return self._other_end.push(push)

    def pull(self, pull: Pull) -> Page:
        return self._other_end.pull(pull)

    def ask(self, message: Message, kind: type[R]) -> R:
        return self._other_end.ask(message, kind)

    def fetch_snapshot(self, offer: SnapshotReply, first: int) -> Iterator[bytes]:
        return self._other_end.fetch_snapshot(offer, first)

    def add_person(self, person: NewPerson) -> NewPersonReply:
        return self._other_end.add_person(person)


class Cable(PassedOn):
    """The way to the server, with a switch: cut, every verb is Offline, as on a visit without a signal."""

    def __init__(self, central: Central) -> None:
        self._central = central
        self.is_cut = False

    @property
    def _other_end(self) -> Central:
        if self.is_cut:
            raise Offline("the cable is cut")
        return self._central

    def resume(self, device: str, renewal: str, remember: Remember) -> None:
        self._central.resume(device, renewal, remember)


class LateCentral(PassedOn):
    """A Central that is made when the first verb is said: until then a start need not wait for what it stands on."""

    def __init__(self, make: Callable[[], Central]) -> None:
        self._make = make
        self._making = threading.Lock()
        self._made: Central | None = None
        self._session: tuple[str, str, Remember] | None = None

    @property
    def _other_end(self) -> Central:
        with self._making:
            if self._made is None:
                self._made = self._make()
                if self._session is not None:
                    self._made.resume(*self._session)
            return self._made

    def resume(self, device: str, renewal: str, remember: Remember) -> None:
        with self._making:
            self._session = (device, renewal, remember)
            if self._made is not None:
                self._made.resume(device, renewal, remember)
