"""A fault that nobody expected: a report about the code and never about a client, and word of it on the screen."""

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler, qVersion

from casework.store_faults import BadRead, StoreDamaged
from desktop.build_data import VERSION

log = logging.getLogger(__name__)
FOLDER = "reports"
MOST_REPORTS = 20
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class CrashReports:
    """Writes reports into a folder and tells `show` of each; `install` puts it in place of the system's own ways."""

    def __init__(self, root: Path, show: Callable[[Path | None], None]) -> None:
        self.folder = root / FOLDER
        self._show = show
        self._hard: object = None

    def install(self) -> None:
        """Catches what no code caught: on the main thread, on others, in Qt's own code, and crashes of the process."""
        sys.excepthook = self._on_main
        threading.excepthook = self._on_thread
        qInstallMessageHandler(_qt_said)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            hard = (self.folder / "hard-crash.txt").open("a", encoding="utf-8")
        except OSError:
            # Without a disk to write on, the system's own way is all there is.
            faulthandler.enable()
            return
        self._hard = hard
        faulthandler.enable(file=hard)

    def report(self, error: BaseException) -> Path | None:
        """Writes a report and says so; None where even that could not be written.

        A damaged store, or a place in it that cannot be read, is no mistake of Doorstep's, and is told already
        (desktop/store_notices.py).
        """
        if isinstance(error, StoreDamaged | BadRead):
            return None
        path = self._write(error)
        self._show(path)
        return path

    def _on_main(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error)

    def _on_thread(self, hooked: threading.ExceptHookArgs) -> None:
        if hooked.exc_value is not None:
            self.report(hooked.exc_value)

    def _write(self, error: BaseException) -> Path | None:
        now = datetime.now(UTC)
        path = self.folder / f"report-{now:%Y%m%d-%H%M%S-%f}.txt"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_text(report_text(error, now), encoding="utf-8")
            for old in sorted(self.folder.glob("report-*.txt"))[:-MOST_REPORTS]:
                old.unlink()
        except OSError:
            return None
        return path


def report_text(error: BaseException, now: datetime) -> str:
    """What a report says: versions, and where in the code it happened. No message and no value, for they hold data."""
    lines = [
        f"Doorstep {VERSION}, {now:%Y-%m-%d %H:%M:%S} UTC",
        f"{platform.platform()}, Python {platform.python_version()}, Qt {qVersion()}",
        f"thread {threading.current_thread().name}",
    ]
    link: BaseException | None = error
    while link is not None:
        lines.append(f"\n{type(link).__module__}.{type(link).__qualname__}")
        lines += [f"  {_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in _frames(link)]
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(lines) + "\n"


def _frames(error: BaseException) -> traceback.StackSummary:
    # lookup_lines: the source itself may not be there, and is not needed
    return traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)


def _short(filename: str) -> str:
    """The file without the folders above the project, which may hold a person's name."""
    return "/".join(Path(filename).parts[-3:])


def _qt_said(kind: QtMsgType, where: QMessageLogContext, text: str) -> None:
    del where
    log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)
