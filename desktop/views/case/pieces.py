"""Small painted parts of the case page: facts to copy, chips to choose with, links, people with their names."""

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop import icons, theme
from desktop.models.feed import calm
from desktop.widgets import painting
from desktop.widgets.avatar import Avatar
from desktop.widgets.labels import ElidedLabel
from desktop.widgets.plain import announce, one_line, set_tip, without_mnemonic

COPIED_MS = 1500
_LONGEST_FACT = 460


class Fact(QPushButton):
    """An icon and a few words; pressed, it copies them (or does what `acts` says, saying `clicked`)."""

    copied = Signal(str)

    def __init__(self, icon: str, *, what: str, copies: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._what = what
        self._copies = copies
        self._words = ""
        self._is_copied = False
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        if copies:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clicked.connect(self._copy)

    def show_words(self, words: str) -> None:
        """Show other words; none hide it."""
        self._words = calm(one_line(words))
        self.setText(without_mnemonic(self._words))
        self.setAccessibleName(f"Copy {self._what}: {self._words}" if self._copies else self._words)
        set_tip(self, f"{self._words} – copy" if self._copies else self._words)
        self.setVisible(bool(self._words))
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """What it says."""
        return self._words

    def _copy(self) -> None:
        if not self._copies:
            return
        QGuiApplication.clipboard().setText(self._words)
        self._is_copied = True
        self.update()
        announce(self, "Copied")
        self.copied.emit(self._words)
        QTimer.singleShot(COPIED_MS, self, self._rest)

    def _rest(self) -> None:
        self._is_copied = False
        self.update()

    def sizeHint(self) -> QSize:
        wide = min(painting.width_of(self._words, theme.font(12)), theme.px(_LONGEST_FACT))
        return QSize(wide + theme.px(14 + 6) + (theme.px(18) if self._copies else 0) + 8, theme.grown(18, 6))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), theme.px(90)), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        is_warm = self._copies and (self.underMouse() or self.hasFocus())
        if is_warm:
            painting.box(painter, self.rect(), tokens.hover)
        side = theme.px(14)
        top = (self.height() - side) // 2
        icons.draw(painter, self._icon, QRect(2, top, side, side), tokens.muted)
        left = 2 + side + theme.px(6)
        room = QRect(left, 0, self.width() - left - (theme.px(20) if self._copies else 4), self.height())
        left += painting.words(painter, room, self._words, font=theme.font(12), tint=tokens.text)
        if self._copies and (is_warm or self._is_copied):
            face = ("check", tokens.success) if self._is_copied else ("copy", tokens.muted)
            small = theme.px(13)
            icons.draw(painter, face[0], QRect(left + theme.px(5), (self.height() - small) // 2, small, small), face[1])


class ToggleChip(QPushButton):
    """A chip that is on or off: the kinds of task to choose from, the client's vulnerabilities."""

    def __init__(self, key: str, words: str, *, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._words = one_line(words)
        self._icon = icon
        self.setText(without_mnemonic(self._words))
        self.setAccessibleName(self._words)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(painting.width_of(self._words, theme.font(12, 500)) + theme.px(12 + 5) + 20, theme.grown(18, 8))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        is_on = self.isChecked()
        fill = tokens.selected if is_on else tokens.hover if self.underMouse() and self.isEnabled() else tokens.surface
        edge = tokens.accent if is_on else theme.mix(tokens.control, tokens.surface, 0.6)
        tint = tokens.text if self.isEnabled() else tokens.control
        painting.box(painter, self.rect(), fill, edge=edge, radius=self.height() / 2, width=tokens.border)
        side = theme.px(12)
        icon = "check" if is_on else self._icon or "plus"
        where = QRect(10, (self.height() - side) // 2, side, side)
        icons.draw(painter, icon, where, tokens.accent if is_on else tokens.muted)
        left = 10 + side + theme.px(5)
        room = QRect(left, 0, self.width() - left - 4, self.height())
        painting.words(painter, room, self._words, font=theme.font(12, 500), tint=tint)


class LinkChip(QPushButton):
    """A web address under the text that it stands in; `asked(url)` when it is pressed, never by itself (R13)."""

    asked = Signal(str)

    def __init__(self, url: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.url = url
        self._words = url.partition("://")[2].removeprefix("www.").rstrip("/")
        self.setText(without_mnemonic(self._words[:400]))
        self.setAccessibleName(f"Open {url} in the browser"[:400])
        set_tip(self, url[:400])
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.asked.emit(self.url))

    def sizeHint(self) -> QSize:
        wide = min(painting.width_of(self._words, theme.font(12, 500)), theme.px(260))
        return QSize(wide + theme.px(12 + 5) + 16, theme.grown(18, 6))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(theme.px(80), self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        edge = theme.mix(tokens.accent, tokens.surface, 0.9 if self.underMouse() else 0.4)
        painting.box(painter, self.rect(), tokens.surface, edge=edge, radius=self.height() / 2, width=tokens.border)
        side = theme.px(12)
        icons.draw(painter, "external-link", QRect(8, (self.height() - side) // 2, side, side), tokens.accent)
        left = 8 + side + theme.px(5)
        room = QRect(left, 0, self.width() - left - 7, self.height())
        painting.words(painter, room, self._words, font=theme.font(12, 500), tint=tokens.accent)


class PersonMark(QWidget):
    """An avatar with the name beside it."""

    def __init__(self, name: str, *, queue: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Avatar(name, side=28, queue=queue))
        row.addWidget(ElidedLabel(calm(name), kind="strong"), 1)
