"""A photo from a visit, drawn here: a cold radiator on a wall, so that the demo needs nobody's picture."""

from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QLinearGradient, QPainter, QPen

WIDE, HIGH = 1200, 900
RIBS = 14


def take_photo(path: Path, *, seed: int = 0) -> Path:
    """Writes a JPEG; another `seed` is another photo. Answers its path."""
    image = QImage(WIDE, HIGH, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _wall(painter, seed)
    _radiator(painter)
    _mould(painter, seed)
    painter.end()
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = QImageWriter(str(path), b"jpeg")
    writer.setQuality(82)
    if not writer.write(image):
        raise OSError(writer.errorString())
    return path


def _wall(painter: QPainter, seed: int) -> None:
    light = QLinearGradient(QPointF(0, 0), QPointF(WIDE, HIGH))
    light.setColorAt(0, QColor.fromHsv((38 + seed * 40) % 360, 28, 236))
    light.setColorAt(1, QColor.fromHsv((30 + seed * 40) % 360, 44, 186))
    painter.fillRect(0, 0, WIDE, HIGH, light)
    painter.fillRect(0, 770, WIDE, 130, QColor("#7a5c43"))
    painter.fillRect(0, 752, WIDE, 20, QColor("#efe9df"))


def _radiator(painter: QPainter) -> None:
    painter.setPen(QPen(QColor("#b9b4ab"), 3))
    wide = 46.0
    for rib in range(RIBS):
        left = 250 + rib * (wide + 5)
        shine = QLinearGradient(QPointF(left, 0), QPointF(left + wide, 0))
        shine.setColorAt(0, QColor("#d8d5cf"))
        shine.setColorAt(0.4, QColor("#fbfaf7"))
        shine.setColorAt(1, QColor("#c4c0b8"))
        painter.setBrush(shine)
        painter.drawRoundedRect(QRectF(left, 390, wide, 310), 16, 16)
    painter.setPen(QPen(QColor("#a39d93"), 12))
    painter.drawLine(QPointF(230, 690), QPointF(230, 790))
    painter.drawLine(QPointF(230, 690), QPointF(262, 690))


def _mould(painter: QPainter, seed: int) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for spot in range(60):
        across = (spot * 61 + seed * 17) % 340
        down = (spot * 37) % 230
        if across * 0.7 + down < 300:
            painter.setBrush(QColor(52, 60, 48, 40 + (spot * 13) % 90))
            size = 6 + (spot * 7) % 22
            painter.drawEllipse(QRectF(WIDE - 20 - across, 10 + down, size, size * 0.8))
