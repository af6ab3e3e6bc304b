"""Documents in any S3-compatible store: chunks as objects of their own until the whole is hashed, then one by its hash.

    uploads/<id>/<number>         a chunk
    whole/<sha256>                a document

A chunk is smaller than the 5 MiB that S3 wants of the parts it joins by itself, so `finish` reads the chunks back,
hashes them, and sends them on as parts of one object that comes into being only when the hash is right.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import boto3
import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from server.blobs import (
    CHUNK,
    BlobGone,
    BlobStore,
    BlobsUnreachable,
    ChunkGone,
    ChunkRefused,
    Upload,
    checked_hash,
    single,
    why_refused,
)

_PART = 8 * CHUNK
_ABSENT = frozenset(("404", "NoSuchKey", "NotFound", "NoSuchUpload"))
_MOST_DELETED_AT_ONCE = 1000
_AT_ONCE = 8


class S3Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the bucket is and how to sign in to it. `folder` lets several servers share one bucket."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"
    folder: str = ""


class BlobBucket(BlobStore):
    """A BlobStore in one bucket, which exists."""

    def __init__(self, place: S3Place) -> None:
        self._bucket = place.bucket
        self._folder = f"{place.folder.strip('/')}/" if place.folder.strip("/") else ""
        self._s3 = _client(place, attempts=3, read_timeout=60)
        # `delete` is asked for while everybody who has something to write waits: at once, or another day
        self._s3_at_once = _client(place, attempts=1, read_timeout=5)

    def put_chunk(self, upload: Upload, number: int, content: bytes, sha256: str) -> ChunkRefused | None:
        if refused := why_refused(upload, number, content, sha256):
            return refused
        for each, piece in single(number, content):
            self._put(f"{self._chunks(upload)}{each}", bytes(piece))
        return None

    def chunks_here(self, upload: Upload) -> frozenset[int]:
        prefix = self._chunks(upload)
        names = (found["Key"].removeprefix(prefix) for found in self._under(prefix))
        return frozenset(int(name) for name in names if name.isdecimal())

    def abandon(self, upload: Upload) -> None:
        self._delete_all([found["Key"] for found in self._under(self._chunks(upload))])

    def sweep(self, before: datetime) -> int:
        prefix = f"{self._folder}uploads/"
        newest: dict[str, datetime] = {}
        keys: dict[str, list[str]] = {}
        for found in self._under(prefix):
            upload = found["Key"].removeprefix(prefix).split("/")[0]
            newest[upload] = max(found["LastModified"], newest.get(upload, found["LastModified"]))
            keys.setdefault(upload, []).append(found["Key"])
        self._sweep_half_joined(before)
        old = [upload for upload, at in newest.items() if at < before]
        self._delete_all([key for upload in old for key in keys[upload]])
        return len(old)

    def size_of(self, sha256: str) -> int:
        with _answers(sha256):
            return int(self._s3.head_object(Bucket=self._bucket, Key=self._key(sha256))["ContentLength"])

    def delete(self, sha256: str) -> None:
        with _answers():
            self._s3_at_once.delete_object(Bucket=self._bucket, Key=self._key(sha256))

    def _key(self, sha256: str) -> str:
        return f"{self._folder}whole/{checked_hash(sha256)}"

    def _chunks(self, upload: Upload) -> str:
        return f"{self._folder}uploads/{upload.id}/"

    def _under(self, prefix: str) -> Iterator[dict[str, Any]]:
        with _answers():
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
                yield from page.get("Contents", ())

    def _delete_all(self, keys: list[str]) -> None:
        with _answers():
            for start in range(0, len(keys), _MOST_DELETED_AT_ONCE):
                batch = [{"Key": key} for key in keys[start : start + _MOST_DELETED_AT_ONCE]]
                self._s3.delete_objects(Bucket=self._bucket, Delete={"Objects": batch, "Quiet": True})

    def _sweep_half_joined(self, before: datetime) -> None:
        """Let the store forget the parts that a kill in the middle of `finish` left."""
        with _answers():
            pages = self._s3.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self._bucket, Prefix=f"{self._folder}whole/"):
                for found in page.get("Uploads", ()):
                    if found["Initiated"] < before:
                        target = {"Key": found["Key"], "UploadId": found["UploadId"]}
                        self._s3.abort_multipart_upload(Bucket=self._bucket, **target)

    def pieces(self, sha256: str, start: int, end: int) -> Iterator[bytes]:
        with _answers(sha256):
            found = self._s3.get_object(Bucket=self._bucket, Key=self._key(sha256), Range=f"bytes={start}-{end - 1}")
            yield from found["Body"].iter_chunks(CHUNK)

    def join(self, upload: Upload) -> bool:
        target = {"Bucket": self._bucket, "Key": self._key(upload.sha256)}
        with _answers():
            target["UploadId"] = self._s3.create_multipart_upload(**target)["UploadId"]
            try:
                etags, sha256 = self._send_parts(upload, target)
                if sha256 != upload.sha256:
                    self._s3.abort_multipart_upload(**target)
                    return False
                parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, start=1)]
                self._s3.complete_multipart_upload(**target, MultipartUpload={"Parts": parts})
            except BaseException:
                with suppress(ClientError, BotoCoreError):
                    self._s3.abort_multipart_upload(**target)
                raise
        return True

    def put_whole(self, documents: Sequence[tuple[str, bytes]]) -> None:
        # One object each, several at a time: over a network it is the waiting that takes long.
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in pool.map(lambda one: self._put(self._key(one[0]), one[1]), documents):
                pass

    def _put(self, key: str, content: bytes) -> None:
        with _answers():
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, ChecksumSHA256=_in_base64(content))

    def _send_parts(self, upload: Upload, target: dict[str, str]) -> tuple[list[str], str]:
        """Send the chunks on in parts of 8 MiB; what each is called, and the hash of all."""
        seen, etags = hashlib.sha256(), list[str]()
        step = _PART // CHUNK
        for first in range(0, upload.chunks, step):
            part = b"".join(self._chunk(upload, n) for n in range(first, min(first + step, upload.chunks)))
            seen.update(part)
            # The store checks each part against this, so what it keeps is what was hashed.
            check = {"ChecksumSHA256": _in_base64(part)}
            sent = self._s3.upload_part(**target, PartNumber=len(etags) + 1, Body=part, **check)
            etags.append(sent["ETag"])
        return etags, seen.hexdigest()

    def _chunk(self, upload: Upload, number: int) -> bytes:
        try:
            with _answers(upload.sha256):
                key = f"{self._chunks(upload)}{number}"
                content: bytes = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except BlobGone as error:
            raise ChunkGone from error
        return content


def _client(place: S3Place, *, attempts: int, read_timeout: int) -> Any:
    """A way to the store; `read_timeout` in seconds."""
    return boto3.client(
        "s3",
        endpoint_url=place.endpoint,
        aws_access_key_id=place.access_key,
        aws_secret_access_key=place.secret_key,
        region_name=place.region,
        config=Config(
            # The bucket in the path: a store on a host of one's own has no name for each bucket.
            s3={"addressing_style": "path"},
            retries={"mode": "standard", "total_max_attempts": attempts},
            connect_timeout=5,
            read_timeout=read_timeout,
            max_pool_connections=32,
        ),
    )


def _in_base64(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


@contextmanager
def _answers(sha256: str | None = None) -> Iterator[None]:
    """Turn what goes wrong on the way to the store into BlobGone, for the document asked about, or BlobsUnreachable."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if sha256 is not None and code in _ABSENT:
            raise BlobGone(sha256) from error
        raise BlobsUnreachable(code) from error
    except BotoCoreError as error:
        raise BlobsUnreachable(type(error).__name__) from error
