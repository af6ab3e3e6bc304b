"""The central server over HTTP: the only file that knows requests, and the one place that names its faults."""

import gzip
import hashlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import requests
import truststore
from requests.adapters import HTTPAdapter

from casework.ids import new_id
from casework.wire import (
    MEDIA_TYPE,
    Fault,
    Hello,
    HelloReply,
    Malformed,
    Message,
    NewPerson,
    NewPersonReply,
    OpenUpload,
    Page,
    Pull,
    Push,
    PushReply,
    Renew,
    Reply,
    SignedIn,
    SignIn,
    UploadReply,
    check_reply,
    decode,
    encode,
)
from sync.address import checked_url
from sync.central import Remember
from sync.faults import (
    BadPaper,
    Busy,
    Diverged,
    Locked,
    NotOurServer,
    Offline,
    OutOfDate,
    Rejected,
    ServerFault,
    SignedOut,
    TooLarge,
)

R = TypeVar("R", bound=Reply)
CONNECT_SECONDS = 6.0
READ_SECONDS = 60.0
GZIP_FROM = 2_000
PIECE = 256 * 1024


class _OperatingSystemTrust(HTTPAdapter):
    """Certificates are judged by the operating system's store, so an office's own authority works (promises 5.7)."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return super().init_poolmanager(*args, ssl_context=context, **kwargs)


class HttpCentral:
    """A Central over requests. One thread at a time; nothing is retried in here but a renewal, with the same body."""

    def __init__(self, url: str, *, read_seconds: float = READ_SECONDS) -> None:
        self.url = checked_url(url)
        self._timeout = (CONNECT_SECONDS, read_seconds)
        # requests' sessions are not for several threads at once: the sync and an admin's click have one each
        self._sessions = threading.local()
        self._token = ""
        self._device = ""
        self._renewal = ""
        self._remember: Remember = _forget

    def close(self) -> None:
        """Lets go of this thread's connection."""
        self._session.close()

    @property
    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._sessions, "session", None)
        if session is None:
            session = self._sessions.session = requests.Session()
            session.mount("https://", _OperatingSystemTrust(max_retries=0))
            session.mount("http://", HTTPAdapter(max_retries=0))
        return session

    def sign_in(self, sign_in: SignIn) -> SignedIn:
        signed_in = self._ask("/v1/session", sign_in, SignedIn, with_token=False)
        self._token, self._device, self._renewal = signed_in.token, sign_in.device, signed_in.renewal
        return signed_in

    def resume(self, device: str, renewal: str, remember: Remember) -> None:
        self._token, self._device, self._renewal = "", device, renewal
        self._remember = remember

    def hello(self, hello: Hello) -> HelloReply:
        return self._ask("/v1/hello", hello, HelloReply)

    def push(self, push: Push) -> PushReply:
        return self._ask("/v1/push", push, PushReply)

    def pull(self, pull: Pull) -> Page:
        return self._ask("/v1/pull", pull, Page)

    def add_person(self, person: NewPerson) -> NewPersonReply:
        return self._ask("/v1/people", person, NewPersonReply)

    def open_upload(self, offer: OpenUpload) -> UploadReply:
        return self._ask("/v1/uploads", offer, UploadReply)

    def send_chunk(self, upload_id: str, number: int, chunk: bytes) -> None:
        headers = {"X-Chunk-SHA256": hashlib.sha256(chunk).hexdigest(), "Content-Type": "application/octet-stream"}
        self._with_token("PUT", f"/v1/uploads/{upload_id}/{number}", chunk, headers)

    def finish_upload(self, upload_id: str) -> None:
        self._with_token("POST", f"/v1/uploads/{upload_id}/finish", b"", {})

    def fetch(self, sha256: str, case_id: str, start: int) -> Iterator[bytes]:
        headers = {"Range": f"bytes={start}-"} if start else {}
        with _faults_named():
            answer = self._with_token("GET", f"/v1/documents/{sha256}?case={case_id}", None, headers, stream=True)
            if start and answer.status_code != requests.codes.partial_content:
                raise BadPaper("the server did not go on where the download had stopped")
            yield from answer.iter_content(PIECE)

    def _ask(self, path: str, message: Message, kind: type[R], *, with_token: bool = True) -> R:
        body = encode(message)
        headers = {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE}
        if len(body) >= GZIP_FROM:
            body = gzip.compress(body, compresslevel=1)
            headers["Content-Encoding"] = "gzip"
        send = self._with_token if with_token else self._send
        answer = send("POST", path, body, headers)
        try:
            reply = decode(answer.content, kind)
            check_reply(reply, message.rid)
        except Malformed as error:
            raise NotOurServer("an answer that does not fit") from error
        return reply

    def _with_token(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], *, stream: bool = False
    ) -> requests.Response:
        """Sends with the session's token; a token that has run out is renewed once, and the same request repeated."""
        if not self._token:
            self._renew()
        try:
            return self._send(method, path, body, {**headers, **self._bearer()}, stream=stream)
        except SignedOut:
            self._renew()
            return self._send(method, path, body, {**headers, **self._bearer()}, stream=stream)

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _renew(self) -> None:
        if not self._renewal:
            raise SignedOut("no session")
        renew = Renew(rid=new_id(), device=self._device, renewal=self._renewal)
        signed_in = self._ask("/v1/session/renew", renew, SignedIn, with_token=False)
        self._token, self._renewal = signed_in.token, signed_in.renewal
        self._remember(signed_in.renewal)

    def _send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], *, stream: bool = False
    ) -> requests.Response:
        with _faults_named():
            answer = self._session.request(
                method,
                self.url + path,
                data=body,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=stream,
            )
            _check(answer, whole=not stream)
        return answer


def _forget(renewal: str) -> None:
    """Before a store is open there is nowhere to keep it; the sign-in hands it over."""


@contextmanager
def _faults_named() -> Iterator[None]:
    """Turns the library's errors into ours."""
    try:
        yield
    except requests.exceptions.SSLError as error:
        raise NotOurServer("the connection could not be trusted", {"why": "certificate"}) from error
    except (requests.ConnectionError, requests.Timeout) as error:
        raise Offline(type(error).__name__) from error
    except requests.exceptions.ContentDecodingError as error:
        raise NotOurServer("an answer that does not fit") from error
    except requests.RequestException as error:
        raise Offline(type(error).__name__) from error


def _check(answer: requests.Response, *, whole: bool) -> None:
    """Passes an answer that counts, raises the fault that any other one means (protocol 13)."""
    status = answer.status_code
    ours = answer.headers.get("Content-Type", "").split(";")[0].strip() == MEDIA_TYPE
    if status < requests.codes.multiple_choices:
        if whole and not ours and answer.content:
            raise NotOurServer("another kind of page")
        return
    fault = _fault_in(answer) if ours else None
    if status == requests.codes.request_entity_too_large:
        raise TooLarge
    if fault is not None and fault.code == "too-many-tries":
        raise Rejected(fault.code, fault.facts)
    if status in (requests.codes.too_many_requests, requests.codes.service_unavailable):
        raise Busy(after=_seconds(answer.headers.get("Retry-After", "")))
    if fault is None:
        if status >= requests.codes.server_error:
            raise ServerFault(str(status))
        raise NotOurServer(f"status {status}")
    _raise_for(status, fault)


def _raise_for(status: int, fault: Fault) -> None:
    kinds = {"signed-out": SignedOut, "locked-out": Locked, "out-of-date": OutOfDate, "diverged": Diverged}
    if fault.code in kinds:
        raise kinds[fault.code](fault.code, fault.facts)
    if status >= requests.codes.server_error:
        raise ServerFault(fault.code)
    raise Rejected(fault.code, fault.facts)


def _fault_in(answer: requests.Response) -> Fault | None:
    try:
        return decode(answer.content, Fault)
    except Malformed:
        return None


def _seconds(retry_after: str) -> float:
    return min(float(retry_after), 300.0) if retry_after.isdigit() else 5.0
