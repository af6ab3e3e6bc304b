"""The bytes of a document that only kept work names stay as long as somebody has to decide about it."""

from hashlib import sha256

import msgspec
import pytest
from sqlalchemy import select, update

from casework.bundle import Bundle, Small, packed
from casework.commands import AttachDocument
from casework.ids import new_id
from casework.tables import TABLES
from casework.values import KeptState, KeptWork
from casework.wire import Push, PushReply
from server.parts import Parts
from server.tidying import tidy
from tests.server.kit_central import Central, said
from tests.server.test_erasing import erased, store_document

PHOTO = b"a photo"
KEPT = TABLES[KeptWork]


def put_by_from_a_lost_device(parts: Parts, central: Central) -> str:
    """The id of the kept work that names PHOTO, of which the bytes are here."""
    amy = central.visitor("amy")
    case = central.opened(amy)
    parts.devices.lose(amy.device)
    named = sha256(PHOTO).hexdigest()
    attach = AttachDocument(
        case_id=case.id, document_id=new_id(), name="a.jpg", mime="image/jpeg", size=len(PHOTO), sha256=named
    )
    (ack,) = amy.ask("/v1/deposit", Push(rid=new_id(), cmds=(said(attach),)), PushReply).acks
    bundle = packed(Bundle(rid=new_id(), documents=(Small(named, len(PHOTO), case.id),)), [PHOTO])
    answer = amy.send_bytes("POST", "/v1/documents/batch", bundle, {"Content-Type": "application/octet-stream"})
    assert answer.status == 200
    return ack.id


def said_by_a_newer_release(central: Central, kept_id: str) -> None:
    with central.database.writing() as conn:
        body = msgspec.json.decode(conn.execute(select(KEPT.c.said).where(KEPT.c.id == kept_id)).scalar_one())
        body["say"]["of_a_newer_release"] = "x"
        conn.execute(update(KEPT).where(KEPT.c.id == kept_id).values(said=msgspec.json.encode(body).decode()))


@pytest.mark.parametrize("is_newer", [False, True])
def test_that_they_stay_until_it_is_decided_also_where_this_release_cannot_read_it(
    parts: Parts, timed: Central, is_newer: bool
) -> None:
    kept_id = put_by_from_a_lost_device(parts, timed)
    if is_newer:
        said_by_a_newer_release(timed, kept_id)
    for _ in range(2):
        tidy(parts.database, parts.blobs)
    assert parts.blobs.has(sha256(PHOTO).hexdigest())
    with timed.database.writing() as conn:
        conn.execute(update(KEPT).where(KEPT.c.id == kept_id).values(state=KeptState.LEFT))
    tidy(parts.database, parts.blobs)
    assert not parts.blobs.has(sha256(PHOTO).hexdigest())


def test_that_the_same_bytes_on_a_case_that_is_deleted_for_good_stay_for_what_cannot_be_read(
    parts: Parts, timed: Central
) -> None:
    kept_id = put_by_from_a_lost_device(parts, timed)
    said_by_a_newer_release(timed, kept_id)
    ben = timed.visitor("ben")
    case = timed.opened(ben)
    store_document(ben, case, PHOTO)
    erased(timed, case)
    tidy(parts.database, parts.blobs)
    assert parts.blobs.has(sha256(PHOTO).hexdigest())
