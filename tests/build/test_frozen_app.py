"""The app as it is given to people: built, it starts on its own, opens a store, syncs, works offline, and ends well."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from casework.answers import Accepted
from casework.commands import OpenCase
from casework.sqlite_file import OLDEST_SAFE_SQLITE
from casework.ids import new_id
from casework.rows import all_of
from casework.values import Contact, Project, Property, Source
from desktop.build_data import EXECUTABLE, VERSION
from sync import profiles
from sync.engine import Engine
from sync.http import HttpCentral
from sync.laptop import Laptop
from tests.kit_server import PASSWORD, RunningServer, running_server

pytestmark = [pytest.mark.build, pytest.mark.serial, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[2]
BUILD_SECONDS, RUN_SECONDS = 800, 150
# names that nobody else has, so that they are found wherever they lie in plain text
CANARIES = ("Zephyrine Quagmire-Oxenholme", "Ignatius Wolverley-Tapscott", "Perpetua Snodgrass-Abernethy")
PASSPHRASE = "seven green bottles on a wall"
MOST_BYTES = 220_000_000


class Built:
    """The app's folder, and ways to start what lies in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, home: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Starts the app with nothing of this project around it; its exit status and what it says."""
        home.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [str(self.folder / EXECUTABLE), *arguments],
            cwd=home,
            env=_bare_environment(home),
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
        )
        assert done.stdout, f"it said nothing and ended with {done.returncode}: {done.stderr[-2000:]}"
        said: dict[str, Any] = json.loads(done.stdout)
        return done.returncode, said

    def state(self) -> dict[str, tuple[int, int]]:
        """Every file with its size and the time when it was written last."""
        return {
            path.relative_to(self.folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
            for path in self.folder.rglob("*")
            if path.is_file() and not path.is_symlink()
        }


def _bare_environment(home: Path) -> dict[str, str]:
    """What a desktop session has at least; no Python, no path to this project, no keyring."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "DOORSTEP_SMOKE_USER": "amy",
        "DOORSTEP_SMOKE_PASSWORD": PASSWORD,
        "DOORSTEP_PASSPHRASE": PASSPHRASE,
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Builds the app the way `python3 dev.py build` does, somewhere else."""
    made = tmp_path_factory.mktemp("built")
    options = ["--noconfirm", "--log-level=ERROR", f"--distpath={made / 'dist'}", f"--workpath={made / 'work'}"]
    done = subprocess.run(
        [sys.executable, "-m", "PyInstaller", *options, "build.spec"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return Built(made / "dist" / EXECUTABLE)


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A real server on which Amy has a few cases, said on another laptop of hers."""
    with running_server() as server:
        open_cases(server, tmp_path_factory.mktemp("other-laptop"))
        yield server


@pytest.fixture(scope="module")
def used(built: Built, central: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> "Used":
    """A computer on which the built app has signed in, synced and ended once; then the server went away."""
    home = tmp_path_factory.mktemp("home")
    before = built.state()
    first = built.run(home, "--smoke", "--profile-root", str(home / "doorstep"), "--server", central.url)
    central.stop()
    later = built.run(home, "--smoke", "--profile-root", str(home / "doorstep"), "--server", central.url)
    return Used(home=home, before=before, first=first, later=later)


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """What the built app said, and the state of its own folder before it ran."""

    home: Path
    before: dict[str, tuple[int, int]]
    first: tuple[int, dict[str, Any]]
    later: tuple[int, dict[str, Any]]


def open_cases(server: RunningServer, folder: Path) -> None:
    """Amy takes a new client in for each canary."""
    with_http = HttpCentral(server.url)
    profile = profiles.sign_in(with_http, folder, server=server.url, username="amy", password=PASSWORD).profile
    laptop = Laptop(folder / "store", bytes(32), person_id=profile.person_id, device=profile.device)
    laptop.prepare()
    engine = Engine(laptop, with_http)
    assert engine.sync_once().reached_the_end
    with laptop.database.reading() as conn:
        project = all_of(conn, Project)[0]
    for name in CANARIES:
        contact_id, home_id = new_id(), new_id()
        first, _, last = name.partition(" ")
        command = OpenCase(
            case_id=new_id(),
            contact_id=contact_id,
            property_id=home_id,
            project_id=project.id,
            contact=Contact(id=contact_id, first_name=first, last_name=last),
            home=Property(id=home_id, address_1="1 High Street", town="Swansea", postcode="SA1 1AA"),
            source=Source.PERSON,
        )
        assert isinstance(laptop.say(command), Accepted)
    assert engine.sync_once().reached_the_end
    with_http.close()
    laptop.close()


def test_that_the_built_app_finds_all_that_it_needs(built: Built, tmp_path: Path) -> None:
    status, said = built.run(tmp_path, "--check", "--profile-root", str(tmp_path / "doorstep"))
    assert (status, said["ok"], said["version"]) == (0, True, VERSION)


def test_that_the_built_app_is_not_too_large_to_hand_round(built: Built) -> None:
    assert sum(size for size, _ in built.state().values()) < MOST_BYTES


def test_that_the_built_app_opens_a_store_syncs_and_ends(used: Used) -> None:
    status, said = used.first
    assert (status, said["ok"], said["fault"], said["closed"]) == (0, True, "", True)
    assert said["cases"] == len(CANARIES)
    assert said["screen"] == "today"
    assert said["painted"]


def test_that_the_built_app_keeps_its_store_with_a_sqlite_that_loses_nothing(used: Used) -> None:
    version = tuple(int(part) for part in used.first[1]["sqlite"].split("."))
    assert version >= OLDEST_SAFE_SQLITE


def test_that_the_built_app_opens_its_store_without_a_server(used: Used) -> None:
    _, said = used.later
    assert (said["fault"], said["cases"], said["screen"], said["closed"]) == ("offline", len(CANARIES), "today", True)


def test_that_the_built_app_writes_nothing_into_its_own_folder(built: Built, used: Used) -> None:
    assert built.state() == used.before


def test_that_nothing_of_a_client_lies_in_plain_text_where_the_built_app_keeps_its_data(used: Used) -> None:
    written = [path for path in used.home.rglob("*") if path.is_file()]
    assert any(path.name == "store.db" for path in written)
    words = {part for name in CANARIES for part in name.split()} | {PASSPHRASE, PASSWORD}
    for path in written:
        content = path.read_bytes()
        for word in words:
            assert word.encode() not in content, f"{word} in {path.name}"
            assert word.encode("utf-16-le") not in content, f"{word} in {path.name}"
