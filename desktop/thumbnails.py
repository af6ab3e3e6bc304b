"""Small pictures of documents, made from the encrypted bytes on a reader thread and kept in memory only (T1, X15)."""

import io
from collections import OrderedDict

import msgspec
from PIL import Image, ImageOps, UnidentifiedImageError
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from casework.sealed import SealBroken
from casework.store_faults import StoreFault
from desktop.office import Office
from sync.carrying import LARGEST_PICTURE, PICTURES, paper_of
from sync.papers import Paper

# What Pillow may be asked to read: pictures only, never a format that runs or fetches something (T8).
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
# Larger ones get the icon of their type: a phone's picture has 12 to 50 million dots.
MOST_DOTS = 100_000_000
SIDE = 192
KEPT = 200


class Dots(msgspec.Struct, frozen=True, kw_only=True):
    """A small picture as plain dots, red, green and blue; it may cross between threads."""

    width: int
    height: int
    rgb: bytes


class Thumbnails(QObject):
    """Asks for pictures once each; `ready(sha256)` when one can be had from `picture`."""

    ready = Signal(str)

    def __init__(self, office: Office, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._made: OrderedDict[str, QPixmap] = OrderedDict()
        self._asked: set[str] = set()

    def picture(self, sha256: str) -> QPixmap | None:
        """The picture, if it was made."""
        if sha256 in self._made:
            self._made.move_to_end(sha256)
        return self._made.get(sha256)

    def want(self, sha256: str, mime: str, size: int, *, preview: str = "") -> None:
        """Have a picture made, if it can be one and its bytes are here, or those of its preview."""
        if mime not in PICTURES or size > LARGEST_PICTURE or sha256 in self._asked:
            return
        self._asked.add(sha256)
        self._office.in_background(lambda: self._make(preview, sha256), lambda dots: self._take(sha256, dots))

    def forget_missing(self, sha256: str) -> None:
        """Its bytes have come since: ask again."""
        if sha256 not in self._made:
            self._asked.discard(sha256)

    def _make(self, *sha256s: str) -> Dots | None:
        """On a reader thread: read, decode, shrink, of the first that will do. None where none is here or a picture."""
        for sha256 in filter(None, sha256s):
            try:
                paper = paper_of(self._office.laptop, sha256)
                dots = None if paper is None else shrunk(self._content(paper))
            except (StoreFault, SealBroken):
                continue
            if dots is not None:
                return dots
        return None

    def _content(self, paper: Paper) -> bytes:
        return b"".join(self._office.laptop.papers.read(paper))

    def _take(self, sha256: str, dots: Dots | None) -> None:
        if dots is None:
            return
        image = QImage(dots.rgb, dots.width, dots.height, dots.width * 3, QImage.Format.Format_RGB888)
        self._made[sha256] = QPixmap.fromImage(image)
        while len(self._made) > KEPT:
            gone, _ = self._made.popitem(last=False)
            self._asked.discard(gone)
        self.ready.emit(sha256)


def shrunk(content: bytes, side: int = SIDE) -> Dots | None:
    """A picture made small, turned the way it was taken; None for what is no picture, or is too large to be one."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_DOTS:
                return None
            picture.draft("RGB", (side * 2, side * 2))
            turned = ImageOps.exif_transpose(picture).convert("RGB")
            turned.thumbnail((side, side))
            return Dots(width=turned.width, height=turned.height, rgb=turned.tobytes())
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError):
        return None
