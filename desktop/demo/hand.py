"""Somebody of the sample organisation at work without a window, at any time of the weeks before today."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from casework.answers import Refused
from casework.commands import AnyCommand
from casework.connection import Connection
from desktop.demo.ground import PASSPHRASE, sample_ground
from desktop.demo.sample_server import PASSWORD
from sync import profiles
from sync.engine import Engine
from sync.http import HttpCentral
from sync.keys import Keys

T = TypeVar("T")


class NotSaid(Exception):
    """The sample says something that the rules do not take, or the server cannot be reached."""


class Hand:
    """Signs in, says things as of some day, sends them; the window that is opened later goes on with the same store."""

    def __init__(self, root: Path, url: str, username: str) -> None:
        self._ground = sample_ground(root / username)
        self._central = HttpCentral(url)
        arrival = profiles.sign_in(
            self._central,
            self._ground.root,
            server=url,
            username=username,
            password=PASSWORD,
            device_name=socket.gethostname(),
        )
        profile = arrival.profile
        folder = profile.folder(self._ground.root)
        keys = Keys(folder, profile=profile.key_name, system=self._ground.keyring, stretch=self._ground.stretch)
        key = keys.make_with_passphrase(PASSPHRASE)
        assert isinstance(key, bytes)
        self.person_id = profile.person_id
        self._laptop = profiles.open_laptop(self._ground.root, profile, key, upgrade=self._ground.upgrade)
        profiles.keep_renewal(self._laptop, arrival.renewal)
        self._engine = Engine(self._laptop, self._central)
        self.sync()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._laptop.close()
        self._central.close()

    def say(self, command: AnyCommand, at: datetime | None = None) -> None:
        """Says something, as if it had been then; NotSaid where the rules refuse it."""
        self._laptop.clock = lambda: at or datetime.now(UTC)
        answer = self._laptop.say(command)
        if isinstance(answer, Refused):
            raise NotSaid(f"{command} was refused: {answer.code}")

    def read(self, look: Callable[[Connection], T]) -> T:
        """Reads from the store."""
        with self._laptop.database.reading() as conn:
            return look(conn)

    def sync(self) -> None:
        """Sends and fetches all there is; NotSaid where the round ends early."""
        self._laptop.clock = lambda: datetime.now(UTC)
        report = self._engine.sync_once()
        if report.fault is not None:
            raise NotSaid(f"the sample could not be sent: {report.fault.code}")


def long_ago(days: float, hour: int = 9, minute: int = 0) -> datetime:
    """A moment so many days ago, at that hour of this place; never in the future."""
    now = datetime.now(UTC)
    day = (now - timedelta(days=days)).astimezone()
    return min(day.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC), now)
