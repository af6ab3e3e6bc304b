"""The pages of the sign-in screen: people, the form, the passphrase, progress."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop import icons, theme
from desktop.messages.words import Words, count_words
from desktop.widgets import painting
from desktop.widgets.avatar import paint_avatar
from desktop.widgets.buttons import Button
from desktop.widgets.fields import LabeledField, TextField, TickField
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Caption, Muted, Title
from desktop.widgets.plain import one_line, without_mnemonic


class ProfileChoice(NamedTuple):
    """Somebody who has worked on this computer: `id` of the profile, name, and where (organisation or server)."""

    id: str
    name: str
    where: str


class SignInForm(NamedTuple):
    """What was typed. `code` is empty but for the first time; then `password` is the one to set, typed twice."""

    server: str
    username: str
    password: str
    code: str = ""
    again: str = ""


class ProfileButton(QPushButton):
    """One person to come in as: avatar, name, place."""

    def __init__(self, choice: ProfileChoice, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        self.setObjectName(f"profile-{choice.id}")
        self.setText(without_mnemonic(one_line(choice.name)))
        self.setAccessibleName(f"{one_line(choice.name)}, {one_line(choice.where)}")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(240), theme.grown(36, 20))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        fill = theme.mix(tokens.text, tokens.surface, 0.05) if self.underMouse() or self.isDown() else tokens.surface
        painting.box(painter, self.rect(), fill, edge=theme.mix(tokens.control, tokens.surface, 0.6), radius=8)
        side = theme.px(32)
        spot = self.rect().adjusted(12, (self.height() - side) // 2, 0, 0)
        spot.setSize(QSize(side, side))
        paint_avatar(painter, spot, self._choice.name)
        mark = theme.px(16)
        end = self.rect().adjusted(self.width() - mark - 12, (self.height() - mark) // 2, 0, 0)
        end.setSize(QSize(mark, mark))
        icons.draw(painter, "chevron-right", end, tokens.muted)
        room = self.rect().adjusted(spot.right() + theme.px(12), 0, -(mark + 24), 0)
        middle = self.height() // 2
        first = room.adjusted(0, middle - theme.px(18), 0, -middle)
        below = room.adjusted(0, middle, 0, theme.px(18) - middle)
        painting.words(painter, first, self._choice.name, font=theme.font(13, 600), tint=tokens.text)
        painting.words(painter, below, self._choice.where, font=theme.font(12), tint=tokens.muted)


class Page(QWidget):
    """A column with a title on top."""

    def __init__(self, key: str, title: str) -> None:
        super().__init__()
        self.setObjectName(f"page-{key}")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(14)
        self.title = Title(title)
        self.title.setWordWrap(True)
        self.column.addWidget(self.title)


class PeoplePage(Page):
    """Who has worked here, and somebody else."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__("people", "Who is working?")
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self.column.addLayout(self._list)
        self.other = Button("Somebody else", icon="user-plus", kind="quiet")
        self.other.setObjectName("profile-other")
        self.column.addWidget(self.other, 0, Qt.AlignmentFlag.AlignLeft)

    def show_people(self, people: Sequence[ProfileChoice]) -> None:
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for choice in people:
            button = ProfileButton(choice)
            button.clicked.connect(lambda _=False, key=choice.id: self.chosen.emit(key))
            self._list.addWidget(button)
            self.setFocusProxy(button)


class FormPage(Page):
    """Address, name, password; the first time also the one-time code and the password to set."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__("form", "Sign in")
        self._why = Muted()
        self._server = _field("server", "Server address", hint="As you were given it, such as doorstep.example.org")
        self._username = _field("username", "Name", hint="Your user name")
        self._has_code = TickField("I have a one-time code")
        self._has_code.setObjectName("sign-in-has-code")
        self._code = _field("code", "One-time code", hint="The letters and numbers that your admin gave you")
        self._password = _field("password", "Password", secret=True)
        self._new = _field("new-password", "Password to use from now on", secret=True)
        self._again = _field("again", "The same password again", secret=True)
        self._action = Button("Sign in", kind="primary")
        self._action.setObjectName("sign-in-action")
        self.back = Button("Back", kind="quiet")
        self.back.setObjectName("sign-in-back")
        self._busy = Caption(wrap=True)
        self._busy.setObjectName("sign-in-busy")
        self._build()

    def show_for(self, *, server: str, username: str, can_go_back: bool, why: str) -> None:
        self._why.setText(why)
        self._why.setVisible(bool(why))
        if server:
            _line(self._server).setText(server)
        if username:
            _line(self._username).setText(username)
        self.back.setVisible(can_go_back)
        for field in (self._password, self._new, self._again, self._code):
            _line(field).clear()
        empty = next((one for one in (self._server, self._username) if not _line(one).text()), self._password)
        self.setFocusProxy(empty.field)

    def show_busy(self, words: str) -> None:
        self._busy.setText(words)
        self._busy.setVisible(bool(words))

    def _build(self) -> None:
        self.column.addWidget(self._why)
        parts = (self._server, self._username, self._has_code, self._code, self._password, self._new, self._again)
        for part in parts:
            self.column.addWidget(part)
        self.column.addWidget(self._busy)
        foot = QHBoxLayout()
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self._action)
        self.column.addLayout(foot)
        self._has_code.toggled.connect(self._show_code)
        self._action.clicked.connect(self._ask)
        for field in (self._server, self._username, self._code, self._password, self._new, self._again):
            _line(field).returnPressed.connect(self._ask)
        self._show_code(False)

    def _show_code(self, has_code: bool) -> None:
        for field in (self._code, self._new, self._again):
            field.setVisible(has_code)
        self._password.setVisible(not has_code)

    def _ask(self) -> None:
        has_code = self._has_code.isChecked()
        password = _line(self._new if has_code else self._password).text()
        self.asked.emit(
            SignInForm(
                server=_line(self._server).value(),
                username=_line(self._username).value(),
                password=password,
                code=_line(self._code).value() if has_code else "",
                again=_line(self._again).text() if has_code else password,
            )
        )


class PassphrasePage(Page):
    """The passphrase: to open with, or to choose where this computer has no safe place for a key."""

    given = Signal(str, str)

    def __init__(self) -> None:
        super().__init__("passphrase", "Passphrase")
        self._why = Muted()
        self._why.setObjectName("passphrase-why")
        self._first = _field("passphrase", "Passphrase", secret=True)
        self._again = _field("passphrase-again", "The same passphrase again", secret=True)
        self._action = Button("Open", kind="primary")
        self._action.setObjectName("passphrase-action")
        self.keyring = Button("Try again")
        self.keyring.setObjectName("passphrase-keyring")
        self.anew = Button("Sign in anew", kind="quiet")
        self.anew.setObjectName("passphrase-anew")
        self.back = Button("Back", kind="quiet")
        self.back.setObjectName("passphrase-back")
        self._is_making = False
        for part in (self._why, self._first, self._again):
            self.column.addWidget(part)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self._action)
        self.column.addLayout(foot)
        self._others = FlowRow(self.keyring, self.anew)
        self.column.addWidget(self._others)
        self._action.clicked.connect(self._give)
        for field in (self._first, self._again):
            _line(field).returnPressed.connect(self._give)

    def show_for(self, *, make: bool, why: Words, keyring: bool, anew: bool, passphrase: bool) -> None:
        self._is_making = make
        self.title.setText(why.title)
        self._why.setText(why.text)
        self._first.setVisible(make or passphrase)
        self._again.setVisible(make)
        self._action.setVisible(make or passphrase)
        self._action.set_words("Keep this passphrase" if make else "Open")
        self.keyring.setVisible(keyring)
        self.anew.setVisible(anew)
        self._others.setVisible(keyring or anew)
        for field in (self._first, self._again):
            _line(field).clear()
        self.setFocusProxy(self._first.field if make or passphrase else self.keyring)

    def _give(self) -> None:
        first = _line(self._first).text()
        self.given.emit(first, _line(self._again).text() if self._is_making else first)


class ProgressPage(Page):
    """The first cases on their way, with what has arrived."""

    def __init__(self) -> None:
        super().__init__("progress", "Getting your cases")
        self._sentence = Muted()
        self._sentence.setObjectName("progress-words")
        self.start = Button("Start working", kind="primary")
        self.start.setObjectName("progress-start")
        self.column.addWidget(self._sentence)
        self.column.addWidget(self.start, 0, Qt.AlignmentFlag.AlignRight)

    def show_arrivals(self, cases: int, *, can_start: bool) -> None:
        here = f"{count_words(cases, 'case')} {'is' if cases == 1 else 'are'} here."
        more = "The others follow; you can start now." if can_start else "This takes a moment, the first time only."
        self._sentence.setText(f"{here} {more}" if cases else more)
        self.start.setVisible(can_start)
        if can_start:
            self.setFocusProxy(self.start)


def _field(name: str, label: str, *, hint: str = "", secret: bool = False) -> LabeledField:
    line = TextField(name=label)
    line.setObjectName(f"sign-in-{name}")
    if secret:
        line.setEchoMode(QLineEdit.EchoMode.Password)
    return LabeledField(label, line, hint=hint)


def _line(field: LabeledField) -> TextField:
    assert isinstance(field.field, TextField)
    return field.field
