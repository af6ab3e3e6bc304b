"""The organisation as every run begins: made once for a process, and set back to that in a moment."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from casework import ids
from casework.commands import SeenOwner, TriageCase
from casework.disk import Disk
from casework.values import TriageOutcome
from casework.wire import Ack, encode
from server.setting_up import WAITING_LIST
from sync.engine import Engine
from tests.journeys import saying
from tests.kit_near import NINE, Desk, Makes, NearServer, NearWorld
from tests.machines.sim.dice import SeededIds
from tests.machines.sim.older import OLDER, as_older_says
from tests.machines.sim.quick import QuickLaptop, quick_database

# Each laptop by a name of its own: whose it is, and which of theirs.
LAPTOPS: dict[str, tuple[str, int]] = {
    "priya": ("priya", 1),
    "amy": ("amy", 1),
    "ben": ("ben", 1),
    "amy 2": ("amy", 2),
    "sam": ("sam", 1),
}
# The admin, whose laptop takes part only in runs in which there is something for an admin to do.
ADMIN = "sam"
KEY = b"k" * 32


@dataclass(frozen=True, kw_only=True)
class SimMakes(Makes):
    """What a run is made of."""

    laptop: type[QuickLaptop] = QuickLaptop


class QuietEngine(Engine):
    """The engine, with nobody who looks at where it stands after each of its steps."""

    def _tell(self) -> None:
        """Tells nobody."""


class QuickDesk(Desk):
    """A laptop with a quick store."""

    laptop: QuickLaptop
    # whether its app is a version behind (older.py)
    is_behind = False

    def _open(self) -> None:
        makes = self.world.makes
        kind = makes.laptop if isinstance(makes, SimMakes) else QuickLaptop
        self.laptop = kind(
            self.folder,
            KEY,
            person_id=self.person_id,
            device=self.device,
            clock=self.clock,
            disk=Disk(keep_free=0),
        )
        pages = makes.pages(self.person_id)
        if self.is_behind:
            self.laptop.known = pages.known = OLDER
        self.wire.written = as_older_says if self.is_behind else encode
        self.laptop.prepare()
        self.device = self.laptop.device
        self.engine = QuietEngine(self.laptop, self.cable, self.hooks, pages=pages, safeguards=makes.safeguards())


class Stage:
    """One folder in which run after run takes place, each on fresh copies of the same files."""

    def __init__(self) -> None:
        self._shelf = _shelf()
        self.folder = self._shelf / "now"
        self._beginning = self._shelf / "beginning"
        self.folder.mkdir()
        with ids.use(SeededIds("beginning")):
            self.world = NearWorld(self.folder, quick_database(self.folder / "server.db"))
            _live_a_little(self.world)
        second = NearServer(quick_database(self.folder / "server.db"), self.world.clock, self.folder)
        self.servers = (self.world.server, second)
        self._close()
        self.folder.rename(self._beginning)
        self.folder.mkdir()

    def set(self, makes: Makes) -> NearWorld:
        """Puts everything back to the beginning."""
        self._close()
        shutil.rmtree(self.folder)
        shutil.copytree(self._beginning, self.folder)
        self.world.makes = makes
        self.world.clock.now = NINE
        heard: dict[str, list[Ack]] = {}
        for server in self.servers:
            self.restart(server)
            server.heard = heard
        return self.world

    def restart(self, server: NearServer) -> None:
        """A server process goes on as after a start: with nothing but what is on the disk."""
        server.database.close()
        server.reopen(server.database)

    def _close(self) -> None:
        for server in self.servers:
            server.database.close()

    def forget(self) -> None:
        """Takes it all away."""
        self._close()
        shutil.rmtree(self._shelf, ignore_errors=True)


def _live_a_little(world: NearWorld) -> None:
    """Three cases and every laptop in step."""
    desks = {name: QuickDesk(world, who, number=number) for name, (who, number) in LAPTOPS.items()}
    world.staff(WAITING_LIST, "amy")
    priya = desks["priya"]
    priya.sync()
    case_ids = [saying.referral(priya, last_name=f"Client {number}") for number in range(3)]
    _support(priya, case_ids[0], "amy")
    _support(priya, case_ids[1], "ben")
    for name in (*LAPTOPS, "priya"):
        desks[name].sync()
    for desk in desks.values():
        desk.laptop.close()


def _support(desk: Desk, case_id: str, owner: str) -> None:
    case = saying.the_case(desk, case_id)
    desk.say(
        TriageCase(
            case_id=case_id,
            base=SeenOwner(case.owner, case.owner_cmd),
            outcome=TriageOutcome.SUPPORTED,
            step_id=saying.ENGAGED,
            owner=saying.person(owner),
        )
    )


def _shelf() -> Path:
    """In memory where the system has such a place, for runs ask for thousands of commits."""
    shelf = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="doorstep-run-", dir=shelf if shelf.is_dir() else None))


__all__ = ["KEY", "LAPTOPS", "QuickDesk", "Stage"]
