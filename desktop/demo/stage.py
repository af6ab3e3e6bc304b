"""Where the demo plays: a server and people's windows in a folder of their own, all gone at the end."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.build_data import RESOURCES
from desktop.demo.narrator import Narrator
from desktop.demo.sample_server import SampleServer
from desktop.demo.seat import Seat

REFERRALS = RESOURCES / "sample" / "referrals-council.csv"
SIZE = (1366, 768)


class Stage:
    """Opens seats and closes everything, the server last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = SampleServer(folder / "server")
        self.seats: list[Seat] = []

    @property
    def desktops(self) -> Path:
        """Under which the desktops keep their stores."""
        return self.folder / "desktops"

    def sit_down(self, *usernames: str) -> tuple[Seat, ...]:
        """Opens people's windows; they come in side by side."""
        seats = tuple(Seat(self.desktops, self.server.url, username) for username in usernames)
        self.seats += seats
        for seat in seats:
            seat.window.resize(*SIZE)
        for seat in seats:
            seat.wait_until_open()
        return seats

    def close(self) -> None:
        """Closes every window and ends the server."""
        for seat in self.seats:
            seat.close()
        self.seats = []
        self.server.stop()


@contextmanager
def open_stage(narrator: Narrator) -> Iterator[Stage]:
    """A stage with its server running, in a temporary folder that is removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="doorstep-demo-"))
    stage = Stage(folder)
    try:
        narrator.title("The office opens")
        stage.server.start()
        narrator.say(f"A central server with a sample organisation of six people answers at {stage.server.url}.")
        yield stage
    finally:
        stage.close()
        shutil.rmtree(folder, ignore_errors=True)
