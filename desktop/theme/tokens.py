"""The colours of Doorstep in its three themes, and the arithmetic that shows they can be read."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """One theme: every colour as `#RRGGBB`, named for what it is for; `border` is the px of a control's edge."""

    name: str
    is_dark: bool
    bg: str
    surface: str
    sunken: str
    selected: str
    hover: str
    text: str
    muted: str
    control: str
    hairline: str
    accent: str
    on_accent: str
    danger: str
    danger_soft: str
    warning: str
    warning_soft: str
    success: str
    success_soft: str
    info: str
    info_soft: str
    border: int = 1

    def of_kind(self, kind: str) -> tuple[str, str]:
        """Text and soft background of a status kind: neutral, accent, info, success, warning or danger."""
        pairs = {
            "neutral": (self.muted, self.sunken),
            "accent": (self.accent, self.selected),
            "info": (self.info, self.info_soft),
            "success": (self.success, self.success_soft),
            "warning": (self.warning, self.warning_soft),
            "danger": (self.danger, self.danger_soft),
        }
        return pairs[kind]


LIGHT = Tokens(
    name="light",
    is_dark=False,
    bg="#F6F7F9",
    surface="#FFFFFF",
    sunken="#EEF1F4",
    selected="#D7EEEC",
    hover="#F1F4F6",
    text="#1A2330",
    muted="#535E6C",
    control="#808B99",
    hairline="#DDE2E8",
    accent="#0B6B6B",
    on_accent="#FFFFFF",
    danger="#B3261E",
    danger_soft="#FCE8E6",
    warning="#7A4F00",
    warning_soft="#FFF3D6",
    success="#1D6A3A",
    success_soft="#E2F3E8",
    info="#1D5AA6",
    info_soft="#E3EEFB",
)

DARK = Tokens(
    name="dark",
    is_dark=True,
    bg="#11151B",
    surface="#191F28",
    sunken="#0D1116",
    selected="#1E4845",
    hover="#212934",
    text="#E9EDF2",
    muted="#A9B3C0",
    control="#778394",
    hairline="#2A323D",
    accent="#4FC4B9",
    on_accent="#06201E",
    danger="#FF8F86",
    danger_soft="#3F1D1B",
    warning="#FFC65C",
    warning_soft="#3A2E10",
    success="#7FD89A",
    success_soft="#173322",
    info="#8DBBFF",
    info_soft="#1B2E49",
)

HIGH_CONTRAST = Tokens(
    name="high contrast",
    is_dark=True,
    bg="#000000",
    surface="#000000",
    sunken="#000000",
    selected="#3D3800",
    hover="#262626",
    text="#FFFFFF",
    muted="#FFFFFF",
    control="#FFFFFF",
    hairline="#FFFFFF",
    accent="#FFE600",
    on_accent="#000000",
    danger="#FFE600",
    danger_soft="#000000",
    warning="#FFE600",
    warning_soft="#000000",
    success="#FFFFFF",
    success_soft="#000000",
    info="#FFFFFF",
    info_soft="#000000",
    border=2,
)

THEMES = {"light": LIGHT, "dark": DARK, "high contrast": HIGH_CONTRAST}


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of `#RRGGBB`, each 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(over: str, under: str, share: float) -> str:
    """`share` (0 to 1) of the first colour laid on the second."""
    pairs = zip(channels(over), channels(under), strict=True)
    return "#" + "".join(f"{round(top * share + below * (1 - share)):02X}" for top, below in pairs)


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(channel) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
