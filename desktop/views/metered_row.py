"""The switch for networks that cost: words go as ever, photos and documents wait until it is turned off again."""

import msgspec
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.messages import words_for
from desktop.office import Office
from desktop.widgets.fields import TickField
from desktop.widgets.labels import Caption
from sync.paper_wishes import wish, wishes

LABEL = "Don’t send or fetch photos and documents on this network"
OFF = "For a phone’s hotspot or other internet that costs. This device remembers it until you turn it off."
ON = "Changes, notes and small pictures still go. A document that you open is fetched at once."


class MeteredRow(QWidget):
    """A tick and a line under it that says what it does. Remembered on this device, for whoever works here."""

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self.tick = TickField(LABEL)
        self.tick.setObjectName("sync-metered")
        self._about = Caption(OFF, wrap=True)
        self._about.setObjectName("sync-metered-about")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.tick)
        column.addWidget(self._about)
        self.tick.clicked.connect(self._choose)

    def refresh(self) -> None:
        """Show what was last chosen here."""
        self._show(self._office.read(wishes).is_metered)

    def _show(self, is_on: bool) -> None:
        self.tick.setChecked(is_on)
        self._about.setText(ON if is_on else OFF)
        self.tick.setAccessibleDescription(self._about.text())

    def _choose(self, is_on: bool) -> None:
        self._show(is_on)
        self._office.keep(
            lambda conn: wish(conn, msgspec.structs.replace(wishes(conn), is_metered=is_on)), self._on_kept
        )

    def _on_kept(self, code: str) -> None:
        self.refresh()
        if code:
            self._about.setText(words_for(code).title)
        elif not self.tick.isChecked():
            self._office.sync_now()
