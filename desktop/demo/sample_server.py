"""A central server in a process of its own, with the sample organisation on embedded SQLite."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from desktop.build_data import ROOT

PEOPLE = {"amy": "Amy Jones", "ben": "Ben Carter", "priya": "Priya Shah", "jo": "Jo Evans"}
PASSWORD = "warm and dry by november"
START_SECONDS = 30.0


class NoServer(Exception):
    """The sample server does not start; the text says where to read why."""


class SampleServer:
    """Starts, answers on `url`, and is stopped at the end; its data lies in the folder given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{_free_port()}"

    def start(self) -> None:
        """Loads the sample organisation and waits until the server answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        port = self.url.rsplit(":", 1)[1]
        with self._log.open("wb") as log:
            load = self._command("sample", "--password", PASSWORD)
            done = subprocess.run(load, env=self._world(), cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
            if done.returncode:
                raise NoServer(self._last_words())
            self._process = subprocess.Popen(
                self._command("up", "--host", "127.0.0.1", "--port", port),
                env=self._world(),
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()

    def stop(self) -> None:
        """Ends the server, politely first."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "server", *words]

    def _world(self) -> dict[str, str]:
        return {**os.environ, "DOORSTEP_DATA": str(self._folder)}

    def _wait(self) -> None:
        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            try:
                with urlopen(f"{self.url}/healthz", timeout=1):
                    return
            except (URLError, OSError):
                time.sleep(0.1)
        raise NoServer(self._last_words())

    @property
    def _log(self) -> Path:
        return self._folder / "server.log"

    def _last_words(self) -> str:
        """Its folder is removed at the end, so what it said is said here."""
        said = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return "the server did not start. It said:\n" + "\n".join(said[-12:])


def _free_port() -> int:
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        port: int = some.getsockname()[1]
    return port
