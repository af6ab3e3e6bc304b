"""The central server over HTTP: the only file that knows requests, and the one place that names what it raises."""

import hashlib
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from time import monotonic
from typing import Any, TypeVar

import msgspec
import requests
import truststore
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

from casework.bundle import Bundle, BundleGiven, BundleTaken, Small, divided, packed, unpacked
from casework.ids import new_id
from casework.packing import WORTH_PACKING, best
from casework.packing import packed as packed_words
from casework.snapshot import SnapshotReply
from casework.snapshot_blocks import opened
from casework.wire import (
    MEDIA_TYPE,
    Fork,
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
    encode,
)
from sync.address import checked_url
from sync.central import DOORS, Remember
from sync.faults import BadPaper, NotOurServer, Offline, SignedOut
from sync.http_answers import fault_meant, media_type, understood
from sync.paper_lanes import Pace

R = TypeVar("R", bound=Reply)
T = TypeVar("T")
CONNECT_SECONDS = 6.0
READ_SECONDS = 60.0
LANES = 4
PIECE = 64 * 1024
MOST_ANSWER = 64 * 1024 * 1024
# Bytes a second, on average, below which waiting is given up after the usual patience.
SLOWEST = 500
BYTES = "application/octet-stream"


class _Unhurried(HTTPConnection):
    """Each piece that is sent may take as long as a wait for an answer; left alone, it had no longer than a connect."""

    def __init__(self, *args: Any, patience: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patience = patience

    def endheaders(self, *args: Any, **kwargs: Any) -> None:
        super().endheaders(*args, **kwargs)
        assert self.sock is not None
        self.sock.settimeout(self._patience)


class _UnhurriedAndSafe(_Unhurried, HTTPSConnection):
    pass


class _OurWay(HTTPAdapter):
    """Certificates are judged by the operating system's store, so an office's own authority works (promises 5.7)."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
        return super().init_poolmanager(*args, ssl_context=_as_the_system_trusts(), **kwargs)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=_as_the_system_trusts(), **kwargs)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _UnhurriedAndSafe if isinstance(pool, HTTPSConnectionPool) else _Unhurried
        pool.conn_kw["patience"] = self._patience
        return pool


class _Line:
    """Requests of one session to one server, and what its answers mean.

    Nothing is retried in here but a renewal, with the same body.
    """

    def __init__(
        self, url: str, *, read_seconds: float = READ_SECONDS, connect_seconds: float = CONNECT_SECONDS
    ) -> None:
        self.url = checked_url(url)
        self._patience = read_seconds
        self._connect_seconds = connect_seconds
        self._renewing = threading.Lock()
        self._pace = Pace()
        # until an answer says what else the server takes
        self._packing = "gzip"
        # requests' sessions are not for several threads at once: each request takes one that is free
        self._free: list[requests.Session] = []
        self._token = ""
        self._device = ""
        self._renewal = ""
        self._remember: Remember = _forget

    def close(self) -> None:
        """Lets go of every connection that is not in use."""
        while self._free:
            self._free.pop().close()

    @contextmanager
    def _session(self) -> Iterator[requests.Session]:
        try:
            session = self._free.pop()
        except IndexError:
            session = requests.Session()
            session.auth = _as_it_is
            for way in ("https://", "http://"):
                session.mount(way, _OurWay(self._patience))
        try:
            yield session
        finally:
            self._free.append(session)

    def _ask(self, path: str, message: Message, kind: type[R], *, with_token: bool = True) -> R:
        body = encode(message)
        headers = {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE}
        if len(body) >= WORTH_PACKING:
            body = packed_words(body, self._packing)
            headers["Content-Encoding"] = self._packing

        def send(bearer: dict[str, str]) -> bytes:
            return self._send("POST", path, body, {**headers, **bearer})

        return understood(self._with_token(send) if with_token else send({}), kind, message.rid)

    def _hand_over(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        """Sends bytes; the server's answer echoes the request's id, so that no portal passes for it (FA5)."""
        rid = new_id()
        headers = {**headers, "X-Rid": rid, "Accept": MEDIA_TYPE}
        understood(self._with_token(lambda bearer: self._send(method, path, body, {**headers, **bearer})), Reply, rid)

    def _with_token(self, send: Callable[[dict[str, str]], T]) -> T:
        """Sends with the session's token; one that has run out is renewed once, and the same request repeated."""
        spent = self._token
        if not spent:
            self._renew(spent)
        try:
            spent = self._token
            return send(self._bearer())
        except SignedOut:
            self._renew(spent)
            return send(self._bearer())

    def _fork(self, asked: Fork, kind: type[R]) -> R:
        """The renewal is the proof of whose store it is; from the answer on the session is the new device's."""
        with self._renewing:
            proof = msgspec.structs.replace(asked, device=self._device, renewal=self._renewal)
            signed_in = self._ask("/v1/session/fork", proof, SignedIn, with_token=False)
            self._token, self._device, self._renewal = signed_in.token, asked.new_device, signed_in.renewal
        assert isinstance(signed_in, kind)
        return signed_in

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _renew(self, spent: str) -> None:
        # Two threads that renewed at once would each make the other's renewal worthless.
        with self._renewing:
            if self._token != spent:
                return
            if not self._renewal:
                raise SignedOut("no session")
            renew = Renew(rid=new_id(), device=self._device, renewal=self._renewal)
            signed_in = self._ask("/v1/session/renew", renew, SignedIn, with_token=False)
            self._token, self._renewal = signed_in.token, signed_in.renewal
            self._remember(signed_in.renewal)

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str], *, kind: str = MEDIA_TYPE) -> bytes:
        """The whole body of an answer that counts."""
        with _faults_named(), self._request(method, path, body, headers) as answer:
            content = _whole(answer, self._patience)
            if answer.status_code >= requests.codes.multiple_choices:
                raise fault_meant(answer.status_code, answer.headers, content)
            if media_type(answer.headers) != kind:
                raise NotOurServer("another kind of page")
            self._packing = best(answer.headers.get("Accept-Encoding", "")) or self._packing
            return content

    def _open(self, path: str, headers: dict[str, str]) -> requests.Response:
        """An answer whose bytes are still to come; the caller closes it."""
        answer = self._request("GET", path, b"", headers)
        if answer.status_code >= requests.codes.multiple_choices:
            with answer:
                raise fault_meant(answer.status_code, answer.headers, _whole(answer, self._patience))
        if media_type(answer.headers) != BYTES:
            answer.close()
            raise NotOurServer("another kind of page")
        return answer

    def _request(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> requests.Response:
        with _faults_named(), self._session() as session:
            return session.request(
                method,
                self.url + path,
                # as a file it goes piece by piece, each with its time: a thin line needs minutes for the whole
                data=BytesIO(body) if body else None,
                headers=headers,
                timeout=(self._connect_seconds, self._patience),
                allow_redirects=False,
                stream=True,
            )


class _PaperLine(_Line):
    """Documents' bytes over it."""

    @property
    def lanes(self) -> int:
        return 1 if self._pace.is_thin else LANES

    @property
    def stride(self) -> int:
        return self._pace.stride

    def open_upload(self, offer: OpenUpload) -> UploadReply:
        return self._ask("/v1/uploads", offer, UploadReply)

    def send_chunk(self, upload_id: str, number: int, chunk: bytes) -> None:
        headers = {"X-Chunk-SHA256": hashlib.sha256(chunk).hexdigest(), "Content-Type": BYTES}
        with self._pace.kept(len(chunk)):
            self._hand_over("PUT", f"/v1/uploads/{upload_id}/{number}", chunk, headers)

    def finish_upload(self, upload_id: str) -> None:
        self._hand_over("POST", f"/v1/uploads/{upload_id}/finish", b"", {})

    def fetch(self, sha256: str, case_id: str, start: int) -> Iterator[bytes]:
        return self._read(f"/v1/documents/{sha256}?case={case_id}", start)

    def _read(self, path: str, start: int) -> Iterator[bytes]:
        wanted = {"Range": f"bytes={start}-"} if start else {}
        with _faults_named(), self._with_token(lambda bearer: self._open(path, {**wanted, **bearer})) as answer:
            if start and answer.status_code != requests.codes.partial_content:
                raise BadPaper("the server did not go on where the download had stopped")
            yield from _pieces(answer, self._patience)

    def send_small(self, documents: Sequence[tuple[Small, bytes]]) -> tuple[str, ...]:
        bundle = Bundle(rid=new_id(), documents=tuple(one for one, _ in documents))
        body = packed(bundle, (content for _, content in documents))
        headers = {"Content-Type": BYTES, "Accept": MEDIA_TYPE}
        with self._pace.kept(len(body)):
            answer = self._with_token(lambda who: self._send("POST", "/v1/documents/batch", body, {**headers, **who}))
        codes = understood(answer, BundleTaken, bundle.rid).codes
        if len(codes) != len(documents):
            raise NotOurServer("an answer that does not fit")
        return codes

    def fetch_small(self, documents: Sequence[Small]) -> list[bytes]:
        bundle = Bundle(rid=new_id(), documents=tuple(documents))
        headers = {"Content-Type": MEDIA_TYPE}
        body = encode(bundle)
        answer = self._with_token(
            lambda bearer: self._send("POST", "/v1/documents/wanted", body, {**headers, **bearer}, kind=BYTES)
        )
        try:
            given, content = unpacked(answer, BundleGiven)
            check_reply(given, bundle.rid)
            contents = divided(content, given.sizes)
        except Malformed as error:
            raise NotOurServer("an answer that does not fit") from error
        if len(contents) != len(documents):
            raise NotOurServer("an answer that does not fit")
        return contents


class HttpCentral(_PaperLine):
    """A Central over requests."""

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

    def fetch_snapshot(self, offer: SnapshotReply, first: int) -> Iterator[bytes]:
        start = sum(block.size for block in offer.blocks[:first])
        return opened(self._read(f"/v1/snapshot/{offer.id}", start), offer.blocks[first:])

    def add_person(self, person: NewPerson) -> NewPersonReply:
        return self._ask("/v1/people", person, NewPersonReply)

    def ask(self, message: Message, kind: type[R]) -> R:
        if isinstance(message, Fork):
            return self._fork(message, kind)
        return self._ask(DOORS[type(message)], message, kind)


def _pieces(answer: requests.Response, patience: float) -> Iterator[bytes]:
    """The body as it comes in, unpacked bit by bit.

    Each wait has the socket's own limit; this one is for an answer that comes byte by byte and would never end.
    """
    begun, got = monotonic(), 0
    while piece := answer.raw.read1(PIECE, decode_content=True):
        yield piece
        got += len(piece)
        waited = monotonic() - begun
        if waited > patience and got < SLOWEST * waited:
            raise Offline("too slow to wait for")


def _whole(answer: requests.Response, patience: float) -> bytes:
    """The whole body, never more than a laptop has room for, whatever it was packed into (promises T27)."""
    content = bytearray()
    for piece in _pieces(answer, patience):
        content += piece
        if len(content) > MOST_ANSWER:
            raise NotOurServer("an answer without end")
    return bytes(content)


def _forget(renewal: str) -> None:
    """Before a store is open there is nowhere to keep it; the sign-in hands it over."""


def _as_the_system_trusts() -> ssl.SSLContext:
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """In the place of a log-in from the user's .netrc, which would go out instead of our token."""
    return request


@contextmanager
def _faults_named() -> Iterator[None]:
    """Turns the libraries' errors into ours."""
    try:
        yield
    except (requests.exceptions.SSLError, urllib3.exceptions.SSLError) as error:
        raise NotOurServer("the connection could not be trusted", {"why": "certificate"}) from error
    except urllib3.exceptions.DecodeError as error:
        raise NotOurServer("an answer that does not fit") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise Offline(type(error).__name__) from error
