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


class SampleServer:
    """Starts, answers on `url`, and is stopped at the end; its data lies in the folder given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{_free_port()}"

    def start(self) -> None:
        """Loads the sample organisation and waits until the server answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(self._command("sample", "--password", PASSWORD), env=self._world(), cwd=ROOT, check=True)
        log = (self._folder / "server.log").open("wb")
        port = self.url.rsplit(":", 1)[1]
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
        raise RuntimeError(f"The server did not start; {self._folder / 'server.log'} says why.")


def _free_port() -> int:
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        port: int = some.getsockname()[1]
    return port
