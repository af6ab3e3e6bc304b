"""What this computer remembers about the window and the look: plain texts and numbers, nothing about any client."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from desktop import theme

SYSTEM = "system"
THEME_NAMES = (SYSTEM, *theme.THEMES)
SMALLEST_TEXT, LARGEST_TEXT, TEXT_STEP = 100, 200, 10


class Settings:
    """Scalars in one file under the profiles' folder. A value that makes no sense counts as not set."""

    def __init__(self, root: Path) -> None:
        self.store = QSettings(str(root / "settings.ini"), QSettings.Format.IniFormat)

    @property
    def theme_name(self) -> str:
        """`system`, `light`, `dark` or `high contrast`."""
        found = self._text("look/theme")
        return found if found in THEME_NAMES else SYSTEM

    @theme_name.setter
    def theme_name(self, name: str) -> None:
        self.store.setValue("look/theme", name)

    @property
    def text_percent(self) -> int:
        """The text size, 100 to 200."""
        found = self._text("look/text_percent")
        return min(LARGEST_TEXT, max(SMALLEST_TEXT, int(found))) if found.isdigit() else SMALLEST_TEXT

    @text_percent.setter
    def text_percent(self, percent: int) -> None:
        self.store.setValue("look/text_percent", min(LARGEST_TEXT, max(SMALLEST_TEXT, percent)))

    @property
    def last_server(self) -> str:
        """The server's address as it was last signed in to."""
        return self._text("sign_in/server")

    @last_server.setter
    def last_server(self, server: str) -> None:
        self.store.setValue("sign_in/server", server)

    def save(self) -> None:
        """Writes what was set; a full disk here only costs the look."""
        self.store.sync()

    def _text(self, key: str) -> str:
        found = self.store.value(key)
        return found if isinstance(found, str) else str(found) if isinstance(found, int) else ""


def put_on_look(settings: Settings) -> None:
    """Puts the chosen theme and text size on the application; `system` follows what the system says now."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    name = settings.theme_name
    chosen = theme.THEMES[name] if name in theme.THEMES else _system_theme()
    theme.apply_theme(app, chosen, settings.text_percent / 100)


def add_text_size_keys(window: QWidget, settings: Settings) -> None:
    """Ctrl with + and - for larger and smaller text, with 0 for the size it has by itself."""

    def change(by: int) -> None:
        settings.text_percent = settings.text_percent + by if by else SMALLEST_TEXT
        put_on_look(settings)

    for keys, by in (("Ctrl++", TEXT_STEP), ("Ctrl+=", TEXT_STEP), ("Ctrl+-", -TEXT_STEP), ("Ctrl+0", 0)):
        QShortcut(QKeySequence(keys), window).activated.connect(partial(change, by))


def _system_theme() -> theme.Tokens:
    hints = QGuiApplication.styleHints()
    if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        return theme.HIGH_CONTRAST
    # What we put on last time is not what the system wants.
    hints.unsetColorScheme()
    return theme.DARK if hints.colorScheme() == Qt.ColorScheme.Dark else theme.LIGHT
