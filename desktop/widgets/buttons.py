"""Buttons: one primary a screen, the others secondary, quiet or dangerous; icon buttons always have a name."""

from typing import Literal

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop import icons, theme
from desktop.widgets import painting
from desktop.widgets.plain import one_line, set_tip, without_mnemonic

ButtonKind = Literal["primary", "secondary", "quiet", "danger"]


class Button(QPushButton):
    """A button with words; may have an icon before them, a key's name after them, and a menu under it.

    The words are shown as written, `&` and all.
    """

    def __init__(
        self,
        text: str,
        *,
        kind: ButtonKind = "secondary",
        icon: str = "",
        key: str = "",
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind: ButtonKind = kind
        self._icon = icon
        self._key = key
        self._small = small
        self._words = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.set_words(text)

    def set_words(self, text: str) -> None:
        """Change the words (and the accessible name with them)."""
        self._words = one_line(text)
        self.setText(without_mnemonic(self._words))
        self.setAccessibleName(self._words)
        self.updateGeometry()

    def words(self) -> str:
        """The words as written."""
        return self._words

    def set_kind(self, kind: ButtonKind) -> None:
        """Change what the button stands for."""
        self._kind = kind
        self.update()

    def sizeHint(self) -> QSize:
        width = 2 * self._pad()
        width += painting.width_of(self._words, self._face()) if self._words else 0
        width += self._icon_side() + (self._gap() if self._words else 0) if self._icon else 0
        width += painting.width_of(self._key, theme.font(12)) + theme.px(8) if self._key else 0
        width += theme.px(14) + theme.px(4) if self.menu() else 0
        return QSize(width + 1, theme.grown(18, 10) if self._small else theme.grown(20, 12))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        fill, edge, tint = self._colours()
        width = theme.tokens().border
        painting.box(painter, self.rect(), fill, edge=edge, width=width)
        left = max(0, (self.width() - self.sizeHint().width()) // 2) + self._pad()
        middle = self.height() // 2
        if self._icon:
            side = self._icon_side()
            icons.draw(painter, self._icon, QRect(left, middle - side // 2, side, side), tint)
            left += side + self._gap()
        room = QRect(left, 0, self.width() - left, self.height())
        left += painting.words(painter, room, self._words, font=self._face(), tint=tint)
        if self._key:
            room = QRect(left + theme.px(8), 0, self.width(), self.height())
            tint_key = tint if self._kind == "primary" else theme.tokens().muted
            left = room.left() + painting.words(painter, room, self._key, font=theme.font(12), tint=tint_key)
        if self.menu():
            side = theme.px(14)
            icons.draw(painter, "chevron-down", QRect(left + theme.px(4), middle - side // 2, side, side), tint)

    def _face(self) -> QFont:
        return theme.font(13 if not self._small else 12, 500)

    def _icon_side(self) -> int:
        return theme.px(16 if not self._small else 14)

    def _edge_share(self) -> float:
        """Softer than a field's edge, as the words carry the button; whole in high contrast."""
        return 0.6 if theme.tokens().border == 1 else 1.0

    def _pad(self) -> int:
        return 8 if self._small else 12

    def _gap(self) -> int:
        return theme.px(6)

    def _colours(self) -> tuple[str | None, str | None, str]:
        """Fill, edge and words for the state the button is in."""
        tokens = theme.tokens()
        if not self.isEnabled():
            return (None if self._kind == "quiet" else tokens.sunken, None, tokens.control)
        warm = self.isDown() or self.isChecked() or (self.menu() is not None and self.menu().isVisible())
        if self._kind == "primary":
            shade = 0.18 if warm else 0.09 if self.underMouse() else 0.0
            return (theme.mix(tokens.text, tokens.accent, shade), None, tokens.on_accent)
        fill = None if self._kind == "quiet" else tokens.surface
        if warm or self.underMouse():
            fill = theme.mix(tokens.text, tokens.surface, 0.11 if warm else 0.06)
        edge = None if self._kind == "quiet" else theme.mix(tokens.control, tokens.surface, self._edge_share())
        return (fill, edge, tokens.danger if self._kind == "danger" else tokens.text)


class IconButton(QPushButton):
    """A square button with only an icon; its name is for the tool tip and for screen readers, and must be given."""

    def __init__(
        self, icon: str, *, name: str, role: str = "muted", side: int = 28, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._role = role
        self._side = side
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_face(icon, name=name)

    def set_face(self, icon: str, *, name: str) -> None:
        """Change icon and name together."""
        self._icon = icon
        self.setAccessibleName(name)
        set_tip(self, name)
        self.update()

    def sizeHint(self) -> QSize:
        side = theme.grown(18, self._side - 18)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        if self.isEnabled() and (self.underMouse() or self.isDown() or self.isChecked()):
            share = 0.12 if self.isDown() or self.isChecked() else 0.07
            painting.box(painter, self.rect(), theme.mix(tokens.text, tokens.surface, share))
        side = theme.px(16 if self._side < 36 else 20)
        where = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        icons.draw(painter, self._icon, where, str(getattr(tokens, self._role if self.isEnabled() else "control")))
