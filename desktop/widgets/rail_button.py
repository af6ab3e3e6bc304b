"""What every button of the rail is: as wide as the rail, painted by itself, and only its icon where that is narrow."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop import theme


class RailButton(QPushButton):
    """A button that its kind paints; it is as high as its lines (`text`, at 100 %) and the `gap` around them."""

    def __init__(self, name: str, *, text: int, gap: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_narrow = False
        self._height = (text, gap)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_only_icon(self, only: bool) -> None:
        """In the narrow rail there is room for a picture alone."""
        self._is_narrow = only
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(36), theme.grown(*self._height))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
