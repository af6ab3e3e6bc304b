"""One task of the case: a tick, what and whose it is, when it is due, and what else can be done with it."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from casework.questions.shown import TaskShown
from casework.values import TaskStatus
from desktop import icons, theme
from desktop.messages import KEPT_HERE
from desktop.models.case_table import today_here
from desktop.models.feed import calm
from desktop.models.task_list import about_words, over_words, task_sentence
from desktop.widgets import painting
from desktop.widgets.buttons import Button, IconButton
from desktop.widgets.due_chip import DueChip
from desktop.widgets.fields import TextField
from desktop.widgets.labels import ElidedLabel
from desktop.widgets.plain import set_tip


class _Tick(QPushButton):
    """A round box: open, or with a tick once the task is done, or struck once it need not be done."""

    def __init__(self) -> None:
        super().__init__()
        self._status = TaskStatus.OPEN
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_status(self, status: TaskStatus, title: str) -> None:
        self._status = status
        self.setAccessibleName(f"Done: {title}" if status is TaskStatus.OPEN else title)
        set_tip(self, "Mark as done" if status is TaskStatus.OPEN else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(26), theme.px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        side = theme.px(18)
        where = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        if self._status is TaskStatus.OPEN:
            is_warm = self.underMouse() and self.isEnabled()
            edge = tokens.accent if is_warm else tokens.control if self.isEnabled() else tokens.hairline
            painting.box(painter, where, tokens.surface, edge=edge, radius=side / 2, width=1.5)
            if is_warm or self.isChecked():
                icons.draw(painter, "check", where.adjusted(3, 3, -3, -3), tokens.accent)
            return
        is_done = self._status is TaskStatus.DONE
        painting.box(painter, where, tokens.success_soft if is_done else tokens.sunken, radius=side / 2)
        tint = tokens.success if is_done else tokens.muted
        icons.draw(painter, "check" if is_done else "minus", where.adjusted(3, 3, -3, -3), tint)


class TaskRow(QWidget):
    """Says `finished(task_id, outcome)`, `cancelled(task_id, reason)`, `hand_over(task_id)`."""

    finished = Signal(str, str)
    cancelled = Signal(str, str)
    hand_over = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task: TaskShown | None = None
        self._is_cancelling = False
        self.tick = _Tick()
        self.tick.setObjectName("task-tick")
        self.tick.clicked.connect(self.ask_outcome)
        self._title = ElidedLabel(kind="strong")
        self._title.setObjectName("task-title")
        self._about = ElidedLabel(kind="caption")
        self._about.setObjectName("task-about")
        self._due = DueChip(None, today=today_here())
        self._due.setObjectName("task-due-chip")
        self._unsent = _Unsent()
        self.more = IconButton("ellipsis", name="More")
        self.more.setObjectName("task-more")
        self.more.clicked.connect(self._open_menu)
        self.menu = QMenu(self)
        self._build_menu()
        self._ask = _Ask()
        self._ask.said.connect(self._on_said)
        self._ask.left.connect(self._put_question_away)
        self._ask.hide()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._about)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.tick)
        row.addLayout(words, 1)
        row.addWidget(self._unsent)
        row.addWidget(self._due)
        row.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 3, 8, 3)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._ask)

    def show_task(self, task: TaskShown, offers: frozenset[str]) -> None:
        """Show a task; a question about the one shown so far stays open if it is the same one."""
        if self._task is None or self._task.id != task.id:
            self._put_question_away()
        self._task = task
        is_open = task.status is TaskStatus.OPEN
        self.setAccessibleName(task_sentence(task))
        self._title.setText(calm(task.title[:400]))
        self._about.setText(calm(about_words(task) if is_open else over_words(task)))
        self.tick.show_status(task.status, task.title[:80])
        self.tick.setEnabled(is_open and "task.finish" in offers)
        self._due.setVisible(is_open)
        if is_open:
            self._due.show_due(task.due, today_here())
        self._unsent.setVisible(task.is_unsent)
        self.more.setVisible(is_open)
        for action, offer in ((self.give, "task.reassign"), (self.cancel, "task.cancel")):
            action.setEnabled(offer in offers)

    def task(self) -> TaskShown | None:
        """The task on show."""
        return self._task

    def ask_outcome(self) -> None:
        """It was done: what came of it may be said, Enter says that it is done either way."""
        self._is_cancelling = False
        self._ask.begin("What came of it? (optional)", "Done")

    def ask_reason(self) -> None:
        """It need not be done any more: why may be said."""
        self._is_cancelling = True
        self._ask.begin("Why not any more? (optional)", "Cancel task")

    def _build_menu(self) -> None:
        self.give = QAction(icons.icon("user-plus"), "Give to somebody else…", self.menu)
        self.give.setObjectName("task-give")
        self.give.triggered.connect(self._give)
        self.cancel = QAction(icons.icon("ban"), "Not needed any more…", self.menu)
        self.cancel.setObjectName("task-cancel")
        self.cancel.triggered.connect(self.ask_reason)
        self.menu.addActions([self.give, self.cancel])

    def _open_menu(self) -> None:
        self.menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _give(self) -> None:
        if self._task is not None:
            self.hand_over.emit(self._task.id)

    def _on_said(self, words: str) -> None:
        if self._task is None:
            return
        said = self.cancelled if self._is_cancelling else self.finished
        said.emit(self._task.id, words)

    def _put_question_away(self) -> None:
        self._ask.put_away()


class _Unsent(QWidget):
    """The mark of a line that is only here so far."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(KEPT_HERE)
        set_tip(self, KEPT_HERE)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(16), theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        side = theme.px(14)
        where = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        icons.draw(QPainter(self), "cloud-off", where, theme.tokens().muted)


class _Ask(QWidget):
    """A line under the task for a few words, and the button that does it."""

    said = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._line = TextField(name="What came of it", longest=2000)
        self._line.setObjectName("task-outcome")
        self._line.returnPressed.connect(self._say)
        self._do = Button("Done", kind="primary", small=True)
        self._do.setObjectName("task-outcome-save")
        self._do.clicked.connect(self._say)
        leave = IconButton("x", name="Leave it open")
        leave.clicked.connect(self.left)
        row = QHBoxLayout(self)
        row.setContentsMargins(34, 2, 0, 4)
        row.setSpacing(6)
        row.addWidget(self._line, 1)
        row.addWidget(self._do)
        row.addWidget(leave)

    def begin(self, question: str, action: str) -> None:
        self._line.setPlaceholderText(question)
        self._line.setAccessibleName(question)
        self._do.set_words(action)
        self.show()
        self._line.setFocus(Qt.FocusReason.OtherFocusReason)

    def put_away(self) -> None:
        self._line.clear()
        self.hide()

    def _say(self) -> None:
        self.said.emit(self._line.value())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
