"""Whether a workbook may be opened: its parts are weighed before the reader lays them out in memory.

A workbook of a few kilobytes can unfold to gigabytes, and one cell in the far corner makes the reader lay out seventeen
thousand million cells and the process die of it (libraries.md, python-calamine#130). A part that is not well-formed
does not reach the reader at all.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from casework.referrals.table import UnreadableFile

MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 5_000
MAX_CELLS = 5_000_000
_PIECE = 256 * 1024

_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ROW = re.compile(r"[1-9][0-9]{0,6}")
_TIMES = re.compile(r"[0-9]{1,9}")


def weigh(data: bytes) -> None:
    """Raise UnreadableFile for an archive that is no workbook, is damaged, or unfolds to far more than it weighs."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _weigh_whole(parts, len(data))
            for part in parts:
                _weigh_part(archive, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, LookupError) as fault:
        # RuntimeError is what zipfile raises for an encrypted part and, as NotImplementedError, for an odd compression.
        raise UnreadableFile("damaged", {"kind": "zip"}) from fault
    except expat.ExpatError as fault:
        raise UnreadableFile("damaged", {"kind": "workbook"}) from fault


def _weigh_whole(parts: list[zipfile.ZipInfo], packed: int) -> None:
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names and "content.xml" not in names:
        raise UnreadableFile("not_a_table", {"kind": "zip"})
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > max(packed, 1024 * 1024) * MAX_RATIO:
        raise UnreadableFile("suspicious_zip", {"unpacked": str(unpacked), "parts": str(len(parts))})


def _weigh_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Any part may be a sheet, whatever it is called, so all that looks like XML is looked through."""
    with archive.open(part) as stream:
        piece = stream.read(_PIECE)
        if not piece.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \r\n\t").startswith(b"<"):
            return
        parser = expat.ParserCreate()
        parser.StartElementHandler = _SheetScale().starts
        unpacked = 0
        while piece:
            unpacked += len(piece)
            if unpacked > MAX_UNPACKED:
                raise UnreadableFile("suspicious_zip", {"unpacked": str(unpacked), "parts": "1"})
            parser.Parse(piece, False)
            piece = stream.read(_PIECE)
        parser.Parse(b"", True)


class _SheetScale:
    """How far a sheet reaches, told by the tags of its rows and cells as they go by."""

    def __init__(self) -> None:
        self._row = self._column = 0
        self._last_row = self._last_column = 0
        self._row_times = 1
        self._tags: dict[str, Callable[[dict[str, str]], None]] = {
            "row": self._xlsx_row,
            "c": self._xlsx_cell,
            "table-row": self._ods_row,
            "table-cell": self._ods_cell,
            "covered-table-cell": self._ods_cell,
        }

    def starts(self, tag: str, attributes: dict[str, str]) -> None:
        """A tag begins; its prefix is whatever the program that wrote it liked.

        A count is believed by the reader, which makes room for as many: one that no sheet could have is a lie.
        """
        for name in ("count", "uniqueCount"):
            said = attributes.get(name, "0")
            if not _TIMES.fullmatch(said) or int(said) > MAX_CELLS:
                raise UnreadableFile("damaged", {"kind": "workbook"})
        look = self._tags.get(tag.rpartition(":")[2])
        if look is not None:
            look(attributes)

    def _xlsx_row(self, attributes: dict[str, str]) -> None:
        said = attributes.get("r")
        if said is not None and not _ROW.fullmatch(said):
            raise UnreadableFile("damaged", {"kind": "workbook"})
        self._row = int(said) if said else self._row + 1
        self._column = 0

    def _xlsx_cell(self, attributes: dict[str, str]) -> None:
        said = attributes.get("r")
        if said is None:
            self._column += 1
        elif found := _PLACE.fullmatch(said):
            self._column, self._row = _column_number(found.group(1)), int(found.group(2))
        else:
            raise UnreadableFile("damaged", {"kind": "workbook"})
        self._reaches(self._row, self._column)

    def _ods_row(self, attributes: dict[str, str]) -> None:
        self._row += self._row_times
        self._row_times = _times(attributes, "number-rows-repeated")
        self._column = 0

    def _ods_cell(self, attributes: dict[str, str]) -> None:
        """Only cells with something in them count: every sheet ends in a long tail of empty ones."""
        self._column += _times(attributes, "number-columns-repeated")
        if any(name.rpartition(":")[2] in ("value-type", "value", "formula") for name in attributes):
            self._reaches(self._row + self._row_times - 1, self._column)

    def _reaches(self, row: int, column: int) -> None:
        self._last_row, self._last_column = max(self._last_row, row), max(self._last_column, column)
        if self._last_row * self._last_column > MAX_CELLS:
            raise UnreadableFile("sheet_too_big", {"rows": str(self._last_row), "columns": str(self._last_column)})


def _times(attributes: dict[str, str], name: str) -> int:
    said = next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), "1")
    if not _TIMES.fullmatch(said):
        raise UnreadableFile("damaged", {"kind": "workbook"})
    return int(said)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
