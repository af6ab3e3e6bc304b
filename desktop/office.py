"""What views may use: say a command, ask a question, keep a draft, hear what changed. The one door to what is below."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from casework.answers import Accepted, Answer, Changes, Refused
from casework.commands import AnyCommand
from casework.connection import Connection
from casework.questions.viewer import Viewer
from casework.rows import all_of, find
from casework.rules.access import queues_of
from casework.store_faults import StoreFault
from casework.values import Person, Queue
from desktop.bridge import Bridge
from desktop.errands import Errands
from desktop.previews import preview_of
from sync import carrying, outbox, shadow
from sync.central import Central
from sync.faults import SyncFault
from sync.laptop import Drafts, Laptop
from sync.status import SyncState

P = ParamSpec("P")
T = TypeVar("T")
# for hashing, importing and what needs the server now (architecture: readers)
READERS = 2
# Screens hear of the sync at once, and then no oftener: a back-fill has ten pages a second, and each screen asks anew.
# Nor do they spend more than a hundredth of the time on it, unless that would leave them behind for longer.
QUIET_MS, QUIET_AT_MOST_MS = 400, 2_000
SHARE = 100


class Office(QObject):
    """One signed-in person's work, as the screens see it. Lives on the main thread.

    `changed` names the ids that moved, after a command of ours and after each page from the server. `refused` carries
    what the rules or the disk would not take, for the notice beside the work; the asker gets it as an answer too.
    """

    changed = Signal(object)
    refused = Signal(object)
    said = Signal(object)
    sync_state = Signal(object)

    def __init__(self, laptop: Laptop, central: Central, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.laptop = laptop
        self.central = central
        self.drafts = Drafts(laptop)
        self._bridge = bridge
        self._errands = Errands(self, threads=READERS)
        self._state = SyncState()
        self._untold = Changes()
        self._quiet = QTimer(self, singleShot=True)
        self._quiet.timeout.connect(self._tell)
        bridge.changed.connect(self._on_changed)
        # what the sync calls finished is on the screens, too
        bridge.finished.connect(self._tell)
        bridge.state.connect(self._on_state)

    @property
    def person_id(self) -> str:
        """Whose desk this is."""
        return self.laptop.person_id

    @property
    def sync(self) -> SyncState:
        """Where the sync stands, as last heard."""
        return self._state

    def do(self, command: AnyCommand) -> Answer:
        """Says a command. Accepted: it is on the disk and shown; Refused: nothing was written, what was typed stays."""
        try:
            answer = self.laptop.say(command)
        except StoreFault as fault:
            answer = Refused(fault.code)
        return self._after(answer)

    def ask(self, question: Callable[Concatenate[Connection, Viewer, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Asks a question of casework.questions in one snapshot, as the signed-in person."""
        with self.laptop.database.reading() as conn:
            return question(conn, self._viewer(conn), *args, **kwargs)

    def read(self, look: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Asks a question that does not depend on who asks."""
        with self.laptop.database.reading() as conn:
            return look(conn, *args, **kwargs)

    def attach(
        self, source: Path, *, case_id: str, mime: str, caption: str = "", then: Callable[[Answer], None] | None = None
    ) -> None:
        """Puts a file on a case, off the main thread; `then` hears the answer on it."""

        def take_in() -> Answer:
            try:
                return carrying.attach(
                    self.laptop, source, case_id=case_id, mime=mime, caption=caption, shrink=preview_of
                )
            except StoreFault as fault:
                return Refused(fault.code, {"name": source.name})

        def done(answer: Answer) -> None:
            self._after(answer)
            if then is not None:
                then(answer)

        self.in_background(take_in, done)

    def in_background(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Runs work that may take long on a reader thread and hands its value to `then` on the main thread.

        `work` must touch no widget; only frozen values may cross. What it raises breaks the app like any other bug,
        so work that meets the world turns faults into values itself.
        """
        self._errands.run(work, then)

    def keep(self, change: Callable[[Connection], None], then: Callable[[str], None]) -> None:
        """Writes what is this device's own, off the main thread; `then` hears the code of what went wrong, or ""."""

        def write() -> str:
            try:
                self.laptop.write(change)
            except StoreFault as fault:
                return fault.code
            return ""

        self.in_background(write, then)

    def sync_now(self) -> None:
        """Asks for a round at once."""
        self._bridge.nudge(now=True)

    def online(self, verb: Callable[[Central], T], then: Callable[[T | SyncFault], None]) -> None:
        """Does something that needs the server now, off the main thread; faults come as values."""

        def work() -> T | SyncFault:
            try:
                return verb(self.central)
            except SyncFault as fault:
                return fault

        self.in_background(work, then)

    def drain(self, milliseconds: int = 5000) -> bool:
        """Waits for the reader threads and lets go of what comes of their work; whether they ended in time."""
        return self._errands.close(milliseconds)

    def _viewer(self, conn: Connection) -> Viewer:
        person = find(conn, Person, self.person_id)
        assert person is not None, "a desk is opened only once its person is known"
        now = datetime.now(UTC)
        return Viewer(
            person=person,
            queue_ids=queues_of(person, all_of(conn, Queue)),
            now=now,
            today=now.astimezone().date(),
            waiting_ids=outbox.cases_with_words(conn) | shadow.changed_rows(conn),
        )

    def _after(self, answer: Answer) -> Answer:
        if isinstance(answer, Refused):
            self.refused.emit(answer)
            return answer
        self.said.emit(answer)
        if answer.changes:
            self.changed.emit(answer.changes)
            self._bridge.nudge()
        return answer

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        self._untold |= changes
        if not self._quiet.isActive():
            self._tell()

    @Slot()
    def _tell(self) -> None:
        """Says what came in since the last time, together."""
        changes, self._untold = self._untold, Changes()
        if not changes:
            return
        began = perf_counter()
        # while they ask, too: what comes in meanwhile goes together
        self._quiet.start(QUIET_AT_MOST_MS)
        self.changed.emit(changes)
        took_ms = (perf_counter() - began) * 1000
        self._quiet.start(max(QUIET_MS, min(QUIET_AT_MOST_MS, round(took_ms * SHARE))))

    @Slot(object)
    def _on_state(self, now: SyncState) -> None:
        self._state = now
        self.sync_state.emit(now)


__all__ = ["Accepted", "Answer", "Changes", "Office", "Refused"]
