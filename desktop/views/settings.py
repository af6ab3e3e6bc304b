"""Settings: who works here (admins), how things look, and this device (S7 to S10)."""

from collections.abc import Callable, Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop import theme
from desktop.office import Office
from desktop.settings import LARGEST_TEXT, SMALLEST_TEXT, TEXT_STEP, Settings, put_on_look
from desktop.views.users import UsersPage
from desktop.widgets.buttons import Button, IconButton
from desktop.widgets.choices import SegmentedControl, TabBar
from desktop.widgets.labels import Caption, ElidedLabel, Label, Muted
from desktop.widgets.surfaces import Card, ScrollColumn

THEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"), ("high contrast", "High contrast"))


class AppearancePage(QWidget):
    """Theme and text size; both are put on at once and remembered on this computer."""

    def __init__(self, settings: Settings, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        themes = SegmentedControl(THEMES, name="Theme")
        themes.setObjectName("settings-theme")
        themes.choose(settings.theme_name)
        themes.chosen.connect(self._set_theme)
        self._size = Label()
        self._size.setObjectName("settings-text-size")
        smaller = IconButton("minus", name="Smaller text")
        smaller.setObjectName("settings-text-smaller")
        larger = IconButton("plus", name="Larger text")
        larger.setObjectName("settings-text-larger")
        smaller.clicked.connect(lambda: self._set_text(-TEXT_STEP))
        larger.clicked.connect(lambda: self._set_text(TEXT_STEP))
        self._smaller, self._larger = smaller, larger
        sizes = QHBoxLayout()
        sizes.setSpacing(8)
        for part in (smaller, self._size, larger):
            sizes.addWidget(part)
        sizes.addStretch(1)
        page = ScrollColumn()
        page.column.addWidget(_card("Theme", themes, "High contrast is black, white and yellow with strong edges."))
        page.column.addWidget(_card("Text size", sizes, "Everything grows with it. Also Ctrl and + or −."))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(page)
        theme.changes.changed.connect(self._show_size)
        self._show_size()

    def _set_theme(self, name: str) -> None:
        self._settings.theme_name = name
        self._put_on()

    def _set_text(self, by: int) -> None:
        self._settings.text_percent = self._settings.text_percent + by
        self._put_on()

    def _put_on(self) -> None:
        put_on_look(self._settings)

    def _show_size(self) -> None:
        percent = self._settings.text_percent
        self._size.setText(f"{percent} %")
        self._smaller.setEnabled(percent > SMALLEST_TEXT)
        self._larger.setEnabled(percent < LARGEST_TEXT)


class DevicePage(QWidget):
    """What this device is and where its data lies; for telling an admin."""

    def __init__(self, facts: Sequence[tuple[str, str]], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        rows = QFormLayout()
        rows.setHorizontalSpacing(24)
        rows.setVerticalSpacing(8)
        for name, value in facts:
            shown = ElidedLabel(value)
            shown.setAccessibleName(f"{name}: {value}")
            rows.addRow(Caption(name), shown)
        copy = Button("Copy these details", icon="copy")
        copy.setObjectName("settings-copy")
        text = "\n".join(f"{name}: {value}" for name, value in facts)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        card = Card("This device")
        card.column.addLayout(rows)
        card.column.addWidget(Muted("Everything in the data folder is encrypted and opens for you alone."))
        foot = QHBoxLayout()
        foot.addWidget(copy)
        foot.addStretch(1)
        card.column.addLayout(foot)
        page = ScrollColumn()
        page.column.addWidget(card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(page)


class SettingsScreen(QWidget):
    """The settings area with its pages behind tabs."""

    def __init__(
        self,
        office: Office,
        parent: QWidget | None = None,
        *,
        settings: Settings,
        device: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settings")
        pages: list[tuple[str, str, Callable[[], QWidget]]] = [
            ("users", "Users", lambda: UsersPage(office)),
            ("appearance", "Appearance", lambda: AppearancePage(settings)),
            ("device", "This device", lambda: DevicePage(device)),
        ]
        self._tabs = TabBar([(key, title) for key, title, _ in pages], name="Settings")
        self._tabs.setObjectName("settings-tabs")
        self._stack = QStackedWidget()
        self._places: dict[str, int] = {}
        for key, _, make in pages:
            self._places[key] = self._stack.addWidget(make())
        self._tabs.chosen.connect(self.show_page)
        bar = QHBoxLayout()
        bar.setContentsMargins(24, 12, 24, 0)
        bar.addWidget(self._tabs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._stack, 1)

    def show_page(self, key: str) -> None:
        """Shows users, appearance or device."""
        self._tabs.choose(key)
        self._stack.setCurrentIndex(self._places[key])


def _card(title: str, inside: QWidget | QHBoxLayout, hint: str) -> Card:
    card = Card(title)
    if isinstance(inside, QHBoxLayout):
        card.column.addLayout(inside)
    else:
        row = QHBoxLayout()
        row.addWidget(inside)
        row.addStretch(1)
        card.column.addLayout(row)
    card.column.addWidget(Caption(hint, wrap=True))
    return card
