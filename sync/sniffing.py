"""What a file is by its first bytes: a name is only what somebody called it."""

# How many bytes from the beginning are enough to tell.
HEAD = 512
_UNKNOWN = "application/octet-stream"
_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
)
# What these are can be told by their bytes for certain, so a name that claims one of them can be checked.
_TOLD = frozenset((*(kind for _, kind in _BEGINNINGS), "image/webp", "image/heic"))
_HEIC = (b"heic", b"heix", b"mif1", b"msf1", b"hevc")
# Programs, scripts and pages: some desktops go by the content where a name has no ending that they know.
_RUNNING = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"#!")
_RUNNING_WORDS = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml", b"[desktop entry]")


def told_type(head: bytes) -> str:
    """The MIME type that the bytes themselves tell, "" where they tell none."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        return "image/heic"
    return next((kind for beginning, kind in _BEGINNINGS if head.startswith(beginning)), "")


def checked_type(claimed: str, head: bytes) -> str:
    """The type to keep for a document: what its bytes tell, else what its name claims as far as that can be so."""
    return told_type(head) or (_UNKNOWN if claimed in _TOLD else claimed)


def would_run(head: bytes) -> bool:
    """Whether a desktop that goes by the content might run it, or open it in a browser."""
    words = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(_RUNNING) or words.startswith(_RUNNING_WORDS)
