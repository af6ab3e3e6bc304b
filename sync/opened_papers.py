"""Plain copies of documents for as long as somebody looks at them, in a folder that is swept at every start and end."""

import os
import secrets
import shutil
from pathlib import Path

import msgspec

from casework.disk import CREATE, TooFull
from casework.sealed import SealBroken
from casework.store_faults import our_disk
from sync.papers import Paper, Papers
from sync.safe_names import opens_by_name, runs_when_opened, safe_name
from sync.sniffing import HEAD, would_run


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """Our own copy is missing or damaged: fetched again, or added again where the server never got it."""

    code: str = "paper-unreadable"


class RunsWhenOpened(msgspec.Struct, frozen=True, kw_only=True):
    """It may be kept and sent on, but a double click would run it (promises.md T8)."""

    code: str = "document-would-run"


class OpenedPapers:
    """The session's folder of plain copies (promises.md T20); it must not lie where a cloud service copies from."""

    def __init__(self, folder: Path, papers: Papers) -> None:
        self._folder = folder
        self._papers = papers

    def open_copy(self, paper: Paper, shown_name: str) -> Path | Unreadable | RunsWhenOpened | TooFull:
        """Put a read-only copy where a viewer can open it. Blocks on the disk; raises NoRoom, DiskFault.

        Its name is made safe from `shown_name`; it stands alone in a folder with a random name.
        """
        try:
            if self._runs(paper, shown_name):
                return RunsWhenOpened()
        except SealBroken:
            return Unreadable()
        if full := self._papers.disk.room_for(self._papers.folder, paper.size):
            return full
        copy = self._folder / secrets.token_hex(8) / safe_name(shown_name)
        try:
            with our_disk():
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                copy.parent.mkdir(mode=0o700)
                with open(os.open(copy, CREATE, 0o600), "wb") as file:
                    for piece in self._papers.read(paper):
                        file.write(piece)
                copy.chmod(0o400)
        except BaseException as error:
            _remove(copy.parent)
            if isinstance(error, SealBroken):
                return Unreadable()
            raise
        return copy

    def _runs(self, paper: Paper, shown_name: str) -> bool:
        if runs_when_opened(shown_name):
            return True
        return not opens_by_name(shown_name) and would_run(self._papers.read_range(paper, 0, HEAD))

    def sweep(self) -> None:
        """Remove every copy: at start, at lock and at close.

        What a viewer holds open stays until the next sweep, on systems where that cannot be removed.
        """
        _remove(self._folder)


def _remove(folder: Path) -> None:
    """Remove a folder with read-only files in it, passing over what cannot be removed now."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o600)
    shutil.rmtree(folder, ignore_errors=True)
