"""A disk of a few megabytes (tmpfs in a mount namespace of its own), for one Python module that fills it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_LIMIT_SECONDS = 120


def run_on_a_small_disk(folder: Path, module: str, *, megabytes: int) -> dict[str, Any]:
    """Mount a small disk over `folder`, run the module with it as argument, and return what it printed as JSON.

    Works as root, and for others where the system lets them have a user namespace.
    """
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    script = f'mount -t tmpfs -o size={megabytes}m none "$1" && exec "$2" -m "$3" "$1"'
    done = subprocess.run(
        ["unshare", *as_root, "--mount", "sh", "-c", script, "sh", str(folder), sys.executable, module],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=_LIMIT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
