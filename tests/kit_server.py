"""A real central server for tests: in the next thread, or in a process of its own that may be killed."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casework.database import Database
from casework.wire import MEDIA_TYPE
from server.app import create_app
from server.clock import Clock, utc_now
from server.config import Config, ObjectStore
from server.parts import Parts, open_parts
from server.serving import listen, server_of
from server.setting_up import DEMO_PASSWORD, default_id
from tests.kit_waiting import until

PASSWORD = DEMO_PASSWORD
PEOPLE = ("amy", "ben", "cara", "priya", "jo", "sam")
ROOT = Path(__file__).parents[1]


def person_id(username: str) -> str:
    """The id of one of the sample's people."""
    return default_id(f"person/{username}")


class Trouble(StrEnum):
    """What may go wrong between the laptop and the server, or in it."""

    NONE = "none"
    LOST_REQUEST = "lost request"
    LOST_ANSWER = "lost answer"
    PORTAL = "portal"
    BUSY = "busy"
    BROKEN = "broken"
    TOO_LARGE = "too large"


class Switch:
    """Stands in front of the server; `trouble` is what happens to requests, to all or to the next `times`.

    With `at` only requests to paths that end in it are troubled, and only they count.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.trouble = Trouble.NONE
        self.times: int | None = None
        self.at = ""
        self.seen: list[str] = []

    def put_behind(self, other: Callable[[ASGIApp], ASGIApp]) -> None:
        """From now on requests go through another one too, until the server restarts."""
        self._app = other(self._app)

    def make(self, trouble: Trouble, times: int | None = None, *, at: str = "") -> None:
        """From now on, or for so many requests."""
        self.trouble, self.times, self.at = trouble, times, at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.seen.append(f"{scope['method']} {scope['path']}")
        is_meant = scope["type"] == "http" and scope["path"].endswith(self.at)
        trouble = self._next() if is_meant else Trouble.NONE
        if trouble is Trouble.NONE:
            await self._app(scope, receive, send)
        elif trouble is Trouble.LOST_REQUEST:
            await _cut(send)
        elif trouble is Trouble.LOST_ANSWER:
            await self._app(scope, receive, _nowhere)
            await _cut(send)
        else:
            await _answer_as(trouble, send)

    def _next(self) -> Trouble:
        if self.times == 0:
            self.trouble, self.times = Trouble.NONE, None
        if self.times is not None:
            self.times -= 1
        return self.trouble


async def _nowhere(message: Message) -> None:
    """An answer that nobody gets."""


async def _cut(send: Send) -> None:
    """Half an answer, then nothing: the connection closes in the middle."""
    headers = [(b"content-length", b"1000"), (b"content-type", MEDIA_TYPE.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"rid":', "more_body": True})


async def _answer_as(trouble: Trouble, send: Send) -> None:
    status, kind, body = {
        Trouble.PORTAL: (200, b"text/html", b"<html>Welcome to FreeWiFi</html>"),
        Trouble.BUSY: (503, b"text/plain", b"busy"),
        Trouble.BROKEN: (500, b"text/plain", b"broken"),
        Trouble.TOO_LARGE: (413, b"text/plain", b"too large"),
    }[trouble]
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    headers += [(b"retry-after", b"1")] if trouble is Trouble.BUSY else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class RunningServer:
    """A server on loopback in threads of this process, over data that outlives its stopping."""

    def __init__(self, config: Config, *, clock: Clock = utc_now) -> None:
        self.config = config
        self.clock = clock
        self._thread: threading.Thread | None = None
        self._start()

    @property
    def url(self) -> str:
        """Where it listens; the same again after a restart."""
        return f"http://127.0.0.1:{self.config.port}"

    @property
    def database(self) -> Database:
        """The server's own database, for looking into it."""
        return self.parts.database

    def stop(self) -> None:
        """Goes away; whoever asks then finds nobody."""
        if self._thread is not None:
            self._server.should_exit = True
            self._server.force_exit = True
            self._thread.join()
            self._thread = None
            self.parts.close()

    def restart(self) -> None:
        """Stops and comes back on the same address, over the same data."""
        self.stop()
        self._start()

    def _start(self) -> None:
        self.parts: Parts = open_parts(self.config, clock=self.clock)
        self.parts.setting_up.start_sample(dict.fromkeys(PEOPLE, PASSWORD))
        self.switch = Switch(create_app(self.parts))
        self._server: uvicorn.Server = server_of(self.switch)
        listener = listen("127.0.0.1", self.config.port)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="central server")
        self._thread.start()
        until(lambda: self._server.started, "the server listens")


@contextmanager
def running_server(
    folder: Path | None = None,
    *,
    database_url: str = "",
    object_store: ObjectStore | None = None,
    clock: Clock = utc_now,
) -> Iterator[RunningServer]:
    """A server with a fresh sample organisation, in the next thread; everybody's password is PASSWORD."""
    with tempfile.TemporaryDirectory(prefix="doorstep-server-") as made:
        data = folder or Path(made)
        config = Config(data=data, database=database_url, object_store=object_store, port=free_port())
        server = RunningServer(config, clock=clock)
        try:
            yield server
        finally:
            server.stop()


class ServerProcess:
    """A server in a process of its own."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.url = f"http://127.0.0.1:{config.port}"
        self._log = (config.data / f"server-{config.port}.log").open("ab")
        self.start()

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server", "up", "--host", "127.0.0.1", "--port", str(self.config.port)],
            cwd=ROOT,
            env=environment_of(self.config),
            stdout=self._log,
            stderr=self._log,
        )
        until(self.answers, "the server process answers")

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def command(self, *words: str) -> None:
        """What an admin types on this server's machine."""
        told = subprocess.run(
            [sys.executable, "-m", "server", *words],
            cwd=ROOT,
            env=environment_of(self.config),
            capture_output=True,
            text=True,
        )
        assert told.returncode == 0, told.stdout + told.stderr

    def answers(self) -> bool:
        """Whether it is up; fails at once if the process has ended instead."""
        assert self._process.poll() is None, (self.config.data / f"server-{self.config.port}.log").read_text()
        return answers(self.url)

    def kill(self) -> None:
        """Kills it without warning (SIGKILL)."""
        self._process.kill()
        self._process.wait()

    def terminate(self) -> int:
        """Asks it to stop, as a service manager does; returns its exit status."""
        self._process.terminate()
        return self._process.wait()

    def close(self) -> None:
        """Ends it whatever state it is in."""
        self.kill()
        self._log.close()


@contextmanager
def server_process(
    folder: Path, *, database_url: str = "", object_store: ObjectStore | None = None
) -> Iterator[ServerProcess]:
    """A server in a process of its own, over the sample organisation (made if the data is new)."""
    config = Config(data=folder, database=database_url, object_store=object_store, port=free_port())
    parts = open_parts(config)
    parts.setting_up.start_sample(dict.fromkeys(PEOPLE, PASSWORD))
    parts.close()
    process = ServerProcess(config)
    try:
        yield process
    finally:
        process.close()


def environment_of(config: Config) -> dict[str, str]:
    """The variables by which a server process learns these settings."""
    given = {"DOORSTEP_DATA": str(config.data), "DOORSTEP_DATABASE": config.database}
    if config.object_store is not None:
        store = config.object_store
        given |= {
            "DOORSTEP_S3_ENDPOINT": store.endpoint,
            "DOORSTEP_S3_BUCKET": store.bucket,
            "DOORSTEP_S3_KEY": store.access_key,
            "DOORSTEP_S3_SECRET": store.secret_key,
            "DOORSTEP_S3_FOLDER": store.folder,
        }
    return {**os.environ, **given}


def answers(url: str) -> bool:
    """Whether a server is up there."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """A port of the loopback that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
