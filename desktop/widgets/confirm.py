"""The one place that stops a person with a question: only before what cannot be taken back."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.widgets.buttons import Button


def confirm(
    parent: QWidget, *, title: str, text: str, action: str, cancel: str = "Cancel", danger: bool = True
) -> bool:
    """Ask, in words that name what happens; True when the action was pressed. Escape and Enter both mean no."""
    asked = QMessageBox(parent)
    asked.setObjectName("confirm")
    asked.setTextFormat(Qt.TextFormat.PlainText)
    asked.setWindowTitle(title)
    asked.setText(title)
    asked.setInformativeText(text)
    asked.setIcon(QMessageBox.Icon.NoIcon)
    do = Button(action, kind="danger" if danger else "primary")
    stay = Button(cancel)
    asked.addButton(do, QMessageBox.ButtonRole.DestructiveRole)
    asked.addButton(stay, QMessageBox.ButtonRole.RejectRole)
    asked.setDefaultButton(stay)
    asked.setEscapeButton(stay)
    asked.exec()
    return asked.clickedButton() is do
