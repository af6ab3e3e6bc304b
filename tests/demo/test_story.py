"""The demo as somebody starts it: the whole story without a display, and two windows side by side with one."""

import os
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.demo.__main__ import has_display
from desktop.demo.narrator import Narrator
from desktop.demo.sample_server import NoServer, SampleServer
from desktop.demo.side_by_side import play_together
from desktop.demo.stage import Stage, open_stage
from tests.kit_server import ROOT, answers

MOST_SECONDS = 170
SHOWN = ("trial", "waiting-list", "amy-case-offline", "amy-is-told", "ben-decides", "amy-two-numbers")


@pytest.mark.serial
@pytest.mark.covers("OC1", "OC2", "OC4", "OC7", "S14", "S61")
def test_that_the_story_plays_to_its_end_without_a_display_and_leaves_its_pictures(tmp_path: Path) -> None:
    world = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-m", "desktop.demo", "--to", str(tmp_path / "demo")],
        cwd=ROOT,
        env={**world, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "It went as told" in done.stdout
    assert done.stderr == ""
    pictures = sorted((tmp_path / "demo").glob("*.png"))
    assert [one.stem[:2] for one in pictures] == [f"{number:02}" for number in range(1, len(pictures) + 1)]
    assert set(SHOWN) <= {one.stem[3:] for one in pictures}
    for one in pictures:
        with Image.open(one) as picture:
            assert picture.size == (1366, 768)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("doorstep-demo")] == []


@pytest.mark.serial
def test_that_a_story_that_is_ended_from_outside_leaves_no_server_and_no_folder(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "desktop.demo", "--story", "--to", str(tmp_path / "demo")],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as story:
        assert story.stdout is not None
        said = []
        for line in story.stdout:
            said.append(line)
            if "320 people" in line:
                story.terminate()
    url = next(word for line in said for word in line.split() if word.startswith("http")).rstrip(".")

    assert story.returncode == 130
    assert said[-1] == "Stopped.\n"
    assert not answers(url)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("doorstep-demo")] == []


@pytest.mark.serial
@pytest.mark.parametrize("end", ["windows closed", "Ctrl+C"])
def test_that_two_windows_can_be_played_with_and_leave_nothing_behind(
    qtbot: QtBot, qapp: QApplication, end: str
) -> None:
    del qtbot
    qapp.setQuitOnLastWindowClosed(False)
    out = StringIO()
    titles: list[str] = []
    watch = QTimer()

    with open_stage(Narrator(out)) as stage:

        def close_when_told() -> None:
            if "How to play the clash" in out.getvalue():
                watch.stop()
                for seat in stage.seats:
                    titles.append(seat.window.windowTitle())
                    assert seat.has("cable-switch")
                    if end == "windows closed":
                        seat.window.close()
                if end == "Ctrl+C":
                    os.kill(os.getpid(), signal.SIGINT)

        watch.timeout.connect(close_when_told)
        watch.start(50)
        play_together(stage, Narrator(out), "the password")

    assert titles == ["Amy, advisor: Today – Doorstep", "Priya, coordinator: Today – Doorstep"]
    assert "320 of 320" in out.getvalue()
    assert not stage.folder.exists()
    assert not answers(stage.server.url)


def test_that_a_server_that_cannot_start_says_what_it_said(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    (folder / "server.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(NoServer, match="The database is damaged"):
        SampleServer(folder).start()


def test_that_a_stage_that_was_never_used_can_be_closed(tmp_path: Path) -> None:
    Stage(tmp_path).close()


@pytest.mark.parametrize(
    ("platform", "names", "is_there"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_that_windows_are_opened_only_where_somebody_sees_them(
    monkeypatch: pytest.MonkeyPatch, platform: str, names: dict[str, str], is_there: bool
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    assert has_display(platform) is is_there
