"""Workbooks come in as text, and one that would eat the machine is refused before it is opened."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.referrals.dry_run import DryRun
from casework.referrals.reading import read_table
from casework.referrals.table import RawTable, UnreadableFile

HEADINGS = ("NHS ref", "Surname", "Forename", "DOB", "Postcode", "Mobile", "Date received", "Reason")
SPREADSHEET = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"


def workbook(people: int = 3, sheets: tuple[str, ...] = ("Cover", "Referrals")) -> bytes:
    """A health visitors' list: a cover sheet, then real dates, and phones as numbers that lost their 0."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name in sheets[:-1]:
        book.add_worksheet(name).write(0, 0, "Health visitors: referrals of the week")
    sheet = book.add_worksheet(sheets[-1])
    sheet.write_row(0, 0, HEADINGS)
    for row in range(1, people + 1):
        sheet.write_row(row, 0, (7000 + row, "Adeyemi", f"Zoë {row}"))
        sheet.write_datetime(row, 3, date(1990, 2, 1) + timedelta(days=row), day)
        sheet.write_row(row, 4, ("LS9 7GP", 7700900100 + row))
        sheet.write_number(row, 6, 46268.695833333333, day)
        sheet.write(row, 7, "Newborn, no hot water")
    book.close()
    return out.getvalue()


def changed(data: bytes, part: str, old: str, new: str) -> bytes:
    """The same archive with one text in one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            text = before.read(name)
            after.writestr(name, text.replace(old.encode(), new.encode(), 1) if name == part else text)
    return out.getvalue()


def code_of(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_table(data)
    return caught.value.code


def open_document(cells: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{OFFICE}" xmlns:table="{SPREADSHEET}"'
            ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="One">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


def ods_cell(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def test_that_dates_are_iso_text_and_whole_numbers_have_no_point() -> None:
    table = read_table(workbook())
    assert table.columns == HEADINGS
    assert table.rows[0].cells == (
        "7001",
        "Adeyemi",
        "Zoë 1",
        "1990-02-02",
        "LS9 7GP",
        "7700900101",
        "2026-09-03 16:42:00",
        "Newborn, no hot water",
    )


def test_that_the_sheet_with_the_table_is_found_and_another_can_be_asked_for() -> None:
    table = read_table(workbook())
    assert (table.sheet, table.sheets) == ("Referrals", ("Cover", "Referrals"))
    assert read_table(workbook(), sheet="Cover").sheet == "Cover"


def test_that_a_workbook_becomes_people(run_of: Callable[[RawTable], DryRun]) -> None:
    run = run_of(read_table(workbook()))
    first = run.referrals[0]
    assert run.counts.people == 3
    assert (first.contact.last_name, first.contact.mobile, first.home.postcode) == (
        "Adeyemi",
        "07700 900101",
        "LS9 7GP",
    )
    assert str(first.contact.birth_date) == "1990-02-02"
    assert str(first.referred_on) == "2026-09-03"


def test_that_an_open_document_sheet_is_read() -> None:
    rows = "".join(
        f"<table:table-row>{''.join(map(ods_cell, cells))}<table:table-cell table:number-columns-repeated='16380'/>"
        "</table:table-row>"
        for cells in (("Surname", "Postcode"), ("Öztürk", "LS9 7GP"))
    )
    tail = (
        "<table:table-row table:number-rows-repeated='1048574'>"
        "<table:table-cell table:number-columns-repeated='16384'/></table:table-row>"
    )
    table = read_table(open_document(rows + tail))
    assert (table.columns, table.rows[0].cells) == (("Surname", "Postcode"), ("Öztürk", "LS9 7GP"))


@pytest.mark.parametrize(
    ("part", "old", "new", "code"),
    [
        ("xl/worksheets/sheet2.xml", 'r="H4"', 'r="XFD1048576"', "sheet_too_big"),
        ("xl/worksheets/sheet2.xml", 'r="H4"', 'r="A99999999999"', "damaged"),
        ("xl/worksheets/sheet2.xml", '<row r="2"', '<row r="99999999"', "damaged"),
        ("xl/sharedStrings.xml", 'uniqueCount="', 'uniqueCount="99999999', "damaged"),
        ("xl/worksheets/sheet2.xml", "</sheetData>", "", "damaged"),
        ("xl/workbook.xml", "xml version", 'xml version="1.0" encoding="none-such" x', "damaged"),
    ],
)
def test_that_a_workbook_that_would_take_the_process_down_never_reaches_the_reader(
    part: str, old: str, new: str, code: str
) -> None:
    assert code_of(changed(workbook(), part, old, new)) == code


def test_that_repeated_filled_cells_of_an_open_document_are_weighed() -> None:
    row = (
        "<table:table-row table:number-rows-repeated='1000000'>"
        "<table:table-cell office:value-type='string' table:number-columns-repeated='16000'><text:p>x</text:p>"
        "</table:table-cell></table:table-row>"
    )
    assert code_of(open_document(row)) == "sheet_too_big"


def test_that_an_archive_that_unfolds_to_far_more_than_it_weighs_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a>" + b" " * 250_000_000)
    assert code_of(out.getvalue()) == "suspicious_zip"


def test_that_an_archive_without_a_workbook_is_no_table() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert code_of(out.getvalue()) == "not_a_table"


def test_that_a_workbook_with_a_password_is_called_so() -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert code_of(locked) == "locked_with_password"


def test_that_half_a_workbook_is_called_damaged() -> None:
    data = workbook()
    assert code_of(data[: len(data) // 2]) == "damaged"


@settings(max_examples=60)
@given(st.data())
def test_that_a_workbook_with_bytes_changed_is_read_or_refused_by_code(data: st.DataObject) -> None:
    broken = bytearray(WORKBOOK)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        table = read_table(bytes(broken))
    except UnreadableFile:
        return
    assert table.columns


WORKBOOK = workbook()
