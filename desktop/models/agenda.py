"""Today's sheet as lines to show: what comes first, what is due, what comes next, what changed, what is mine."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from casework.questions.sheets import MyDay
from casework.questions.shown import CaseNews, CaseRow, DueBand, NoticeShown, TaskShown
from casework.values import ActivityKind, Priority
from desktop.messages.deeds import quoted
from desktop.messages.feed import feed_sentence
from desktop.messages.labels import PRIORITIES
from desktop.messages.notices import notice_sentence
from desktop.messages.times import clock_words, near_date_words, stamp_words
from desktop.messages.words import count_words
from desktop.widgets.due_chip import due_words
from desktop.widgets.rows import Row, RowChip

# A visit is what comes first from this long before it begins, whatever else is late.
SOON = timedelta(hours=1)
NO_CLIENT = "A case that is not on this device"
KEPT_HERE = RowChip("Kept here", "neutral", "cloud-off")
_NOTICE_ICONS = {
    "given-to-you": "user-check",
    "owner-changed": "user",
    "mentioned-you": "at-sign",
    "task-for-you": "list-todo",
    "task-not-yours": "list-todo",
    "case-closed": "archive",
    "case-reopened": "folder-open",
    "facts-on-closed": "archive",
    "late-change": "scale",
    "decision-made": "scale",
    "claimed-first": "user",
}
_NEWS_ICONS = {
    ActivityKind.NOTE: "message-square",
    ActivityKind.INTERACTION: "phone",
    ActivityKind.REVIEW: "clipboard-check",
    ActivityKind.OWNER: "user",
    ActivityKind.STEP: "arrow-right",
    ActivityKind.EDITED: "pencil",
    ActivityKind.DOCUMENT: "paperclip",
    ActivityKind.CLOSED: "archive",
    ActivityKind.REOPENED: "folder-open",
    ActivityKind.SETTLED: "scale",
    ActivityKind.KEPT: "scale",
}


class Line(NamedTuple):
    """One line of Today: `key` is its id, a click opens `case_id` where it is not empty.

    `tick` is the title of the task that a tick would finish, `icon` what stands at its head where no tick does.
    """

    key: str
    case_id: str
    row: Row
    icon: str = ""
    tick: str = ""
    is_done: bool = False
    is_late: bool = False


class Day(NamedTuple):
    """One of the next days: what it is called, and what is due on it."""

    title: str
    lines: tuple[Line, ...]


class Agenda(NamedTuple):
    """All of Today in words. `headline` says how much there is, `first` what to begin with."""

    headline: str
    first: str
    due: tuple[Line, ...]
    days: tuple[Day, ...]
    rest: str
    changed: tuple[Line, ...]
    unseen: tuple[NoticeShown, ...]
    cases: tuple[Line, ...]
    decisions: str


def agenda(day: MyDay, now: datetime, done: Sequence[TaskShown] = (), fresh: frozenset[str] = frozenset()) -> Agenda:
    """Today's sheet in lines. `done` are tasks ticked since the screen came up, `fresh` news still drawn as new."""
    due = ordered_due(day, now)
    first = due[0] if due else next((task for one in day.agenda for task in one.tasks), None)
    lines = [task_line(task, day, now, is_first=task is first and len(due) > 1) for task in due]
    return Agenda(
        headline=headline(day),
        first=first_words(first, day),
        due=(*lines, *(done_line(task) for task in done)),
        days=tuple(
            Day(day_title(day, one.day), tuple(task_line(task, day, now) for task in one.tasks)) for one in day.agenda
        ),
        rest=rest_words(day),
        changed=changed(day, fresh),
        unseen=tuple(notice for notice in day.notices if not notice.is_seen),
        cases=tuple(case_line(row, day) for row in day.owned),
        decisions=decisions_words(day.decisions),
    )


def ordered_due(day: MyDay, now: datetime) -> list[TaskShown]:
    """What is due, in the order to do it in: a visit that is on or about to begin, what is late, then today (A8)."""
    on_now = [task for task in day.due_today if is_on(task, now)]
    return [*on_now, *day.overdue, *(task for task in day.due_today if task not in on_now)]


def is_on(task: TaskShown, now: datetime) -> bool:
    """Whether a visit is on, or begins within the hour."""
    return task.start_at is not None and task.start_at - SOON <= now < (task.end_at or task.start_at + SOON)


def headline(day: MyDay) -> str:
    """How much there is to do, in a few words."""
    late, due = len(day.overdue), len(day.due_today)
    if late and due:
        return f"{late} overdue, {due} due today"
    if late:
        return f"{late} overdue"
    if due:
        return f"{due} due today"
    return "Nothing is due today"


def first_words(task: TaskShown | None, day: MyDay) -> str:
    """What to begin with, in a sentence."""
    if task is None:
        return "No task is waiting for you."
    client = task.client or task.case_number
    about = f"{quoted(task.title)} for {client}" if client else quoted(task.title)
    if task.band is DueBand.OVERDUE:
        return f"Start with {about}: {due_words(task.due, day.today)[0]}."
    at = f" at {clock_words(task.start_at)}" if task.start_at else ""
    if task.band is DueBand.TODAY:
        return f"Start with {about}, today{at}."
    return f"Next is {about}, {near_date_words(task.due, day.today) if task.due else 'some day'}{at}."


def task_line(task: TaskShown, day: MyDay, now: datetime, *, is_first: bool = False) -> Line:
    """A task that is to be done."""
    chips = []
    if is_first:
        chips.append(RowChip("Now" if is_on(task, now) else "Start here", "accent", "arrow-right"))
    if task.is_unsent:
        chips.append(KEPT_HERE)
    return Line(
        key=task.id,
        case_id=task.case_id,
        row=Row(title=task.title, detail=about_words(task), meta=_when(task, day), chips=tuple(chips)),
        tick=task.title,
        is_late=task.band is DueBand.OVERDUE,
    )


def done_line(task: TaskShown) -> Line:
    """A task that was ticked just now; it stays in sight until one goes elsewhere."""
    row = Row(title=task.title, detail=about_words(task), meta="Done")
    return Line(key=task.id, case_id=task.case_id, row=row, is_done=True)


def about_words(task: TaskShown) -> str:
    """Whom a task is about, and what one needs for it: the address for a visit, the number for a call."""
    where = ", ".join(part for part in (task.address, task.town) if part)
    way = where if task.is_visit else task.phone or task.town
    return " · ".join(part for part in (task.client or task.case_number or NO_CLIENT, way) if part)


def _when(task: TaskShown, day: MyDay) -> str:
    if task.band is DueBand.OVERDUE:
        return due_words(task.due, day.today)[0]
    if task.start_at is not None:
        until = f"–{clock_words(task.end_at)}" if task.end_at else ""
        return f"{clock_words(task.start_at)}{until}"
    return "Today" if task.band is DueBand.TODAY else ""


def day_title(day: MyDay, when: object) -> str:
    """`Tomorrow`, `Fri 27 Nov`."""
    found = next(one.day for one in day.agenda if one.day == when)
    words = near_date_words(found, day.today)
    return words[:1].upper() + words[1:]


def rest_words(day: MyDay) -> str:
    """What lies beyond the agenda, in a few words."""
    parts = []
    if day.later:
        parts.append(f"{day.later} later than that")
    if day.someday:
        parts.append(f"{len(day.someday)} without a date")
    return ", ".join(parts)


def decisions_words(count: int) -> str:
    """How many decisions wait, empty for none."""
    return f"{count_words(count, 'change')} {'needs' if count == 1 else 'need'} your decision" if count else ""


def changed(day: MyDay, fresh: frozenset[str] = frozenset()) -> tuple[Line, ...]:
    """What changed: new lines for me first, then all the rest, the latest on top (S21, S40)."""
    found = [
        *((not is_new(notice, fresh), -notice.at.timestamp(), notice_line(notice, fresh)) for notice in day.notices),
        *((True, -_arrived(news).timestamp(), news_line(news)) for news in day.news),
    ]
    return tuple(line for _, _, line in sorted(found, key=lambda one: one[:2]))


def is_new(notice: NoticeShown, fresh: frozenset[str]) -> bool:
    """Whether a line is still drawn as new."""
    return not notice.is_seen or notice.id in fresh


def notice_line(notice: NoticeShown, fresh: frozenset[str] = frozenset()) -> Line:
    """A line that was written for me."""
    client = notice.client or notice.case_number or NO_CLIENT
    sentence = notice_sentence(notice)
    row = Row(
        title=client,
        detail=f"{sentence.removesuffix('.')}: {quoted(notice.text, 120)}" if notice.text else sentence,
        meta=stamp_words(notice.at),
        is_unread=is_new(notice, fresh),
    )
    icon = _NOTICE_ICONS.get(notice.code, "scale")
    return Line(key=notice.id, case_id=notice.case_id if notice.is_here else "", row=row, icon=icon)


def news_line(news: CaseNews) -> Line:
    """Something that somebody did on a case of mine."""
    said = f": {quoted(news.line.text, 120)}" if news.line.text else ""
    row = Row(
        title=news.client or news.case_number,
        detail=f"{feed_sentence(news.line)}{said}",
        meta=stamp_words(_arrived(news)),
    )
    icon = _NEWS_ICONS.get(news.line.kind, "list-todo")
    return Line(key=news.line.id, case_id=news.line.case_id, row=row, icon=icon)


def _arrived(news: CaseNews) -> datetime:
    return news.line.arrived_at or news.line.at


def next_words(due: date | None, today: date) -> str:
    """When the next task of a case is due, within a line: `3 days overdue`, `tomorrow`, `Fri 27 Nov`."""
    if due is None:
        return "no date"
    return due_words(due, today)[0] if due < today else near_date_words(due, today)


def case_line(row: CaseRow, day: MyDay) -> Line:
    """A case of mine, with where it stands and what is next."""
    chips = []
    if row.priority is not Priority.NORMAL:
        kind = "danger" if row.priority is Priority.URGENT else "warning"
        chips.append(RowChip(PRIORITIES[row.priority], kind, "arrow-up"))
    if row.open_decisions:
        chips.append(RowChip("To decide", "info", "scale"))
    if row.is_unsent:
        chips.append(KEPT_HERE)
    nothing = row.next_band is DueBand.OVER
    following = "Nothing planned" if nothing else f"{row.next_task}, {next_words(row.next_due, day.today)}"
    return Line(
        key=row.id,
        case_id=row.id,
        row=Row(
            title=row.client or row.number,
            detail=" · ".join(part for part in (row.step_name, following) if part),
            avatar=row.client or row.number,
            meta=row.town,
            chips=tuple(chips),
        ),
    )
