"""Which theme and text size are on now, and how to put another one on the whole application."""

import re
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from desktop.theme.tokens import LIGHT, Tokens

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
FAMILIES = ["Inter", "Segoe UI", "Noto Sans", "DejaVu Sans"]
BODY = 13
_WEIGHTS = {400: QFont.Weight.Normal, 500: QFont.Weight.Medium, 600: QFont.Weight.DemiBold}


class ThemeChanges(QObject):
    """Says when another theme or text size was put on; painters need not listen, they are repainted anyway."""

    changed = Signal()


class _Current:
    """What is on now: one for the process, as there is one QApplication."""

    tokens: Tokens = LIGHT
    text_scale: float = 1.0
    is_fusion: bool = False
    fonts_loaded: bool = False
    sheet: str = ""


changes = ThemeChanges()


def tokens() -> Tokens:
    """The theme that is on now. Ask at paint time; do not keep the answer."""
    return _Current.tokens


def text_scale() -> float:
    """The user's text size: 1.0 (100 %) to 2.0 (200 %)."""
    return _Current.text_scale


def px(size: float) -> int:
    """A size of the design in pixels at the user's text size (rows, icons, anything that must grow with words)."""
    return round(size * _Current.text_scale)


def grown(words: float, around: float) -> int:
    """A height or width made of words, which grow with the user's text, and of the space around them, which stays."""
    return px(words) + round(around)


def colour(name: str) -> QColor:
    """A token of the theme that is on now, by name, as a colour to paint with."""
    return tint(getattr(_Current.tokens, name))


@lru_cache(maxsize=256)
def tint(code: str) -> QColor:
    """The colour of a token's value, to paint with and not to change: a screen asks for it hundreds of times."""
    return QColor(code)


def font(size: int = BODY, weight: int = 400) -> QFont:
    """The bundled font at 12, 13, 15, 18 or 24 px of the design and weight 400, 500 or 600; figures are tabular."""
    return QFont(_font(px(size), weight))


@lru_cache(maxsize=64)
def _font(pixels: int, weight: int) -> QFont:
    """To be copied, which costs a tenth of making one."""
    made = QFont()
    made.setFamilies(FAMILIES)
    made.setPixelSize(pixels)
    made.setWeight(_WEIGHTS[weight])
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def qt_arguments(name: str) -> list[str]:
    """What to make the QApplication of: with its style from the first moment on, as asking for it later costs more."""
    _Current.is_fusion = True
    return [name, "-style", "Fusion"]


def apply_theme(app: QApplication, theme: Tokens, text_size: float = 1.0) -> None:
    """Put a theme and a text size (1.0 to 2.0) on every window, now and later; ends with `changes.changed`."""
    _Current.tokens = theme
    _Current.text_scale = min(2.0, max(1.0, text_size))
    _load_fonts()
    if not _Current.is_fusion:
        app.setStyle("Fusion")
        _Current.is_fusion = True
    app.styleHints().setColorScheme(Qt.ColorScheme.Dark if theme.is_dark else Qt.ColorScheme.Light)
    app.setFont(font())
    app.setPalette(_palette(theme))
    app.setStyleSheet(style_sheet(theme))
    changes.changed.emit()


def style_sheet(theme: Tokens) -> str:
    """The style sheet with its colours (`@accent`) and sizes (`13sp` grows with the text) filled in."""
    if not _Current.sheet:
        _Current.sheet = (RESOURCES / "style.qss").read_text(encoding="utf-8")
    values = {**vars(theme), "edge": f"{theme.border}px"}
    filled = re.sub(r"(\d+)sp\b", lambda found: f"{px(int(found[1]))}px", _Current.sheet)
    return re.sub(r"@(\w+)", lambda found: str(values[found[1]]), filled)


def _load_fonts() -> None:
    if not _Current.fonts_loaded:
        for weight in ("Regular", "Medium", "SemiBold"):
            QFontDatabase.addApplicationFont(str(RESOURCES / "fonts" / f"Inter-{weight}.ttf"))
        _Current.fonts_loaded = True


def _palette(theme: Tokens) -> QPalette:
    made = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.bg,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.sunken,
        role.Text: theme.text,
        role.Button: theme.surface,
        role.ButtonText: theme.text,
        role.BrightText: theme.danger,
        role.Highlight: theme.selected,
        role.HighlightedText: theme.text,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.PlaceholderText: theme.muted,
        role.ToolTipBase: theme.text,
        role.ToolTipText: theme.surface,
        role.Light: theme.surface,
        role.Midlight: theme.hairline,
        role.Mid: theme.control,
        role.Dark: theme.control,
        role.Shadow: theme.hairline,
    }
    for which, value in colours.items():
        made.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.control))
    return made
