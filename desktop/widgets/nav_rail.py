"""The rail at the left: where one can go, how things stand with sending, who is signed in."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QVBoxLayout, QWidget

from desktop import icons, theme
from desktop.widgets import painting
from desktop.widgets.avatar import paint_avatar
from desktop.widgets.chips import badge_width, paint_count
from desktop.widgets.plain import one_line, set_tip, without_mnemonic
from desktop.widgets.rail_button import RailButton
from desktop.widgets.sync_chip import SyncChip

WIDE, NARROW = 200, 60


class NavItem(NamedTuple):
    """A place to go: `hint` is its chord (`G W`); `is_last` puts it, and what follows, at the foot of the list."""

    key: str
    title: str
    icon: str
    hint: str = ""
    is_last: bool = False


class NavButton(RailButton):
    """One place: icon, word, count; the current one is filled."""

    def __init__(self, item: NavItem, *, parent: QWidget | None = None) -> None:
        super().__init__(f"nav-{item.key}", text=20, gap=12, parent=parent)
        self.item = item
        self._count = 0
        self._filled = False
        self.setText(without_mnemonic(item.title))
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.show_count(0, filled=False)

    def show_count(self, count: int, *, filled: bool) -> None:
        """Show a quiet number, or a filled one where somebody has to act; zero shows none."""
        self._count = count
        self._filled = filled
        said = f"{self.item.title}, {count}" if count else self.item.title
        self.setAccessibleName(said)
        set_tip(self, f"{said}  ({self.item.hint})" if self.item.hint else said)
        self.update()

    def count(self) -> int:
        """The number on show."""
        return self._count

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        is_here = self.isChecked()
        if is_here:
            painting.box(
                painter, self.rect(), tokens.selected, edge=tokens.accent if tokens.border > 1 else None, width=2
            )
        elif self.underMouse():
            painting.box(painter, self.rect(), theme.mix(tokens.text, tokens.sunken, 0.07))
        side = theme.px(18)
        left = (self.width() - side) // 2 if self._is_narrow else theme.px(10)
        spot = QRect(left, (self.height() - side) // 2, side, side)
        icons.draw(painter, self.item.icon, spot, tokens.accent if is_here else tokens.muted)
        if self._is_narrow:
            self._paint_dot(painter, spot)
            return
        right = self._paint_count(painter)
        room = QRect(spot.right() + theme.px(10), 0, right - spot.right() - theme.px(14), self.height())
        tint = tokens.text if is_here or self.underMouse() else theme.mix(tokens.text, tokens.muted, 0.5)
        painting.words(painter, room, self.item.title, font=theme.font(13, 600 if is_here else 500), tint=tint)

    def _paint_dot(self, painter: QPainter, spot: QRect) -> None:
        if self._count and self._filled:
            painting.dot(painter, spot.topRight().toPointF(), theme.px(4), theme.tokens().accent)

    def _paint_count(self, painter: QPainter) -> int:
        """Answers where the room for the word ends."""
        right = self.width() - theme.px(8)
        if not self._count:
            return right
        wide, tall = badge_width(self._count), theme.px(18)
        where = QRect(right - wide + 1, (self.height() - tall) // 2, wide, tall)
        paint_count(painter, where, self._count, filled=self._filled)
        return where.left()


class PersonButton(RailButton):
    """Who is signed in; its menu has what belongs to them."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("person", text=36, gap=8, parent=parent)
        self._name = ""
        self._role = ""
        self.show_person("", "")

    def show_person(self, name: str, role: str) -> None:
        """Show somebody: a name and what they are (`Advisor`)."""
        self._name = one_line(name)
        self._role = one_line(role)
        self.setText(without_mnemonic(self._name))
        said = ", ".join(part for part in (self._name, self._role) if part)
        self.setAccessibleName(f"Signed in: {said}" if said else "Not signed in")
        set_tip(self, said)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        if self.underMouse() or self.isDown():
            painting.box(painter, self.rect(), theme.mix(tokens.text, tokens.sunken, 0.07))
        side = theme.px(28)
        left = (self.width() - side) // 2 if self._is_narrow else theme.px(6)
        spot = QRect(left, (self.height() - side) // 2, side, side)
        paint_avatar(painter, spot, self._name)
        if self._is_narrow:
            return
        mark = theme.px(14)
        end = self.width() - theme.px(8) - mark
        icons.draw(painter, "chevron-up", QRect(end, (self.height() - mark) // 2, mark, mark), tokens.muted)
        room = QRect(spot.right() + theme.px(8), 0, end - spot.right() - theme.px(10), self.height())
        if self._role:
            first = room.adjusted(0, theme.px(4), 0, -theme.px(20))
            below = room.adjusted(0, theme.px(21), 0, -theme.px(4))
            painting.words(painter, below, self._role, font=theme.font(12), tint=tokens.muted)
        else:
            first = room
        painting.words(painter, first, self._name, font=theme.font(13, 600), tint=tokens.text)


class CableSwitch(RailButton):
    """The demo's cable: on means cut. Says what it is in words and with the knob's place, not by colour."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("cable-switch", text=20, gap=16, parent=parent)
        self.setCheckable(True)
        self.toggled.connect(self._say)
        self._say(False)

    def _say(self, is_cut: bool) -> None:
        self.setText("Cable is cut" if is_cut else "Cut the cable")
        self.setAccessibleName("Plug the cable in again" if is_cut else "Cut the cable")
        set_tip(self, self.accessibleName())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        is_cut = self.isChecked()
        fill = tokens.warning_soft if is_cut else None
        if not is_cut and self.underMouse():
            fill = theme.mix(tokens.text, tokens.sunken, 0.07)
        tint = tokens.warning if is_cut else tokens.muted
        painting.box(painter, self.rect(), fill, edge=tokens.control if tokens.border > 1 else None)
        side = theme.px(16)
        left = (self.width() - side) // 2 if self._is_narrow else theme.px(10)
        spot = QRect(left, (self.height() - side) // 2, side, side)
        icons.draw(painter, "unplug" if is_cut else "cable", spot, tint)
        if self._is_narrow:
            return
        track = QRect(self.width() - theme.px(38), (self.height() - theme.px(16)) // 2, theme.px(28), theme.px(16))
        painting.box(painter, track, tokens.warning if is_cut else tokens.control, radius=track.height() / 2)
        knob = theme.px(12)
        at = track.right() - knob - 1 if is_cut else track.left() + 2
        painting.box(painter, QRect(at, track.top() + 2, knob, knob), tokens.surface, radius=knob / 2)
        room = QRect(spot.right() + theme.px(8), 0, track.left() - spot.right() - theme.px(12), self.height())
        painting.words(painter, room, self.text(), font=theme.font(13, 500), tint=tint)


class _Mark(QWidget):
    """The name of the product with its door."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.only_icon = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        side = theme.px(24)
        left = (self.width() - side) // 2 if self.only_icon else theme.px(8)
        square = QRect(left, (self.height() - side) // 2, side, side)
        painting.box(painter, square, tokens.accent, radius=theme.px(7))
        inner = theme.px(16)
        spot = QRect(0, 0, inner, inner)
        spot.moveCenter(square.center())
        icons.draw(painter, "door-open", spot, tokens.on_accent)
        if not self.only_icon:
            room = QRect(square.right() + theme.px(9), 0, self.width(), self.height())
            painting.words(painter, room, "Doorstep", font=theme.font(15, 600), tint=tokens.text)


class NavRail(QFrame):
    """The rail: `asked(key)` when a place is pressed; the window decides and calls `show_here`."""

    asked = Signal(str)

    def __init__(self, items: Sequence[NavItem], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAccessibleName("Places")
        self._mark = _Mark()
        self.buttons: dict[str, NavButton] = {}
        self.sync = SyncChip()
        self.person = PersonButton()
        self.person_menu = QMenu(self.person)
        self.cable = CableSwitch()
        self.cable.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 0, 12, 12)
        self._column.setSpacing(2)
        self._column.addWidget(self._mark)
        self._add_items(items)
        for part in (self.cable, self.sync, self.person):
            self._column.addSpacing(6)
            self._column.addWidget(part)
        self.person.clicked.connect(self._open_menu)
        self.set_narrow(False)

    def _add_items(self, items: Sequence[NavItem]) -> None:
        is_down = False
        for item in items:
            if item.is_last and not is_down:
                self._column.addStretch(1)
                is_down = True
            button = NavButton(item)
            button.clicked.connect(lambda _=False, key=item.key: self.asked.emit(key))
            self.buttons[item.key] = button
            self._column.addWidget(button)
        if not is_down:
            self._column.addStretch(1)

    def show_here(self, key: str) -> None:
        """Mark the place one is at; a key without a button marks none."""
        for name, button in self.buttons.items():
            button.setAutoExclusive(False)
            button.setChecked(name == key)
            button.setAutoExclusive(True)

    def set_narrow(self, narrow: bool) -> None:
        """Icons only, or icons with words."""
        grown = theme.text_scale() - 1
        width = theme.px(NARROW - 24) + 24 if narrow else round(WIDE + grown * 110)
        self.setFixedWidth(width)
        self._mark.only_icon = narrow
        for button in self.buttons.values():
            button.set_only_icon(narrow)
        self.sync.set_only_icon(narrow)
        self.person.set_only_icon(narrow)
        self.cable.set_only_icon(narrow)

    def is_narrow(self) -> bool:
        """Only icons are shown."""
        return self._mark.only_icon

    def _open_menu(self) -> None:
        if self.person_menu.actions():
            above = QPoint(0, -self.person_menu.sizeHint().height() - 4)
            self.person_menu.popup(self.person.mapToGlobal(above))
