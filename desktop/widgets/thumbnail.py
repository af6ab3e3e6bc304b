"""A document as a tile: its picture or the icon of its type, its name, and where it is."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop import icons, theme
from desktop.widgets import painting
from desktop.widgets.plain import one_line, set_tip, without_mnemonic


def icon_for(file_name: str) -> str:
    """The icon of a file's type, by the end of its name."""
    ending = file_name.rpartition(".")[2].lower()
    if ending in {"jpg", "jpeg", "png", "webp", "gif", "heic", "tif", "tiff", "bmp"}:
        return "image"
    return "file-spreadsheet" if ending in {"xlsx", "xls", "csv", "ods"} else "file-text"


class Thumbnail(QPushButton):
    """A tile to open a document with; `note` says its size or that it is only here so far."""

    def __init__(
        self,
        name: str,
        *,
        note: str = "",
        picture: QPixmap | None = None,
        only_here: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = one_line(name)
        self._note = note
        self._picture = picture
        self._only_here = only_here
        self.setText(without_mnemonic(self._name))
        self.setAccessibleName(", ".join(part for part in (self._name, note) if part))
        set_tip(self, self.accessibleName())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_picture(self, picture: QPixmap) -> None:
        """Show a picture that was made later."""
        self._picture = picture
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(144), theme.px(136))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        edge = tokens.control if self.underMouse() or tokens.border > 1 else tokens.hairline
        painting.box(painter, self.rect(), tokens.surface, edge=edge, width=tokens.border)
        top = QRect(1, 1, self.width() - 2, theme.px(88))
        self._paint_picture(painter, top)
        room = QRect(theme.px(10), top.bottom() + theme.px(6), self.width() - theme.px(20), theme.px(20))
        painting.words(painter, room, self._name, font=theme.font(12, 500), tint=tokens.text)
        room.translate(0, theme.px(17))
        if self._only_here:
            side = theme.px(12)
            icons.draw(
                painter, "cloud-upload", QRect(room.left(), room.center().y() - side // 2, side, side), tokens.info
            )
            room.setLeft(room.left() + side + theme.px(4))
        painting.words(painter, room, self._note, font=theme.font(12), tint=tokens.muted)

    def _paint_picture(self, painter: QPainter, where: QRect) -> None:
        tokens = theme.tokens()
        path = QPainterPath()
        path.addRoundedRect(where.adjusted(0, 0, 0, painting.RADIUS), painting.RADIUS - 1, painting.RADIUS - 1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(path)
        painter.setClipRect(where, Qt.ClipOperation.IntersectClip)
        painter.fillRect(where, theme.colour("sunken"))
        if self._picture is not None and not self._picture.isNull():
            fitted = self._picture.size().scaled(where.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            spot = QRect(0, 0, fitted.width(), fitted.height())
            spot.moveCenter(where.center())
            painter.drawPixmap(spot, self._picture)
        else:
            side = theme.px(28)
            spot = QRect(0, 0, side, side)
            spot.moveCenter(where.center())
            icons.draw(painter, icon_for(self._name), spot, tokens.control)
        painter.restore()
