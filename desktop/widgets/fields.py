"""Fields of a form: one line, many lines, a choice, a tick; and the label, hint and problem that go around one."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from desktop import icons, theme
from desktop.widgets import painting
from desktop.widgets.labels import Caption, Label
from desktop.widgets.plain import one_line, restyle


class TextField(QLineEdit):
    """One line of text. `textEdited` says what was typed; `value()` has no white space at its ends."""

    def __init__(
        self,
        text: str = "",
        *,
        name: str = "",
        placeholder: str = "",
        longest: int = 1000,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setMaxLength(longest)
        self.setCursorPosition(0)

    def value(self) -> str:
        """What was entered, without white space at its ends."""
        return self.text().strip()


class MultiLineField(QPlainTextEdit):
    """Several lines of plain text with a counter when `longest` is given; Tab goes on to the next field.

    Text over the limit is kept and counted in words, never cut: nothing typed is lost.
    """

    edited = Signal(str)

    def __init__(
        self, text: str = "", *, name: str = "", placeholder: str = "", longest: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._longest = longest
        self._lines = 4
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.document().setDocumentMargin(2)
        self.textChanged.connect(self._on_changed)

    def show_lines(self, lines: int) -> None:
        """How many lines are in sight when there is room."""
        self._lines = lines
        self.updateGeometry()

    def value(self) -> str:
        """What was entered, without white space at its ends."""
        return self.toPlainText().strip()

    def counter_words(self) -> str:
        """`120 of 1000`, `12 too many`, or nothing without a limit."""
        if not self._longest:
            return ""
        length = len(self.toPlainText())
        return f"{length} of {self._longest}" if length <= self._longest else f"{length - self._longest} too many"

    def is_too_long(self) -> bool:
        """More was typed than may be kept."""
        return bool(self._longest) and len(self.toPlainText()) > self._longest

    def _on_changed(self) -> None:
        self.edited.emit(self.toPlainText())

    def sizeHint(self) -> QSize:
        return QSize(theme.px(320), self.fontMetrics().lineSpacing() * self._lines + 18)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), self.fontMetrics().lineSpacing() * min(2, self._lines) + 18)


class ChoiceField(QComboBox):
    """One of a list: options are (key, words). An empty first row stands for not chosen yet."""

    chosen = Signal(str)

    def __init__(
        self,
        options: Sequence[tuple[str, str]] = (),
        *,
        name: str = "",
        empty: str = "Choose",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._empty = empty
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setItemDelegate(QStyledItemDelegate(self))  # the plain one, which obeys the style sheet
        self.show_options(options)
        self.activated.connect(lambda index: self.chosen.emit(str(self.itemData(index))))

    def show_options(self, options: Sequence[tuple[str, str]], current: str = "") -> None:
        """Replace the list; the choice falls back to `current`, or to not chosen yet."""
        self.clear()
        for key, words in options:
            self.addItem(one_line(words), key)
        self.choose(current)

    def value(self) -> str:
        """The key that is chosen, or an empty text."""
        return str(self.currentData() or "")

    def choose(self, key: str) -> None:
        """Choose without saying `chosen`; an unknown key is not chosen yet."""
        self.setCurrentIndex(self.findData(key) if key else -1)

    def sizeHint(self) -> QSize:
        face = theme.font()
        widest = max((painting.width_of(self.itemText(at), face) for at in range(self.count())), default=0)
        widest = max(widest, painting.width_of(self._empty, face))
        return QSize(min(widest, theme.px(360)) + theme.px(16) + 28, theme.grown(20, 12))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), theme.px(96)), theme.grown(20, 12))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        edge = tokens.control if self.isEnabled() else tokens.hairline
        fill = tokens.hover if self.underMouse() and self.isEnabled() else tokens.surface
        is_wrong = bool(self.property("wrong"))
        width = tokens.border
        if is_wrong or self.hasFocus():
            width, edge = 2, tokens.danger if is_wrong else tokens.accent
        painting.box(painter, self.rect(), fill if self.isEnabled() else tokens.sunken, edge=edge, width=width)
        side = theme.px(16)
        right = self.width() - 8 - side
        icons.draw(painter, "chevron-down", QRect(right, (self.height() - side) // 2, side, side), tokens.muted)
        room = QRect(10, 0, right - 14, self.height())
        words = self.currentText() if self.currentIndex() >= 0 else self._empty
        tint = tokens.text if self.currentIndex() >= 0 and self.isEnabled() else tokens.muted
        painting.words(painter, room, words, font=theme.font(), tint=tint)


class TickField(QCheckBox):
    """A yes or no with its words beside the box, shown as written."""

    def __init__(self, text: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = one_line(text)
        self.setAccessibleName(self._words)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(16 + 8 + 2) + painting.width_of(self._words, theme.font()) + 2, theme.grown(20, 8))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: object) -> bool:
        del pos
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        side = theme.px(16)
        where = QRect(1, (self.height() - side) // 2, side, side)
        is_on = self.isChecked()
        fill = tokens.accent if is_on else tokens.surface
        painting.box(painter, where, fill, edge=None if is_on else tokens.control, radius=4, width=tokens.border)
        if is_on:
            inner = where.adjusted(2, 2, -2, -2)
            icons.draw(painter, "check", inner, tokens.on_accent)
        room = QRect(where.right() + theme.px(9), 0, self.width(), self.height())
        tint = tokens.text if self.isEnabled() else tokens.control
        painting.words(painter, room, self._words, font=theme.font(), tint=tint)


class LabeledField(QWidget):
    """A field with its label above, a hint or a problem below, a counter, and the mark that it is kept."""

    def __init__(
        self, label: str, field: QWidget, *, hint: str = "", required: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.field = field
        self._hint = hint
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        self._label = Label(label)
        self._label.setBuddy(field)
        self._kept = Caption()
        self._kept.setObjectName("field-kept")
        self._kept.hide()
        head.addWidget(self._label)
        if required:
            head.addWidget(Caption("needed"))
        head.addStretch(1)
        head.addWidget(self._kept)
        self._below = Caption(hint, wrap=True)
        self._below.setObjectName("field-below")
        self._below.setVisible(bool(hint))
        self._counter = Caption()
        self._counter.setObjectName("field-counter")
        self._counter.hide()
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._below, 1)
        foot.addWidget(self._counter, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(field)
        column.addLayout(foot)
        if not field.accessibleName():
            field.setAccessibleName(f"{label}, needed" if required else label)
        field.setAccessibleDescription(hint)
        if isinstance(field, MultiLineField):
            field.edited.connect(self._count)
            self._count()

    def show_problem(self, words: str) -> None:
        """Say under the field what is wrong with it; an empty text takes it back."""
        restyle(self.field, wrong=bool(words))
        restyle(self._below, kind="error" if words else "caption")
        self._below.setText(words or self._hint)
        self._below.setVisible(bool(words or self._hint))
        self.field.setAccessibleDescription(words or self._hint)

    def show_kept(self, words: str = "Kept") -> None:
        """Say that what was typed is kept on this device (`Kept 14:02`); an empty text takes it back."""
        self._kept.setText(words)
        self._kept.setVisible(bool(words))

    def _count(self) -> None:
        if isinstance(self.field, MultiLineField):
            restyle(self._counter, kind="error" if self.field.is_too_long() else "caption")
            self._counter.setText(self.field.counter_words())
            self._counter.setVisible(bool(self.field.counter_words()))
