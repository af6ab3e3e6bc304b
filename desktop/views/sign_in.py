"""Coming in: who is working, the server's address and password, the passphrase, and the first cases on their way."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop import icons, theme
from desktop.messages.words import Words
from desktop.views.sign_in_pages import (
    FormPage,
    Page,
    PassphrasePage,
    PeoplePage,
    ProfileChoice,
    ProgressPage,
    SignInForm,
)
from desktop.widgets import painting
from desktop.widgets.labels import Caption
from desktop.widgets.notice_bar import NoticeBar, NoticeKind
from desktop.widgets.surfaces import Card, ScrollColumn

CARD = 440


class _Brand(QWidget):
    """The door and the name, over the card."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Doorstep")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(36 + 12) + painting.width_of("Doorstep", theme.font(24, 600)) + 4, theme.px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        square = self.rect().adjusted(0, theme.px(2), 0, 0)
        square.setSize(QSize(theme.px(36), theme.px(36)))
        painting.box(painter, square, tokens.accent, radius=theme.px(10))
        inner = square.adjusted(theme.px(7), theme.px(7), -theme.px(7), -theme.px(7))
        icons.draw(painter, "door-open", inner, tokens.on_accent)
        room = self.rect().adjusted(square.right() + theme.px(12), 0, 0, 0)
        painting.words(painter, room, "Doorstep", font=theme.font(24, 600), tint=tokens.text)


class SignIn(QWidget):
    """Shows one page at a time and says what was asked; it opens nothing itself.

    `profile_chosen(id)`, `sign_in_asked(SignInForm)`, `passphrase_given(passphrase, again)`, `keyring_asked`,
    `anew_asked` (sign in and start over on this computer), `other_asked` (somebody else), `work_asked`.
    """

    profile_chosen = Signal(str)
    sign_in_asked = Signal(object)
    passphrase_given = Signal(str, str)
    keyring_asked = Signal()
    anew_asked = Signal()
    other_asked = Signal()
    back_asked = Signal()
    work_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sign-in")
        self.setAccessibleName("Sign in")
        self._people = PeoplePage()
        self._form = FormPage()
        self._passphrase = PassphrasePage()
        self._progress = ProgressPage()
        self._pages = (self._people, self._form, self._passphrase, self._progress)
        self._page: Page = self._people
        self._notice: NoticeBar | None = None
        self._build()
        self._connect()

    def show_people(self, people: Sequence[ProfileChoice]) -> None:
        """Who has worked on this computer."""
        self._people.show_people(people)
        self._turn_to(self._people)

    def show_form(self, *, server: str = "", username: str = "", can_go_back: bool = False, why: str = "") -> None:
        """The form for coming in with a password or, the first time, a one-time code."""
        self._form.show_for(server=server, username=username, can_go_back=can_go_back, why=why)
        self._turn_to(self._form)

    def show_passphrase(self, *, make: bool, why: Words, keyring: bool, anew: bool, passphrase: bool = True) -> None:
        """Asks for the passphrase, or for a new one (`make`); `keyring` and `anew` are the other ways on offer."""
        self._passphrase.show_for(make=make, why=why, keyring=keyring, anew=anew, passphrase=passphrase)
        self._turn_to(self._passphrase)

    def show_arrivals(self, cases: int, *, can_start: bool) -> None:
        """How many cases have come so far; `can_start` offers to begin work at once."""
        self._progress.show_arrivals(cases, can_start=can_start)
        if self._page is not self._progress:
            self._turn_to(self._progress)

    def show_trouble(self, words: Words, *, kind: NoticeKind = "danger") -> None:
        """What went wrong and what to do next, over the page that is on show; everything typed stays."""
        self._take_notice()
        self._notice = NoticeBar(words.title, text=words.text, kind=kind, dismissible=False)
        self._middle.insertWidget(1, self._notice)
        self._notice.announce()
        self.set_busy(False)

    def set_busy(self, busy: bool, words: str = "") -> None:
        """While something is under way the page does not take another answer."""
        if busy:
            self._take_notice()
        for page in (self._people, self._form, self._passphrase):
            page.setEnabled(not busy)
        self._form.show_busy(words if busy else "")

    def page(self) -> str:
        """Which page is on show: people, form, passphrase or progress."""
        return self._page.objectName().removeprefix("page-")

    def _turn_to(self, page: Page) -> None:
        self._take_notice()
        self.set_busy(False)
        self._page = page
        for one in self._pages:
            one.setVisible(one is page)
        first = page.focusProxy()
        (first or page).setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_notice(self) -> None:
        if self._notice is not None:
            self._notice.hide()
            self._middle.removeWidget(self._notice)
            self._notice.deleteLater()
            self._notice = None

    def _build(self) -> None:
        card = Card(padding=28)
        card.setObjectName("sign-in-card")
        card.column.setSpacing(0)
        for page in self._pages:
            card.column.addWidget(page)
            page.setVisible(page is self._page)
        middle = self._middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(20)
        middle.addWidget(_Brand(), 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addWidget(card)
        foot = Caption("What you write is kept on this device, encrypted, and sent when there is a network.", wrap=True)
        foot.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        middle.addWidget(foot)
        self._column = QFrame()
        self._column.setLayout(middle)
        scroll = ScrollColumn(padding=24)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._column)
        row.addStretch(1)
        scroll.column.addSpacing(24)
        scroll.column.addLayout(row)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        theme.changes.changed.connect(self._fit)
        self._fit()

    def _connect(self) -> None:
        self._people.chosen.connect(self.profile_chosen)
        self._people.other.clicked.connect(self.other_asked)
        self._form.asked.connect(self.sign_in_asked)
        self._form.back.clicked.connect(self.back_asked)
        self._passphrase.given.connect(self.passphrase_given)
        self._passphrase.keyring.clicked.connect(self.keyring_asked)
        self._passphrase.anew.clicked.connect(self.anew_asked)
        self._passphrase.back.clicked.connect(self.back_asked)
        self._progress.start.clicked.connect(self.work_asked)

    def _fit(self) -> None:
        self._column.setFixedWidth(round(CARD * (1 + (theme.text_scale() - 1) * 0.6)))


__all__ = ["ProfileChoice", "SignIn", "SignInForm"]
