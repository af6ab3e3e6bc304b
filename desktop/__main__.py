"""Starts Doorstep: `doorstep [--profile-root DIR] [--server URL] [--check] [--smoke]`."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QStandardPaths, QTimer, qVersion
from PySide6.QtWidgets import QApplication

from desktop import quick_start, theme
from desktop.app import App, open_desk
from desktop.build_data import NAME, RESOURCES, VERSION
from desktop.widgets.focus_ring import FocusRing

# the smoke run's test account, in the environment so that no password stands on a command line
SMOKE_NAME, SMOKE_PASSWORD, SMOKE_PASSPHRASE = "DOORSTEP_SMOKE_USER", "DOORSTEP_SMOKE_PASSWORD", "DOORSTEP_PASSPHRASE"
SMOKE_LIMIT_MS = 120_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the app until its window is closed; the exit status is 0 unless a check or a smoke run failed."""
    options = _parser().parse_args(arguments)
    root = options.profile_root or _default_root()
    if options.smoke:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    qt = QApplication(theme.qt_arguments(NAME))
    quick_start.without_pauses(qt)
    _prepare(qt)
    if options.check:
        return _say({"version": VERSION, "qt": qVersion(), **_check(root)})
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    if options.smoke:
        return _smoke(qt, root, options.server)
    app = App(root, server=options.server, catches_all=True)
    app.closed.connect(qt.quit)
    qt.setQuitOnLastWindowClosed(False)
    app.start()
    return qt.exec()


def _prepare(qt: QApplication) -> None:
    qt.setApplicationName(NAME)
    qt.setApplicationVersion(VERSION)
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    FocusRing(qt)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="doorstep", description="Casework for home energy advice, offline first.")
    parser.add_argument("--profile-root", type=Path, metavar="DIR", help="where people's data lies")
    parser.add_argument("--server", default="", metavar="URL", help="the server's address, filled in when signing in")
    parser.add_argument("--check", action="store_true", help="say whether everything is in place, and end")
    parser.add_argument("--smoke", action="store_true", help="sign in with a test account, sync once, and end")
    return parser


def _default_root() -> Path:
    """The system's own place for a person's data that stays on this computer; asking Qt costs nothing at the start."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)) / NAME


def _check(root: Path) -> dict[str, object]:
    """What a person who installs the app wants to know before anybody signs in."""
    parent = next((folder for folder in (root, *root.parents) if folder.exists()), Path("."))
    return {
        "profile_root": str(root),
        "can_write": os.access(parent, os.W_OK),
        "resources": (RESOURCES / "style.qss").is_file(),
        "plugins": Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)).is_dir(),
        "ok": os.access(parent, os.W_OK) and (RESOURCES / "style.qss").is_file(),
    }


def _smoke(qt: QApplication, root: Path, server: str) -> int:
    """Opens a store with a test account, syncs once, and says how that went as JSON (for the built app's test)."""
    found: dict[str, object] = {"ok": False}
    app = open_desk(
        root,
        server,
        os.environ.get(SMOKE_NAME, ""),
        os.environ.get(SMOKE_PASSWORD, ""),
        passphrase=os.environ.get(SMOKE_PASSPHRASE, ""),
    )

    def synced(report: object) -> None:
        if app.desk is None or found["ok"]:
            return
        fault = getattr(report, "fault", None)
        found.update(
            ok=fault is None,
            fault=fault.code if fault else "",
            cases=app.desk.cases_here(),
            sqlite=app.desk.laptop.database.sqlite_version(),
            screen=app.window.here(),
            painted=not app.window.grab().isNull(),
        )
        qt.quit()

    def ready() -> None:
        assert app.desk is not None
        app.desk.bridge.finished.connect(synced)
        app.desk.office.sync_now()

    def troubled(code: str) -> None:
        found["fault"] = code
        qt.quit()

    app.ready.connect(ready)
    app.troubled.connect(troubled)
    QTimer.singleShot(SMOKE_LIMIT_MS, qt, qt.quit)
    qt.exec()
    found["closed"] = app.close()
    return _say(found)


def _say(found: dict[str, object]) -> int:
    sys.stdout.write(json.dumps(found) + "\n")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
