"""The Qt binding in use loses no references, which releases from 6.12.0 on did (decisions/003)."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import PySide6
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def probe() -> dict[str, dict[str, int]]:
    """What each call lost over some thousand rounds. In a process of its own, as the fault ends in an abort."""
    command = [sys.executable, "-m", "tests.build.qt_probe"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["rounds"] >= 1_000
    losses: dict[str, dict[str, int]] = found["lost"]
    return losses


@pytest.mark.parametrize("call", ["emit", "setObjectName", "setText"])
def test_that_a_qt_call_gives_back_every_reference(probe: dict[str, dict[str, int]], call: str) -> None:
    # the fault loses one a call, so some thousand; what else runs in the interpreter moves a few either way
    assert all(lost < 100 for lost in probe[call].values()), probe[call]


def test_that_the_installed_qt_is_within_the_pin() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    version = tuple(int(part) for part in PySide6.__version__.split(".")[:3])
    assert "PySide6-Essentials>=6.11.3,<6.12" in wanted
    assert (6, 11, 3) <= version < (6, 12)
