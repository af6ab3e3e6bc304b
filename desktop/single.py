"""One window a profile: a second start finds the first and has it come to the front."""

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

RAISE = b"raise"
# Nothing but that one word is ever expected; more is not even read.
LONGEST = 64
PATIENCE_MS = 1000


class Doorbell(QObject):
    """Listens for a second start on the same profile; `rung` when there is one. Only this user can ring."""

    rung = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = bell_name(folder)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)

    def listen(self) -> bool:
        """Begins to listen. Call only while holding the profile's lock: what an earlier crash left is taken away."""
        QLocalServer.removeServer(self._name)
        return self._server.listen(self._name)

    def close(self) -> None:
        """Stops listening."""
        self._server.close()

    def _answer(self) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            caller.readyRead.connect(lambda caller=caller: self._hear(caller))
            caller.disconnected.connect(caller.deleteLater)
            if caller.bytesAvailable():
                self._hear(caller)

    def _hear(self, caller: QLocalSocket) -> None:
        said = bytes(caller.read(LONGEST).data())
        caller.disconnectFromServer()
        if said == RAISE:
            self.rung.emit()


def ring(folder: Path) -> bool:
    """Has the window that holds this profile come to the front; whether it heard."""
    caller = QLocalSocket()
    caller.connectToServer(bell_name(folder))
    if not caller.waitForConnected(PATIENCE_MS):
        return False
    caller.write(RAISE)
    heard = caller.waitForBytesWritten(PATIENCE_MS)
    caller.disconnectFromServer()
    return heard


def bell_name(folder: Path) -> str:
    """A name for the profile's bell, short enough for every system and saying nothing about who it is."""
    return f"doorstep-{hashlib.blake2b(str(folder.resolve()).encode(), digest_size=10).hexdigest()}"
