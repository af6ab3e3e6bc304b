"""A name that any file system takes and that shows what it is, made from whatever a person or a partner wrote."""

import unicodedata
from pathlib import PurePosixPath

LONGEST = 120
_PLAIN = "document"
# Characters that Windows refuses or reads as something else; "/" and "\" and ":" among them.
_REFUSED = frozenset('<>:"/\\|?*')
# Invisible ones, among them those that turn the reading direction ("gpj.exe" shown as "exe.jpg"): Unicode's
# control, format, surrogate, private and unassigned characters, and its line and paragraph separators.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_WINDOWS_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"))
)
# Opened by a double click, these run code or fetch from the network (promises.md T8). They may be kept as
# evidence and sent on, not opened from here.
_RUNNING = """
.app .appimage .appref-ms .application .bat .chm .cmd .com .command .cpl .deb .desktop .dll .dmg .docm .dotm .exe
.gadget .hta .htm .html .img .inf .iso .jar .jnlp .js .jse .lnk .mht .mhtml .msc .msi .msix .msp .mst .one .pif .pkg
.potm .ppam .ppsm .pptm .ps1 .psm1 .py .reg .rpm .run .scf .scr .sct .settingcontent-ms .sh .sldm .svg .svgz .url .vb
.vbe .vbs .vhd .vhdx .website .ws .wsc .wsf .wsh .xhtml .xlam .xll .xlsb .xlsm .xltm .xml .xsl
"""
RUNNING_ENDINGS = frozenset(_RUNNING.split())


def safe_name(name: str) -> str:
    """One file name, without folders, that means the same on Windows, macOS and Linux; never empty.

    The ending is kept, so that the right program opens it. At most LONGEST bytes in UTF-8.
    """
    seen = "".join(
        "_" if character in _REFUSED else character
        for character in unicodedata.normalize("NFC", name)
        if unicodedata.category(character) not in _UNSEEN
    )
    seen = " ".join(seen.split()).strip(". ")
    stem, ending = _split(seen)
    if stem.split(".")[0].strip().casefold() in _WINDOWS_DEVICES:
        stem = f"_{stem}"
    stem = _shortened(stem, LONGEST - len(ending.encode())).rstrip(". ")
    return (stem or _PLAIN) + ending


def runs_when_opened(name: str) -> bool:
    """Whether opening a file of this name would run or fetch something, whatever the name pretends."""
    return _split(safe_name(name))[1].casefold() in RUNNING_ENDINGS


def _split(name: str) -> tuple[str, str]:
    ending = PurePosixPath(f"x{name}").suffix
    if not ending or len(ending.encode()) > 20 or " " in ending:
        return name, ""
    return name[: len(name) - len(ending)], ending


def _shortened(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")
