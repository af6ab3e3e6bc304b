"""A small organisation that a random story is played in: three laptops, one server, and a recorder outside them all."""

import random
import shutil
import tempfile
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import msgspec

from casework.answers import Accepted, Answer
from casework.commands import AnyCommand, Said, SeenOwner, TriageCase
from casework.connection import Connection
from casework.database import Database
from casework.rows import all_of
from casework.tables import TABLES
from casework.values import Case, TriageOutcome
from server.setting_up import BACK_OFFICE, WAITING_LIST
from sync.carrying import attach
from sync.engine import SyncReport
from tests.journeys import saying
from tests.kit_near import Desk, Makes, NearWorld
from tests.machines.verbs import NAMES, VERBS, choose, open_a_case

CASES = 3
# So small that most rounds have several, and may be cut between them.
SMALL_PAGES = 2_000


class Spoken(msgspec.Struct, frozen=True):
    """Something that a screen called saved: who said it, under which id, and what."""

    name: str
    id: str
    command: AnyCommand


class Killed(Exception):
    """The process dies in the middle of a round."""


class Beginning:
    """The organisation as every story begins, made once and copied: three cases, three laptops in step."""

    def __init__(self) -> None:
        self.folder = _shelf()
        world = NearWorld(self.folder)
        desks = {name: Desk(world, name) for name in NAMES}
        desks["priya"].sync()
        case_ids = [saying.referral(desks["priya"], last_name=f"Client {number}") for number in range(CASES)]
        _support(desks["priya"], case_ids[0], "amy")
        for name in ("priya", "amy", "ben", "priya"):
            desks[name].sync()
        for desk in desks.values():
            desk.laptop.close()
        world.close()

    def forget(self) -> None:
        """Takes it away."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Story:
    """One random life of the organisation. Laptops are named; every act takes its choices from `pick`."""

    def __init__(self, beginning: Beginning, makes: Makes | None = None) -> None:
        self.folder = _shelf()
        shutil.copytree(beginning.folder, self.folder, dirs_exist_ok=True)
        self.world = NearWorld(self.folder, makes=makes)
        self.desks = {name: Desk(self.world, name) for name in NAMES}
        for desk in self.desks.values():
            desk.wire.page_bytes = SMALL_PAGES
        self.spoken: list[Spoken] = []
        self.buried: set[str] = set()
        self.lost_papers: set[str] = set()
        self.lost_there: set[str] = set()
        self.case_ids = self._cases()

    def reading(self) -> AbstractContextManager[Any]:
        """One snapshot of what the server has."""
        return self.world.server.database.reading()

    def end(self) -> None:
        """Takes the story's files away."""
        for desk in self.desks.values():
            desk.laptop.close()
        self.world.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def say(self, name: str, verb: str, pick: random.Random) -> None:
        """Lets somebody say something about a case as their screen shows it, if there is something to say."""
        desk = self.desks[name]
        command = choose(desk.laptop, verb, pick)
        if command is not None:
            self._record(name, desk.laptop.say(command))

    def open_case(self, name: str, pick: random.Random) -> None:
        """Lets somebody take a new case in."""
        command = open_a_case(pick)
        if self._record(name, self.desks[name].laptop.say(command)):
            self.case_ids.append(command.case_id)

    def attach(self, name: str, pick: random.Random) -> None:
        """Lets somebody put a file on a case; there are few different files, so that two add the same (OC18)."""
        desk = self.desks[name]
        cases = desk.look(lambda conn: all_of(conn, Case))
        if cases:
            content = f"photograph {pick.randrange(3)}"
            source = self.folder / f"{content}.txt"
            source.write_text(content, encoding="utf-8")
            self._record(name, attach(desk.laptop, source, case_id=pick.choice(cases).id, mime="text/plain"))

    def sync(self, name: str) -> SyncReport:
        """A round, wherever it ends."""
        return self.desks[name].try_to_sync()

    def speak_during_a_round(self, name: str, verb: str, pick: random.Random) -> None:
        """Somebody goes on saying things while each request of a round is on its way."""
        desk = self.desks[name]
        desk.wire.meanwhile = lambda: self.say(name, verb, pick)
        desk.try_to_sync()
        desk.wire.meanwhile = None

    def lose_an_answer(self, name: str, pick: random.Random) -> None:
        """The server does its work, and the laptop does not hear of it: of a push, or of any request of the round."""
        wire = self.desks[name].wire
        wire.lose_pushes = pick.randrange(2)
        wire.lose_replies, wire.spare_replies = 1, pick.randrange(6)
        self.desks[name].try_to_sync()
        wire.lose_pushes = wire.lose_replies = wire.spare_replies = 0

    def sync_with_an_echo(self, name: str) -> None:
        """A round in which each push arrives twice."""
        self.desks[name].wire.twice = True
        self.desks[name].try_to_sync()
        self.desks[name].wire.twice = False

    def kill(self, name: str, pick: random.Random) -> None:
        """The laptop's process dies at some request of a round, or between two."""
        desk = self.desks[name]
        left = pick.randrange(6)

        def die() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed

        desk.wire.meanwhile = die
        with suppress(Killed):
            desk.try_to_sync()
        desk.wire.meanwhile = None
        desk.crash()

    def restart_server(self) -> None:
        """Closes the server's store and opens it again."""
        self.world.server.database.close()
        self.world.server.reopen(Database.plain(self.folder / "server.db"))

    def staff_a_queue(self, pick: random.Random) -> None:
        """Says anew who is at work in a queue: some get its cases, some lose them."""
        self.world.staff(pick.choice((BACK_OFFICE, WAITING_LIST)), *(name for name in NAMES if pick.random() < 0.5))

    def settle_down(self) -> None:
        """Gives everybody their work and a network until nothing is left to say (I9: that must be soon)."""
        for name, desk in self.desks.items():
            self.world.employ(name)
            desk.cable.is_cut = False
        for _ in range(3):
            for desk in self.desks.values():
                desk.sync()

    def _record(self, name: str, answer: Answer) -> bool:
        if not isinstance(answer, Accepted) or not answer.changes:
            return False
        query = "SELECT body FROM outbox WHERE id = ?"
        desk = self.desks[name]
        body = desk.look(lambda conn: conn.exec_driver_sql(query, (answer.command_id,)).scalar_one())
        self.spoken.append(Spoken(name, answer.command_id, msgspec.json.decode(body, type=Said).say))
        return True

    def _cases(self) -> list[str]:
        with self.world.server.database.reading() as conn:
            return [case.id for case in all_of(conn, Case)]


Tables = dict[str, dict[str, tuple[Any, ...]]]
_COLUMNS = {table.name: [column.name for column in table.columns] for table in TABLES.values()}
# (table, what asks for all of it, where its id stands)
_LOOKS = [(name, f"SELECT {', '.join(columns)} FROM {name}", columns.index("id")) for name, columns in _COLUMNS.items()]


def snapshot(conn: Connection) -> Tables:
    """Every shared row of a store, table by table and id by id."""
    found: Tables = {}
    for name, query, place in _LOOKS:
        rows = conn.exec_driver_sql(query).all()
        found[name] = {str(row[place]): tuple(row) for row in rows}
    return found


def _shelf() -> Path:
    """Where the stores lie: in memory where the system has such a place, for stories ask for thousands of commits."""
    shelf = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="doorstep-story-", dir=shelf if shelf.is_dir() else None))


def _support(desk: Desk, case_id: str, owner: str) -> None:
    case = saying.look(desk, Case, case_id)
    assert case is not None
    desk.say(
        TriageCase(
            case_id=case_id,
            base=SeenOwner(case.owner, case.owner_cmd),
            outcome=TriageOutcome.SUPPORTED,
            step_id=saying.ENGAGED,
            owner=saying.person(owner),
        )
    )


__all__ = ["NAMES", "VERBS", "Beginning", "Killed", "Spoken", "Story", "Tables", "snapshot"]
