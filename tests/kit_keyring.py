"""Keyrings: a real one on a real session bus (gnome-keyring), for one command at a time, and one in memory."""

import os
import subprocess
import sys
from pathlib import Path

from sync.credentials import KeyringTrouble, SystemKeyring

ROOT = Path(__file__).parents[1]
# What a session says about itself, the display included: without one the system cannot show its prompt.
_SESSION = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "PYTHON_KEYRING_BACKEND", "GNOME_KEYRING_CONTROL")
_LIMIT_SECONDS = 60


class MemoryKeyring(SystemKeyring):
    """A keyring in memory, which may be given a trouble to answer with."""

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[str, bytes] = {}
        self.trouble: KeyringTrouble | None = None

    def put(self, service: str, secret: bytes) -> KeyringTrouble | None:
        if self.trouble is None:
            self.items[service] = secret
        return self.trouble

    def get(self, service: str) -> bytes | KeyringTrouble | None:
        return self.trouble or self.items.get(service)

    def forget(self, service: str) -> KeyringTrouble | None:
        if self.trouble is None:
            self.items.pop(service, None)
        return self.trouble


def run_in_session(home: Path, *command: str, unlocked_by: str | None, has_bus: bool = True) -> str:
    """Run a Python module in a session whose home folder is `home`, and return what it printed.

    `unlocked_by` is the password with which the keyring is unlocked (and made, the first time); None leaves
    the keyring to start by itself when it is first asked.
    """
    run = home / "run"
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name not in _SESSION}
    folders = {
        "XDG_DATA_HOME": "data",
        "XDG_CONFIG_HOME": "config",
        "XDG_CACHE_HOME": "cache",
        "XDG_RUNTIME_DIR": "run",
    }
    environment |= {name: str(home / folder) for name, folder in folders.items()}
    environment |= {"HOME": str(home), "PASSWORD": unlocked_by or ""}
    work = [sys.executable, "-m", *command]
    if has_bus:
        start = 'printf %s "$PASSWORD" | gnome-keyring-daemon --unlock --components=secrets >&2 && '
        script = (start if unlocked_by else "") + 'exec "$@"'
        work = ["dbus-run-session", "--", "sh", "-c", script, "sh", *work]
    done = subprocess.run(
        work, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=_LIMIT_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
