"""The frame around every screen: rail, header with search and New, notices, and the place where screens go."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QByteArray, QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop import theme
from desktop.widgets.buttons import Button
from desktop.widgets.labels import ElidedLabel
from desktop.widgets.nav_rail import NavItem, NavRail
from desktop.widgets.notice_bar import NoticeBar, NoticeStack
from desktop.widgets.search_field import SearchField
from desktop.widgets.sync_chip import SyncChipState
from desktop.widgets.toast import Toast

PLACES = (
    NavItem("today", "Today", "sun", "G H"),
    NavItem("waiting", "Waiting list", "inbox", "G W"),
    NavItem("cases", "Cases", "folder", "G C"),
    NavItem("import", "Import", "download", "G I"),
    NavItem("decisions", "Decisions", "scale", "G D"),
    NavItem("settings", "Settings", "settings", "G ,", is_last=True),
)
NARROW_BELOW = 1100
SMALLEST = (960, 600)


class MainWindow(QMainWindow):
    """Shows screens by key; makes each when it is first asked for.

    `navigated(key)` after a screen came up; `search(text)` as one types, `search_entered(text)` on Enter;
    `send_now` is F5, `sync_opened` the chip or G S; `find_here` is Ctrl+F; `cable_cut(bool)` is the demo's switch.
    Put actions into `new_menu` and `person_menu`.
    """

    navigated = Signal(str)
    search = Signal(str)
    search_entered = Signal(str)
    send_now = Signal()
    sync_opened = Signal()
    find_here = Signal()
    cable_cut = Signal(bool)

    def __init__(self, places: Sequence[NavItem] = PLACES, *, settings: QSettings | None = None) -> None:
        super().__init__()
        self.setObjectName("main-window")
        self.setWindowTitle("Doorstep")
        self.setMinimumSize(*SMALLEST)
        self._settings = settings
        self._places = {place.key: place for place in places}
        self._factories: dict[str, Callable[[], QWidget]] = {}
        self._screens: dict[str, QWidget] = {}
        self._titles: dict[str, str] = {}
        self._here = ""
        self.rail = NavRail(places)
        self.person_menu = self.rail.person_menu
        self.notices = NoticeStack()
        self.search_field = SearchField(name="Search or jump", placeholder="Search or jump", key="Ctrl+K")
        self.search_field.setObjectName("search")
        self.new_button = Button("New", icon="plus")
        self.new_button.setObjectName("new")
        self.new_menu = QMenu(self.new_button)
        self.new_button.setMenu(self.new_menu)
        self._title = ElidedLabel(kind="title")
        self._title.setObjectName("screen-title")
        self._stack = QStackedWidget()
        self._stack.setObjectName("screens")
        self._build()
        self.toast = Toast(over=self._stack)
        self._connect()
        self._add_keys()
        self._restore()
        theme.changes.changed.connect(self._fit_rail)

    def add_screen(self, key: str, factory: Callable[[], QWidget], title: str = "") -> None:
        """Say how a screen is made; it is made when first shown. `title` is for screens that are not in the rail."""
        self._factories[key] = factory
        self._titles[key] = title or (self._places[key].title if key in self._places else "")

    def go(self, key: str) -> QWidget:
        """Show a screen and answer it. Raises KeyError for a key that was never added."""
        screen = self.screen_of(key)
        self._stack.setCurrentWidget(screen)
        # the screen came to the top of the stack, and would cover what is still being said
        self.toast.raise_()
        self._here = key
        self.rail.show_here(key)
        self.set_title(self._titles[key])
        self.navigated.emit(key)
        return screen

    def screen_of(self, key: str) -> QWidget:
        """A screen, made now if it was not yet."""
        if key not in self._screens:
            made = self._factories[key]()
            self._screens[key] = made
            self._stack.addWidget(made)
        return self._screens[key]

    def here(self) -> str:
        """The key of the screen on show; empty before the first."""
        return self._here

    def set_title(self, text: str) -> None:
        """Put other words in the header (the case on show, say) until the next `go`."""
        self._title.setText(text)
        self.setWindowTitle(f"{text} – Doorstep" if text else "Doorstep")

    def show_count(self, key: str, count: int, *, filled: bool = False) -> None:
        """Put a number beside a place: quiet, or filled for decisions and what is overdue."""
        self.rail.buttons[key].show_count(count, filled=filled)

    def show_sync(self, state: SyncChipState) -> None:
        """Say where sending stands."""
        self.rail.sync.show_state(state)

    def show_person(self, name: str, role: str = "") -> None:
        """Say who is signed in."""
        self.rail.person.show_person(name, role)

    def show_cable_switch(self, shown: bool = True) -> None:
        """The demo's switch, which the real application never shows."""
        self.rail.cable.setVisible(shown)

    def notice(self, key: str, bar: NoticeBar) -> NoticeBar:
        """Show a notice under the header; the same key replaces."""
        return self.notices.put(key, bar)

    def _build(self) -> None:
        header = QFrame()
        header.setObjectName("header")
        row = QHBoxLayout(header)
        row.setContentsMargins(24, 11, 24, 11)
        row.setSpacing(12)
        self.search_field.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row.addWidget(self._title, 2)
        row.addWidget(self.search_field, 1)
        row.addWidget(self.new_button)
        page = QVBoxLayout()
        page.setSpacing(0)
        page.addWidget(header)
        page.addWidget(self.notices)
        page.addWidget(self._stack, 1)
        inside = QWidget()
        whole = QHBoxLayout(inside)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.rail)
        whole.addLayout(page, 1)
        self.setCentralWidget(inside)

    def _connect(self) -> None:
        self.rail.asked.connect(self.go)
        self.rail.sync.clicked.connect(self.sync_opened)
        self.rail.cable.toggled.connect(self.cable_cut)
        self.search_field.searched.connect(self.search)
        self.search_field.entered.connect(self.search_entered)

    def _add_keys(self) -> None:
        for place in self._places.values():
            if place.hint:
                keys = ", ".join(place.hint.split())
                self._key(keys, partial(self._go_if_known, place.key))
        self._key("G, S", self.sync_opened.emit)
        self._key("Ctrl+K", self._to_search)
        self._key("Ctrl+F", self.find_here.emit)
        self._key("F5", self.send_now.emit)

    def _key(self, keys: str, act: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setObjectName(f"key-{keys}")
        shortcut.activated.connect(act)

    def _go_if_known(self, key: str) -> None:
        if key in self._factories:
            self.go(key)

    def _to_search(self) -> None:
        self.search_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search_field.selectAll()

    def _fit_rail(self) -> None:
        grown = 1 + (theme.text_scale() - 1) * 0.4
        self.rail.set_narrow(self.width() < NARROW_BELOW * grown)

    def _restore(self) -> None:
        self.resize(1280, 800)
        kept = self._settings.value("window/geometry") if self._settings else None
        if isinstance(kept, str):
            self.restoreGeometry(QByteArray.fromBase64(kept.encode()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rail()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._settings:
            self._settings.setValue("window/geometry", bytes(self.saveGeometry().toBase64().data()).decode())
        super().closeEvent(event)
