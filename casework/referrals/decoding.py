"""Bytes of unknown make into text: partners' systems write UTF-8, UTF-16 and Windows-1252 and never say which."""

import codecs

import msgspec

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """The text without its byte-order mark and without NULs; `notes` are (code, value)."""

    text: str
    encoding: str
    notes: tuple[tuple[str, str], ...] = ()


def decode(data: bytes) -> Decoded:
    """Read the bytes in the likeliest encoding; never fails, and notes what could not be read as it stood."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _read(data[len(mark) :], encoding)
    wide = _wide_without_mark(data)
    if wide:
        return _read(data, wide)
    return _read_eight_bit(data)


def _wide_without_mark(data: bytes) -> str:
    """UTF-16 without a mark has a NUL beside nearly every Latin letter; which side says which order."""
    sample = data[:4096]
    if len(sample) < 4:
        return ""
    pairs = len(sample) // 2
    if sample[1::2].count(0) > 0.6 * pairs and sample[0::2].count(0) < 0.1 * pairs:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.6 * pairs and sample[1::2].count(0) < 0.1 * pairs:
        return "utf-16-be"
    return ""


def _read(data: bytes, encoding: str) -> Decoded:
    try:
        return _without_nul(data.decode(encoding), encoding)
    except UnicodeDecodeError as fault:
        if encoding == "utf-8":
            return _read_eight_bit(data)
        text = data.decode(encoding, errors="replace")
        return _without_nul(text, encoding, ("bytes_replaced", str(fault.start)))


def _read_eight_bit(data: bytes) -> Decoded:
    try:
        return _without_nul(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _read_line_by_line(data)


def _read_line_by_line(data: bytes) -> Decoded:
    """A file glued together from two systems has both encodings; each line is read in its own."""
    lines: list[str] = []
    used: set[str] = set()
    for line in data.split(b"\n"):
        text, encoding = _one_line(line)
        lines.append(text)
        used.add(encoding)
    used.discard("ascii")
    if "latin-1" in used and "utf-8" not in used:
        return _without_nul(data.decode("latin-1"), "latin-1")
    encoding = "+".join(sorted(used))
    notes = [("mixed_encodings", encoding)] if len(used) > 1 else []
    return _without_nul("\n".join(lines), encoding, *notes)


def _one_line(line: bytes) -> tuple[str, str]:
    if line.isascii():
        return line.decode("ascii"), "ascii"
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1"), "latin-1"


def _without_nul(text: str, encoding: str, *notes: tuple[str, str]) -> Decoded:
    count = text.count("\x00")
    if count:
        notes = (*notes, ("nul_removed", str(count)))
    return Decoded(text=text.replace("\x00", ""), encoding=encoding, notes=notes)
