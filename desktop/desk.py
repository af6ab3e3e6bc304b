"""An open desk: one person's office wired to the window, from the rail's numbers to the sync chip."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QWidget

from casework.questions.jump import jump
from casework.questions.rail import rail_counts
from casework.questions.sheets import JumpList
from casework.rows import find
from casework.store_faults import StoreFault
from casework.values import OFFICE_ROLES, Person
from desktop.bridge import Bridge
from desktop.clearing import Clearing
from desktop.clock_notice import ClockNotice
from desktop.coming_back import ComingBack
from desktop.entry import Opened
from desktop.locking import Locking
from desktop.messages import ROLES, chip, words_for
from desktop.office import Office
from desktop.seeing import Seeing
from desktop.store_notices import StoreNotices
from desktop.views.jump_list import JumpPopup
from desktop.views.main_window import MainWindow
from desktop.views.new_case import NewCaseSheet
from desktop.widgets.notice_bar import NoticeBar
from desktop.widgets.search_field import SearchField
from desktop.widgets.sync_chip import SyncChipState
from sync.central import Cable
from sync.machine import Phase
from sync.profiles import ProfileLock
from sync.status import SyncState

if TYPE_CHECKING:
    # only when the first rows are on the screen
    from desktop.single import Doorbell

COUNT_AFTER_MS = 100
# The chip also counts the days for which nothing could be sent.
LOOK_AGAIN_MS = 60_000
ScreenMakers = Mapping[str, tuple[str, Callable[[Office], QWidget]]]


@runtime_checkable
class ShowsCases(Protocol):
    """The case page."""

    def show_case(self, case_id: str) -> None:
        """Shows a case."""


@runtime_checkable
class KeepsTyping(Protocol):
    """A screen on which something may be half typed."""

    def flush(self) -> None:
        """Keeps it now."""


class Desk(QObject):
    """Owns the office, the sync thread and the store of the person who is in. `close()` lets go of them in order.

    `known` when the person's first rows are here: before that there is nothing to show.
    """

    known = Signal()
    come_forward = Signal()
    case_opened = Signal(str)
    switch_asked = Signal()
    anew_asked = Signal()

    def __init__(self, opened: Opened, window: MainWindow) -> None:
        super().__init__(window)
        self.profile = opened.profile
        self.window = window
        self.cable = Cable(opened.central)
        self.laptop = opened.laptop
        self.bridge = Bridge(opened.laptop, self.cable, self)
        self.office = Office(opened.laptop, self.cable, self.bridge, self)
        self._opened = opened
        self._bell: Doorbell | None = None
        self._lock: Locking | None = None
        self._fault: tuple[str, dict[str, str]] = ("", {})
        self._is_shown = self._is_syncing = False
        self._case_title = "Case"
        self._made: list[QWidget] = []
        self._new: NewCaseSheet | None = None
        self._seeing = Seeing(self.office, self._is_on_screen, self)
        self._open_id = ""
        self._back = ComingBack(self.office, window, opened.profile, self)
        self._clearing = Clearing(self.office, window, opened.keys, self)
        self._clearing.agreed.connect(self.switch_asked)
        self.store_notices = StoreNotices(self.office, window, self)
        self.store_notices.anew_asked.connect(self.anew_asked)
        self._clock = ClockNotice(self.office, window, self)
        self._counts = QTimer(self)
        self._counts.setSingleShot(True)
        self._counts.setInterval(COUNT_AFTER_MS)
        self._counts.timeout.connect(self._count)
        self._minute = QTimer(self)
        self._minute.setInterval(LOOK_AGAIN_MS)
        self._minute.timeout.connect(self._look_again)
        self.office.changed.connect(self._on_changed)
        self.office.sync_state.connect(self._on_state)
        self.office.said.connect(self._look_again)

    def start(self) -> None:
        """Begins to sync, once."""
        if not self._is_syncing:
            self._is_syncing = True
            self.bridge.start()

    def is_known(self) -> bool:
        """Whether the store knows who is in: it does from the first page on."""
        with self.laptop.database.reading() as conn:
            return find(conn, Person, self.laptop.person_id) is not None

    def cases_here(self) -> int:
        """How many cases have arrived."""
        with self.laptop.database.reading() as conn:
            return int(conn.exec_driver_sql("SELECT count(*) FROM case_file").scalar_one())

    def show(self, makers: ScreenMakers) -> None:
        """Puts the screens into the window and shows Today."""
        self._is_shown = True
        for key, (title, make) in makers.items():
            self.window.add_screen(key, self._maker(key, make), title)
        self._lock = Locking(self.window, self)
        self._connect_window()
        self._fill_menus()
        self._show_person()
        self._look_again()
        # a moment after the first rows
        self._counts.start()
        self._minute.start()
        self.window.go("today")
        self.store_notices.show()

    def is_locked(self) -> bool:
        """Whether nobody may work here until the server has been met."""
        return self._lock is not None and self._lock.is_locked

    def open_case(self, case_id: str) -> None:
        """Shows a case, from wherever it was asked for."""
        page = self.window.screen_of("case")
        assert isinstance(page, ShowsCases)
        page.show_case(case_id)
        self.window.go("case")
        self.window.set_title(self._case_title)
        self.case_opened.emit(case_id)
        self._open_id = case_id
        self._seeing.look(case_id)

    def _is_on_screen(self, case_id: str) -> bool:
        return self.window.here() == "case" and self._open_id == case_id and not self.window.isMinimized()

    def cut_cable(self, cut: bool) -> None:
        """The demo's switch: as if there were no network."""
        self.cable.is_cut = cut
        self.office.sync_now()

    def hang_bell(self, bell: "Doorbell") -> None:
        """From now on a second start on this profile brings this window to the front."""
        self._bell = bell
        bell.rung.connect(self._to_front)
        bell.listen()

    def close(self) -> bool:
        """Ends sync, then readers, then lets go of the store; whether all of it ended in time.

        The profile stays ours until what did not has ended: it might write beside whoever has the profile next.
        """
        for screen in self._made:
            if isinstance(screen, KeepsTyping):
                # a damaged store may not take it, and must be left all the same
                with suppress(StoreFault):
                    screen.flush()
        # nothing that a screen meant to look up in a moment is looked up any more
        for timer in self.window.findChildren(QTimer):
            timer.stop()
        self._seeing.stop()
        stopped = self.bridge.stop()
        drained = self.office.drain()
        # what is still to be heard of the last round is for nobody any more
        self.office.blockSignals(True)
        self.store_notices.close()
        self._clearing.close_store()
        if self._bell is not None:
            self._bell.close()
        when_ended, let_go = self.bridge.when_ended, partial(_let_go, self._opened.lock, self._clearing)
        if drained:
            when_ended(let_go)
        else:
            # the window's end waits for the readers
            self.window.destroyed.connect(lambda: when_ended(let_go))
        return stopped and drained

    def _maker(self, key: str, make: Callable[[Office], QWidget]) -> Callable[[], QWidget]:
        heard: tuple[tuple[str, Callable[[str], None]], ...] = (
            ("open_case", self.open_case),
            ("go_to", self._go),
            ("told", self._tell),
            ("deed", self._tell),
            ("titled", self._title_case),
        )

        def made() -> QWidget:
            screen = make(self.office)
            if not screen.objectName():
                screen.setObjectName(key)
            self._made.append(screen)
            # a screen says what it leads to and what was done with the signals that it has
            for name, hear in heard:
                signal = getattr(screen, name, None)
                if isinstance(signal, SignalInstance):
                    signal.connect(hear)
            return screen

        return made

    def _connect_window(self) -> None:
        window = self.window
        self._jump = JumpPopup(window.search_field, over=window)
        self._jump.chosen.connect(self._jumped)
        window.search.connect(self._search)
        window.search_entered.connect(self._jump.enter)
        window.send_now.connect(self.office.sync_now)
        window.sync_opened.connect(self._to_sync)
        window.find_here.connect(self._find_here)
        window.cable_cut.connect(self.cut_cable)

    def _fill_menus(self) -> None:
        new = QAction("New client and case", self.window)
        new.setObjectName("new-case")
        new.setShortcut("Ctrl+N")
        new.triggered.connect(self._start_new_case)
        self.window.new_menu.addAction(new)
        for name, words, key in (("new-note", "Note on this case", "N"), ("new-task", "Task on this case", "T")):
            action = QAction(f"{words}\t{key}", self.window)
            action.setObjectName(name)
            action.triggered.connect(lambda _=False, key=key: self._new_on_case(key))
            self.window.new_menu.addAction(action)
        self.window.new_menu.aboutToShow.connect(self._show_what_is_new)
        for name, words, hear in (
            ("person-settings", "Settings", lambda: self._go("settings")),
            ("person-switch", "Somebody else", self.switch_asked.emit),
            ("person-clear", "Sign out and clear this device…", self._clearing.ask),
            ("person-quit", "Close Doorstep", self.window.close),
        ):
            action = QAction(words, self.window)
            action.setObjectName(name)
            action.triggered.connect(lambda _=False, hear=hear: hear())
            self.window.person_menu.addAction(action)

    @Slot()
    def _start_new_case(self) -> None:
        """The form is made when it is first asked for."""
        if self._new is None:
            self._new = NewCaseSheet(self.office, over=self.window)
            self._new.made.connect(self._made_case)
        self._new.start()

    def _show_what_is_new(self) -> None:
        for action in self.window.new_menu.actions():
            if action.objectName() in ("new-note", "new-task"):
                action.setEnabled(self.window.here() == "case")

    def _new_on_case(self, key: str) -> None:
        """The case page begins notes and tasks by its own keys."""
        shortcut = self.window.screen_of("case").findChild(QShortcut, f"key-{key}")
        if shortcut is not None and self.window.here() == "case":
            shortcut.activated.emit()

    def _made_case(self, case_id: str, words: str) -> None:
        bar = NoticeBar(words, text="You own it.", kind="success", actions=[("open", "Open the case")])
        bar.acted.connect(lambda _: self.open_case(case_id))
        self.window.notice("new-case", bar)

    def _show_person(self) -> None:
        with self.laptop.database.reading() as conn:
            person = find(conn, Person, self.laptop.person_id)
        if person is not None:
            self.window.show_person(person.display_name, ROLES[person.role])
            self.window.rail.buttons["import"].setVisible(person.role in OFFICE_ROLES)

    @Slot(object)
    def _on_changed(self, changes: object) -> None:
        del changes
        if self._is_shown:
            if not self.is_locked():
                self._counts.start()
        elif self.is_known():
            self.known.emit()

    @Slot()
    def _count(self) -> None:
        found = self.office.ask(rail_counts)
        late = found.overdue > 0
        self.window.show_count("today", found.today + found.overdue, filled=late)
        self.window.show_count("waiting", found.waiting)
        self.window.show_count("cases", found.cases)
        self.window.show_count("decisions", found.decisions, filled=True)

    @Slot(object)
    def _on_state(self, now: SyncState) -> None:
        """While a new round is under way the last one's trouble still stands, or the chip would flicker."""
        if now.phase is Phase.RESTING:
            self._fault = (now.fault, now.facts)
            self._tell_trouble(now.fault)
        self._show_state(now)

    @Slot()
    def _look_again(self) -> None:
        if self._is_shown:
            self._show_state(self.bridge.engine.look())

    def _show_state(self, now: SyncState) -> None:
        fault, facts = self._fault
        if self._lock is not None:
            self._lock.mind(now.lock)
        self.window.show_sync(SyncChipState(*chip(_with_fault(now, fault, facts), datetime.now(UTC))))

    def standing(self) -> SyncState:
        """Where the sync stands, with the last round's trouble; for the sync page."""
        return _with_fault(self.bridge.engine.look(), *self._fault)

    def _tell_trouble(self, fault: str) -> None:
        """Only what a person has to do something about becomes a notice."""
        if fault in ("signed-out", "sign-in-needed"):
            words = words_for(fault)
            bar = NoticeBar(words.title, text=words.text, kind="warning", actions=[("sign-in", "Sign in")])
            bar.acted.connect(lambda _: self._back.ask())
            self.window.notice("sync", bar)
        elif fault in ("locked-out", "out-of-date", "diverged", "too-much-goes", "not-in-step"):
            words = words_for(fault)
            self.window.notice("sync", NoticeBar(words.title, text=words.text, kind="danger"))
        elif not fault:
            self.window.notices.take("sync")

    def _search(self, text: str) -> None:
        if len(text.strip()) < 2:
            self._jump.hide()
            return
        self.office.in_background(lambda: (text, self.office.ask(jump, text)), self._found)

    def _found(self, found: tuple[str, JumpList]) -> None:
        """An answer to what stands in the field no more is let go."""
        text, hits = found
        if text == self.window.search_field.text() and self.window.search_field.hasFocus():
            self._jump.show_hits(hits)

    def _jumped(self, case_id: str) -> None:
        self.window.search_field.clear()
        self.open_case(case_id)

    def _title_case(self, words: str) -> None:
        self._case_title = words
        if self.window.here() == "case":
            self.window.set_title(words)

    def _go(self, key: str) -> None:
        self.window.go(key)

    def _tell(self, words: str) -> None:
        self.window.toast.say(words, undo=False)

    def _to_sync(self) -> None:
        self.window.go("sync")

    def _find_here(self) -> None:
        screen = self.window.screen_of(self.window.here())
        field = screen.findChild(SearchField)
        if field is not None:
            field.setFocus()
            field.selectAll()

    def _to_front(self) -> None:
        if self.window.isMinimized():
            self.window.showNormal()
        self.window.raise_()
        self.window.activateWindow()
        self.come_forward.emit()


def _let_go(lock: ProfileLock, clearing: Clearing) -> None:
    lock.release()
    clearing.finish()


def _with_fault(now: SyncState, fault: str, facts: dict[str, str]) -> SyncState:
    return now if now.fault else msgspec.structs.replace(now, fault=fault, facts=facts)
