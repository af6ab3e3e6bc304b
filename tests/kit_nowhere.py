"""A central server that is never there: every verb is Offline."""

from collections.abc import Iterator

from casework.wire import (
    Hello,
    HelloReply,
    NewPerson,
    NewPersonReply,
    OpenUpload,
    Page,
    Pull,
    Push,
    PushReply,
    SignedIn,
    SignIn,
    UploadReply,
)
from sync.central import Remember
from sync.faults import Offline


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

    def open_upload(self, offer: OpenUpload) -> UploadReply:
        raise self._try("open_upload")

    def send_chunk(self, upload_id: str, number: int, chunk: bytes) -> None:
        raise self._try("send_chunk")

    def finish_upload(self, upload_id: str) -> None:
        raise self._try("finish_upload")

    def fetch(self, sha256: str, case_id: str, start: int) -> Iterator[bytes]:
        raise self._try("fetch")

    def add_person(self, person: NewPerson) -> NewPersonReply:
        raise self._try("add_person")
