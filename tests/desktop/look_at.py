"""Draws Today, Decisions and Import with an ordinary week on them into pictures, to be looked at; a program."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QEventLoop  # noqa: E402
from PySide6.QtWidgets import QApplication, QPushButton, QWidget  # noqa: E402

from desktop import theme  # noqa: E402
from desktop.views.decisions import DecisionsScreen  # noqa: E402
from desktop.views.import_file import ImportScreen  # noqa: E402
from desktop.views.main_window import MainWindow  # noqa: E402
from desktop.views.today import Today  # noqa: E402
from desktop.widgets.focus_ring import FocusRing  # noqa: E402
from desktop.widgets.sync_chip import SyncChipState  # noqa: E402
from tests.desktop.late_ones import late_assignment, late_review, late_step, lost_claim, phone_clash  # noqa: E402
from tests.kit_desktop import WARM_HOMES, Desk  # noqa: E402
from tests.kit_week import fill  # noqa: E402

PICTURES = ROOT / ".state" / "pictures"
SAMPLE = ROOT / "resources" / "sample" / "referrals-council.csv"
SIZES = (
    ("1366", 1366, 768, theme.LIGHT, 1.0),
    ("1920", 1920, 1080, theme.LIGHT, 1.0),
    ("dark", 1366, 768, theme.DARK, 1.0),
    ("200", 1366, 768, theme.LIGHT, 2.0),
)


def settle(app: QApplication) -> None:
    """Let layouts and timers of zero come to rest."""
    for _ in range(6):
        app.processEvents()


def week(desk: Desk) -> None:
    """An ordinary week, with a clash or two."""
    fill(desk)
    lost_claim(desk)
    phone_clash(desk)
    late_step(desk)
    late_review(desk)
    late_assignment(desk)


def draw(app: QApplication, name: str, key: str, make: Callable[[Desk], QWidget], who: str) -> None:
    """One screen in every size."""
    for label, width, height, tokens, scale in SIZES:
        theme.apply_theme(app, tokens, scale)
        with tempfile.TemporaryDirectory() as folder:
            desk = Desk(Path(folder), who)
            week(desk)
            window = MainWindow()
            window.show_person("Amy Jones" if who == "amy" else "Priya Shah", "Advisor")
            window.show_sync(SyncChipState("sent", "All sent", "Everything is on the server.", "14:02"))
            screen = make(desk)
            window.add_screen(key, lambda screen=screen: screen)  # type: ignore[misc]
            window.resize(width, height)
            window.go(key)
            window.show()
            settle(app)
            after = AFTER.get(name)
            if after is not None:
                after(screen)
                if name != "import-going":
                    settle(app)
            window.grab().save(str(PICTURES / f"{name}-{label}.png"))
            window.close()
            window.deleteLater()
            settle(app)
            desk.close()


def until(fact: Callable[[], bool]) -> None:
    """Turn Qt's wheel until something is so."""
    app = QApplication.instance()
    assert app is not None
    while not fact():
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)


def columns(screen: QWidget) -> None:
    """The council's file, read."""
    assert isinstance(screen, ImportScreen)
    screen.open_file(SAMPLE)
    until(lambda: screen.step() == "import-columns")


def look(screen: QWidget) -> None:
    """The council's file, tried out."""
    columns(screen)
    assert isinstance(screen, ImportScreen)
    screen.columns.go_on.click()
    until(lambda: screen.step() == "import-look")
    screen.look.project.choose(WARM_HOMES)
    screen.look.project.chosen.emit(WARM_HOMES)
    screen.look.source.setText("City council")


def alike(screen: QWidget) -> None:
    """The likely duplicates in it."""
    look(screen)
    button = screen.findChild(QPushButton, "tile-alike")
    assert button is not None
    button.click()


def going(screen: QWidget) -> None:
    """People coming in."""
    look(screen)
    assert isinstance(screen, ImportScreen)
    screen.look.go.click()
    until(lambda: screen.step() == "import-going")
    screen.going.show_progress(183, 320)


def result(screen: QWidget) -> None:
    """All of them in."""
    look(screen)
    assert isinstance(screen, ImportScreen)
    screen.look.go.click()
    until(lambda: screen.step() == "import-result")


AFTER: dict[str, Callable[[QWidget], None]] = {
    "import-columns": columns,
    "import-look": look,
    "import-alike": alike,
    "import-going": going,
    "import-result": result,
}
PAGES: dict[str, tuple[str, Callable[[Desk], QWidget], str]] = {
    "decisions": ("decisions", lambda desk: DecisionsScreen(desk.office), "amy"),
    "decisions-priya": ("decisions", lambda desk: DecisionsScreen(desk.office), "priya"),
    "import-choose": ("import", lambda desk: ImportScreen(desk.office), "priya"),
    "import-columns": ("import", lambda desk: ImportScreen(desk.office), "priya"),
    "import-look": ("import", lambda desk: ImportScreen(desk.office), "priya"),
    "import-alike": ("import", lambda desk: ImportScreen(desk.office), "priya"),
    "import-going": ("import", lambda desk: ImportScreen(desk.office), "priya"),
    "import-result": ("import", lambda desk: ImportScreen(desk.office), "priya"),
    "today": ("today", lambda desk: Today(desk.office), "amy"),
}


def main(wanted: list[str]) -> None:
    """Draw the pages asked for, all when none is."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    FocusRing(app)
    for name in wanted or list(PAGES):
        draw(app, name, *PAGES[name])


if __name__ == "__main__":
    main(sys.argv[1:])
