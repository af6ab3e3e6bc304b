"""A profile on a laptop opened as the app opens it, and damage to its store as a disk does it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.commands import AddNote
from casework.connection import Connection
from casework.page_cipher import PAGE
from casework.values import Role
from sync import mending, outbox
from sync.engine import Engine
from sync.laptop import STORE
from sync.profiles import Profile, keep_renewal, open_laptop
from tests.journeys import saying
from tests.kit_near import Desk, NearCentral, NearWorld, person_id

KEY = b"k" * 32
CASES = 30


class Place:
    """Amy's profile on one laptop: opened as the app opens it, and in touch with the near organisation."""

    def __init__(self, world: NearWorld, root: Path, device: str) -> None:
        self.world = world
        self.root = root
        self.profile = Profile(
            id="amy",
            server="https://near.example",
            username="amy",
            person_id=person_id("amy"),
            display_name="Amy Jones",
            role=Role.ADVISOR,
            organisation="Near",
            device=device,
            key_name="amy",
        )
        self.open()

    def open(self, key: bytes = KEY) -> None:
        """As the app does."""
        self.laptop = open_laptop(self.root, self.profile, key, upgrade=no_upgrade)
        wire = NearCentral(self.world.server, self.profile.person_id, self.laptop.device)
        self.engine = Engine(self.laptop, wire)

    @property
    def store(self) -> Path:
        return self.root / "amy" / STORE

    def sync(self) -> None:
        """Rounds until nothing waits."""
        for _ in range(3):
            report = self.engine.sync_once()
            if report.fault is not None:
                raise report.fault

    def waiting(self) -> list[str]:
        with self.laptop.database.reading() as conn:
            return [one.said.id for one in outbox.waiting(conn)]

    def note(self, case_id: str, text: str) -> None:
        """Says it; it must be accepted."""
        self.laptop.say(AddNote(case_id=case_id, text=text))

    def aside(self) -> list[Path]:
        """The stores that were put aside."""
        return list(self.store.parent.glob(f"{STORE}.damaged-{'?' * 8}"))


def no_upgrade(store: object) -> None:
    raise AssertionError("a new store is never behind")


@pytest.fixture
def cases(priya: Desk) -> list[str]:
    """Cases of Amy's on the server, each with something written on it."""
    made = [saying.a_case_of(priya, "amy") for _ in range(CASES)]
    for case_id in made:
        saying.note(priya, case_id, "what the office wrote " * 40)
    priya.sync()
    return made


@pytest.fixture
def amy(world: NearWorld, cases: list[str], tmp_path: Path) -> Iterator[Place]:
    """Amy's profile, in step with the server."""
    del cases
    made = Place(world, tmp_path / "profiles", "d" * 32)
    keep_renewal(made.laptop, "the renewal")
    made.sync()
    yield made
    made.laptop.close()


def spoil(path: Path, start: int, size: int) -> None:
    """Bits that turned on the disk."""
    with path.open("r+b") as file:
        file.seek(start)
        there = file.read(size)
        file.seek(start)
        file.write(bytes(byte ^ 0x5A for byte in there))


def restart_with_damage(place: Place, table_name: str) -> None:
    """Opened anew, with nothing in its caches, and then the first page of a table turns bad."""
    with place.laptop.database.reading() as conn:
        page = conn.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = ?", (table_name,)).scalar_one()
    place.laptop.close()
    place.open()
    spoil(place.store, (int(page) - 1) * PAGE + 100, 32)


def read_all_notes(conn: Connection) -> int:
    return int(conn.exec_driver_sql("SELECT coalesce(sum(length(text)), 0) FROM activity").scalar_one())


def is_told(place: Place) -> mending.BegunAnew | None:
    with place.laptop.database.reading() as conn:
        return mending.begun_anew(conn)
