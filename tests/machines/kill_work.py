"""What the victims of test_kills.py are at when they die: local work, rounds, and a server that is pushed to."""

import itertools
import random
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from casework.answers import Accepted
from casework.commands import AnyCommand
from casework.disk import Disk
from server.app import create_app
from server.config import Config
from server.parts import open_parts
from server.serving import listen, server_of
from sync import state
from sync.engine import Engine
from sync.faults import Busy, Offline
from sync.http import HttpCentral
from sync.laptop import Laptop
from tests.kit_victims import serve
from tests.machines.verbs import VERBS, choose

KEY = b"k" * 32
Say = Callable[[str], None]


class Person(msgspec.Struct, frozen=True):
    """Whose laptop it is."""

    person_id: str
    device: str


def open_laptop(folder: Path, person: Person) -> Laptop:
    """The store as its owner opens it."""
    laptop = Laptop(folder, KEY, person_id=person.person_id, device=person.device, disk=Disk(keep_free=0))
    laptop.prepare()
    return laptop


def say_something(laptop: Laptop, pick: random.Random) -> tuple[str, AnyCommand] | None:
    """Says one random thing; its id and what it was, None where the rules did not take it."""
    command = choose(laptop, pick.choice(sorted(VERBS)), pick)
    if command is None:
        return None
    answer = laptop.say(command)
    return (answer.command_id, command) if isinstance(answer, Accepted) and answer.changes else None


def central_of(url: str, laptop: Laptop, device: str, *, read_seconds: float = 5) -> HttpCentral:
    """The way to the server, with the renewal that lies in the store."""
    with laptop.database.reading() as conn:
        renewal = state.get(conn, state.RENEWAL, str, "")
    central = HttpCentral(url, read_seconds=read_seconds)
    central.resume(device, renewal, lambda new: laptop.write(lambda conn: state.put(conn, state.RENEWAL, new)))
    return central


def talk(folder: Path, person: Person, a_store: int) -> Callable[[int, Say], None]:
    """Somebody who says one thing after another, and tells of each only once it was called saved.

    So many workers, one after the other, use the same store; then comes the next.
    """

    def work(worker: int, say: Say) -> None:
        laptop, pick = open_laptop(folder / str(worker // a_store), person), random.Random(worker)
        say("open")
        while True:
            said = say_something(laptop, pick)
            if said is not None:
                say(said[0])

    return work


def talk_and_sync(folder: Path, person: Person, url: str) -> Callable[[int, Say], None]:
    """Somebody who syncs again and again while there is something to say."""

    def work(worker: int, say: Say) -> None:
        laptop, pick = open_laptop(folder, person), random.Random(worker)
        engine = Engine(laptop, central_of(url, laptop, person.device))
        say("open")
        while True:
            for _ in range(pick.randint(0, 3)):
                said = say_something(laptop, pick)
                if said is not None:
                    say(said[0])
            report = engine.sync_once()
            assert report.fault is None or isinstance(report.fault, Offline | Busy), report.fault
            say("round")

    return work


class Tells:
    """Says when a request to paths that begin so has come in, so that the server can be killed over it."""

    def __init__(self, app: ASGIApp, say: Say, paths: tuple[str, ...]) -> None:
        self._app = app
        self._say = say
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if str(scope.get("path")).startswith(self._paths):
            self._say("request")
        await self._app(scope, receive, send)


def serve_requests(folder: Path, port: int, *paths: str) -> Callable[[int, Say], None]:
    """A server that tells of each such request as it begins."""

    def work(worker: int, say: Say) -> None:
        app = create_app(open_parts(Config(data=folder, port=port)))
        server_of(Tells(app, say, paths)).run(sockets=[listen("127.0.0.1", port)])

    return work


def aloud(work: Callable[[int, Say], None]) -> Callable[[int, Say], None]:
    """The same work; a bug in it is told like a fact, for a process that dies of one must not pass for a kill."""

    def told(worker: int, say: Say) -> None:
        try:
            work(worker, say)
        except BaseException:
            for line in itertools.chain(traceback.format_exc().splitlines(), ("broke",)):
                say(line)
            raise

    return told


def main(what: str, folder: str, *rest: str) -> None:
    """Serves as one of the four."""
    place = Path(folder)
    if what == "server":
        serve(aloud(serve_requests(place, int(rest[0]), "/v1/push")))
    elif what == "uploads":
        serve(aloud(serve_requests(place, int(rest[0]), "/v1/uploads", "/v1/documents")))
    elif what == "sync":
        serve(aloud(talk_and_sync(place, Person(rest[0], rest[1]), rest[2])))
    else:
        serve(aloud(talk(place, Person(rest[0], rest[1]), int(rest[2]))))


if __name__ == "__main__":
    main(*sys.argv[1:])
