"""A real S3-compatible store (SeaweedFS) on this machine, with an empty bucket for each test that asks."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ACCESS_KEY, SECRET_KEY = "doorstep-test", "only-for-tests-on-loopback"
ATTEMPTS = 150
# each server port has a twin for its own protocol this much higher
TWIN = 10_000
_numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class ObjectStore:
    """Where a store listens and how to sign in; `bucket` exists and is empty."""

    endpoint: str
    access_key: str
    secret_key: str
    bucket: str


def s3_client(store: ObjectStore) -> Any:
    """A boto3 client (untyped) for the store, one attempt a call, addresses with the bucket in the path."""
    return boto3.client(
        "s3",
        endpoint_url=store.endpoint,
        aws_access_key_id=store.access_key,
        aws_secret_access_key=store.secret_key,
        region_name="us-east-1",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _free_ports(wanted: int) -> list[int]:
    """Ports that are free now together with their twins; below the range that outgoing connections use."""
    # the process number keeps parallel test processes apart between looking and listening
    start = 11_000 + os.getpid() * 37 % 9_000
    found: list[int] = []
    for port in range(start, start + 2_000):
        if _is_free(port) and _is_free(port + TWIN):
            found.append(port)
        if len(found) == wanted:
            return found
    raise RuntimeError("no free ports for the object store")


def _start(folder: Path) -> tuple["subprocess.Popen[bytes]", str]:
    keys = {"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}
    identity = {
        "name": "tests",
        "credentials": [keys],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
    (folder / "data").mkdir()
    master, volume, filer, s3 = _free_ports(4)
    weed = Path(sys.executable).parent / "weed"
    command = [str(weed), f"-logdir={folder}", "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1"]
    command += ["-ip.bind=127.0.0.1", "-filer", "-s3", f"-s3.config={folder / 's3.json'}", f"-s3.port={s3}"]
    command += [f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}"]
    # the services that listen on fixed ports by default, or report home, are off
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]
    command += ["-master.volumeSizeLimitMB=64", "-volume.max=20"]
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    return process, f"http://127.0.0.1:{s3}"


def _wait_until_it_stores(process: "subprocess.Popen[bytes]", store: ObjectStore, log: Path) -> None:
    client = s3_client(store)
    for _ in range(ATTEMPTS):
        try:
            client.create_bucket(Bucket=store.bucket)
            client.put_object(Bucket=store.bucket, Key="ready", Body=b"ready")
        except (BotoCoreError, ClientError):
            # the pause between attempts is a wait for the other way this can end: the server has died
            try:
                process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
            break
        return
    process.kill()
    raise RuntimeError(f"the object store did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """One running store for all tests of this process."""
    folder = tmp_path_factory.mktemp("s3")
    process, endpoint = _start(folder)
    store = ObjectStore(endpoint=endpoint, access_key=ACCESS_KEY, secret_key=SECRET_KEY, bucket="first")
    _wait_until_it_stores(process, store, folder / "weed.log")
    yield store
    process.kill()
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def s3_store(s3_server: ObjectStore) -> ObjectStore:
    """The running store with an empty bucket of the test's own."""
    store = ObjectStore(
        endpoint=s3_server.endpoint,
        access_key=s3_server.access_key,
        secret_key=s3_server.secret_key,
        bucket=f"bucket-{next(_numbers)}",
    )
    s3_client(store).create_bucket(Bucket=store.bucket)
    return store
