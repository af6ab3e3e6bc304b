"""Puts the whole app together: the window is painted first, then all that stands under it is imported and opened.

`open_desk(...)` is the way in for demos, tests and the built app's smoke run: several Apps may live in one process.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from desktop.settings import Settings, add_text_size_keys, put_on_look
from desktop.views.main_window import MainWindow
from desktop.widgets.notice_bar import NoticeBar

if TYPE_CHECKING:
    from casework.store_file import StoreFile
    from desktop.crash import CrashReports
    from desktop.desk import Desk, ScreenMakers
    from desktop.entry import Answers, Entry, Ground, Opened
    from desktop.errands import Errands
    from desktop.office import Office
    from desktop.views.sign_in import SignIn
    from sync.central import Central

# How long to wait for a first paint that may never come.
UNPAINTED_MS = 300
# The first rows are painted before the network is asked for more.
SYNC_AFTER_MS = 100


class App(QObject):
    """One window and at most one open desk. `ready` when the desk is shown, `closed` when all has been let go of.

    `catches_all` puts crash reports in place of the system's own ways, for the one app that has the process to itself.
    `ground` and `answers` are for tests, demos and the smoke run; without them the app asks the person.
    """

    ready = Signal()
    closed = Signal()
    troubled = Signal(str)
    # a report was written, said from whichever thread it happened on
    _crashed = Signal(object)

    def __init__(
        self,
        root: Path,
        *,
        server: str = "",
        ground: "Callable[[Path], Ground] | None" = None,
        answers: "Callable[[], Answers] | None" = None,
        cable_switch: bool = False,
        catches_all: bool = False,
    ) -> None:
        super().__init__()
        self.root = root
        self.settings = Settings(root)
        self.crashes: CrashReports | None = None
        self.desk: Desk | None = None
        self._server = server
        self._ground = ground or _ground
        self._answers = answers
        self._has_cable_switch = cable_switch
        self._catches_all = catches_all
        self._entry: Entry | None = None
        self._errands: Errands | None = None
        self._frame: QWidget | None = None
        self._is_closed = False
        self._crashed.connect(self._tell_crash)
        # before any widget is made: a font that is asked for before it is loaded stays another one
        put_on_look(self.settings)
        self.window = self._new_window()
        self._soon = QTimer(self, singleShot=True, interval=UNPAINTED_MS)
        self._soon.timeout.connect(self._load)
        self._sync = QTimer(self, singleShot=True, interval=SYNC_AFTER_MS)
        self._sync.timeout.connect(self._start_sync)

    def start(self) -> None:
        """Paints the window; everything heavy comes after the first paint."""
        is_new = not any(self.root.glob("*/profile.json"))
        central = self.window.centralWidget()
        if is_new and central is not None:
            # nobody has worked here: an empty window is calmer than places that lead nowhere yet
            central.hide()
        self.window.show()
        # a window that begins behind others or minimised is not painted, and must not wait for it
        self._soon.start()

    def close(self) -> bool:
        """Lets go of everything in order: views, sync, readers, store; whether all of it ended in time."""
        if self._is_closed:
            return True
        self._is_closed = True
        self.window.removeEventFilter(self)
        self.window.close()
        ended = self._errands.close() if self._errands is not None else True
        if self._entry is not None and ended:
            # else whatever opens the profile just now still holds it: the lock goes with the process
            self._entry.let_go()
        if self.desk is not None:
            ended = self.desk.close() and ended
            self.desk = None
        self._sync.stop()
        self.settings.save()
        self.window.deleteLater()
        self.closed.emit()
        return ended

    @property
    def sign_in_view(self) -> "SignIn | None":
        """The sign-in screen while it is on show."""
        return self._entry.view if self._entry is not None and self._frame is not None else None

    def switch_person(self) -> None:
        """Closes the desk and its window, then asks who is working: nothing of one person's is left for another."""
        self._leave_desk().show_people()

    def open_again(self) -> None:
        """Closes the desk and opens its profile as after a start: a damaged store makes room for a new one there."""
        assert self.desk is not None
        profile = self.desk.profile
        self._leave_desk().open_profile(profile)

    def _leave_desk(self) -> "Entry":
        old = self.window
        if self.desk is not None:
            self.desk.close()
            self.desk = None
        old.removeEventFilter(self)
        self._answers = None
        self.window = self._new_window()
        self.window.setGeometry(old.geometry())
        self.window.show()
        old.hide()
        old.deleteLater()
        return self._show_sign_in()

    def _new_window(self) -> MainWindow:
        window = MainWindow(settings=self.settings.store)
        add_text_size_keys(window, self.settings)
        window.show_cable_switch(self._has_cable_switch)
        window.installEventFilter(self)
        return window

    def _load(self) -> None:
        """The deferred imports: what they cost must not stand before the first paint (performance.md 4)."""
        if self._is_closed or self._entry is not None or self.desk is not None:
            return
        from desktop.crash import CrashReports

        self.crashes = CrashReports(self.root, lambda path: self._crashed.emit(path))
        if self._catches_all:
            self.crashes.install()
        self._show_sign_in(hidden=True).begin()
        # what comes next, while the key and the store are fetched on another thread
        import desktop.desk
        import desktop.views.today  # noqa: F401

    def _show_sign_in(self, *, hidden: bool = False) -> "Entry":
        """The way in; its screen stays out of sight until it has something to ask, if `hidden`."""
        from desktop.entry import Entry
        from desktop.errands import Errands

        self._errands = self._errands or Errands(self)
        answers = self._answers() if self._answers else None
        entry = Entry(self._errands, self._ground(self.root), server=self._server, answers=answers, parent=self)
        entry.opened.connect(self._on_opened)
        entry.troubled.connect(self.troubled)
        entry.held_elsewhere.connect(_ring)
        entry.asks.connect(self._put_sign_in)
        self._entry = entry
        if not hidden:
            self._put_sign_in()
        return entry

    def _put_sign_in(self) -> None:
        if self._entry is None or self._frame is not None:
            return
        view = self._entry.view
        self._frame = self.window.takeCentralWidget()
        self.window.setCentralWidget(view)
        self.window.set_title("")
        view.show()

    def _put_frame(self) -> None:
        if self._frame is not None:
            view = self.window.takeCentralWidget()
            self.window.setCentralWidget(self._frame)
            self._frame = None
            if view is not None:
                view.deleteLater()
        if self._entry is not None:
            self._entry.deleteLater()
            self._entry = None
        frame = self.window.centralWidget()
        if frame is not None:
            frame.show()

    def _on_opened(self, opened: "Opened") -> None:
        from desktop.desk import Desk

        self.settings.last_server = opened.profile.server
        desk = self.desk = Desk(opened, self.window)
        desk.bridge.broke.connect(self._on_broke)
        desk.switch_asked.connect(self.switch_person)
        desk.anew_asked.connect(self.open_again)
        if desk.is_known():
            self._show_desk()
            self._sync.start()
        else:
            self._wait_for_cases(desk)
            self._start_sync()

    def _start_sync(self) -> None:
        """Begins to sync, and to notice what nobody has to wait for; the network's part of Qt is imported only now."""
        if self.desk is not None:
            from desktop.good_moments import GoodMoments, reachability
            from desktop.single import Doorbell

            self.desk.hang_bell(Doorbell(self.desk.profile.folder(self.root)))
            self.desk.start()
            moments = GoodMoments(reachability(), parent=self.desk)
            moments.came.connect(self.desk.office.sync_now)
            self.desk.bridge.finished.connect(moments.heard)

    def _wait_for_cases(self, desk: "Desk") -> None:
        """The first cases of a new store: work may begin as soon as one is known."""
        from desktop.first_cases import FirstCases

        self._put_sign_in()
        assert self._entry is not None
        first = FirstCases(desk, self._entry.view)
        first.done.connect(self._show_desk)
        first.troubled.connect(self.troubled)

    def _show_desk(self) -> None:
        if self.desk is None or self._entry is None:
            return
        self._put_frame()
        self.desk.show(screen_makers(self))
        self.ready.emit()

    def _on_broke(self, error: BaseException) -> None:
        if self.crashes is not None:
            self.crashes.report(error)

    @Slot(object)
    def _tell_crash(self, path: Path | None) -> None:
        from desktop.messages import words_for

        if self._is_closed:
            return
        words = words_for("crash" if path else "crash-unwritten", {"name": path.name if path else ""})
        self.window.notice("crash", NoticeBar(words.title, text=words.text, kind="danger"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.window and not self._is_closed:
            if event.type() == QEvent.Type.Close:
                QTimer.singleShot(0, self.close)
            elif event.type() == QEvent.Type.Paint and self._soon.isActive():
                # at once, that is when this paint is over and on the screen
                self._soon.start(0)
        return super().eventFilter(watched, event)


def open_desk(
    root: Path,
    url: str,
    username: str,
    password: str,
    *,
    code: str = "",
    passphrase: str = "",
    ground: "Callable[[Path], Ground] | None" = None,
    cable_switch: bool = False,
) -> App:
    """An App that signs itself in: started, not yet `ready`. Close it at the end.

    `passphrase` is for computers without a keyring (at least 15 characters); `ground` puts other things under it.
    """

    def answers() -> "Answers":
        from desktop.entry import Answers
        from desktop.views.sign_in import SignInForm

        form = SignInForm(server=url, username=username, password=password, code=code, again=password)
        return Answers(form=form, passphrase=passphrase)

    app = App(root, server=url, ground=ground, answers=answers, cable_switch=cable_switch)
    app.start()
    return app


def screen_makers(app: App) -> "ScreenMakers":
    """Each screen's name in the header and how it is made, when it is first shown."""
    return {
        "today": ("Today", _today),
        "waiting": ("Waiting list", _waiting_list),
        "cases": ("Cases", _cases),
        "case": ("Case", _case_page),
        "import": ("Import", _import),
        "decisions": ("Decisions", _decisions),
        "sync": ("Sending", lambda office: _sync_panel(office, app)),
        "settings": ("Settings", lambda office: _settings(office, app)),
    }


def _today(office: "Office") -> QWidget:
    from desktop.views.today import Today

    return Today(office)


def _waiting_list(office: "Office") -> QWidget:
    from desktop.views.waiting_list import WaitingListScreen

    return WaitingListScreen(office)


def _cases(office: "Office") -> QWidget:
    from desktop.views.cases import CasesScreen

    return CasesScreen(office)


def _case_page(office: "Office") -> QWidget:
    from desktop.views.case_page import CasePage

    return CasePage(office)


def _import(office: "Office") -> QWidget:
    from desktop.views.import_file import ImportScreen

    return ImportScreen(office)


def _decisions(office: "Office") -> QWidget:
    from desktop.views.decisions import DecisionsScreen

    return DecisionsScreen(office)


def _sync_panel(office: "Office", app: App) -> QWidget:
    from desktop.views.sync_panel import SyncPanel

    assert app.desk is not None
    return SyncPanel(office, standing=app.desk.standing)


def _settings(office: "Office", app: App) -> QWidget:
    from desktop.views.settings import SettingsScreen

    assert app.desk is not None
    profile = app.desk.profile
    here = [("Server", profile.server), ("Signed in as", profile.username), ("Device", profile.device[:8])]
    return SettingsScreen(office, settings=app.settings, device=[*here, ("Data folder", str(app.root))])


def _ring(folder: Path) -> None:
    """Has the window that holds a profile come to the front; the network's part of Qt is imported only now."""
    from desktop.single import ring

    ring(folder)


def _ground(root: Path) -> "Ground":
    from desktop.entry import Ground

    return Ground(root=root, upgrade=_upgrade, central_of=late_central)


def late_central(url: str) -> "Central":
    """The server at an address, over HTTP; the library for that is imported with the first request."""
    from sync.central import LateCentral

    return LateCentral(lambda: _http_central(url))


def _http_central(url: str) -> "Central":
    from sync.ahead import ReadingAhead
    from sync.http import HttpCentral

    return ReadingAhead(HttpCentral(url))


def _upgrade(store: "StoreFile") -> None:
    """Brings an older store up to date; Alembic and what it stands on are imported only then."""
    from casework.migrate import upgrade_file

    upgrade_file(store)


__all__ = ["App", "open_desk", "screen_makers"]
