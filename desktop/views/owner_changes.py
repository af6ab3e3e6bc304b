"""Giving many cases to somebody, one command each, a few at a time so that the window goes on answering (S26, S27)."""

from collections.abc import Iterable, Sequence

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from casework.commands import AnyCommand, ChangeOwner, MoveStep, SeenOwner
from casework.questions.case_rows import case_rows
from casework.questions.shown import CaseRow
from casework.values import Owner
from desktop.messages import count_words, words_of
from desktop.office import Office, Refused

AT_ONCE = 5
# How many refusals are told one by one; the rest as a number.
TOLD = 3


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a bulk change: cases that moved, with how they were before, and those refused with the answer."""

    moved: tuple[CaseRow, ...]
    refused: tuple[tuple[CaseRow, Refused], ...]


class ManyChanges(QObject):
    """Says one command for each case. `stepped(done, of)` now and then, `finished(Outcome)` at the end."""

    stepped = Signal(int, int)
    finished = Signal(object)

    def __init__(self, office: Office, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._waiting: list[tuple[CaseRow, AnyCommand]] = []
        self._moved: list[CaseRow] = []
        self._refused: list[tuple[CaseRow, Refused]] = []
        self._of = 0
        self._clock = QTimer(self)
        self._clock.setInterval(0)
        self._clock.timeout.connect(self._go_on)

    def is_busy(self) -> bool:
        """Whether changes are still being said."""
        return self._clock.isActive()

    def give(self, rows: Sequence[CaseRow], owner: Owner, *, with_tasks: bool) -> None:
        """Give the cases to an owner; the old owner's open tasks go along if wanted (A5)."""
        self._start(
            (row, ChangeOwner(case_id=row.id, base=_base(row), owner=owner, with_tasks=with_tasks)) for row in rows
        )

    def give_back(self, rows: Sequence[CaseRow], *, with_tasks: bool) -> None:
        """Give each of the cases back to whom it was with, as it was in `rows`."""
        now = {row.id: row for row in self._office.ask(case_rows, [row.id for row in rows])}
        self._start(
            (
                now[row.id],
                ChangeOwner(case_id=row.id, base=_base(now[row.id]), owner=row.owner, with_tasks=with_tasks),
            )
            for row in rows
            if row.id in now
        )

    def move(self, rows: Sequence[CaseRow], step_id: str) -> None:
        """Move the cases to a step (S17)."""
        self._start((row, MoveStep(case_id=row.id, step=(row.step_id, step_id))) for row in rows)

    def _start(self, commands: Iterable[tuple[CaseRow, AnyCommand]]) -> None:
        self._waiting = list(commands)
        self._of = len(self._waiting)
        self._moved = []
        self._refused = []
        self._clock.start()

    def _go_on(self) -> None:
        for row, command in self._waiting[:AT_ONCE]:
            answer = self._office.do(command)
            if isinstance(answer, Refused):
                self._refused.append((row, answer))
            elif answer.changes:
                self._moved.append(row)
        self._waiting = self._waiting[AT_ONCE:]
        self.stepped.emit(self._of - len(self._waiting), self._of)
        if not self._waiting:
            self._clock.stop()
            self.finished.emit(Outcome(moved=tuple(self._moved), refused=tuple(self._refused)))


def refused_words(outcome: Outcome, names: dict[str, str]) -> str:
    """Which cases stayed as they were, and why: the first few by name."""
    told = [f"{row.client or row.number}: {words_of(answer, names).title}" for row, answer in outcome.refused[:TOLD]]
    more = len(outcome.refused) - len(told)
    told += [f"and {count_words(more, 'more', 'more')}"] if more else []
    return ". ".join(told)


def _base(row: CaseRow) -> SeenOwner:
    return SeenOwner(row.owner, row.owner_cmd)
