"""Words from data on their way to Qt: as they are, never as rich text (promises.md 2.5)."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def tip_text(text: str) -> str:
    """Text that a tool tip shows as written: Qt would read `<img ...>` in it as an instruction."""
    if "<" not in text and "&" not in text:
        return text
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<p style='white-space:pre-wrap'>{safe}</p>"


def set_tip(widget: QWidget, text: str) -> None:
    """Give a widget a tool tip that shows its text as written."""
    widget.setToolTip(tip_text(text))


def one_line(text: str) -> str:
    """The text with line breaks, tabs and other white space turned into single spaces, for places of one line."""
    return " ".join(text.split())


def without_mnemonic(text: str) -> str:
    """The text with every `&` doubled: Qt would swallow a single one in a button or a menu."""
    return text.replace("&", "&&")


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say something that appeared by itself."""
    event = QAccessibleAnnouncementEvent(widget, text)
    QAccessible.updateAccessibility(event)


def restyle(widget: QWidget, **properties: object) -> None:
    """Set properties that the style sheet asks about, and have it look again."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
