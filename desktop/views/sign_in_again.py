"""The session is over: the password once more, over whatever one is doing; nothing on the screen is lost."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.messages.words import Words
from desktop.widgets.fields import LabeledField, TextField
from desktop.widgets.labels import Muted
from desktop.widgets.sheet import Sheet


class SignInAgain(Sheet):
    """Asks for the password; `password_given` carries it. The sheet stays until `leave()`."""

    password_given = Signal(str)

    def __init__(self, username: str, server: str, *, over: QWidget) -> None:
        super().__init__("Sign in to send", over=over, action="Sign in", place="middle", width=400)
        self._password = TextField(name="Password")
        self._password.setObjectName("again-password")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._field = LabeledField("Password", self._password, hint=f"{username} on {server}")
        self.form.addWidget(Muted("Your work is kept on this device. It is sent as soon as you are signed in."))
        self.form.addWidget(self._field)
        self._password.returnPressed.connect(self._give)
        self.acted.connect(self._give)

    def start(self) -> None:
        """Opens with the keyboard on the password."""
        self.open(self._password)

    def show_trouble(self, words: Words) -> None:
        """Says under the field why it did not work."""
        self._field.show_problem(words.whole)

    def _give(self) -> None:
        if self._password.text():
            self._field.show_problem("")
            self.password_given.emit(self._password.text())
