"""A central server that is never there: every verb is Offline."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from casework.bundle import Small
from casework.snapshot import SnapshotReply
from casework.wire import (
    Hello,
    HelloReply,
    Message,
    NewPerson,
    NewPersonReply,
    OpenUpload,
    Page,
    Pull,
    Push,
    PushReply,
    Reply,
    SignedIn,
    SignIn,
    UploadReply,
)
from sync.central import Remember
from sync.faults import Offline

R = TypeVar("R", bound=Reply)


class Nowhere:
    """A Central without a network; `verbs` counts how often each was tried."""

    def __init__(self) -> None:
        self.verbs: list[str] = []

    def _try(self, verb: str) -> Offline:
        self.verbs.append(verb)
        return Offline(verb)

    def sign_in(self, sign_in: SignIn) -> SignedIn:
        raise self._try("sign_in")

    def resume(self, device: str, renewal: str, remember: Remember) -> None:
        self.verbs.append("resume")

    def hello(self, hello: Hello) -> HelloReply:
        raise self._try("hello")

    def push(self, push: Push) -> PushReply:
        raise self._try("push")

    def pull(self, pull: Pull) -> Page:
        raise self._try("pull")

    def ask(self, message: Message, kind: type[R]) -> R:
        raise self._try("ask")

    @property
    def lanes(self) -> int:
        return 1

    @property
    def stride(self) -> int:
        return 1

    def open_upload(self, offer: OpenUpload) -> UploadReply:
        raise self._try("open_upload")

    def send_chunk(self, upload_id: str, number: int, chunk: bytes) -> None:
        raise self._try("send_chunk")

    def finish_upload(self, upload_id: str) -> None:
        raise self._try("finish_upload")

    def fetch(self, sha256: str, case_id: str, start: int) -> Iterator[bytes]:
        raise self._try("fetch")

    def send_small(self, documents: Sequence[tuple[Small, bytes]]) -> tuple[str, ...]:
        raise self._try("send_small")

    def fetch_small(self, documents: Sequence[Small]) -> list[bytes]:
        raise self._try("fetch_small")

    def fetch_snapshot(self, offer: SnapshotReply, first: int) -> Iterator[bytes]:
        raise self._try("fetch_snapshot")

    def add_person(self, person: NewPerson) -> NewPersonReply:
        raise self._try("add_person")
