"""Plays the main job with a sample organisation: in windows where there is a display, else by itself."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from desktop import quick_start, theme
from desktop.build_data import NAME, ROOT
from desktop.demo.narrator import Narrator, clear
from desktop.demo.pictures import take_pictures
from desktop.demo.pilot import NotThere, end_soon
from desktop.demo.sample_server import PASSWORD, NoServer
from desktop.demo.side_by_side import play_together
from desktop.demo.stage import open_stage
from desktop.demo.story import Story
from desktop.widgets.focus_ring import FocusRing

PICTURES = ROOT / "demo"


def main(arguments: Sequence[str] | None = None) -> int:
    """Plays; the exit status is 0 where everything went as told."""
    options = _parser().parse_args(arguments)
    is_watched = has_display() and not options.story and options.pictures is None
    if not is_watched:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["QT_LOGGING_RULES"] = "qt.qpa.*=false"
        # pictures are as large as the windows, whatever screen this machine has
        os.environ["QT_SCALE_FACTOR"] = "1"
    qInstallMessageHandler(_hear_qt)
    qt = QApplication(theme.qt_arguments(NAME))
    quick_start.without_pauses(qt)
    qt.setQuitOnLastWindowClosed(False)
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    FocusRing(qt)
    # ended from outside, the server and the folder must not be left behind
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end_soon)
    narrator = Narrator(sys.stdout, None if is_watched else options.pictures or options.to)
    try:
        if is_watched:
            return _watch(narrator)
        return _pictures(narrator, options.pictures) if options.pictures else _story(narrator, options.to)
    except (NotThere, NoServer) as problem:
        narrator.title(f"It did not go as told: {problem}")
        return 1
    except KeyboardInterrupt:
        narrator.title("Stopped.")
        return 130


def _hear_qt(kind: QtMsgType, context: QMessageLogContext, words: str) -> None:
    """The platform without a screen says of many things that it cannot do them; all else goes on to the terminal."""
    del context
    if "This plugin does not support" not in words and kind is not QtMsgType.QtDebugMsg:
        sys.stderr.write(f"{words}\n")


def has_display(platform: str = sys.platform) -> bool:
    """Whether somebody could see a window here."""
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return False
    if platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _story(narrator: Narrator, folder: Path) -> int:
    clear(folder)
    with open_stage(narrator) as stage:
        try:
            Story(stage, narrator).play()
        except NotThere:
            for seat in stage.seats:
                narrator.show(seat, f"{seat.username}-when-it-failed")
            raise
    shown = folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder
    narrator.title(
        f"It went as told: {len(narrator.said)} steps in {narrator.seconds():.0f} seconds,"
        f" {len(narrator.taken)} pictures in {shown}{os.sep}."
    )
    return 0


def _watch(narrator: Narrator) -> int:
    with open_stage(narrator) as stage:
        play_together(stage, narrator, PASSWORD)
    narrator.title("The windows are closed, the server has stopped, and nothing of the demo is left.")
    return 0


def _pictures(narrator: Narrator, folder: Path) -> int:
    with open_stage(narrator) as stage:
        take_pictures(stage, narrator, folder)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="demo", description="Plays Doorstep's main job with a sample organisation.")
    parser.add_argument("--story", action="store_true", help="play the story by itself, also where there is a display")
    parser.add_argument("--to", type=Path, default=PICTURES, metavar="DIR", help="where the story leaves its pictures")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="only make the pictures of the README")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
