"""The look as numbers: what can be read, what grows with the text, what is loaded when."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QFontDatabase, QFontInfo, QFontMetricsF, QImage
from PySide6.QtWidgets import QApplication

from desktop import icons, theme
from desktop.theme.current import RESOURCES, style_sheet
from desktop.widgets import avatar
from desktop.widgets.chips import KIND_ICONS
from desktop.widgets.sync_chip import FACES

THEMES = list(theme.THEMES.values())
SURFACES = ("bg", "surface", "sunken", "selected", "hover")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> QApplication:
    if not qapp.styleSheet() or theme.tokens() is not theme.LIGHT or theme.text_scale() != 1:
        theme.apply_theme(qapp, theme.LIGHT)
    return qapp


@pytest.mark.parametrize("tokens", THEMES, ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("words", ["text", "muted"])
def test_that_words_can_be_read_on_every_surface(tokens: theme.Tokens, surface: str, words: str) -> None:
    assert theme.contrast(getattr(tokens, words), getattr(tokens, surface)) >= 4.6


@pytest.mark.parametrize("tokens", THEMES, ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("kind", ["neutral", "info", "success", "warning", "danger"])
def test_that_a_status_can_be_read_on_its_soft_ground_and_on_cards(tokens: theme.Tokens, kind: str) -> None:
    tint, soft = tokens.of_kind(kind)
    assert theme.contrast(tint, soft) >= 4.6
    assert theme.contrast(tint, tokens.surface) >= 4.6
    assert theme.contrast(tokens.text, soft) >= 4.6


@pytest.mark.parametrize("tokens", THEMES, ids=lambda tokens: tokens.name)
def test_that_the_accent_can_be_read_and_read_upon(tokens: theme.Tokens) -> None:
    assert theme.contrast(tokens.on_accent, tokens.accent) >= 4.6
    for surface in ("bg", "surface", "sunken"):
        assert theme.contrast(tokens.accent, getattr(tokens, surface)) >= 4.6


@pytest.mark.parametrize("tokens", THEMES, ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("surface", ["bg", "surface", "sunken"])
def test_that_the_edges_of_controls_can_be_seen(tokens: theme.Tokens, surface: str) -> None:
    assert theme.contrast(tokens.control, getattr(tokens, surface)) >= 3


@pytest.mark.parametrize("pair", avatar.LIGHT_PAIRS + avatar.DARK_PAIRS)
def test_that_initials_can_be_read(pair: tuple[str, str]) -> None:
    assert theme.contrast(*pair) >= 4.6


def test_that_contrast_is_that_of_the_standard() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_that_the_bundled_font_is_used_in_three_weights(look: QApplication) -> None:
    assert {"Regular", "Medium", "SemiBold"} <= set(QFontDatabase.styles("Inter"))
    assert [QFontInfo(theme.font(13, weight)).family() for weight in (400, 500, 600)] == ["Inter"] * 3


def test_that_figures_are_of_one_width_and_hyphens_are_not_widened(look: QApplication) -> None:
    image = QImage(10, 10, QImage.Format.Format_RGB32)
    from_font = theme.font(24)
    metrics = QFontMetricsF(from_font, image)
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("0000")
    assert metrics.horizontalAdvance("-") < metrics.horizontalAdvance("0")


def test_that_sizes_follow_the_text_size_and_stay_within_bounds(look: QApplication) -> None:
    theme.apply_theme(look, theme.LIGHT, 2.0)
    assert (theme.px(36), theme.font(13).pixelSize(), theme.grown(20, 12)) == (72, 26, 52)
    theme.apply_theme(look, theme.LIGHT, 9.0)
    assert theme.text_scale() == 2.0
    theme.apply_theme(look, theme.LIGHT, 0.1)
    assert theme.text_scale() == 1.0


@pytest.mark.parametrize("tokens", THEMES, ids=lambda tokens: tokens.name)
def test_that_no_placeholder_is_left_in_the_style_sheet(tokens: theme.Tokens) -> None:
    assert not re.search(r"@\w|\d+sp\b", style_sheet(tokens))


def test_that_a_change_of_theme_is_said_and_reaches_the_palette(look: QApplication) -> None:
    said: list[str] = []
    theme.changes.changed.connect(lambda: said.append(theme.tokens().name))
    theme.apply_theme(look, theme.DARK)
    assert said == ["dark"]
    assert look.palette().window().color().name().upper() == theme.DARK.bg


def test_that_an_icon_takes_the_colour_of_the_theme(look: QApplication) -> None:
    made = icons.icon("check", "accent")
    light = made.pixmap(16, 16).toImage()
    theme.apply_theme(look, theme.DARK)
    dark = made.pixmap(16, 16).toImage()
    assert _strongest(light) == theme.LIGHT.accent
    assert _strongest(dark) == theme.DARK.accent


def test_that_every_icon_named_by_a_status_exists_and_draws() -> None:
    for name in {*KIND_ICONS.values(), *(icon for icon, _ in FACES.values())}:
        assert _strongest(icons.pixmap(name, 16, "#112233", 2.0).toImage()) == "#112233"


def test_that_every_icon_in_the_folder_draws_something() -> None:
    names = sorted(path.stem for path in (RESOURCES / "icons").glob("*.svg"))
    assert len(names) > 50
    empty = [name for name in names if not _strongest(icons.pixmap(name, 48, "#000000").toImage())]
    assert empty == []


def test_that_what_is_bundled_comes_with_its_licence() -> None:
    assert "SIL OPEN FONT LICENSE" in (RESOURCES / "fonts" / "LICENSE-Inter.txt").read_text(encoding="utf-8")
    assert "ISC License" in (RESOURCES / "icons" / "LICENSE-Lucide.txt").read_text(encoding="utf-8")


def test_that_the_frame_needs_nothing_heavy_to_be_painted() -> None:
    heavy = {"sqlalchemy", "requests", "keyring", "alembic", "PIL", "msgspec", "casework", "sync", "PySide6.QtNetwork"}
    code = "import sys, desktop.views.main_window as _; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ), capture_output=True, check=True)
    assert heavy & set(done.stdout.decode().split()) == set()


def _strongest(image: QImage) -> str:
    """The colour of the most solid pixel as `#RRGGBB`, empty when nothing was drawn."""
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    best = max(pixels, key=lambda pixel: pixel.alpha())
    return best.name().upper() if best.alpha() > 200 else ""
