"""A picture from the clipboard on its way into the encrypted store: a file of our own for a moment, swept at start."""

import os
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from casework.disk import CREATE

PASTING = "pasting"


def kept_for_a_moment(folder: Path, name: str, image: QImage) -> Path:
    """Write the picture as PNG where only this person can read it; the caller removes it once it was taken in.

    Raises OSError where the disk will not take it.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    place = folder / PASTING
    place.mkdir(mode=0o700, exist_ok=True)
    path = place / name
    with open(os.open(path, CREATE, 0o600), "wb") as file:
        file.write(buffer.data().data())
    return path


def sweep_pasted(folder: Path) -> None:
    """Remove what an end in the middle may have left."""
    place = folder / PASTING
    if place.is_dir():
        for path in place.iterdir():
            path.unlink(missing_ok=True)
