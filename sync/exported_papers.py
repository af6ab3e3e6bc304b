"""Documents as plain files in a folder that a person chose, under names that hold on every system (FI12)."""

import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from casework.disk import CREATE, TooFull
from casework.sealed import SealBroken
from casework.store_faults import our_disk
from sync.opened_papers import Unreadable
from sync.papers import Paper, Papers
from sync.safe_names import distinct_names


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """Where a document's copy is."""

    path: Path


def export_papers(
    papers: Papers, wanted: Sequence[tuple[Paper, str]], folder: Path
) -> tuple[Exported | Unreadable | TooFull, ...]:
    """Writes each document into the folder, and says of each what came of it, in order.

    Nothing that is there is written over; of names that some system would take for one another, such as `A.pdf` and
    `a.pdf`, the later get a number. Blocks on the disk; raises NoRoom, DiskFault.
    """
    with our_disk():
        folder.mkdir(parents=True, exist_ok=True)
        taken = os.listdir(folder)
    names = distinct_names([name for _, name in wanted], taken)
    return tuple(_export(papers, paper, folder / name) for (paper, _), name in zip(wanted, names, strict=True))


def _export(papers: Papers, paper: Paper, path: Path) -> Exported | Unreadable | TooFull:
    if full := papers.disk.room_for(path.parent, paper.size):
        return full
    try:
        with our_disk():
            _write(path, papers.read(paper))
    except SealBroken:
        return Unreadable()
    return Exported(path=path)


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    """Writes a new file, whole or not at all."""
    with ExitStack() as undo:
        descriptor = os.open(path, CREATE, 0o600)
        # only now is it ours to take away
        undo.callback(path.unlink, missing_ok=True)
        with open(descriptor, "wb") as file:
            for piece in pieces:
                file.write(piece)
        undo.pop_all()
