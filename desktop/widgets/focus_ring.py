"""The ring around what the keyboard is on: 2 px of accent with a gap of 2 px, never cut off by a parent."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QWidget

from desktop import theme
from desktop.widgets import painting

REACH = 4
_MOVED = {
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.ParentChange,
}


class _Ring(QWidget):
    """Only the stroke; everything falls through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        radius = painting.RADIUS + 3
        painting.box(QPainter(self), self.rect(), None, edge=theme.tokens().accent, width=2, radius=radius)


class FocusRing(QObject):
    """Follows the keyboard's focus through every window of the application.

    Buttons have it, and widgets with the property `ring`; fields and lists show focus themselves. A click shows none.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._by_keyboard = False
        self._watched: list[QWidget] = []
        self._target: QWidget | None = None
        self._ring: _Ring | None = None
        self._app = app
        app.focusChanged.connect(self._on_focus)

    def around(self) -> QWidget | None:
        """What the ring is around now, or None when there is none."""
        return self._target if self._ring is not None and not self._ring.isHidden() else None

    def stop(self) -> None:
        """Follow no more."""
        self._app.focusChanged.disconnect(self._on_focus)
        self._let_go()

    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        del old
        self._let_go()
        if new is None or not self._is_keyboard_used(new):
            return
        if isinstance(new, QAbstractButton) or new.property("ring"):
            self._target = new
            self._ring = _Ring(new.window())
            widget: QWidget | None = new
            while widget is not None and not widget.isWindow():
                widget.installEventFilter(self)
                widget.destroyed.connect(self._let_go)
                self._watched.append(widget)
                widget = widget.parentWidget()
            self._place()

    def _is_keyboard_used(self, widget: QWidget) -> bool:
        """The last person to move the focus used a key; where the program moved it since, that still holds."""
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._by_keyboard = False
        elif widget.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange):
            self._by_keyboard = True
        return self._by_keyboard

    def _let_go(self) -> None:
        for widget in self._watched:
            try:
                widget.removeEventFilter(self)
            except RuntimeError:  # already gone with its window
                continue
        self._watched = []
        self._target = None
        ring, self._ring = self._ring, None
        if ring is not None:
            try:
                ring.hide()
                ring.deleteLater()
            except RuntimeError:  # already gone with its window
                return

    def _place(self) -> None:
        if self._ring is None or self._target is None:
            return
        window = self._target.window()
        corner = self._target.mapTo(window, QPoint(0, 0))
        where = QRect(corner, self._target.size()).adjusted(-REACH, -REACH, REACH, REACH)
        self._ring.setGeometry(where)
        self._ring.setVisible(self._target.isVisible() and _is_in_sight(self._target))
        self._ring.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and watched is self._target and self._ring is not None:
            self._ring.hide()
        elif event.type() in _MOVED:
            self._place()
        return super().eventFilter(watched, event)


def _is_in_sight(widget: QWidget) -> bool:
    """No scrolling parent has the middle of the widget outside its view."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea):
            view = parent.viewport()
            middle = widget.mapTo(view, widget.rect().center()) if view.isAncestorOf(widget) else None
            if middle is not None and not view.rect().contains(middle):
                return False
        parent = parent.parentWidget()
    return True
