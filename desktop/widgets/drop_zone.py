"""Where files are dropped or chosen: it gives their paths, and opens none of them."""

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QWidget

from desktop import theme
from desktop.widgets import painting
from desktop.widgets.buttons import Button
from desktop.widgets.labels import Label


def paths_in(data: QMimeData) -> list[str]:
    """The local files of what is dragged; web addresses and folders are left out."""
    found = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return [path for path in found if path and not Path(path).is_dir()]


class DropZone(QWidget):
    """A dashed box for files, with a button that opens the file chooser; emits `files(list of paths)`."""

    files = Signal(list)

    def __init__(
        self,
        sentence: str = "Drop files here",
        *,
        button: str = "Choose files",
        pattern: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._pattern = pattern
        self._is_over = False
        self.setObjectName("drop-zone")
        self.setAcceptDrops(True)
        self.setAccessibleName(sentence)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(Label(sentence, kind="muted", wrap=True), 1)
        self._button = Button(button, icon="paperclip", small=True)
        self._button.setObjectName("drop-choose")
        self._button.clicked.connect(self.choose)
        row.addWidget(self._button)

    def choose(self) -> None:
        """Open the system's file chooser."""
        paths, _ = QFileDialog.getOpenFileNames(self, "Choose files", "", self._pattern)
        if paths:
            self.files.emit(paths)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if paths_in(event.mimeData()):
            event.acceptProposedAction()
            self._lift(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._lift(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._lift(False)
        paths = paths_in(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.files.emit(paths)

    def _lift(self, is_over: bool) -> None:
        self._is_over = is_over
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = theme.colour("accent" if self._is_over else "control")
        pen = QPen(tint, 2 if self._is_over else 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(theme.colour("selected" if self._is_over else "bg"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), painting.RADIUS, painting.RADIUS)
