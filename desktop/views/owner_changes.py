"""Giving many cases to somebody, one command each, a few at a time so that the window goes on answering (S26, S27)."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from casework.commands import AnyCommand, ChangeOwner, MoveStep, SeenOwner
from casework.ids import new_id
from casework.questions.case_rows import case_rows
from casework.questions.reassign_preview import undo_preview
from casework.questions.shown import CaseRow
from casework.values import Owner
from desktop.messages import count_words, words_of
from desktop.office import Office, Refused

AT_ONCE = 5
# How many refusals are told one by one; the rest as a number.
TOLD = 3
# Stands in the case's history; whoever takes a person's case back has to say why.
UNDONE = "Undone"


class Touched(msgspec.Struct, frozen=True, kw_only=True):
    """A case that is not taken back, for somebody changed it since: `now` is None where it has left this computer."""

    given: CaseRow
    now: CaseRow | None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a bulk change: cases that moved, with how they were before, and those refused with the answer.

    `batch` is what a giving is taken back by; `touched` are the cases that a taking back left alone.
    """

    moved: tuple[CaseRow, ...]
    refused: tuple[tuple[CaseRow, Refused], ...]
    touched: tuple[Touched, ...] = ()
    batch: str = ""


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
        self._touched: tuple[Touched, ...] = ()
        self._batch = ""
        self._of = 0
        self._clock = QTimer(self)
        self._clock.setInterval(0)
        self._clock.timeout.connect(self._go_on)

    def is_busy(self) -> bool:
        """Whether changes are still being said."""
        return self._clock.isActive()

    def give(self, rows: Sequence[CaseRow], owner: Owner, *, with_tasks: bool) -> None:
        """Give the cases to an owner; the old owner's open tasks go along if wanted (A5)."""
        batch = new_id()
        self._start(
            (
                (row, ChangeOwner(case_id=row.id, base=_base(row), owner=owner, with_tasks=with_tasks, batch=batch))
                for row in rows
            ),
            batch=batch,
        )

    def take_back(self, giving: Outcome) -> None:
        """Take a giving back with the tasks that went along, but for the cases that somebody changed since (OC27)."""
        given = {row.id: row for row in giving.moved}
        plan = self._office.read(undo_preview, giving.batch, undo_batch=new_id(), reason=UNDONE)
        back = [(given[command.case_id], command) for command in plan.commands if command.case_id in given]
        left = given.keys() - {row.id for row, _ in back}
        now = {row.id: row for row in self._office.ask(case_rows, tuple(left))}
        touched = (Touched(given=row, now=now.get(row.id)) for row in giving.moved if row.id in left)
        self._start(back, touched=tuple(touched))

    def move(self, rows: Sequence[CaseRow], step_id: str) -> None:
        """Move the cases to a step (S17)."""
        self._start((row, MoveStep(case_id=row.id, step=(row.step_id, step_id))) for row in rows)

    def _start(
        self,
        commands: Iterable[tuple[CaseRow, AnyCommand]],
        *,
        batch: str = "",
        touched: tuple[Touched, ...] = (),
    ) -> None:
        self._waiting = list(commands)
        self._batch = batch
        self._touched = touched
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
            moved, refused = tuple(self._moved), tuple(self._refused)
            self.finished.emit(Outcome(moved=moved, refused=refused, touched=self._touched, batch=self._batch))


def refused_words(outcome: Outcome, names: dict[str, str]) -> str:
    """Which cases stayed as they were, and why: the first few by name."""
    told = [f"{row.client or row.number}: {words_of(answer, names).title}" for row, answer in outcome.refused[:TOLD]]
    return ". ".join(_with_the_rest(told, len(outcome.refused)))


def touched_words(outcome: Outcome) -> str:
    """Which cases somebody changed since, and who has them now: the first few by name, many by whom they are with."""
    touched = outcome.touched
    if not touched:
        return ""
    if len(touched) <= TOLD:
        told = [f"{one.given.client or one.given.number}, {_where(one)}" for one in touched]
    else:
        places = Counter(map(_where, touched)).most_common(TOLD)
        told = [f"{count_words(count, 'case')} {where}" for where, count in places]
        told = _with_the_rest(told, len(touched), said=sum(count for _, count in places))
    them = "it" if len(touched) == 1 else "them"
    return f"Somebody changed {them} since: {'; '.join(told)}"


def _where(one: Touched) -> str:
    if one.now is None:
        return "no longer on this computer"
    return f"now with {one.now.owner_name}"


def _with_the_rest(told: list[str], of: int, *, said: int | None = None) -> list[str]:
    more = of - (len(told) if said is None else said)
    return [*told, f"and {count_words(more, 'more', 'more')}"] if more else told


def _base(row: CaseRow) -> SeenOwner:
    return SeenOwner(row.owner, row.owner_cmd)
