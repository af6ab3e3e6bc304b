"""A store whose upgrade was killed is the old one or the new one, with all that was in it."""

import random
import sys
from collections.abc import Callable
from pathlib import Path

from casework import migrate
from casework.database import Database
from casework.sqlite_file import Behind, Ready
from tests.kit_victims import Victims, serve
from tests.store.notes import KEY, VERSION, add, bodies, metadata
from tests.store.test_migrate import write_scripts

KILLS = 25
NOTES = [f"note {number}" for number in range(50)]


def test_that_a_killed_upgrade_leaves_the_old_store_or_the_new(tmp_path: Path) -> None:
    chance, scripts, found = random.Random(1879), write_scripts(tmp_path / "scripts"), set[str]()
    with Victims("tests.store.test_upgrade_kills", str(tmp_path)) as victims:
        for _ in range(KILLS):
            last, is_done = victims.kill_one(chance, patience=400_000)[-1].split()
            database = Database.encrypted(Path(last), KEY)
            answer = database.prepare(metadata, side="device", latest="0002")
            found.add(type(answer).__name__)
            assert bodies(database) == NOTES
            assert database.quick_check() == ()
            if is_done == "upgraded":
                assert answer == Ready(is_new=False)
            if isinstance(answer, Behind):
                migrate.upgrade(database, side="device", scripts=scripts)
                assert bodies(database) == NOTES
            database.close()
    assert found == {"Ready", "Behind"}


def work(folder: Path) -> Callable[[int, Callable[[str], None]], None]:
    """Makes old stores and upgrades each."""
    scripts = folder / "scripts"

    def upgrade_for_ever(worker: int, say: Callable[[str], None]) -> None:
        for number in range(1000):
            path = folder / f"{worker}-{number}.db"
            database = Database.encrypted(path, KEY)
            database.prepare(metadata, side="device", latest=VERSION)
            add(database, *NOTES)
            say(f"{path} made")
            migrate.upgrade(database, side="device", scripts=scripts)
            say(f"{path} upgraded")
            database.close()

    return upgrade_for_ever


if __name__ == "__main__":
    serve(work(Path(sys.argv[1])))
