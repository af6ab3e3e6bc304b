"""What people do on a case page."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from desktop.demo.at_the_list import pick_owner
from desktop.demo.pilot import NotThere, Pilot, let_it_work, until
from desktop.views.case.document_tile import DocumentTile
from desktop.views.case.task_row import TaskRow
from desktop.views.case_page import CasePage


class OnCasePage:
    """The page of the case that is open."""

    def __init__(self, pilot: Pilot) -> None:
        self._pilot = pilot

    def write_note(self, text: str) -> None:
        """Writes a note and waits until it stands in the feed."""
        self._pilot.press("Note", inside=self._pilot.find("composer-kinds"))
        self._pilot.type_into("composer-note", text)
        self._pilot.click("composer-save")
        self._wait_for_line(text.split("\n")[0])

    def log_review(self, text: str) -> None:
        """Logs a review, in place of the suggested lines."""
        self._pilot.press("Review", inside=self._pilot.find("composer-kinds"))
        self._pilot.type_into("composer-review", text)
        self._pilot.click("composer-save")
        self._wait_for_line(text)

    def move_to(self, step: str) -> None:
        """Moves the case along its journey."""
        menu = self._pilot.find("case-step", QPushButton).menu()
        actions = [action for action in menu.actions() if step in action.text()]
        if not actions:
            raise NotThere(f"{self._pilot.who} cannot move the case to {step}.")
        actions[0].trigger()
        let_it_work()

    def finish_task(self, title: str, outcome: str = "") -> None:
        """Ticks a task as done and says what came of it."""
        row = self._task(title)
        before = self._open_tasks().count(title)
        self._pilot.click(row.tick)
        if outcome:
            self._pilot.type_into("task-outcome", outcome)
        self._pilot.click("task-outcome-save")
        until(lambda: self._open_tasks().count(title) < before, lambda: f"The task “{title}” stayed open.")

    def add_task(self, line: str) -> None:
        """Adds a task by a line such as `home visit fri 10 @ben`."""
        self._pilot.click("add-task")
        self._pilot.type_into("task-line", line)
        self._pilot.click("add-task-save")

    def change_field(self, name: str, text: str) -> None:
        """Corrects a field of the details form and saves."""
        self._pilot.press("Details", inside=self._pilot.find("case-tabs"))
        self._pilot.type_into(f"field-{name}", text)
        self._pilot.click("details-save")
        until(lambda: not self._pilot.has("details-save"), "the correction to be saved")

    def change_owner(self, owner: str, reason: str = "", *, is_queue: bool = False) -> None:
        """Gives the case to a person or a queue, by the control beside the owner's name."""
        self._pilot.click("change-owner")
        pick_owner(self._pilot, owner, is_queue=is_queue)
        sheet: QWidget = self._pilot.find("owner-sheet")
        if reason:
            self._pilot.type_into("owner-reason", reason)
        self._pilot.press("Change owner", inside=sheet)
        until(lambda: not self._pilot.has("owner-sheet"), "the owner to be changed")

    def drop_file(self, path: Path) -> None:
        """Drops a file on the page, as from a folder, and waits until it is among the documents."""
        page = self._pilot.find("case-page", CasePage)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        spot = page.rect().center()
        QApplication.sendEvent(page, QDragEnterEvent(QPoint(spot), copy, data, left, none))
        QApplication.sendEvent(page, QDropEvent(QPointF(spot), copy, data, left, none))
        self._pilot.wait_to_see(path.name)

    def documents(self) -> list[str]:
        """What the documents are called that stand on the page."""
        tiles = self._pilot.window.findChildren(DocumentTile)
        return [tile.accessibleName() for tile in tiles if tile.isVisible()]

    def turn_to(self, tab: str) -> None:
        """Turns to a tab by its words: Details, Documents, Referral letter, History."""
        self._pilot.press(tab, inside=self._pilot.find("case-tabs"))

    def close_case(self, reason: str = "advice_completed") -> None:
        """Closes the case with a reason."""
        self._pilot.click("close-case")
        self._pilot.click(f"reason-{reason}")
        self._pilot.press("Close case", inside=self._pilot.find("close-sheet"))
        until(lambda: not self._pilot.has("close-sheet"), "the case to be closed")

    def _task(self, title: str) -> TaskRow:
        def found() -> list[TaskRow]:
            rows = self._pilot.window.findChildren(TaskRow)
            return [row for row in rows if row.isVisible() and row.tick.isEnabled() and _title(row) == title]

        until(found, lambda: f"{self._pilot.who} sees no task “{title}” to do. Open: {self._open_tasks()}")
        return found()[0]

    def _open_tasks(self) -> list[str]:
        rows = self._pilot.window.findChildren(TaskRow)
        return [_title(row) for row in rows if row.isVisible() and row.tick.isEnabled()]

    def _wait_for_line(self, words: str) -> None:
        feed: QWidget = self._pilot.find("case-feed")
        until(
            lambda: any(words in line for line in self._pilot.words(feed)),
            lambda: f"“{words}” did not come up in {self._pilot.who}'s feed.",
        )


def _title(row: QWidget) -> str:
    label = row.findChild(QLabel, "task-title")
    return label.text() if label is not None else ""
