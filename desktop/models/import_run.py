"""Takes people in, a slice at a time off the main thread: with progress, and with an end at any time."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from casework.answers import Accepted, Changes, Refused
from casework.commands import OpenCase
from casework.store_faults import StoreFault
from desktop.office import Office

SLICE = 10


class Outcome(NamedTuple):
    """What came of an import so far: people in, and (place among the commands, why not) for those who are not.

    `fault` is why it ended early: the disk is full, say. Going on with the same commands takes nobody in twice.
    """

    done: int = 0
    refused: tuple[tuple[int, Refused], ...] = ()
    fault: Refused | None = None
    is_stopped: bool = False


class _Slice(NamedTuple):
    changes: Changes
    done: int
    refused: tuple[tuple[int, Refused], ...]
    fault: Refused | None


class ImportRun(QObject):
    """`progressed(done, total)` after each slice, `ended(Outcome)` once. What was said is on the disk at each step."""

    progressed = Signal(int, int)
    ended = Signal(object)

    def __init__(self, office: Office, commands: Sequence[OpenCase], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._commands = tuple(commands)
        self._at = 0
        self._is_asked_to_stop = False
        self._so_far = Outcome()

    @property
    def total(self) -> int:
        """How many people are to come in."""
        return len(self._commands)

    def start(self) -> None:
        """Begin, or go on."""
        self._is_asked_to_stop = False
        self._next()

    def stop(self) -> None:
        """End after the slice that is under way."""
        self._is_asked_to_stop = True

    def _next(self) -> None:
        if self._at >= len(self._commands) or self._is_asked_to_stop:
            self._end(is_stopped=self._at < len(self._commands))
            return
        first, office = self._at, self._office
        slice_ = self._commands[first : first + SLICE]
        office.in_background(lambda: _say(office, first, slice_), self._on_said)

    @Slot(object)
    def _on_said(self, said: _Slice) -> None:
        self._at += said.done + len(said.refused)
        so_far = self._so_far
        self._so_far = so_far._replace(
            done=so_far.done + said.done, refused=(*so_far.refused, *said.refused), fault=said.fault
        )
        if said.changes:
            self._office.changed.emit(said.changes)
        self.progressed.emit(min(self._at, len(self._commands)), len(self._commands))
        if said.fault is not None:
            self._end(is_stopped=True)
        else:
            self._next()

    def _end(self, *, is_stopped: bool) -> None:
        self._office.sync_now()
        self.ended.emit(self._so_far._replace(is_stopped=is_stopped))


def _say(office: Office, first: int, commands: Sequence[OpenCase]) -> _Slice:
    changes, done = Changes(), 0
    refused: list[tuple[int, Refused]] = []
    for place, command in enumerate(commands, start=first):
        try:
            answer = office.laptop.say(command)
        except StoreFault as fault:
            return _Slice(changes, done, tuple(refused), Refused(fault.code))
        if isinstance(answer, Accepted):
            changes |= answer.changes
            done += 1
        else:
            refused.append((place, answer))
    return _Slice(changes, done, tuple(refused), None)
