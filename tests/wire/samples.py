"""One sample of every shape that crosses the wire, and a way to make any value of any kind of row."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
from hypothesis import strategies as st

from casework.answers import Status
from casework.commands import Said, SeenOwner
from casework.handing_in import OpenRescue, RescueHeld, RescuePart, RescueReply
from casework.snapshot import Block, SnapshotReply, WantSnapshot
from casework.values import Owner, OwnerKind, Role
from casework.wire import (
    Ack,
    CaseMark,
    Fault,
    Fill,
    Fork,
    Hello,
    HelloReply,
    Limits,
    Message,
    NewPerson,
    NewPersonReply,
    News,
    NewsReply,
    OpenUpload,
    Page,
    Pull,
    Push,
    PushReply,
    Reconcile,
    ReconcileReply,
    Renew,
    Rows,
    SignedIn,
    SignIn,
    Trees,
    UploadReply,
    Verify,
    VerifyReply,
)
from casework.wire_rows import CheckedRows, CheckRows, RowsOf

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
AWKWARD = "Zoë 🙂 \u202eevil\u200d <b> \"'\\ \x01 \u2028"
SEEN = SeenOwner(Owner(OwnerKind.QUEUE, "waiting"), "first")
STAMP = (2**53 + 1, "0123456789abcdef")

MESSAGES: dict[type[Message], Message] = {
    type(message): message
    for message in (
        Fault(rid="r", code="not-found", facts={"what": AWKWARD}),
        WantSnapshot(rid="r", layout="0f" * 32),
        SnapshotReply(rid="r", id="snap", at=STAMP, now=("all",), size=8192, blocks=(Block(7, "0f" * 32),)),
        SignIn(rid="r", username="amy", password=AWKWARD, device="d", device_name="Amy's", app="1.0"),
        SignedIn(
            rid="r",
            token="t",
            lasts=900,
            renewal="n",
            person_id="amy",
            display_name=AWKWARD,
            role=Role.ADVISOR,
            organisation="Warm",
            epoch="e",
        ),
        Renew(rid="r", device="d", renewal="n"),
        Hello(rid="r", app="1.0", device="d", nonce="n", known=STAMP, clock=NOW),
        HelloReply(rid="r", epoch="e", head=STAMP, now=("ref", "user:amy"), server_time=NOW, limits=Limits()),
        Push(rid="r", known=STAMP, cmds=()),
        PushReply(rid="r", acks=(Ack(id="c", st=Status.CONFLICT_KEPT, rev=7, chain="ab", code="x", facts={"a": "b"}),)),
        Pull(rid="r", known=STAMP, cur=STAMP, held=("ref",), fill=Fill(scopes=("user:amy",), after="case")),
        Page(
            rid="r",
            now=("ref",),
            evict=("gone",),
            erase=("gone",),
            left=("kept",),
            whole={"case": ("ref",)},
            stamps={"case": STAMP},
            rows={"person": Rows(("id", "is_active", "rev"), (("amy", True, 3), (AWKWARD, False, None)))},
            cur=STAMP,
            fill_after="case",
            more=True,
        ),
        Fork(rid="r", device="d", renewal="n", new_device="e"),
        Verify(rid="r", at=STAMP, sums={"all": (3, "f" * 16)}, buckets={"all": {"0f": (1, "0" * 16)}}),
        VerifyReply(rid="r", diff=("all",), buckets={"all": ("0f",)}, is_late=True),
        Reconcile(rid="r", known=STAMP, after="case", at=STAMP, buckets=("0f",)),
        ReconcileReply(rid="r", now=("all",), at=STAMP, cases=(CaseMark("case", *STAMP, ("all",)),), after="case"),
        Trees(rid="r", known=STAMP, ids=("case",), ref=True, after="0/" + "c" * 32),
        CheckRows(
            rid="r", at=STAMP, columns={"task": ("id", "title")}, cases=(RowsOf("case", *STAMP, digest="0f" * 8),)
        ),
        CheckedRows(rid="r", differ=("case",), is_older=True),
        News(rid="r", cur=STAMP, wait=5),
        RescuePart(rid="r", copy="c" * 32, start=4096, content=b"\x00\xff sealed"),
        RescueHeld(rid="r", size=4108),
        OpenRescue(rid="r", copy="c" * 32, passphrase="seven short words", submit=True, even_unproved=True),
        RescueReply(
            rid="r",
            person_id="a" * 32,
            name="Amy Jones",
            device="d" * 32,
            made_at=NOW,
            changes=4,
            papers=1,
            known=2,
            is_proved=True,
            is_lost=True,
            is_submitted=True,
            applied=2,
        ),
        NewsReply(rid="r", is_news=True),
        OpenUpload(rid="r", sha256="ab" * 32, size=2**40, case_id="case"),
        UploadReply(rid="r", have=False, upload_id="u", got=(0, 2)),
        NewPerson(rid="r", username="zoe", display_name=AWKWARD, role=Role.LEAD),
        NewPersonReply(rid="r", person_id="zoe", code="one-time"),
    )
}

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
JSON: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts, lambda inner: st.lists(inner, max_size=3)
)
_KNOWN: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    int: st.integers(0, 2**31 - 1),
    datetime: st.datetimes(timezones=st.just(UTC)),
    date: st.dates(),
    object: JSON,
    Any: JSON,
}


def anything(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Any value of a struct, field by field by its annotation."""
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    return st.builds(kind, **{name: _of(hint) for name, hint in fields.items()})


def _of(hint: Any) -> st.SearchStrategy[Any]:
    if hint in _KNOWN:
        return _KNOWN[hint]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return anything(hint)
    arguments: Any = getattr(hint, "__args__", ())
    origin = getattr(hint, "__origin__", None)
    if origin is dict:
        return st.dictionaries(_of(arguments[0]), _of(arguments[1]), max_size=3)
    if origin is tuple and arguments[-1] is ...:
        return st.lists(_of(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(_of(one) for one in arguments))
    if arguments:
        return st.one_of([_of(one) for one in arguments])
    return st.none() if hint is type(None) else st.from_type(hint)


def said(command: Any) -> Said:
    return Said(id="c", at=NOW, say=command, prev="b", under="first", epoch=1)
