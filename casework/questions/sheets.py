"""What each screen shows, whole: one frozen sheet per screen, filled by the question of the same name."""

from datetime import date
from enum import StrEnum

import msgspec

from casework.questions.picks import JumpHit, OwnerChoice
from casework.questions.shown import (
    CaseNews,
    CaseRow,
    ContributorShown,
    CreatedShown,
    DocumentShown,
    FeedPage,
    Letter,
    NoticeShown,
    OtherCase,
    OwnershipLine,
    OwnerShown,
    ReviewShown,
    StepShown,
    SuggestedOwner,
    TaskShown,
    WaitingRow,
)
from casework.questions.shown_kept import DecisionCard
from casework.values import Case, Contact, Owner, Project, Property, StepKind

# Where a page ended, in the values that it is sorted by; hand it back as `after` for the next page.
PageKey = tuple[str | int, ...]
PAGE = 200


class Which(StrEnum):
    """Which cases a list is about. `ACTIVE` is the overview: triaged and not closed (S20, R3)."""

    ACTIVE = "active"
    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class CaseSort(StrEnum):
    """What a list of cases can be sorted by."""

    OPENED = "opened"
    NUMBER = "number"
    CLIENT = "client"
    AREA = "area"
    STEP = "step"
    OWNER = "owner"
    PRIORITY = "priority"
    DUE = "due"
    ACTIVITY = "activity"


class CaseFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What narrows a list of cases; all that is set must hold (S24, R19). Empty means any."""

    which: Which = Which.ACTIVE
    project_id: str = ""
    step_id: str = ""
    owner: Owner | None = None
    is_mine: bool = False
    text: str = ""


class CaseOrder(msgspec.Struct, frozen=True, kw_only=True):
    """How a list of cases is sorted; newest first unless told otherwise."""

    by: CaseSort = CaseSort.OPENED
    is_descending: bool = True


class CasesPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list; `after` fetches the next one, None at the end."""

    rows: tuple[CaseRow, ...]
    after: PageKey | None


class BoardColumn(msgspec.Struct, frozen=True, kw_only=True):
    """One step: how many cases stand there, for how many days on average, and those that have stood there longest."""

    step_id: str
    name: str
    kind: StepKind
    position: int
    target_days: int
    count: int
    average_days: int
    cards: tuple[CaseRow, ...]


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The cases by step (S23)."""

    columns: tuple[BoardColumn, ...]


class WaitingList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the waiting list, most pressing first (R2), and counts of the whole list."""

    rows: tuple[WaitingRow, ...]
    after: PageKey | None
    total: int
    urgent: int
    high: int


class WaitingCase(msgspec.Struct, frozen=True, kw_only=True):
    """A waiting case to decide about: the referral as a letter, and what helps to decide (S15 to S18).

    `alike` are cases that may be about the same person, `earlier` others of this client or this home. `next_steps`
    are the steps that a supported case may go to, `next_step_id` the suggested one, `owners` who could take it.
    """

    row: WaitingRow
    case: Case
    contact: Contact
    home: Property
    project: Project
    letter: Letter | None
    alike: tuple[OtherCase, ...]
    earlier: tuple[OtherCase, ...]
    owners: tuple[SuggestedOwner, ...]
    next_steps: tuple[StepShown, ...]
    next_step_id: str
    owner: OwnerShown
    created: CreatedShown
    offers: frozenset[str]


class CaseSheet(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the case page shows (S60). `offers` are the commands that the rules would take now."""

    case: Case
    contact: Contact
    home: Property
    project: Project
    steps: tuple[StepShown, ...]
    owner: OwnerShown
    created: CreatedShown
    tasks: tuple[TaskShown, ...]
    feed: FeedPage
    documents: tuple[DocumentShown, ...]
    review: ReviewShown | None
    ownership: tuple[OwnershipLine, ...]
    letter: Letter | None
    kept: tuple[DecisionCard, ...]
    others: tuple[OtherCase, ...]
    duplicate_of: OtherCase | None
    contributors: tuple[ContributorShown, ...]
    closed_by_name: str
    offers: frozenset[str]
    is_unsent: bool

    @property
    def step(self) -> StepShown:
        """The step where the case stands."""
        return next(step for step in self.steps if step.is_current)


class AgendaDay(msgspec.Struct, frozen=True, kw_only=True):
    """What is due on one of the next days, visits in order of time."""

    day: date
    tasks: tuple[TaskShown, ...]


class MyDay(msgspec.Struct, frozen=True, kw_only=True):
    """Today: what is due, what comes, what changed, what is mine (R5). Only days with tasks are in `agenda`."""

    today: date
    overdue: tuple[TaskShown, ...]
    due_today: tuple[TaskShown, ...]
    agenda: tuple[AgendaDay, ...]
    later: int
    someday: tuple[TaskShown, ...]
    notices: tuple[NoticeShown, ...]
    news: tuple[CaseNews, ...]
    owned: tuple[CaseRow, ...]
    owned_count: int
    decisions: int


class Decisions(msgspec.Struct, frozen=True, kw_only=True):
    """Kept work: what waits for me, my own words that wait for others, what else I may settle, what was settled.

    `later` waits for me too, and was put off to another day: it counts like `for_me`. `settled_more` are so many more
    that were settled lately.
    """

    for_me: tuple[DecisionCard, ...]
    mine: tuple[DecisionCard, ...]
    others: tuple[DecisionCard, ...]
    settled: tuple[DecisionCard, ...]
    later: tuple[DecisionCard, ...] = ()
    settled_more: int = 0


class OwnerChoices(msgspec.Struct, frozen=True, kw_only=True):
    """Who and what may own a case: people and queues apart (S65)."""

    people: tuple[OwnerChoice, ...]
    queues: tuple[OwnerChoice, ...]


class RailCounts(msgspec.Struct, frozen=True, kw_only=True):
    """The quiet numbers of the rail. `today` counts tasks due today, `cases` open cases that are mine."""

    today: int
    overdue: int
    waiting: int
    cases: int
    decisions: int
    notices: int


class JumpList(msgspec.Struct, frozen=True, kw_only=True):
    """What the search found, best first; `is_more` when the list was cut."""

    hits: tuple[JumpHit, ...]
    is_more: bool
