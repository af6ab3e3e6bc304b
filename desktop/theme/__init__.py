"""The look as values: colours, sizes and fonts of the theme that is on now."""

from desktop.theme.current import apply_theme, changes, colour, font, grown, px, qt_arguments, text_scale, tint, tokens
from desktop.theme.tokens import DARK, HIGH_CONTRAST, LIGHT, THEMES, Tokens, contrast, mix

__all__ = [
    "DARK",
    "HIGH_CONTRAST",
    "LIGHT",
    "THEMES",
    "Tokens",
    "apply_theme",
    "changes",
    "colour",
    "contrast",
    "font",
    "grown",
    "mix",
    "px",
    "qt_arguments",
    "text_scale",
    "tint",
    "tokens",
]
