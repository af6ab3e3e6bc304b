"""Where one's work is: all sent, kept here, waiting, to be decided; always at the foot of the rail."""

from typing import NamedTuple

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop import icons, theme
from desktop.widgets import painting
from desktop.widgets.plain import one_line, set_tip, without_mnemonic
from desktop.widgets.rail_button import RailButton

# kind -> icon, token of the icon. Offline is neutral, never alarming.
FACES: dict[str, tuple[str, str]] = {
    "sent": ("check", "success"),
    "sending": ("arrow-up", "info"),
    "offline": ("cloud-off", "muted"),
    "slow": ("cloud-upload", "info"),
    "late": ("triangle-alert", "warning"),
    "decision": ("circle-dot", "info"),
    "error": ("circle-x", "danger"),
}


class SyncChipState(NamedTuple):
    """What the chip says: `kind` is a key of FACES, `words` a few (`All sent`), `detail` a sentence.

    `time` stands under the words (`14:02`).
    """

    kind: str
    words: str
    detail: str = ""
    time: str = ""


class SyncChip(RailButton):
    """Icon, words, time; press it for the sync page."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("sync-chip", text=36, gap=8, parent=parent)
        self._state = SyncChipState("offline", "")
        self.show_state(SyncChipState("offline", "Starting"))

    def show_state(self, state: SyncChipState) -> None:
        """Say where things stand."""
        self._state = state
        said = ", ".join(part for part in (state.words, state.time, state.detail) if part)
        self.setText(without_mnemonic(one_line(state.words)))
        self.setAccessibleName(f"Sync: {said}")
        set_tip(self, state.detail or state.words)
        self.update()

    def state(self) -> SyncChipState:
        """What the chip says now."""
        return self._state

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        tokens = theme.tokens()
        icon, role = FACES[self._state.kind]
        fill = theme.mix(tokens.text, tokens.surface, 0.06) if self.underMouse() else tokens.surface
        painting.box(painter, self.rect(), fill, edge=tokens.hairline, width=tokens.border)
        side = theme.px(16)
        left = (self.width() - side) // 2 if self._is_narrow else theme.px(10)
        icons.draw(painter, icon, QRect(left, (self.height() - side) // 2, side, side), str(getattr(tokens, role)))
        if self._is_narrow:
            return
        left += side + theme.px(8)
        room = QRect(left, 0, self.width() - left - theme.px(8), self.height())
        face, small = theme.font(13, 500), theme.font(12)
        second = self._state.time
        if second or painting.width_of(self._state.words, face) > room.width():
            first = room.adjusted(0, theme.px(4), 0, -theme.px(20))
            below = room.adjusted(0, theme.px(21), 0, -theme.px(4))
            head, tail = _split(self._state.words, room.width()) if not second else (self._state.words, second)
            painting.words(painter, first, head, font=face, tint=tokens.text)
            painting.words(painter, below, tail, font=small, tint=tokens.muted)
        else:
            painting.words(painter, room, self._state.words, font=face, tint=tokens.text)


def _split(words: str, width: int) -> tuple[str, str]:
    """Words in two lines, broken where the first is full."""
    face = theme.font(13, 500)
    head: list[str] = []
    tail = words.split()
    while tail and painting.width_of(" ".join([*head, tail[0]]), face) <= width:
        head.append(tail.pop(0))
    return (" ".join(head), " ".join(tail)) if head else (words, "")
