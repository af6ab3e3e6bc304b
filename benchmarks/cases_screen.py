"""Shows Cases over a big store and says how long it took: run by cases_page.py, one process a time."""

import sys
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks import big_office
from benchmarks.known_key import KEY
from desktop import quick_start, theme
from desktop.app import late_central
from desktop.bridge import Bridge
from desktop.models.case_table import PLACES
from desktop.office import Office
from desktop.views.case_list import CaseList
from desktop.views.cases import CasesScreen
from desktop.views.main_window import MainWindow
from sync.laptop import Laptop

TURNS = 500


class _Painted(QObject):
    """Counts how often a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False

    def wait(self) -> None:
        """Returns when it has been painted once more and all that is to be done at once is done."""
        before = self.count
        while self.count == before:
            QCoreApplication.processEvents()


def main() -> None:
    """Goes to Cases, then sorts the list another way, and says how many milliseconds each took."""
    qt = QApplication(theme.qt_arguments("doorstep"))
    quick_start.without_pauses(qt)
    theme.apply_theme(qt, theme.LIGHT)
    laptop = Laptop(Path(sys.argv[1]), KEY, person_id=big_office.viewer().person.id, device="0" * 32)
    laptop.prepare()
    central = late_central("http://127.0.0.1:9")
    office = Office(laptop, central, Bridge(laptop, central))
    window = MainWindow()
    window.add_screen("today", QWidget)
    window.add_screen("cases", lambda: CasesScreen(office))
    window.go("today")
    window.show()
    for _ in range(TURNS):
        qt.processEvents()

    began = perf_counter()
    rows = window.go("cases").findChild(CaseList)
    assert isinstance(rows, CaseList)
    seen = _Painted(rows.viewport())
    seen.wait()
    print("first", (perf_counter() - began) * 1000)
    assert rows.current() is not None, "there are rows"

    began = perf_counter()
    rows.horizontalHeader().sectionClicked.emit(PLACES["number"])
    seen.wait()
    print("again", (perf_counter() - began) * 1000)
    laptop.close()


if __name__ == "__main__":
    main()
