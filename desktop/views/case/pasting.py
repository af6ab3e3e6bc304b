"""A picture from the clipboard on its way into the encrypted store: a file of our own for a moment, swept at start."""

import os
import secrets
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from casework.disk import CREATE
from sync.laptop import OPENED


def kept_for_a_moment(folder: Path, name: str, image: QImage) -> Path:
    """Write the picture as PNG where only this person can read it; `thrown_away` removes it once it was taken in.

    It lies among the plain copies that the laptop sweeps at every start and end. Raises OSError where the disk will
    not take it.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    place = folder / OPENED / secrets.token_hex(8)
    (folder / OPENED).mkdir(mode=0o700, exist_ok=True)
    place.mkdir(mode=0o700)
    path = place / name
    with open(os.open(path, CREATE, 0o600), "wb") as file:
        file.write(buffer.data().data())
    return path


def throw_away(path: Path) -> None:
    """Remove the picture and the folder that it lay in."""
    path.unlink(missing_ok=True)
    path.parent.rmdir()
