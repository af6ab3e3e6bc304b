"""How files come on to the page: dropped anywhere, or pasted wherever the keyboard is (S59, R17, J4)."""

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from desktop.views.case.drop_veil import DropVeil
from desktop.widgets.drop_zone import paths_in


class FilesIn(QObject):
    """Watches a page: `files(paths)` for files, `image(QImage)` for a picture on the clipboard.

    Text fields would type a dropped file's path, so they take no drops and the page under them does.
    """

    files = Signal(list)
    image = Signal(QImage)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._veil = DropVeil(page)
        self._client = ""
        self._may = False
        page.setAcceptDrops(True)
        page.installEventFilter(self)
        fields: list[QWidget] = [*page.findChildren(QLineEdit), *page.findChildren(QPlainTextEdit)]
        for field in fields:
            field.setAcceptDrops(False)
            field.installEventFilter(self)

    def show_case(self, client: str, *, may: bool) -> None:
        """Whose case it is, for the veil, and whether files may be put on it."""
        self._client = client
        self._may = may

    @Slot()
    def paste(self) -> None:
        """Take what lies on the clipboard, if it is files or a picture."""
        data = QGuiApplication.clipboard().mimeData()
        paths = paths_in(data) if data is not None else []
        if paths:
            self.files.emit(paths)
        elif data is not None and data.hasImage():
            self.image.emit(QGuiApplication.clipboard().image())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is not self._page:
            return kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._is_pasted(event)
        if kind == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            return self._on_enter(event)
        if kind == QEvent.Type.DragLeave:
            self._veil.hide()
        if kind == QEvent.Type.Drop and isinstance(event, QDropEvent):
            return self._on_drop(event)
        return False

    def _is_pasted(self, event: QKeyEvent) -> bool:
        """A text field has no use for a picture; the case has."""
        if not event.matches(QKeySequence.StandardKey.Paste):
            return False
        data = QGuiApplication.clipboard().mimeData()
        if data is None or data.hasText() or not (data.hasImage() or paths_in(data)):
            return False
        self.paste()
        return True

    def _on_enter(self, event: QDragEnterEvent) -> bool:
        if self._may and paths_in(event.mimeData()):
            event.acceptProposedAction()
            self._veil.lift(self._client)
            return True
        return False

    def _on_drop(self, event: QDropEvent) -> bool:
        self._veil.hide()
        paths = paths_in(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.files.emit(paths)
        return bool(paths)
