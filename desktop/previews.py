"""Pictures made small on the laptop that adds them, so that everybody sees them before the originals have come."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter

from casework.rules.documents import LARGEST_PREVIEW

SIDE = 480
# Larger ones get none: a phone's picture has 12 to 50 million dots.
MOST_DOTS = 100_000_000
_QUALITIES = (80, 60, 40)
# What may be decoded: pictures only, never a format that runs or fetches something (T8).
_READERS = {
    "image/jpeg": b"jpeg",
    "image/png": b"png",
    "image/webp": b"webp",
    "image/gif": b"gif",
    "image/bmp": b"bmp",
    "image/tiff": b"tiff",
}


def preview_of(content: bytes, mime: str) -> bytes:
    """A JPEG with a longest side of 480 dots and nothing else in it, no place and no camera (T1); empty for what is no
    picture that we read. For any thread.
    """
    reader = _READERS.get(mime)
    image = _shrunk(content, reader) if reader else None
    if image is None:
        return b""
    for quality in _QUALITIES:
        made = QBuffer()
        made.open(QIODevice.OpenModeFlag.WriteOnly)
        if not image.save(made, "JPEG", quality):  # type: ignore[call-overload]
            return b""
        small = bytes(made.data().data())
        if len(small) <= LARGEST_PREVIEW:
            return small
    return b""


def _shrunk(content: bytes, kind: bytes) -> QImage | None:
    source = QBuffer()
    source.setData(QByteArray(content))
    source.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(source, QByteArray(kind))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isEmpty() or size.width() * size.height() > MOST_DOTS:
        return None
    # A JPEG is never laid out whole for this.
    reader.setScaledSize(size.scaled(QSize(SIDE, SIDE), Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    read = reader.read()
    if read.isNull():
        return None
    # Onto a sheet of its own: words that were in the file would go along with the image itself.
    sheet = QImage(read.size(), QImage.Format.Format_RGB32)
    sheet.fill(Qt.GlobalColor.white)
    painter = QPainter(sheet)
    painter.drawImage(0, 0, read)
    painter.end()
    return sheet
