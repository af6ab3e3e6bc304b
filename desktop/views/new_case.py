"""A new client with a new case, typed in by hand (S46, S55, S61): whoever makes it owns it."""

from datetime import UTC, datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from casework.answers import Refused
from casework.commands import OpenCase
from casework.ids import new_id
from casework.questions.choices import project_choices
from casework.questions.jump import jump
from casework.questions.picks import JumpHit
from casework.values import Contact, Property
from desktop.messages import clock_words, words_of
from desktop.messages.drafts import kept_words
from desktop.office import Office
from desktop.widgets.fields import ChoiceField, LabeledField, MultiLineField, TextField
from desktop.widgets.labels import Caption
from desktop.widgets.notice_bar import NoticeBar, NoticeStack
from desktop.widgets.sheet import Sheet

DRAFT = "new-case"
KEEP_AFTER_MS = 300
MOST_ALIKE = 3


class NewCaseSheet(Sheet):
    """The form over the window. `made(case id, words)` when the case is kept; what is typed survives a crash."""

    made = Signal(str, str)

    def __init__(self, office: Office, *, over: QWidget) -> None:
        super().__init__("New client and case", over=over, action="Open the case", width=480)
        self.setObjectName("new-case-sheet")
        self._office = office
        self._fields = {
            "first_name": LabeledField("First name", _text("first_name", "First name")),
            "last_name": LabeledField("Last name", _text("last_name", "Last name"), required=True),
            "phone": LabeledField("Phone", _text("phone", "Phone")),
            "address_1": LabeledField("Address", _text("address_1", "Address")),
            "town": LabeledField("Town", _text("town", "Town")),
            "postcode": LabeledField("Postcode", _text("postcode", "Postcode")),
            "request_type": LabeledField("What they ask for", _text("request_type", "What they ask for")),
        }
        self._project = ChoiceField(name="Project")
        self._project.setObjectName("new-project")
        self._project_field = LabeledField("Project", self._project, required=True)
        self._description = MultiLineField(name="Description", placeholder="What is the matter, and since when?")
        self._description.setObjectName("new-description")
        self._notices = NoticeStack()
        self._alike = Caption(wrap=True)
        self._alike.setObjectName("new-alike")
        self._alike.hide()
        self._build()
        self._keep_soon = _clock(self, self._keep)
        self._look_soon = _clock(self, self._look_for_alike)
        self.acted.connect(self._save)

    def start(self) -> None:
        """Opens the form, with what was typed into it before and not saved."""
        projects = self._office.read(project_choices)
        only = projects[0].id if len(projects) == 1 else ""
        self._project.show_options([(project.id, project.name) for project in projects], current=only)
        draft = self._office.drafts.find(DRAFT)
        self._fill(draft)
        self._notices.take("draft")
        if draft:
            at = draft.get("kept_at", "")
            when = f"at {clock_words(datetime.fromisoformat(at))}" if at else ""
            self._notices.put("draft", NoticeBar(kept_words(when), kind="info"))
        self.open(self._fields["first_name"].field)

    def _build(self) -> None:
        self.form.addWidget(self._notices)
        names = QHBoxLayout()
        names.setSpacing(12)
        names.addWidget(self._fields["first_name"])
        names.addWidget(self._fields["last_name"])
        self.form.addLayout(names)
        self.form.addWidget(self._alike)
        self.form.addWidget(self._fields["phone"])
        self.form.addWidget(self._fields["address_1"])
        place = QHBoxLayout()
        place.setSpacing(12)
        place.addWidget(self._fields["town"], 2)
        place.addWidget(self._fields["postcode"], 1)
        self.form.addLayout(place)
        self.form.addWidget(self._project_field)
        self.form.addWidget(self._fields["request_type"])
        self.form.addWidget(LabeledField("Description", self._description))
        for name in self._fields:
            self._line(name).textEdited.connect(self._on_typed)
        self._description.edited.connect(self._on_typed)
        self._project.chosen.connect(self._on_typed)

    def _line(self, name: str) -> TextField:
        field = self._fields[name].field
        assert isinstance(field, TextField)
        return field

    def _on_typed(self) -> None:
        self._keep_soon.start()
        self._look_soon.start()

    def _typed(self) -> dict[str, str]:
        typed = {name: self._line(name).value() for name in self._fields}
        return {**typed, "description": self._description.value()}

    def _keep(self) -> None:
        typed = self._typed()
        if any(typed.values()):
            typed |= {"project": self._project.value(), "kept_at": datetime.now(UTC).isoformat()}
        self._office.drafts.keep(DRAFT, typed)

    def _fill(self, draft: dict[str, str]) -> None:
        for name in self._fields:
            self._line(name).setText(draft.get(name, ""))
        self._description.setPlainText(draft.get("description", ""))
        if draft.get("project"):
            self._project.choose(draft["project"])
        self._keep_soon.stop()
        self._alike.hide()

    def _look_for_alike(self) -> None:
        """Before a new case is made: is there one already (L1)? Offered, never decided."""
        last, phone = self._line("last_name").value(), self._line("phone").value()
        first = self._line("first_name").value()
        found: dict[str, JumpHit] = {}
        for text in (phone if len(phone) >= 6 else "", f"{first} {last}" if len(last) >= 3 else ""):
            if text:
                found |= {hit.case_id: hit for hit in self._office.ask(jump, text, MOST_ALIKE).hits}
        cases = [f"{hit.number} {hit.client}, {hit.address}" for hit in found.values()][:MOST_ALIKE]
        self._alike.setText("Already here: " + "; ".join(cases) + ". Add a note there if it is about the same matter.")
        self._alike.setVisible(bool(cases))

    def _save(self) -> None:
        is_named = bool(self._line("last_name").value() or self._line("first_name").value())
        self._fields["last_name"].show_problem("" if is_named else "Who is it about? A first or a last name is needed.")
        self._project_field.show_problem("" if self._project.value() else "Choose the project that pays for the work.")
        if not is_named or not self._project.value():
            return
        command = self._command()
        answer = self._office.do(command)
        if isinstance(answer, Refused):
            words = words_of(answer)
            self._notices.put("refused", NoticeBar(words.title, text=words.text, kind="danger"))
            return
        self._keep_soon.stop()
        self._office.drafts.forget(DRAFT)
        self.leave()
        contact = command.contact
        assert contact is not None
        self.made.emit(command.case_id, f"The case of {contact.full_name} is open")

    def _command(self) -> OpenCase:
        typed = self._typed()
        contact_id, home_id = new_id(), new_id()
        return OpenCase(
            case_id=new_id(),
            contact_id=contact_id,
            property_id=home_id,
            project_id=self._project.value(),
            contact=Contact(
                id=contact_id, first_name=typed["first_name"], last_name=typed["last_name"], phone=typed["phone"]
            ),
            home=Property(
                id=home_id, address_1=typed["address_1"], town=typed["town"], postcode=typed["postcode"].upper()
            ),
            request_type=typed["request_type"],
            description=typed["description"],
        )


def _text(name: str, label: str) -> TextField:
    field = TextField(name=label)
    field.setObjectName(f"new-{name}")
    return field


def _clock(sheet: NewCaseSheet, then: object) -> QTimer:
    clock = QTimer(sheet)
    clock.setSingleShot(True)
    clock.setInterval(KEEP_AFTER_MS)
    clock.timeout.connect(then)
    return clock
