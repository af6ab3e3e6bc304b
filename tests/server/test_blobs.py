"""Documents on the server are whole or not there, whichever store keeps them and whichever process took them."""

import hashlib
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from casework.store_faults import DiskFault
from server.blobs import (
    CHUNK,
    BlobGone,
    BlobStore,
    BlobsUnreachable,
    ChunkRefused,
    ChunksMissing,
    Mismatch,
    Stored,
    Upload,
)
from server.blobs_folder import BlobFolder
from server.blobs_s3 import BlobBucket, S3Place
from tests.kit_s3 import ObjectStore

SIZES = (1, CHUNK - 1, CHUNK, CHUNK + 1, 9 * CHUNK + 5)


def a_document(size: int) -> bytes:
    return secrets.token_bytes(size)


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def an_upload(content: bytes) -> Upload:
    return Upload(id=secrets.token_hex(16), sha256=hash_of(content), size=len(content))


def chunk(content: bytes, number: int) -> bytes:
    return content[number * CHUNK : (number + 1) * CHUNK]


def put(store: BlobStore, upload: Upload, content: bytes, *numbers: int) -> None:
    for number in numbers or range(upload.chunks):
        piece = chunk(content, number)
        assert store.put_chunk(upload, number, piece, hash_of(piece)) is None


def stored(store: BlobStore, content: bytes) -> str:
    upload = an_upload(content)
    put(store, upload, content)
    assert store.finish(upload) == Stored(sha256=upload.sha256, size=upload.size)
    store.abandon(upload)
    return upload.sha256


def a_place(found: ObjectStore, secret_key: str | None = None) -> S3Place:
    """A folder of the test's own in the bucket that all tests share."""
    return S3Place(
        endpoint=found.endpoint,
        bucket=found.bucket,
        access_key=found.access_key,
        secret_key=secret_key or found.secret_key,
        folder=f"/doorstep/{secrets.token_hex(4)}/",
    )


@pytest.fixture(params=["folder", "s3"])
def another(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], BlobStore]:
    """Makes one more process's view of the same store."""
    if request.param == "folder":
        return lambda: BlobFolder(tmp_path / "blobs")
    place = a_place(request.getfixturevalue("s3_server"))
    return lambda: BlobBucket(place)


@pytest.fixture
def store(another: Callable[[], BlobStore]) -> BlobStore:
    return another()


class TestBlobs:
    @pytest.mark.parametrize("size", SIZES)
    def test_that_what_was_sent_is_given_back(self, store: BlobStore, size: int) -> None:
        content = a_document(size)
        sha256 = stored(store, content)
        assert b"".join(store.read(sha256)) == content
        assert store.has(sha256)
        assert store.size_of(sha256) == size

    def test_that_any_stretch_can_be_read(self, store: BlobStore) -> None:
        content = a_document(2 * CHUNK + 100)
        sha256 = stored(store, content)
        for start, length in ((0, 10), (5, None), (CHUNK - 3, 6), (2 * CHUNK, 500), (len(content), 5), (0, 0)):
            end = None if length is None else start + length
            assert b"".join(store.read(sha256, start=start, length=length)) == content[start:end]

    def test_that_two_processes_may_take_turns_at_one_upload(self, another: Callable[[], BlobStore]) -> None:
        content = a_document(4 * CHUNK)
        upload = an_upload(content)
        one, other = another(), another()
        put(one, upload, content, 3, 0)
        assert other.chunks_here(upload) == {0, 3}
        assert other.finish(upload) == ChunksMissing(numbers=(1, 2))
        put(other, upload, content, 2)
        put(one, upload, content, 1)
        assert isinstance(another().finish(upload), Stored)
        assert b"".join(one.read(upload.sha256)) == content

    def test_that_a_chunk_may_come_twice(self, store: BlobStore) -> None:
        content = a_document(2 * CHUNK)
        upload = an_upload(content)
        put(store, upload, content, 0, 0, 1, 0)
        assert isinstance(store.finish(upload), Stored)
        assert b"".join(store.read(upload.sha256)) == content

    def test_that_finishing_may_be_asked_twice(self, store: BlobStore) -> None:
        content = a_document(100)
        upload = an_upload(content)
        put(store, upload, content)
        assert store.finish(upload) == store.finish(upload) == Stored(sha256=upload.sha256, size=100)
        assert store.chunks_here(upload) == {0}, "until whoever asked has noted the answer"
        store.abandon(upload)
        assert store.chunks_here(upload) == frozenset()

    @pytest.mark.covers("FI11")
    def test_that_a_document_that_is_here_already_is_not_had_for_its_hash_alone(self, store: BlobStore) -> None:
        """Else finishing an upload of nothing would tell that it is here, and let its asker in (promises 5.5)."""
        content = a_document(CHUNK + 5)
        stored(store, content)
        empty = an_upload(content)
        assert store.finish(empty) == ChunksMissing(numbers=(0, 1))
        lying = an_upload(content)
        put(store, lying, bytes(len(content)))
        assert store.finish(lying) == Mismatch()
        assert b"".join(store.read(hash_of(content))) == content

    def test_that_small_documents_are_kept_whole_and_may_come_again(self, store: BlobStore) -> None:
        contents = [a_document(size) for size in (1, 50_000, 64 * 1024)] * 2
        store.put_whole([(hash_of(content), content) for content in contents])
        store.put_whole([(hash_of(contents[0]), contents[0])])
        assert [b"".join(store.read(hash_of(content))) for content in contents] == contents
        store.put_whole([])

    def test_that_finishing_in_many_processes_at_once_makes_one_document(
        self, another: Callable[[], BlobStore]
    ) -> None:
        content = a_document(3 * CHUNK)
        upload = an_upload(content)
        put(another(), upload, content)
        answers: list[object] = []
        threads = [threading.Thread(target=lambda: answers.append(another().finish(upload))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [Stored(sha256=upload.sha256, size=upload.size)] * 4
        assert b"".join(another().read(upload.sha256)) == content

    @pytest.mark.parametrize("number", [-1, 2])
    def test_that_a_chunk_beyond_the_document_is_refused(self, store: BlobStore, number: int) -> None:
        content = a_document(2 * CHUNK)
        upload = an_upload(content)
        refused = store.put_chunk(upload, number, content[:CHUNK], hash_of(content[:CHUNK]))
        assert refused == ChunkRefused(code="chunk-not-ours")
        assert store.chunks_here(upload) == frozenset()

    def test_that_chunks_that_follow_each_other_may_come_together(self, store: BlobStore) -> None:
        content = a_document(6 * CHUNK + 5)
        upload = an_upload(content)
        for first, end in ((4, 7), (0, 1), (1, 4)):
            stretch = content[first * CHUNK : end * CHUNK]
            assert store.put_chunk(upload, first, stretch, hash_of(stretch)) is None
        assert store.chunks_here(upload) == set(range(7))
        assert isinstance(store.finish(upload), Stored)
        assert b"".join(store.read(upload.sha256)) == content

    def test_that_a_stretch_that_ends_inside_a_chunk_or_beyond_the_document_is_refused(self, store: BlobStore) -> None:
        content = a_document(3 * CHUNK + 5)
        upload = an_upload(content)
        for first, length in ((0, CHUNK + 7), (2, 2 * CHUNK), (3, CHUNK)):
            stretch = bytes(length)
            refused = store.put_chunk(upload, first, stretch, hash_of(stretch))
            assert refused == ChunkRefused(code="chunk-not-ours")
        assert store.chunks_here(upload) == frozenset()

    def test_that_a_chunk_cut_short_is_refused(self, store: BlobStore) -> None:
        content = a_document(CHUNK + 10)
        upload = an_upload(content)
        for number, piece in ((0, content[: CHUNK - 1]), (1, content[CHUNK:-1]), (1, content[CHUNK:] + b"!")):
            assert store.put_chunk(upload, number, piece, hash_of(piece)) == ChunkRefused(code="chunk-not-ours")

    def test_that_a_chunk_altered_on_the_way_is_refused(self, store: BlobStore) -> None:
        content = a_document(10)
        upload = an_upload(content)
        assert store.put_chunk(upload, 0, content, hash_of(b"else")) == ChunkRefused(code="chunk-damaged")
        assert store.finish(upload) == ChunksMissing(numbers=(0,))

    def test_that_another_document_than_the_promised_one_is_not_stored(self, store: BlobStore) -> None:
        content = a_document(2 * CHUNK)
        upload = Upload(id=secrets.token_hex(16), sha256=hash_of(b"promised"), size=len(content))
        put(store, upload, content)
        assert store.finish(upload) == Mismatch()
        assert not store.has(upload.sha256)
        assert store.chunks_here(upload) == frozenset()

    def test_that_a_document_that_is_not_there_is_told(self, store: BlobStore) -> None:
        nothing = hash_of(b"nothing")
        assert not store.has(nothing)
        with pytest.raises(BlobGone):
            store.size_of(nothing)
        with pytest.raises(BlobGone):
            store.read(nothing)
        with pytest.raises(BlobGone):
            list(store.pieces(nothing, 0, 7))
        store.delete(nothing)

    def test_that_a_deleted_document_is_gone_and_may_come_again(self, store: BlobStore) -> None:
        content = a_document(10)
        sha256 = stored(store, content)
        store.delete(sha256)
        assert not store.has(sha256)
        assert stored(store, content) == sha256
        assert store.has(sha256)

    def test_that_an_abandoned_upload_leaves_nothing(self, store: BlobStore) -> None:
        content = a_document(2 * CHUNK)
        upload = an_upload(content)
        put(store, upload, content, 1)
        store.abandon(upload)
        store.abandon(upload)
        assert store.chunks_here(upload) == frozenset()

    def test_that_only_uploads_without_progress_are_swept(self, store: BlobStore) -> None:
        content = a_document(10)
        upload = an_upload(content)
        put(store, upload, content)
        kept = stored(store, b"a whole document")
        now = datetime.now(UTC)
        assert store.sweep(now - timedelta(days=30)) == 0
        assert store.chunks_here(upload) == {0}
        assert store.sweep(now + timedelta(minutes=1)) == 1
        assert store.chunks_here(upload) == frozenset()
        assert store.has(kept)

    @pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
    def test_that_only_a_hash_becomes_a_name(self, store: BlobStore, name: str) -> None:
        with pytest.raises(ValueError, match="SHA-256"):
            store.has(name)
        with pytest.raises(ValueError, match="SHA-256"):
            store.delete(name)
        with pytest.raises(ValueError, match="upload"):
            Upload(id="0" * 32, sha256=name, size=1)
        with pytest.raises(ValueError, match="upload"):
            Upload(id=name, sha256="0" * 64, size=1)


def test_that_a_kill_in_the_middle_of_writing_is_not_taken_for_a_chunk(tmp_path: Path) -> None:
    store, content = BlobFolder(tmp_path), a_document(CHUNK + 1)
    upload = an_upload(content)
    put(store, upload, content, 0)
    (tmp_path / "uploads" / upload.id / "1.abcd.tmp").write_bytes(content[CHUNK:])
    assert store.chunks_here(upload) == {0}
    assert store.finish(upload) == ChunksMissing(numbers=(1,))


def test_that_a_chunk_that_rotted_on_the_disk_is_found_before_the_document_is(tmp_path: Path) -> None:
    store, content = BlobFolder(tmp_path), a_document(2 * CHUNK)
    upload = an_upload(content)
    put(store, upload, content)
    (tmp_path / "uploads" / upload.id / "1").write_bytes(bytes(CHUNK))
    assert store.finish(upload) == Mismatch()
    assert [path for path in (tmp_path / "whole").rglob("*") if path.is_file()] == []


def test_that_a_document_that_rotted_here_is_whole_again_when_it_is_sent_again(tmp_path: Path) -> None:
    store, content = BlobFolder(tmp_path), a_document(CHUNK + 1)
    sha256 = stored(store, content)
    (path,) = (path for path in (tmp_path / "whole").rglob("*") if path.is_file())
    path.write_bytes(content[:-1] + b"?")
    stored(store, content)
    assert b"".join(store.read(sha256)) == content


def test_that_a_folder_that_is_a_file_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_bytes(b"in the way")
    with pytest.raises(DiskFault):
        BlobFolder(tmp_path / "blobs")


def test_that_a_store_that_does_not_answer_is_told() -> None:
    store = BlobBucket(S3Place(endpoint="http://127.0.0.1:9", bucket="b", access_key="a", secret_key="s"))
    with pytest.raises(BlobsUnreachable):
        store.has("0" * 64)


class Overloaded(BaseHTTPRequestHandler):
    """A store that has no time for anything, and notes how often it was asked."""

    asked: ClassVar[list[str]] = []

    def do_DELETE(self) -> None:
        self.asked.append(self.command)
        self.send_error(503)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what was asked is noted above."""


def test_that_a_document_is_deleted_at_once_or_another_day_for_all_writers_wait_for_it() -> None:
    Overloaded.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Overloaded) as server:
        threading.Thread(target=server.serve_forever).start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        store = BlobBucket(S3Place(endpoint=endpoint, bucket="b", access_key="a", secret_key="s"))
        with pytest.raises(BlobsUnreachable):
            store.delete("0" * 64)
        server.shutdown()
    assert Overloaded.asked == ["DELETE"]


def test_that_a_wrong_secret_is_told_and_not_taken_for_an_absent_document(s3_server: ObjectStore) -> None:
    store = BlobBucket(a_place(s3_server, secret_key="wrong"))
    with pytest.raises(BlobsUnreachable):
        store.chunks_here(an_upload(b"x"))
    with pytest.raises(BlobsUnreachable):
        store.has("0" * 64)


def test_that_a_chunk_that_a_power_cut_left_empty_is_sent_once_more(tmp_path: Path) -> None:
    store = BlobFolder(tmp_path)
    content = a_document(2 * CHUNK)
    upload = an_upload(content)
    put(store, upload, content)
    (tmp_path / "uploads" / upload.id / "1").write_bytes(b"")
    assert store.chunks_here(upload) == {0}
    assert store.finish(upload) == ChunksMissing(numbers=(1,))
    put(store, upload, content, 1)
    assert isinstance(store.finish(upload), Stored)
