"""Documents reach the server whole or not at all, and leave it only for who may see their case."""

import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.bundle import MOST_BYTES, TOGETHER, Bundle, BundleGiven, BundleTaken, Small, divided, packed, unpacked
from casework.commands import AttachDocument
from casework.ids import new_id
from casework.values import Case, Document
from casework.wire import CHUNK, OpenUpload, UploadReply, check_reply, decode
from server.app import create_app
from server.config import Config, ObjectStore
from server.parts import open_parts
from tests.kit_s3 import ObjectStore as Bucket
from tests.kit_server import PASSWORD, PEOPLE
from tests.server.kit_central import Answer, Central, NextDoor, Visitor, given_to

PHOTO = bytes(range(256)) * 9000  # three chunks, the last one short


@pytest.fixture(params=["folder", "S3"])
def central(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Central]:
    """The server over each of its byte stores."""
    store = None
    if request.param == "S3":
        # one bucket with a folder a test: an object store sets room aside for every bucket
        bucket: Bucket = request.getfixturevalue("s3_server")
        store = ObjectStore(
            endpoint=bucket.endpoint,
            bucket=bucket.bucket,
            access_key=bucket.access_key,
            secret_key=bucket.secret_key,
            folder=new_id(),
        )
    parts = open_parts(Config(data=tmp_path, object_store=store))
    parts.setting_up.start_sample(dict.fromkeys(PEOPLE, PASSWORD))
    yield Central(line=NextDoor(create_app(parts)), database=parts.database)
    parts.close()


def attach(visitor: Visitor, case: Case, content: bytes = PHOTO, name: str = "boiler.jpg") -> str:
    """Puts the document's row on the case; returns its hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    (ack,) = visitor.say(
        AttachDocument(
            case_id=case.id,
            document_id=new_id(),
            name=name,
            mime="image/jpeg",
            size=len(content),
            sha256=sha256,
        )
    )
    assert ack.st == "applied", ack
    return sha256


def offer(visitor: Visitor, case: Case, content: bytes = PHOTO) -> UploadReply:
    sha256 = hashlib.sha256(content).hexdigest()
    asked = OpenUpload(rid=new_id(), sha256=sha256, size=len(content), case_id=case.id)
    return visitor.ask("/v1/uploads", asked, UploadReply)


def put(visitor: Visitor, upload_id: str, number: int, chunk: bytes, *, sha256: str = "") -> Answer:
    headers = {"X-Chunk-SHA256": sha256 or hashlib.sha256(chunk).hexdigest()}
    return visitor.send_bytes("PUT", f"/v1/uploads/{upload_id}/{number}", chunk, headers)


def finish(visitor: Visitor, upload_id: str) -> Answer:
    return visitor.send_bytes("POST", f"/v1/uploads/{upload_id}/finish", b"")


def chunks(content: bytes = PHOTO) -> list[bytes]:
    return [content[start : start + CHUNK] for start in range(0, len(content), CHUNK)]


def upload(visitor: Visitor, case: Case, content: bytes = PHOTO) -> None:
    """Sends all of it."""
    reply = offer(visitor, case, content)
    for number, chunk in enumerate(chunks(content)):
        assert put(visitor, reply.upload_id, number, chunk).status == 200
    assert finish(visitor, reply.upload_id).status == 200


def fetch(visitor: Visitor, sha256: str, case: Case, wanted: str = "") -> Answer:
    headers = {"Range": wanted} if wanted else {}
    return visitor.send_bytes("GET", f"/v1/documents/{sha256}?case={case.id}", b"", headers)


@pytest.mark.covers("S58")
def test_that_a_document_sent_in_chunks_is_fetched_whole_by_a_colleague(central: Central) -> None:
    amy, priya = central.visitor("amy"), central.visitor("priya")
    case = central.opened(amy)
    sha256 = attach(amy, case)
    upload(amy, case)
    answer = fetch(priya, sha256, case)
    assert (answer.status, answer.body) == (200, PHOTO)
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert offer(priya, case).have


def test_that_everybody_learns_when_the_bytes_are_here_and_not_before(central: Central) -> None:
    amy, priya = central.visitor("amy"), central.visitor("priya")
    case = central.opened(amy)
    sha256 = attach(amy, case)
    priya.sync()
    (row,) = priya.store.rows["document"].values()
    assert row["is_stored"] is False
    assert fetch(priya, sha256, case).status == 404
    upload(amy, case)
    priya.sync()
    (row,) = priya.store.rows["document"].values()
    assert row["is_stored"] is True


@pytest.mark.covers("FI9", "FI11")
def test_that_an_upload_cut_anywhere_cannot_be_fetched_and_goes_on_where_it_stopped(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    sha256 = attach(amy, case)
    first = offer(amy, case)
    for number in (2, 0):
        put(amy, first.upload_id, number, chunks()[number])
        answer = finish(amy, first.upload_id)
        assert (answer.status, answer.fault.code) == (409, "chunks-missing")
        assert fetch(amy, sha256, case).status == 404
    again = offer(amy, case)
    assert (again.upload_id, again.got) == (first.upload_id, (0, 2))
    put(amy, again.upload_id, 1, chunks()[1])
    assert finish(amy, again.upload_id).status == 200
    assert finish(amy, again.upload_id).status == 200, "asked again because the answer was lost"
    assert fetch(amy, sha256, case).body == PHOTO


@pytest.mark.covers("FI11")
def test_that_other_bytes_than_promised_are_never_stored(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    sha256 = attach(amy, case)
    reply = offer(amy, case)
    damaged = put(amy, reply.upload_id, 0, chunks()[0], sha256="0" * 64)
    assert (damaged.status, damaged.fault.code) == (409, "chunk-damaged")
    odd = put(amy, reply.upload_id, 9, b"x")
    assert (odd.status, odd.fault.code) == (409, "chunk-not-ours")
    for number, chunk in enumerate(chunks()):
        put(amy, reply.upload_id, number, bytes(len(chunk)))
    answer = finish(amy, reply.upload_id)
    assert (answer.status, answer.fault.code) == (409, "document-mismatch")
    assert fetch(amy, sha256, case).status == 404
    upload(amy, case)
    assert fetch(amy, sha256, case).body == PHOTO


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("bytes=0-", 0, None), ("bytes=100-199", 100, 200), ("bytes=2300000-", 2_300_000, None), ("bytes=-10", -10, None)],
)
def test_that_a_document_can_be_fetched_from_any_place_on(
    central: Central, wanted: str, start: int, end: int | None
) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    sha256 = attach(amy, case)
    upload(amy, case)
    answer = fetch(amy, sha256, case, wanted)
    assert (answer.status, answer.body) == (206, PHOTO[start:end])
    first = start % len(PHOTO)
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(answer.body) - 1}/{len(PHOTO)}"
    assert answer.headers["content-length"] == str(len(answer.body))


def test_that_a_range_that_is_not_there_is_refused(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    sha256 = attach(amy, case, b"short")
    upload(amy, case, b"short")
    for wanted in ("bytes=5-", "bytes=9-12", "bytes=3-2", "bytes=-", "lines=1-2", "bytes=1-2,4-5"):
        assert fetch(amy, sha256, case, wanted).status == 416, wanted


def test_that_nobody_sends_or_fetches_what_is_on_a_case_that_they_may_not_see(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    case = central.opened(amy)
    sha256 = attach(amy, case)
    asked = OpenUpload(rid=new_id(), sha256=sha256, size=len(PHOTO), case_id=case.id)
    assert ben.send("/v1/uploads", asked).fault.code == "not-found"
    begun = offer(amy, case)
    assert put(ben, begun.upload_id, 0, chunks()[0]).fault.code == "not-found"
    assert finish(ben, begun.upload_id).fault.code == "not-found"
    upload(amy, case)
    assert fetch(ben, sha256, case).fault.code == "not-found"
    mine = central.opened(ben)
    assert fetch(ben, sha256, mine).fault.code == "not-found", "a case of one's own opens no other case's documents"


@pytest.mark.covers("OC29")
def test_that_who_loses_the_case_loses_its_documents(central: Central) -> None:
    amy, priya = central.visitor("amy"), central.visitor("priya")
    case = central.opened(amy)
    sha256 = attach(amy, case)
    upload(amy, case)
    priya.say(given_to(case, "ben"))
    assert fetch(amy, sha256, case).status == 404


def test_that_knowing_a_hash_is_not_enough_to_get_at_the_bytes(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    theirs, mine = central.opened(amy), central.opened(ben)
    sha256 = attach(amy, theirs)
    upload(amy, theirs)
    attach(ben, mine)
    assert not offer(ben, mine).have
    assert fetch(ben, sha256, mine).status == 404


def test_that_an_upload_of_nothing_is_not_finished_by_what_lies_on_another_case(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    theirs, mine = central.opened(amy), central.opened(ben)
    sha256 = attach(amy, theirs)
    upload(amy, theirs)
    attach(ben, mine)
    begun = offer(ben, mine)
    assert finish(ben, begun.upload_id).fault.code == "chunks-missing"
    for number, chunk in enumerate(chunks()):
        put(ben, begun.upload_id, number, bytes(len(chunk)))
    assert finish(ben, begun.upload_id).fault.code == "document-mismatch"
    assert fetch(ben, sha256, mine).status == 404
    upload(ben, mine)
    assert fetch(ben, sha256, mine).body == PHOTO, "who has the bytes has the document"


def test_that_who_cannot_see_the_case_any_more_learns_nothing_of_what_is_on_it(central: Central) -> None:
    """Amy's late row says that she has the file; that somebody else sent it is not hers to know."""
    amy, priya = central.visitor("amy"), central.visitor("priya")
    case = central.opened(amy)
    sha256 = attach(amy, case)
    attach(priya, case)
    upload(priya, case)
    priya.say(given_to(case, "ben"))
    begun = offer(amy, case)
    assert not begun.have
    assert finish(amy, begun.upload_id).fault.code == "chunks-missing"
    assert fetch(amy, sha256, case).status == 404


def test_that_a_row_with_a_wrong_size_does_not_keep_the_right_bytes_out(central: Central) -> None:
    amy, priya = central.visitor("amy"), central.visitor("priya")
    case = central.opened(amy)
    sha256 = hashlib.sha256(PHOTO).hexdigest()
    lie = AttachDocument(case_id=case.id, document_id=new_id(), name="x", mime="x", size=5, sha256=sha256)
    assert priya.say(lie)[0].st == "applied"
    attach(amy, case)
    upload(amy, case)
    amy.sync()
    rows = amy.store.rows["document"].values()
    assert {row["size"]: row["is_stored"] for row in rows} == {5: False, len(PHOTO): True}


def small(content: bytes, case: Case) -> Small:
    return Small(hashlib.sha256(content).hexdigest(), len(content), case.id)


def send_small(visitor: Visitor, *sent: tuple[Small, bytes]) -> tuple[str, ...]:
    """What became of each."""
    head = Bundle(rid=new_id(), documents=tuple(one for one, _ in sent))
    answer = visitor.send_bytes("POST", "/v1/documents/batch", packed(head, [content for _, content in sent]))
    assert answer.status == 200, answer
    reply = decode(answer.body, BundleTaken)
    check_reply(reply, head.rid)
    return reply.codes


def fetch_small(visitor: Visitor, *wanted: Small) -> list[bytes]:
    asked = Bundle(rid=new_id(), documents=wanted)
    answer = visitor.send("/v1/documents/wanted", asked)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/octet-stream")
    given, content = unpacked(answer.body, BundleGiven)
    check_reply(given, asked.rid)
    return divided(content, given.sizes)


@pytest.mark.covers("FI11")
def test_that_small_documents_come_and_go_together_each_judged_by_itself(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    case, other = central.opened(amy), central.opened(ben)
    good = [b"one", b"two" * 9000]
    for content in (*good, b"damaged"):
        attach(amy, case, content)
    attach(ben, other, b"Ben's")
    sent = [(small(content, case), content) for content in good]
    sent += [
        (small(b"damaged", case), b"DAMAGED"),
        (small(b"no row", case), b"no row"),
        (small(b"Ben's", other), b"Ben's"),
    ]
    assert send_small(amy, *sent) == ("", "", "document-mismatch", "not-found", "not-found")
    assert send_small(amy, *sent[:2]) == ("", ""), "asked again because the answer was lost"
    wanted = [one for one, _ in sent]
    assert fetch_small(amy, *wanted) == [*good, b"", b"", b""]
    assert fetch_small(ben, *wanted) == [b""] * 5
    amy.sync()
    rows = amy.store.rows["document"].values()
    assert sorted((row["size"], row["is_stored"]) for row in rows) == [(3, True), (7, False), (27_000, True)]


def test_that_a_bundle_that_is_none_is_refused_whole(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    attach(amy, case, b"one")
    head = Bundle(rid=new_id(), documents=(small(b"one", case),))
    large = Bundle(rid=new_id(), documents=(small(bytes(MOST_BYTES + 1), case),))
    many = Bundle(rid=new_id(), documents=(small(b"x", case),) * 501)
    odd = Bundle(rid=new_id(), documents=(Small("../" * 20, 3, case.id),))
    for body, status in (
        (b"", 400),
        (bytes(3), 400),
        (b"\xff" * 4, 400),
        (packed(head, [b"on"]), 400),
        (packed(head, [b"one", b"more"]), 400),
        (packed(odd, [b"one"]), 400),
        (packed(large, [bytes(MOST_BYTES + 1)]), 400),
        (packed(many, [b"x"] * 501), 413),
        (bytes(5 * 1024 * 1024), 413),
    ):
        assert amy.send_bytes("POST", "/v1/documents/batch", body).status == status
    amy.sync()
    assert [row["is_stored"] for row in amy.store.rows["document"].values()] == [False]


@pytest.mark.covers("OC18")
def test_that_the_same_document_added_by_two_is_sent_once(central: Central) -> None:
    amy, priya = central.visitor("amy"), central.visitor("priya")
    case = central.opened(amy)
    attach(amy, case, name="Amy's.jpg")
    attach(priya, case, name="Priya's.jpg")
    upload(amy, case)
    assert offer(priya, case).have
    priya.sync()
    rows = priya.store.rows["document"].values()
    assert {row["name"]: row["is_stored"] for row in rows} == {"Amy's.jpg": True, "Priya's.jpg": True}
    assert len(priya.store.ids(Document)) == 2


def test_that_an_offer_of_another_size_or_of_no_row_is_refused(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    sha256 = attach(amy, case)
    wrong = itertools.product((sha256, "0" * 64, "no hash"), (len(PHOTO), 5))
    for number, (named, size) in enumerate(wrong):
        asked = OpenUpload(rid=new_id(), sha256=named, size=size, case_id=case.id)
        assert amy.send("/v1/uploads", asked).status == (200 if number == 0 else 404)


def test_that_an_odd_upload_or_hash_is_simply_not_there(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    for name in ("..", "%2e%2e%2f", "x" * 300, "0" * 32):
        assert put(amy, name, 0, b"x").status == 404
        assert finish(amy, name).status == 404
    for sha256 in ("..%2f..%2fserver.db", "Z" * 64, "0" * 63):
        assert fetch(amy, sha256, case).status == 404


def test_that_a_chunk_that_is_too_large_is_refused(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    attach(amy, case)
    answer = put(amy, offer(amy, case).upload_id, 0, bytes(TOGETHER * CHUNK + 5000))
    assert (answer.status, answer.fault.code) == (413, "too-large")


@pytest.mark.covers("FI7")
def test_that_without_the_byte_store_documents_wait_and_words_go_on(tmp_path: Path) -> None:
    nowhere = ObjectStore(endpoint="http://127.0.0.1:1", bucket="none", access_key="key", secret_key="secret")
    parts = open_parts(Config(data=tmp_path, object_store=nowhere))
    parts.setting_up.start_sample(dict.fromkeys(PEOPLE, PASSWORD))
    central = Central(line=NextDoor(create_app(parts)), database=parts.database)
    amy = central.visitor("amy")
    case = central.opened(amy)
    sha256 = attach(amy, case)
    asked = OpenUpload(rid=new_id(), sha256=sha256, size=len(PHOTO), case_id=case.id)
    answer = amy.send("/v1/uploads", asked)
    assert (answer.status, answer.fault.code) == (503, "blobs-unreachable")
    assert int(answer.headers["retry-after"]) > 0
    amy.sync()
    assert case.id in amy.store.cases
    parts.close()
