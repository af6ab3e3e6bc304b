"""A name that any file system takes and that shows what it is, made from whatever a person or a partner wrote."""

import unicodedata
from collections.abc import Iterable, Sequence
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
# Opened by a double click, these come up in a viewer or an editor on every desktop, whatever is in them.
_VIEWING = """
.avi .bmp .csv .doc .docx .eml .gif .heic .jpeg .jpg .m4a .m4v .mov .mp3 .mp4 .msg .odp .ods .odt .ogg .pdf .png .ppt
.pptx .rtf .tif .tiff .tsv .txt .wav .webm .webp .xls .xlsx .zip
"""
_VIEWED = frozenset(_VIEWING.split())


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


def distinct_names(names: Sequence[str], taken: Iterable[str] = ()) -> tuple[str, ...]:
    """Safe names for files that are to lie in one folder beside those `taken`, in the same order.

    Some systems take `A.pdf` and `a.pdf` for one file, or two spellings of the same accent: later ones get a number.
    """
    seen = {_folded(name) for name in taken}
    made = []
    for name in map(safe_name, names):
        stem, ending = _split(name)
        free, number = name, 1
        while _folded(free) in seen:
            number += 1
            mark = f" ({number})"
            free = _shortened(stem, LONGEST - len((mark + ending).encode())) + mark + ending
        seen.add(_folded(free))
        made.append(free)
    return tuple(made)


def kept_name(name: str, longest: int) -> str:
    """A name as it is kept with a document: as it was, but in letters that can be sent, and shortened at its stem.

    `longest` is in characters.
    """
    sendable = name.encode(errors="replace").decode()
    if len(sendable) <= longest:
        return sendable
    stem, ending = _split(sendable)
    return stem[: longest - len(ending)] + ending


def opens_by_name(name: str) -> bool:
    """Whether every desktop goes by the ending of this name, and opens in a viewer or an editor what has it."""
    return _split(safe_name(name))[1].casefold() in _VIEWED


def runs_when_opened(name: str) -> bool:
    """Whether opening a file of this name would run or fetch something, whatever the name pretends."""
    return _split(safe_name(name))[1].casefold() in RUNNING_ENDINGS


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _split(name: str) -> tuple[str, str]:
    ending = PurePosixPath(f"x{name}").suffix
    if not ending or len(ending.encode()) > 20 or " " in ending:
        return name, ""
    return name[: len(name) - len(ending)], ending


def _shortened(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")
