"""Tells the story as it goes: a sentence for each step, and a picture of each screen beside it."""

import time
from pathlib import Path
from typing import TextIO

from desktop.demo.pilot import Pilot


class Narrator:
    """Writes to `out`; pictures go to a folder as 01-..., 02-..., in the order in which they are taken."""

    def __init__(self, out: TextIO, pictures: Path | None = None) -> None:
        self._out = out
        self._pictures = pictures
        self._began = time.monotonic()
        self.said: list[str] = []
        self.taken: list[Path] = []

    def title(self, words: str) -> None:
        """Begins a part of the story."""
        self._write(f"\n{words}")

    def say(self, words: str) -> None:
        """Says one step."""
        self.said.append(words)
        self._write(f"  {words}")

    def quote(self, who: str, words: str) -> None:
        """Says what somebody reads on the screen."""
        self.say(f"{who} reads: “{' '.join(words.split())}”")

    def show(self, pilot: Pilot, name: str) -> None:
        """Takes a picture of a window."""
        if self._pictures is not None:
            path = self._pictures / f"{len(self.taken) + 1:02}-{name}.png"
            pilot.picture(path)
            self.taken.append(path)

    def seconds(self) -> float:
        """How long the story has taken so far."""
        return time.monotonic() - self._began

    def _write(self, words: str) -> None:
        self._out.write(f"{words}\n")
        self._out.flush()


def clear(folder: Path) -> None:
    """Takes the pictures of an earlier story out of a folder; nothing else in it is touched."""
    for path in folder.glob("[0-9][0-9]-*.png"):
        path.unlink()
