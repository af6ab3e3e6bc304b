"""A laptop of a run: on a wire in all weathers, it may die at any point of any write, be copied and be put back."""

import shutil
from pathlib import Path

from casework.wire import MOST_BYTES
from sync.central import Cable
from sync.laptop import JOURNAL
from tests.kit_near import NearWorld
from tests.machines.organisation import SMALL_PAGES, Killed
from tests.machines.sim.older import make_older, may_be_older
from tests.machines.sim.stage import LAPTOPS, QuickDesk
from tests.machines.sim.weather import Air, Weather, calm

# How many bytes a page has: so few that a round has several, or all at once.
PAGES = (SMALL_PAGES, SMALL_PAGES, 10_000, MOST_BYTES)

# What a spoilt value says, and which values are: of each table a column that no command changes, and all of its rows
# with their cases.
SPOILT = "spoilt"
SPOILS = {
    "activity": ("text", "SELECT t.id, t.case_id FROM activity t"),
    "task": ("title", "SELECT t.id, t.case_id FROM task t"),
    "contact": ("birth_text", "SELECT t.id, c.id FROM contact t JOIN case_file c ON c.contact_id = t.id"),
    "property": ("uprn", "SELECT t.id, c.id FROM property t JOIN case_file c ON c.property_id = t.id"),
}


class SimDesk(QuickDesk):
    """A laptop of a run, by its key: its owner's second one and a copy of it have keys of their own."""

    def __init__(self, world: NearWorld, air: Air, key: str, *, copy_of: "SimDesk | None" = None) -> None:
        self.key = key
        self._air = air
        self._left: Path | None = None
        # of the words that were said before, its own memory may have been lost
        self.is_put_back = copy_of is not None
        self.is_behind = copy_of is not None and copy_of.is_behind
        # its person's access had ended, or it was lost
        self.was_purged = False
        # cases that it lost, until it has found out
        self.mislaid: set[str] = set() if copy_of is None else set(copy_of.mislaid)
        # a value of its rows was changed behind its back (disasters.py)
        self.has_been_spoilt: bool = copy_of is not None and copy_of.has_been_spoilt
        # and in the copy of its disk
        self.mislaid_in_copy: set[str] = set()
        who, number = LAPTOPS[key] if copy_of is None else (copy_of.name, len(LAPTOPS) + 1)
        if copy_of is not None:
            copy_files(copy_of.folder, world.folder / f"{who}-{number}")
        # whoever copies a disk copies the device's name with it
        self._named = "" if copy_of is None else copy_of.laptop.device
        super().__init__(world, who, number=number)
        if copy_of is not None:
            self.clock.now = copy_of.clock.now
        self.wire.page_bytes = air.pick.choice(PAGES)

    def _open(self) -> None:
        if not hasattr(self, "weather"):
            self.weather = Weather(self.wire, self._air)
            self.cable = Cable(self.weather)
        self.device = self._named or self.device
        super()._open()
        self._named = self.device
        self.weather.device = lambda: self.laptop.device

    def spoilt_cases(self) -> set[str]:
        """The cases of which a row is still spoilt here."""
        if not self.has_been_spoilt:
            return set()
        looks = " UNION ALL ".join(f"{rows} WHERE t.{column} = '{SPOILT}'" for column, rows in SPOILS.values())
        return {str(case_id) for _, case_id in self.look(lambda conn: conn.exec_driver_sql(looks).all())}

    def die(self) -> None:
        """The process ends here and now: what is in its files at this moment is what is left."""
        if self._left is None:
            # what the code does about the exception would not have happened any more
            self._left = self.folder.with_name(f"{self.folder.name}-left")
            copy_files(self.folder, self._left)
        raise Killed

    def tear_the_journal(self, length: int) -> None:
        """A kill in the middle of an append to the journal leaves the beginning of what was to be written."""
        assert self._left is not None
        with (self._left / JOURNAL).open("ab") as file:
            file.write(b"DSjf\0\0\1\0\0\0\0\0"[:length])

    def come_back(self) -> None:
        """Starts anew from what the kill left."""
        assert self._left is not None
        left, self._left = self._left, None
        self.put_back(left)
        shutil.rmtree(left)

    def fall_behind(self) -> None:
        """From now on the app is an older one, if what is in the store could have come about with that."""
        if not self.is_behind and self.look(may_be_older):
            with self.laptop.database.writing() as conn:
                make_older(conn)
            self.is_behind = True
            self.restart()

    def catch_up(self) -> None:
        """The newer app is installed."""
        if self.is_behind:
            self.is_behind = False
            self.restart()

    def put_back(self, copy: Path, *names: str) -> None:
        """Starts anew from a copy of its folder, or of the named files in it."""
        self.laptop.close()
        if names:
            for name in names:
                (self.folder / name).unlink(missing_ok=True)
                if (copy / name).exists():
                    shutil.copyfile(copy / name, self.folder / name)
        else:
            shutil.rmtree(self.folder)
            copy_files(copy, self.folder)
        self.weather.fate, self.weather.meanwhile = calm, None
        self._open()


def copy_files(folder: Path, to: Path) -> None:
    """Copies a laptop's files as they are at this moment."""
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns("*-shm"))
