"""A document as a tile: its picture, what it is called, who added it when, and where its bytes are."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop import icons, theme
from desktop.models.document_list import DocumentLine, Where, document_sentence
from desktop.models.feed import calm
from desktop.widgets import painting
from desktop.widgets.chips import chip_width, paint_chip
from desktop.widgets.plain import one_line, set_tip, without_mnemonic

_KINDS = {
    Where.ONLY_HERE: ("neutral", "cloud-off"),
    Where.SENDING: ("info", "cloud-upload"),
    Where.ON_SERVER: ("success", "check"),
    Where.ELSEWHERE: ("warning", "hourglass"),
}
WIDTH, HEIGHT, PICTURE = 296, 104, 96


class DocumentTile(QPushButton):
    """Pressed, it opens the document; the whole tile is the target."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line: DocumentLine | None = None
        self._picture: QPixmap | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_document(self, line: DocumentLine, picture: QPixmap | None) -> None:
        """Show a document; its picture may come later."""
        self._line = line
        self._picture = picture
        self.setObjectName(f"document-{line.shown.id}")
        self.setText(without_mnemonic(one_line(line.title)[:200]))
        self.setAccessibleName(document_sentence(line)[:600])
        set_tip(self, document_sentence(line)[:600])
        self.update()

    def document(self) -> DocumentLine | None:
        """The document on show."""
        return self._line

    def sizeHint(self) -> QSize:
        return QSize(theme.px(WIDTH), theme.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self._line is None:
            return
        painter = QPainter(self)
        tokens = theme.tokens()
        edge = tokens.control if self.underMouse() or tokens.border > 1 else tokens.hairline
        painting.box(painter, self.rect(), tokens.surface, edge=edge, radius=painting.RADIUS, width=tokens.border)
        side = theme.px(PICTURE)
        self._paint_picture(painter, QRect(1, 1, side - 2, self.height() - 2))
        left = side + theme.px(10)
        room = QRect(left, theme.px(9), self.width() - left - theme.px(10), theme.px(20))
        painting.words(painter, room, self._line.title, font=theme.font(13, 600), tint=tokens.text)
        room.translate(0, theme.px(20))
        small = theme.font(12)
        if self._line.shown.caption:
            painting.words(painter, room, calm(self._line.shown.name), font=small, tint=tokens.muted)
            room.translate(0, theme.px(17))
        painting.words(painter, room, self._line.about_words, font=small, tint=tokens.muted)
        kind, icon = ("neutral", "download") if self._line.is_not_here_yet else _KINDS[self._line.where]
        wide = min(chip_width(self._line.chip_words), room.width())
        spot = QRect(left, self.height() - theme.px(9 + 20), wide, theme.px(20))
        paint_chip(painter, spot, self._line.chip_words, kind=kind, icon=icon)

    def _paint_picture(self, painter: QPainter, where: QRect) -> None:
        tokens = theme.tokens()
        path = QPainterPath()
        path.addRoundedRect(where.adjusted(0, 0, painting.RADIUS, 0), painting.RADIUS - 1, painting.RADIUS - 1)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.setClipPath(path)
        painter.setClipRect(where, Qt.ClipOperation.IntersectClip)
        painter.fillRect(where, theme.colour("sunken"))
        if self._picture is not None and not self._picture.isNull():
            fitted = self._picture.size().scaled(where.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            spot = QRect(0, 0, fitted.width(), fitted.height())
            spot.moveCenter(where.center())
            painter.drawPixmap(spot, self._picture)
        else:
            side = theme.px(26)
            spot = QRect(0, 0, side, side)
            spot.moveCenter(where.center())
            icons.draw(painter, _icon_for(self._line.shown.name if self._line else ""), spot, tokens.control)
        painter.restore()


def _icon_for(file_name: str) -> str:
    """The icon of a file's type, by the end of its name."""
    ending = file_name.rpartition(".")[2].lower()
    if ending in {"jpg", "jpeg", "png", "webp", "gif", "heic", "tif", "tiff", "bmp"}:
        return "image"
    return "file-spreadsheet" if ending in {"xlsx", "xls", "csv", "ods"} else "file-text"
