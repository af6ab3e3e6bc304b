"""Compare all that is on this device with the server's, line by line, now and not only once a week (protocol 11)."""

from datetime import UTC, datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.messages import words_for
from desktop.messages.times import stamp_words
from desktop.messages.words import count_words
from desktop.office import Office
from desktop.widgets.buttons import Button
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Caption
from sync import row_check
from sync.state import RowCheck

LABEL = "Compare all with the server"
WEEKLY = "Once a week each case on this device is compared with the server’s, line by line. You can have it done now."
ASKED = "Each case here is compared with the server’s as soon as it can be reached. Go on working meanwhile."


class CheckRow(QWidget):
    """A quiet button, and a line that says when all was compared last and what came of it."""

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self.button = Button(LABEL, icon="git-compare", kind="quiet", small=True)
        self.button.setObjectName("sync-compare")
        self.button.clicked.connect(self._ask)
        self.about = Caption(wrap=True)
        self.about.setObjectName("sync-compare-about")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(2)
        column.addWidget(FlowRow(self.button))
        column.addWidget(self.about)

    def refresh(self) -> None:
        """Show how far it has come."""
        stands = self._office.read(row_check.standing)
        self.setVisible(stands is not None)
        if stands is not None:
            self.button.setEnabled(not stands.is_asked)
            self.about.setText(_words(stands))
            self.button.setAccessibleDescription(self.about.text())

    def _ask(self) -> None:
        self.button.setEnabled(False)
        self._office.keep(lambda conn: row_check.ask(conn, datetime.now(UTC)), self._on_asked)

    def _on_asked(self, code: str) -> None:
        self.refresh()
        if code:
            self.about.setText(words_for(code).title)
        else:
            self._office.sync_now()


def _words(stands: RowCheck) -> str:
    if stands.is_asked:
        return ASKED
    if stands.found is None or not stands.is_done:
        return WEEKLY
    same = "all was the same" if not stands.found else f"{count_words(stands.found, 'case')} differed and came anew"
    return f"Last compared line by line ({stamp_words(stands.at)}): {same}."
