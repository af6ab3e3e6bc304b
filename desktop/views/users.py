"""The Users page: who works here, and adding somebody with their role and one-time code (S7 to S10)."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from casework.answers import Changes
from casework.ids import new_id
from casework.questions.viewer import Viewer
from casework.rows import all_of
from casework.values import Person, Role
from casework.wire import NewPerson, NewPersonReply
from desktop import theme
from desktop.messages import ROLE_HINTS, ROLES, words_for
from desktop.office import Office
from desktop.views.hand_in import HandIn
from desktop.widgets.avatar import Avatar
from desktop.widgets.buttons import Button
from desktop.widgets.chips import Chip
from desktop.widgets.fields import ChoiceField, LabeledField, TextField
from desktop.widgets.labels import Caption, ElidedLabel, Heading, Label, Muted
from desktop.widgets.notice_bar import NoticeBar, NoticeStack
from desktop.widgets.sheet import Sheet
from desktop.widgets.surfaces import Card, Divider, ScrollColumn
from sync.central import Central
from sync.faults import SyncFault

# Admins choose from these; whoever only reads is rare and comes last.
CHOICES = (Role.ADVISOR, Role.COORDINATOR, Role.LEAD, Role.ADMIN, Role.READER)


class NewPersonSheet(Sheet):
    """Name, user name, e-mail and role. `asked` carries a NewPerson; the one-time code is shown in the same sheet."""

    asked = Signal(object)

    def __init__(self, *, over: QWidget) -> None:
        super().__init__("Add somebody", over=over, action="Add", width=460)
        self.setObjectName("new-person-sheet")
        self._name = _field("person-name", "Name", hint="As colleagues know them, such as Amy Jones")
        self._username = _field("person-username", "User name", hint="What they sign in with")
        self._email = _field("person-email", "E-mail")
        self._role = ChoiceField([(role.value, ROLES[role]) for role in CHOICES], name="Role")
        self._role.setObjectName("person-role")
        self._role_field = LabeledField("Role", self._role, required=True)
        self._role_hint = Muted()
        self._role_hint.setObjectName("person-role-hint")
        self._notices = NoticeStack()
        self._code = _CodeCard()
        self._parts = (self._name, self._username, self._email, self._role_field, self._role_hint)
        self.form.addWidget(self._notices)
        for part in self._parts:
            self.form.addWidget(part)
        self.form.addWidget(self._code)
        self._role.chosen.connect(self._show_hint)
        self.acted.connect(self._act)

    def start(self) -> None:
        """Opens empty, for an advisor."""
        for field in (self._name, self._username, self._email):
            _line(field).clear()
            field.show_problem("")
        self._role.choose(Role.ADVISOR.value)
        self._show_hint(Role.ADVISOR.value)
        self._notices.take("trouble")
        self._show_form(True)
        self.open(self._name.field)

    def show_code(self, name: str, code: str) -> None:
        """The one-time code, to be handed over; it is shown this once."""
        self._notices.take("trouble")
        self._code.show_code(name, code)
        self._show_form(False)

    def show_trouble(self, fault: SyncFault) -> None:
        """Why nobody was added; what was typed stays."""
        code = "no-server" if fault.code == "offline" else fault.code
        words = words_for("needs-server" if code == "no-server" else code, fault.facts)
        self._notices.put("trouble", NoticeBar(words.title, text=words.text, kind="danger", dismissible=False))
        self.action.setEnabled(True)

    def _show_form(self, shown: bool) -> None:
        for part in self._parts:
            part.setVisible(shown)
        self._code.setVisible(not shown)
        self.action.set_words("Add" if shown else "Done")
        self.action.setEnabled(True)

    def _show_hint(self, role: str) -> None:
        self._role_hint.setText(ROLE_HINTS[Role(role)])

    def _act(self) -> None:
        if not self._code.isHidden():
            self.leave()
            return
        missing = [field for field in (self._name, self._username) if not _line(field).value()]
        for field in (self._name, self._username):
            field.show_problem("This is needed." if field in missing else "")
        if missing or not self.action.isEnabled():
            return
        self.action.setEnabled(False)
        self.asked.emit(
            NewPerson(
                rid=new_id(),
                username=_line(self._username).value(),
                display_name=_line(self._name).value(),
                role=Role(self._role.value()),
                email=_line(self._email).value(),
            )
        )


class UsersPage(QWidget):
    """Everybody who works here; admins add somebody. Needs the server only for adding."""

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("users")
        self._office = office
        self._is_stale = True
        self._sheet: NewPersonSheet | None = None
        self._add = Button("Add somebody", icon="user-plus", kind="primary")
        self._add.setObjectName("users-add")
        self._add.clicked.connect(self._start)
        self._only_admins = Caption("Only admins can add people.", wrap=True)
        self._only_admins.setObjectName("users-only-admins")
        head = QHBoxLayout()
        head.addWidget(Heading("People who work here"))
        head.addStretch(1)
        head.addWidget(self._only_admins)
        head.addWidget(self._add)
        self._card = Card(padding=0)
        self._card.column.setSpacing(0)
        self._rows: list[QWidget] = []
        page = ScrollColumn()
        page.column.addLayout(head)
        page.column.addWidget(self._card)
        self._hand_in = HandIn(office)
        page.column.addWidget(self._hand_in)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(page)
        office.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Ask again and show what is so now."""
        self._is_stale = False
        people = sorted(
            self._office.read(all_of, Person), key=lambda one: (not one.is_active, one.display_name.casefold())
        )
        is_admin = self._office.ask(_role_of) is Role.ADMIN
        self._add.setVisible(is_admin)
        self._only_admins.setVisible(not is_admin)
        self._hand_in.setVisible(is_admin)
        self._show_people(people)

    def _show_people(self, people: Sequence[Person]) -> None:
        for row in self._rows:
            self._card.column.removeWidget(row)
            row.deleteLater()
        self._rows = []
        for at, person in enumerate(people):
            if at:
                self._rows.append(Divider())
            self._rows.append(_PersonRow(person, is_me=person.id == self._office.person_id))
        for row in self._rows:
            self._card.column.addWidget(row)

    def _start(self) -> None:
        if self._sheet is None:
            self._sheet = NewPersonSheet(over=self.window())
            self._sheet.asked.connect(self._ask)
        self._sheet.start()

    def _ask(self, asked: NewPerson) -> None:
        def verb(central: Central) -> NewPersonReply:
            return central.add_person(asked)

        def answered(reply: NewPersonReply | SyncFault) -> None:
            if self._sheet is None:
                return
            if isinstance(reply, SyncFault):
                self._sheet.show_trouble(reply)
                return
            self._sheet.show_code(asked.display_name, reply.code)
            self._office.sync_now()

        self._office.online(verb, answered)

    def _on_changed(self, changes: Changes) -> None:
        if "person" not in changes.kinds:
            return
        self._is_stale = True
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self.refresh()


class _PersonRow(QWidget):
    """One person: name, user name, role, and whether they still work here."""

    def __init__(self, person: Person, *, is_me: bool) -> None:
        super().__init__()
        self.setObjectName(f"user-{person.username}")
        self.setAccessibleName(f"{person.display_name}, {ROLES[person.role]}")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(12)
        row.addWidget(Avatar(person.display_name, side=32))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(person.display_name + (" (you)" if is_me else ""), kind="strong"))
        words.addWidget(
            ElidedLabel(", ".join(part for part in (person.username, person.email) if part), kind="caption")
        )
        row.addLayout(words, 1)
        if not person.is_active:
            row.addWidget(Chip("Access ended", kind="neutral", icon="ban"))
        role: QLabel = Label(ROLES[person.role])
        role.setFixedWidth(theme.px(96))
        row.addWidget(role)


class _CodeCard(QWidget):
    """The one-time code in large letters, with what to do with it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("person-code-card")
        self._about = Label(wrap=True)
        self._code = Label(kind="display", selectable=True)
        self._code.setObjectName("person-code")
        copy = Button("Copy the code", icon="copy")
        copy.setObjectName("person-code-copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._code.text()))
        card = Card(surface="sunken")
        card.column.addWidget(self._code)
        foot = QHBoxLayout()
        foot.addWidget(copy)
        foot.addStretch(1)
        card.column.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._about)
        column.addWidget(card)
        column.addWidget(
            Muted("It works once and for a day, and is not shown again. Hand it over in person or by phone.")
        )

    def show_code(self, name: str, code: str) -> None:
        self._about.setText(f"{name} can sign in with this one-time code and choose a password.")
        self._code.setText(code)
        self._code.setAccessibleName(f"One-time code: {' '.join(code)}")


def _role_of(conn: object, viewer: Viewer) -> Role:
    del conn
    return viewer.person.role


def _field(name: str, label: str, *, hint: str = "") -> LabeledField:
    line = TextField(name=label, longest=100)
    line.setObjectName(name)
    return LabeledField(label, line, hint=hint)


def _line(field: LabeledField) -> TextField:
    assert isinstance(field.field, TextField)
    return field.field
