"""What the laptop and the server say to each other, byte for byte; docs/wire.md tells it to strangers.

Every body is JSON of one of these shapes, decoded strictly. Rows travel as columns, for names would be most of a page.
"""

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from casework.answers import Facts, Status
from casework.commands import Said
from casework.marks import START as START
from casework.marks import Stamp as Stamp
from casework.marks import Sum as Sum
from casework.marks import mark_of as mark_of
from casework.marks import sum_of as sum_of
from casework.values import Role

# The scope of what everybody holds, and that of all cases.
REF, ALL = "ref", "all"
MAGIC, MEDIA_TYPE = "doorstep-sync", "application/vnd.doorstep.sync+json"
PROTOCOL, SCHEMA = 1, 1
# The oldest schema whose apps can read every row that is written here, and its first release. Raise SCHEMA and these
# with a new word of an enum in rows (TaskStatus, KeptKind), or a column that changes; new columns are kept aside.
OLDEST_SCHEMA, OLDEST_APP = 1, "0.1.0"
CHUNK = 1024 * 1024
MOST_COMMANDS, MOST_BYTES = 200, 1_000_000

T = TypeVar("T", bound="Message")


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A body on the wire. `rid` names the request; an answer echoes it, so that nothing else passes for one (FI1)."""

    rid: str


class FromStore(Message, frozen=True, kw_only=True):
    """A request of a store that keeps stamps of one history: an answer of another would hide what that one has lost.

    `known` is the newest stamp that it ever saw; a server that never gave it out answers 409 `diverged` (protocol 8).
    """

    known: Stamp = START


class Reply(Message, frozen=True, kw_only=True):
    """An answer of the server's; it counts only with its magic and the request's own id, whatever `v` says.

    What is no RowsReply keeps its shape for good: apps too old for rows still send, and hear of their access.
    """

    p: str = MAGIC
    v: int = PROTOCOL


class RowsReply(Reply, frozen=True, kw_only=True):
    """An answer that carries rows, or is about them: it may change its shape, and counts only in this version."""


class Fault(Reply, frozen=True, kw_only=True):
    """Why a request was not answered as asked, for status codes from 400 on; `code` has its words on the laptop."""

    code: str
    facts: Facts = {}


class SignIn(Message, frozen=True, kw_only=True):
    """Name and password from a device; `code` instead of a password the first time, with the password to set."""

    username: str
    password: str
    code: str = ""
    device: str
    device_name: str
    app: str


class SignedIn(Reply, frozen=True, kw_only=True):
    """`token` opens every other door for `lasts` seconds; `renewal` gets the next one, from this device only."""

    token: str
    lasts: int
    renewal: str
    person_id: str
    display_name: str
    role: str
    organisation: str
    epoch: str


class Renew(Message, frozen=True, kw_only=True):
    """Asks for a fresh token without a password."""

    device: str
    renewal: str


class Fork(Message, frozen=True, kw_only=True):
    """A store that found out that it is a copy (409 `forked`) asks to go on as a device of its own (protocol 8)."""

    device: str
    renewal: str
    new_device: str


class Hello(Message, frozen=True, kw_only=True):
    """Opens a round. `known` is the newest stamp this store ever saw, `clock` the device's time.

    `nonce` stays the same until a hello has been answered; `prev_nonce` is the one before it that was. `epoch` is the
    history that the store follows, empty where it follows none yet: another one than the server's is answered with
    409 `diverged`, and so is a `known` that the server never gave out (protocol 8). `told` is the number of the head
    that the last answer to a hello bore, 0 before: of lost documents only what was found after it is told.
    """

    proto: int = PROTOCOL
    app: str
    schema: int = SCHEMA
    device: str
    prev_nonce: str = ""
    nonce: str = ""
    known: Stamp = START
    epoch: str = ""
    told: int = 0
    clock: datetime


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much one request may carry, and for how many days a laptop may be worked on without a hello (FF5)."""

    push_commands: int = MOST_COMMANDS
    push_bytes: int = MOST_BYTES
    page_bytes: int = MOST_BYTES
    lease_days: int = 30


class HelloReply(Reply, frozen=True, kw_only=True):
    """Where the server stands. `now` is the full list of scopes that this person may see at this moment.

    `access`: "ok"; "deposit": this person's access has ended, what they still have to send is taken, nothing is given
    any more; "wipe": this device was reported lost, what it has goes to `/v1/deposit` and is judged only by a person.
    `pull`: "ok"; "reconcile" for a store whose cursor lies before what the log still has; "upgrade" for an app older
    than `min_app`, which cannot read the rows here. Everything up to `backed_up_rev` is in a backup that was verified:
    acknowledged commands up to it need not be kept. `rescue_key` is the organisation's public key for rescue copies
    (casework/rescue_copy.py). `lost_documents` are the hashes of documents that this person added, on whosever case
    they are by now, and of which the server has lost the bytes, as was found after the hello's `told`: who still has
    them sends them once more.
    """

    epoch: str
    head: Stamp
    now: tuple[str, ...]
    server_time: datetime
    limits: Limits = Limits()
    push: str = "ok"
    pull: str = "ok"
    access: str = "ok"
    min_app: str = ""
    backed_up_rev: int = 0
    rescue_key: bytes = b""
    lost_documents: tuple[str, ...] = ()


class Push(FromStore, frozen=True, kw_only=True):
    """Commands in the order in which they were said."""

    cmds: tuple[Said, ...]


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one command, for good: `st` and, if it was not taken as written, why."""

    id: str
    st: Status
    rev: int = 0
    chain: str = ""
    code: str = ""
    facts: Facts = {}


class PushReply(Reply, frozen=True, kw_only=True):
    """One ack for each command that was looked at; what has none is to be sent again."""

    acks: tuple[Ack, ...]
    retry_after: int = 0


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """Back-fill of scopes that are new to this store: whole cases in order of id, on from `after`.

    `after` is "" to begin with, then what the page before said; it is not to be looked into.
    """

    scopes: tuple[str, ...]
    after: str = ""


class Pull(FromStore, frozen=True, kw_only=True):
    """Asks for what changed after `cur`; or, with `fill`, for whole cases of new scopes, while the cursor stays."""

    cur: Stamp
    held: tuple[str, ...]
    fill: Fill | None = None
    max_bytes: int = MOST_BYTES


class Rows(msgspec.Struct, frozen=True):
    """Rows of one kind: column names once (`c`), then a list of values a row (`r`)."""

    c: tuple[str, ...]
    r: tuple[tuple[Any, ...], ...]


class Page(RowsReply, frozen=True, kw_only=True):
    """One page, to be applied in one transaction, in this order: `now`, `evict`, `whole`, `rows`, `cur`.

    `evict` are cases to forget. `whole` is {case id: its scopes}: for these the page carries the whole tree, and what
    the store holds of it beyond that goes. `rows` is {table: rows}. `fill_after` is where the next back-fill page goes
    on, empty when it is done; `more` says whether there is another page to fetch before all is here. `stamps` is {case
    id: the stamp of its last change} for each case in `whole` and each case of which something changed. `erase` are
    those of `evict` and others that were deleted for good, among them what this person ever said anything about: what
    the store has of words, kept work and notices about them goes too, before `rows`. `left` are pieces of kept work (or
    notices) that were this person's to see and are not any more.
    """

    now: tuple[str, ...]
    evict: tuple[str, ...] = ()
    erase: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    whole: dict[str, tuple[str, ...]] = {}
    stamps: dict[str, Stamp] = {}
    rows: dict[str, Rows] = {}
    cur: Stamp
    fill_after: str = ""
    more: bool = False


class Verify(Message, frozen=True, kw_only=True):
    """Compares what a store holds with what is here, by sums: `sums` is {scope: Sum} at the store's own cursor.

    With `buckets`, {scope: {the last two hex digits of case ids: Sum}}, one scope's sums are told apart further; a
    bucket that is left out counts as empty.
    """

    at: Stamp
    sums: dict[str, Sum] = {}
    buckets: dict[str, dict[str, Sum]] = {}


class VerifyReply(RowsReply, frozen=True, kw_only=True):
    """Which of the scopes differ, and which buckets of those that were sent; scopes out of reach are passed over.

    `is_late`: something in reach has changed after `at`, so nothing was compared; pull first.
    """

    diff: tuple[str, ...] = ()
    buckets: dict[str, tuple[str, ...]] = {}
    is_late: bool = False


class Reconcile(FromStore, frozen=True, kw_only=True):
    """Asks for the list of all cases in reach, in order of id after `after`; only those of `buckets` if any are named.

    `at` is START for the first part of the list, then what that part said.
    """

    after: str = ""
    at: Stamp = START
    buckets: tuple[str, ...] = ()


class CaseMark(msgspec.Struct, frozen=True, array_like=True):
    """One case in reach: its id, the stamp of its last change, and its scopes."""

    id: str
    rev: int
    chain: str
    scopes: tuple[str, ...]


class ReconcileReply(RowsReply, frozen=True, kw_only=True):
    """A part of the list. Once all of it is here the store forgets what is not on it, asks for the trees that differ,
    and takes `at`, the head when the list began, as its cursor.
    """

    now: tuple[str, ...]
    at: Stamp
    cases: tuple[CaseMark, ...]
    after: str = ""


class Trees(FromStore, frozen=True, kw_only=True):
    """Asks for whole cases by their ids, and with `ref` for what everybody holds and all that is the person's own.

    The answer is a Page: `whole` for those in reach, `evict` for the others, `fill_after` the last id that it is about
    if some are left to ask for, in the order in which they were given. Its `cur` is the newest stamp at that moment,
    for `known`; the store's cursor stays as it is.

    What is the person's own may fill several pages, before any case. Then `fill_after` is a place in it, which has a
    "/": its table ("0" kept work, "1" notices, "2" sightings) and the id of the last row, in order of both. The rest
    is asked for with that as `after`. A page has all that there is of it from `after` up to its own place.
    """

    ids: tuple[str, ...]
    ref: bool = False
    after: str = ""
    max_bytes: int = MOST_BYTES


class News(Message, frozen=True, kw_only=True):
    """Waits up to `wait` seconds (25 at most) for something in reach to change after `cur`."""

    cur: Stamp
    wait: int = 25


class NewsReply(Reply, frozen=True, kw_only=True):
    """Whether a round would bring anything."""

    is_news: bool


class OpenUpload(Message, frozen=True, kw_only=True):
    """Offers the bytes of a document that is on a case."""

    sha256: str
    size: int
    case_id: str


class UploadReply(Reply, frozen=True, kw_only=True):
    """`have`: the bytes are here and verified. Else send the chunks that are not in `got`, of `chunk` bytes each."""

    have: bool = False
    upload_id: str = ""
    chunk: int = CHUNK
    together: int = 1
    got: tuple[int, ...] = ()


class NewPerson(Message, frozen=True, kw_only=True):
    """An admin adds somebody (S8, S9)."""

    username: str
    display_name: str
    role: Role
    email: str = ""


class NewPersonReply(Reply, frozen=True, kw_only=True):
    """The one-time code with which the new person signs in and sets a password."""

    person_id: str
    code: str


class Malformed(ValueError):
    """A body that is not what it should be."""


_encoder = msgspec.json.Encoder(decimal_format="string")


def encode(message: Message) -> bytes:
    """The body's bytes."""
    return _encoder.encode(message)


def decode(body: bytes, kind: type[T]) -> T:
    """The message in a body. Raises Malformed where it is not one of that kind."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from error


def check_reply(reply: Reply, rid: str) -> None:
    """Raises Malformed unless the answer is ours, answers this very request (FI1), and has rows as we know them."""
    if reply.p != MAGIC or reply.rid != rid or (isinstance(reply, RowsReply) and reply.v != PROTOCOL):
        raise Malformed("not an answer to this request")
