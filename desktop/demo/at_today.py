"""What people read on Today, and how they decide under Decisions."""

from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from desktop.demo.pilot import NotThere, Pilot, until
from desktop.views.decision_card import DecisionView
from desktop.views.line_button import LineButton


class AtToday:
    """Today."""

    def __init__(self, pilot: Pilot) -> None:
        self._pilot = pilot

    def reads(self, *words: str) -> str:
        """Goes to Today and waits for a line with all these words; answers the whole line."""
        self._pilot.click("nav-today")
        if self._pilot.has("notice-more"):
            self._pilot.click("notice-more")
        found: list[str] = []

        def is_there() -> bool:
            found[:] = [line for line in self._lines() if all(some in line for some in words)]
            return bool(found)

        until(is_there, lambda: f"{self._pilot.who}'s Today has no line with {words}. It has: {self._lines()}")
        return found[0]

    def _lines(self) -> list[str]:
        lines = self._pilot.window.findChildren(LineButton)
        return [line.accessibleName() for line in lines if line.isVisible()]


class AtDecisions:
    """The cards under Decisions."""

    def __init__(self, pilot: Pilot) -> None:
        self._pilot = pilot

    def reads(self, about: str, *words: str) -> str:
        """Goes to Decisions and waits for a card about a client with all these words; answers its title and story."""
        card = self._card(about)
        told = ". ".join(self._pilot.words(card))
        lacking = [some for some in words if some not in told]
        if lacking:
            raise NotThere(f"{self._pilot.who}'s card about {about} does not say {lacking}. It says: {told}")
        parts = (card.findChild(QLabel, name) for name in ("decision-title", "decision-story"))
        return " – ".join(part.text() for part in parts if part is not None)

    def choose(self, about: str, field: str, value: str) -> None:
        """Chooses one of the values that stand side by side for a field."""
        row = _part(self._card(about), f"clash-{field}")
        buttons = [one for one in row.findChildren(QAbstractButton) if value in (one.text() or one.accessibleName())]
        if not buttons:
            raise NotThere(f"{self._pilot.who}'s card about {about} does not offer {value}.")
        self._pilot.click(buttons[0])

    def decide(self, about: str, how: str) -> None:
        """Gives one of a card's answers, and waits until the card has gone."""
        card = self._card(about)
        self._pilot.click(_part(card, f"decide-{how}"))
        until(lambda: not self._cards(about), f"the card about {about} to go once it was decided")

    def _card(self, about: str) -> DecisionView:
        self._pilot.click("nav-decisions")
        until(lambda: self._cards(about), lambda: f"{self._pilot.who} has no decision about {about}.")
        return self._cards(about)[0]

    def _cards(self, about: str) -> list[DecisionView]:
        return [
            card
            for card in self._pilot.window.findChildren(DecisionView)
            if card.isVisible() and any(about in label.text() for label in card.findChildren(QLabel, "decision-about"))
        ]


def _part(card: QWidget, name: str) -> QWidget:
    part = card.findChild(QWidget, name)
    if part is None:
        raise NotThere(f"The card has no “{name}”: {card.accessibleName()}")
    return part
