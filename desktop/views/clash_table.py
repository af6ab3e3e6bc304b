"""The values of a clash side by side: what stands, what the other wrote, what was there before, or a third one."""

from collections.abc import Mapping
from datetime import UTC, datetime

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from casework.questions.shown_kept import DecisionCard, FieldClash
from desktop import theme
from desktop.messages.labels import field_label, value_words
from desktop.messages.times import stamp_words
from desktop.widgets import painting
from desktop.widgets.date_field import read_date
from desktop.widgets.fields import TextField
from desktop.widgets.labels import Caption, Label
from desktop.widgets.plain import one_line, set_tip

# Longer values are shown as far as a person reads when choosing; the whole is in the tool tip.
LONGEST = 240
_ONE_COLUMN_BELOW = 620
_LISTS = frozenset({"vulnerabilities"})
_DATES = frozenset({"birth_date"})


class ValueButton(QPushButton):
    """One value to choose: whose it is and when, and under it the value."""

    def __init__(self, whose: str, value: object, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = value
        words = value_words(value)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(f"{whose}: {words}")
        set_tip(self, words if len(words) > LONGEST else "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        self._column = column
        column.setSpacing(1)
        self.set_open(True)
        head = Caption(whose, wrap=True)
        shown = Label(one_line(words)[:LONGEST] + ("…" if len(words) > LONGEST else ""), wrap=True)
        shown.setContentsMargins(0, 0, 0, 1)
        for part in (head, shown):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(part)
        column.addStretch(1)

    def set_open(self, is_open: bool) -> None:
        """Say whether one may choose at all; else it is only to be read."""
        self.setCheckable(is_open)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_open else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_open else Qt.CursorShape.ArrowCursor)
        self._column.setContentsMargins(theme.px(18) + 18 if is_open else 12, 8, 10, 9)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(110), theme.grown(32, 18))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        layout = self.layout()
        if layout is not None:
            self.setMinimumHeight(layout.heightForWidth(self.width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        is_on = self.isChecked()
        is_near = self.underMouse() and self.isCheckable()
        fill = tokens.selected if is_on else tokens.hover if is_near else tokens.surface
        edge = tokens.accent if is_on else theme.mix(tokens.control, tokens.surface, 0.6)
        painting.box(painter, self.rect(), fill, edge=edge, width=2 if is_on else tokens.border)
        if not self.isCheckable():
            return
        side = theme.px(14)
        spot = QRect(11, 8 + theme.px(2), side, side)
        painting.box(painter, spot, tokens.surface, edge=edge if is_on else tokens.control, radius=side / 2, width=1.5)
        if is_on:
            inset = side * 2 // 7
            inner = spot.adjusted(inset, inset, -inset, -inset)
            painting.box(painter, inner, tokens.accent, radius=inner.width() / 2)


class FieldChoice(QWidget):
    """One field that clashed, with its values. What stands is chosen until somebody chooses otherwise."""

    changed = Signal()
    typed = Signal()

    def __init__(
        self, card: DecisionCard, clash: FieldClash, *, third: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.clash = clash
        self._may = card.may
        self.setObjectName(f"clash-{clash.field}")
        self.setAccessibleName(field_label(clash.field))
        self._group = QButtonGroup(self)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(Label(field_label(clash.field), kind="strong"))
        column.addLayout(self._row)
        self._add("theirs", _stands_words(clash), clash.stands)
        self._add("mine", _mine_words(card, clash), clash.mine)
        if clash.before not in (clash.stands, clash.mine):
            self._add("before", "Before", clash.before)
        self._group.buttons()[0].setChecked("fields" in card.may)
        self._group.buttonClicked.connect(self._on_clicked)
        self.third = TextField(
            third, name=f"Something else for {field_label(clash.field)}", placeholder="Something else"
        )
        self.third.setObjectName("clash-third")
        if clash.field in _LISTS or "fields" not in card.may:
            self.third.hide()
        self.third.textEdited.connect(self._on_typed)
        if third:
            self._let_go()
        self._row.addWidget(self.third, 1, Qt.AlignmentFlag.AlignVCenter)
        earlier = _earlier_words(card, clash)
        if earlier:
            written = Caption(earlier, wrap=True)
            written.setObjectName("clash-earlier")
            column.addWidget(written)

    def side(self) -> str:
        """Whose value is chosen: mine, theirs, before, or third for one that was typed."""
        on = self._group.checkedButton()
        return on.objectName().removeprefix("choose-") if on is not None else "third"

    def chosen(self) -> object:
        """The value that is chosen now; raises ValueError for a third one that does not fit the field."""
        typed = self.third.value()
        if typed:
            return self._read(typed)
        on = self._group.checkedButton()
        return on.value if isinstance(on, ValueButton) else self.clash.stands

    def _read(self, typed: str) -> object:
        if self.clash.field not in _DATES:
            return typed
        day = read_date(typed, datetime.now(UTC).astimezone().date())
        if day is None:
            raise ValueError(typed)
        return day.isoformat()

    def _add(self, name: str, whose: str, value: object) -> None:
        button = ValueButton(whose, value)
        button.setObjectName(f"choose-{name}")
        button.set_open("fields" in self._may)
        self._group.addButton(button)
        self._row.addWidget(button, 1)

    def _on_clicked(self) -> None:
        if self.third.text():
            self.third.clear()
            self.typed.emit()
        self.changed.emit()

    def _on_typed(self) -> None:
        if self.third.value():
            self._let_go()
        else:
            self._group.buttons()[0].setChecked(True)
        self.typed.emit()
        self.changed.emit()

    def _let_go(self) -> None:
        """A third value stands in for all of those to choose from."""
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < theme.px(_ONE_COLUMN_BELOW)
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(way)


class ClashTable(QWidget):
    """Every field that clashed. `changed` when another value is chosen, `typed` when a third one was written."""

    changed = Signal()
    typed = Signal()

    def __init__(self, card: DecisionCard, *, thirds: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(12)
        self._fields = [FieldChoice(card, clash, third=thirds.get(clash.field, "")) for clash in card.fields]
        for field in self._fields:
            field.changed.connect(self.changed)
            field.typed.connect(self.typed)
            column.addWidget(field)

    def chosen(self) -> dict[str, object]:
        """The chosen value of each field."""
        return {field.clash.field: field.chosen() for field in self._fields}

    def sides(self) -> dict[str, str]:
        """Of each field, whose value is chosen."""
        return {field.clash.field: field.side() for field in self._fields}

    def stood(self) -> dict[str, object]:
        """What stood in each field while choosing."""
        return {field.clash.field: field.clash.stands for field in self._fields}

    def thirds(self) -> dict[str, str]:
        """What was typed as third values."""
        return {field.clash.field: field.third.text() for field in self._fields if field.third.text()}

    def is_ready(self) -> bool:
        """Whether something else than what stands is chosen, and fits."""
        try:
            return self.chosen() != self.stood()
        except ValueError:
            return False


def _mine_words(card: DecisionCard, clash: FieldClash) -> str:
    who = "You" if card.is_mine else card.author_name or "Somebody"
    return f"{who}, {stamp_words(card.said_at)}{_under(clash.mine_owner, who)}"


def _stands_words(clash: FieldClash) -> str:
    if clash.stands != clash.theirs or not clash.theirs_by_name:
        return "Stands now"
    when = f", {stamp_words(clash.theirs_at)}" if clash.theirs_at else ""
    return f"{clash.theirs_by_name}{when}{_under(clash.theirs_owner, clash.theirs_by_name)}"


def _under(owner: str, writer: str) -> str:
    """Whose case it was as the writer saw it, where that was somebody else's (X3)."""
    return f" · case of {owner}" if owner and owner != writer else ""


def _earlier_words(card: DecisionCard, clash: FieldClash) -> str:
    """`Amy Jones first wrote 01642 2, Mon 9:10.`"""
    who = "You" if card.is_mine else card.author_name or "Somebody"
    first = [f"{value_words(value)} ({stamp_words(when)})" for value, when in clash.earlier]
    return f"{who} wrote before that: {', '.join(first)}." if first else ""
