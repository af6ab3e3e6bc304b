"""Text files of any separator and encoding become the same table, and no bytes do worse than UnreadableFile."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.referrals.reading import read_table
from casework.referrals.table import UnreadableFile

HEADINGS = ("Ref", "Surname", "First name", "Address 1", "Postcode", "Reason")
PEOPLE = (
    ("1", "O'Brien", "Zoë", "Flat 2, 9 Mill Hill", "LL57 2HJ", "Damp; mould\nCall after 4pm"),
    ("2", "Griffiths", "Siân", "12 Canal Side", "TR1 8ZG", 'They said "wait"'),
    ("3", "Mac-Donald", "Jean-Luc", "1 High Street | rear", "BS5 7HA", "Bills £1,240\tand more"),
)


def written(rows: list[tuple[str, ...]], separator: str = ",", ending: str = "\r\n") -> str:
    out = io.StringIO()
    # a lone carriage return is the one ending that does not make the writer quote a cell with a line break in it
    if ending == "\r":
        csv.writer(out, delimiter=separator, lineterminator=ending, quoting=csv.QUOTE_ALL).writerows(rows)
    else:
        csv.writer(out, delimiter=separator, lineterminator=ending).writerows(rows)
    return out.getvalue()


def code_of(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_table(data)
    return caught.value.code


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_that_the_same_people_come_out_of_every_make_of_file(separator: str, encoding: str, ending: str) -> None:
    table = read_table(written([HEADINGS, *PEOPLE], separator, ending).encode(encoding))
    assert table.columns == HEADINGS
    assert tuple(row.cells for row in table.rows) == PEOPLE
    assert table.separator == separator


def test_that_a_row_knows_the_line_on_which_it_begins() -> None:
    table = read_table(written([HEADINGS, *PEOPLE]).encode())
    assert [row.line for row in table.rows] == [2, 4, 5]


def test_that_a_file_glued_from_two_encodings_is_read_line_by_line() -> None:
    utf8, western = "Name,Town\nSiân,Bangor\n".encode(), "Zoë,York\n".encode("cp1252")
    table = read_table(utf8 + western)
    assert [row.cells[0] for row in table.rows] == ["Siân", "Zoë"]
    assert ("mixed_encodings", "cp1252+utf-8") in table.notes


def test_that_titles_above_the_headings_are_kept_apart() -> None:
    top = [("Cwm Tawel Homes",), ("Printed 3/9/2026", "", "Page 1"), ()]
    table = read_table(written([*top, HEADINGS, *PEOPLE]).encode())
    assert table.columns == HEADINGS
    assert [row.cells[0] for row in table.preamble] == ["Cwm Tawel Homes", "Printed 3/9/2026"]
    assert table.header_line == 4


def test_that_a_file_without_headings_loses_nobody() -> None:
    table = read_table(written(list(PEOPLE)).encode())
    assert len(table.rows) == 3
    assert table.columns == ("A", "B", "C", "D", "E", "F")
    assert ("no_header", "") in table.notes


def test_that_nameless_and_doubled_columns_get_names_of_their_own() -> None:
    table = read_table(b"Name,,Phone,Phone,phone\nAnn,x,1,2,3\n")
    assert table.columns == ("Name", "B", "Phone", "Phone (2)", "phone (3)")


def test_that_cells_beyond_the_headings_are_kept() -> None:
    table = read_table(b"Name,Postcode\nAnn,TR1 8ZG,has a dog,and a cat\nBob,TR1 8ZH\n")
    assert table.named == 2
    assert table.rows[0].cells == ("Ann", "TR1 8ZG", "has a dog", "and a cat")
    assert table.rows[1].cells == ("Bob", "TR1 8ZH", "", "")


def test_that_a_quote_nobody_closed_does_not_swallow_the_people_below() -> None:
    rows = ["Ref,Surname,Postcode,Reason"]
    rows += [f"{number},Jones,TR1 8ZG,cold" for number in range(1, 6)]
    rows[2] = '2,Jones,"TR1 8ZG,cold'
    rows[4] = '4,Jones,TR1 8ZG,"cold, damp"'
    table = read_table("\n".join(rows).encode())
    assert [row.cells[0] for row in table.rows] == ["1", "2", "3", "4", "5"]
    assert table.rows[3].cells[3] == "cold, damp"
    assert ("quote_left_open", "3") in table.notes


def test_that_blank_lines_between_people_stay_and_those_at_the_end_go() -> None:
    table = read_table(b"Name,Postcode\nAnn,TR1 8ZG\n\n,\nBob,TR1 8ZH\n\n\n,,,\n")
    assert [row.is_blank for row in table.rows] == [False, True, True, False]


def test_that_the_separator_a_spreadsheet_announces_is_believed() -> None:
    table = read_table(b"sep=;\r\nName;Address\r\nAnn;1, High Street, Truro\r\n")
    assert table.columns == ("Name", "Address")
    assert table.rows[0].cells == ("Ann", "1, High Street, Truro")


def test_that_nul_bytes_inside_a_text_are_dropped_and_counted() -> None:
    table = read_table(b"Name,Postcode,Reason\nA\x00nn,TR1 8ZG," + b"cold " * 20 + b"\n")
    assert table.rows[0].cells[0] == "Ann"
    assert ("nul_removed", "1") in table.notes


def test_that_a_cell_of_a_million_characters_is_kept() -> None:
    long = "cold " * 200_000
    assert read_table(f'Name,Reason\nAnn,"{long}"\n'.encode()).rows[0].cells[1] == long


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b"\x00\x00", b"\xff\xfe", b",,,\n,,\n"])
def test_that_a_file_with_nothing_in_it_is_called_empty(data: bytes) -> None:
    assert code_of(data) == "empty_file"


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7 x",
        b"\x89PNG\r\n\x1a\n..",
        b"<!DOCTYPE html><table>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old",
        bytes(range(1, 32)) * 9,
    ],
)
def test_that_a_file_that_is_no_table_is_called_so(data: bytes) -> None:
    assert code_of(data) == "not_a_table"


def test_that_a_file_that_is_gone_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_table(tmp_path / "gone.csv")
    assert (caught.value.code, caught.value.facts) == ("not_there", {"name": "gone.csv"})


def test_that_a_folder_cannot_be_opened_as_a_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_table(tmp_path)
    assert caught.value.code == "cannot_open"


def test_that_more_rows_than_any_partner_sends_are_refused() -> None:
    assert code_of(b"Name,Town\n" + b"Ann,Truro\n" * 50_001) == "too_many_rows"


@given(st.binary(max_size=400))
def test_that_any_bytes_are_read_or_refused_by_code(data: bytes) -> None:
    try:
        table = read_table(data)
    except UnreadableFile:
        return
    assert all(len(row.cells) == len(table.columns) for row in table.rows)


CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n,;\t|\"'=éŵ😟"), max_size=12
)


@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=12),
    separator=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_that_well_written_cells_come_back_as_they_were(
    rows: list[tuple[str, str, str]], separator: str, encoding: str
) -> None:
    people = [(f"R{number}", *cells, "end") for number, cells in enumerate(rows)]
    headings = ("Referral ref", "Surname", "First name", "Reason", "Consent")
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([headings, *people])
    table = read_table(out.getvalue().encode(encoding))
    assert table.columns == headings
    assert [row.cells for row in table.rows] == people
