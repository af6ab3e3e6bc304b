"""The first step of an import: a partner's file, dropped or chosen."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop import theme
from desktop.messages import words_of
from desktop.office import Refused
from desktop.widgets.drop_zone import DropZone
from desktop.widgets.empty_state import EmptyState
from desktop.widgets.labels import Caption, Label, Muted
from desktop.widgets.notice_bar import NoticeBar, NoticeStack
from desktop.widgets.skeleton import Skeleton

PATTERN = "Referral files (*.csv *.tsv *.txt *.xlsx *.xlsm *.ods *.xls);;All files (*)"
_WIDTH = 640


class ChoosePage(QWidget):
    """`chosen(Path)` for a file that was dropped or picked."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("import-choose")
        self.notices = NoticeStack()
        self.zone = DropZone(
            "Drop a partner’s file here: CSV, Excel or OpenDocument", button="Choose a file", pattern=PATTERN
        )
        self.zone.setMinimumHeight(theme.px(120))
        self.zone.files.connect(self._on_files)
        self._reading = Label("", kind="muted")
        self._reading.setObjectName("import-reading")
        self._waiting = Skeleton(row=36, what="Reading the file")
        self._waiting.setMinimumHeight(theme.px(120))
        self._not_mine = EmptyState("", icon="lock")
        self._not_mine.setObjectName("import-not-mine")
        inside = QWidget()
        inside.setMaximumWidth(theme.px(_WIDTH))
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(Label("Take in a partner’s referrals", kind="display", wrap=True))
        column.addWidget(
            Muted(
                "You see first what would come of the file. Nothing is written until you say so, and nobody is joined."
            )
        )
        column.addWidget(self.notices)
        column.addWidget(self.zone)
        column.addWidget(
            Caption(
                "The file stays where it is. Every cell of a row is kept with its case, as the letter it came in.",
                wrap=True,
            )
        )
        column.addWidget(self._reading)
        column.addWidget(self._waiting)
        column.addWidget(self._not_mine)
        column.addStretch(1)
        self._inside = inside
        whole = QHBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 24)
        whole.addWidget(inside, 100)
        whole.addStretch(1)
        theme.changes.changed.connect(self._fit)
        self.show_reading("")
        self._not_mine.hide()

    def show_reading(self, name: str) -> None:
        """Say that a file is being read; an empty name says that none is."""
        self._reading.setText(f"Reading {name}…" if name else "")
        self._reading.setVisible(bool(name))
        self._waiting.setVisible(bool(name))
        self.zone.setEnabled(not name)

    def show_refused(self, refused: Refused) -> None:
        """Say why the file cannot be read."""
        words = words_of(refused)
        self.notices.put("refused", NoticeBar(words.title, text=words.text, kind="warning"))

    def show_not_mine(self, refused: Refused | None) -> None:
        """Say why this person takes in no files; None where they may."""
        words = words_of(refused) if refused else None
        self._not_mine.setVisible(words is not None)
        self._not_mine.show_sentence(words.whole if words else "")
        self.zone.setVisible(words is None)

    def _fit(self) -> None:
        self._inside.setMaximumWidth(theme.px(_WIDTH))

    def _on_files(self, paths: list[str]) -> None:
        self.notices.take("refused")
        if paths:
            self.chosen.emit(Path(paths[0]))
