"""Words in several lines, broken between words where that is possible, measured and painted as plain text."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTextLayout, QTextOption


class TextBlock:
    """Keeps its lines for one text, font and width; asked again with the same, it does not lay them out anew."""

    def __init__(self) -> None:
        self._key: tuple[str, str, int] | None = None
        self._layout = QTextLayout()
        self._height = 0

    def height(self, text: str, font: QFont, width: int) -> int:
        """How tall the text is at a width, in px; nothing is 0."""
        if not text:
            return 0
        key = (text, font.key(), width)
        if key != self._key:
            self._key = key
            self._lay_out(text, font, width)
        return self._height

    def paint(self, painter: QPainter, left: int, top: int, tint: QColor) -> None:
        """Paint what was last measured."""
        if self._key is not None:
            painter.setPen(tint)
            self._layout.draw(painter, QPointF(left, top))

    def _lay_out(self, text: str, font: QFont, width: int) -> None:
        option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout = QTextLayout(text.replace("\n", "\u2028"), font)
        self._layout.setTextOption(option)
        self._layout.setCacheEnabled(True)
        self._layout.beginLayout()
        tall = 0.0
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(max(20, width))
            line.setPosition(QPointF(0, tall))
            tall += line.height()
        self._layout.endLayout()
        self._height = round(tall + 0.5)
