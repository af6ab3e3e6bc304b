"""Names are data: whatever a file is called, it is kept, sent, opened and exported as its own (FI12)."""

import os
import unicodedata
from pathlib import Path

import pytest

from casework.answers import Accepted, Refused
from casework.disk import Disk, TooFull
from casework.rules.fields import LINE
from casework.store_faults import DiskFault
from casework.values import Document
from desktop.messages import words_for
from sync.carrying import attach, paper_of
from sync.exported_papers import Exported, export_papers
from sync.laptop import PAPERS
from sync.one_paper import fetch
from sync.opened_papers import OpenedPapers, RunsWhenOpened, Unreadable
from sync.papers import Paper
from sync.safe_names import distinct_names, kept_name
from sync.sniffing import checked_type, told_type, would_run
from tests.journeys import saying
from tests.kit_near import Desk
from tests.sync.paper_kit import a_file, case_of, files

COMPOSED, DECOMPOSED = unicodedata.normalize("NFC", "café.pdf"), unicodedata.normalize("NFD", "café.pdf")
NAMES = (
    "A.pdf",
    "a.pdf",
    "CON.pdf",
    "nul",
    COMPOSED,
    DECOMPOSED,
    "dots...",
    " spaces .pdf ",
    "photo\u202egpj.pdf",
    "ü" * 125 + ".pdf",
    "x" * 251 + ".pdf",
    "line\nbreak.pdf",
    "semi;colon|pipe.pdf",
    "-rf.pdf",
    "🏠" * 60 + ".pdf",
)


@pytest.mark.covers("FI12")
def test_that_documents_with_difficult_names_all_arrive_open_and_export(amy: Desk, priya: Desk, tmp_path: Path) -> None:
    case_id = case_of(amy)
    for number, name in enumerate(NAMES):
        (tmp_path / f"{number}").mkdir()
        source = a_file(tmp_path / f"{number}", f"%PDF-1.7 of {number}".encode(), name)
        answer = attach(amy.laptop, source, case_id=case_id, mime="application/pdf")
        assert isinstance(answer, Accepted), (name, answer)
    amy.sync()
    priya.sync()
    documents = {document.sha256: document for document in saying.on_case(priya, Document, case_id)}
    assert len(documents) == len(NAMES)
    assert {"A.pdf", "a.pdf", "CON.pdf", COMPOSED, DECOMPOSED} <= {one.name for one in documents.values()}
    wanted = []
    for document in documents.values():
        got = fetch(priya.laptop, priya.cable, sha256=document.sha256, size=document.size, case_id=case_id)
        assert isinstance(got, Paper)
        wanted.append((got, document.name))
    opened = OpenedPapers(tmp_path / "opened", priya.laptop.papers)
    for paper, name in wanted:
        copy = opened.open_copy(paper, name)
        assert isinstance(copy, Path), (name, copy)
        assert copy.read_bytes().startswith(b"%PDF-1.7 of ")
    exported = export_papers(priya.laptop.papers, wanted, tmp_path / "out")
    contents = {one.path.read_bytes() for one in exported if isinstance(one, Exported)}
    assert len(contents) == len(NAMES), "none was written over another"
    folded = [unicodedata.normalize("NFC", name).casefold() for name in os.listdir(tmp_path / "out")]
    assert len(set(folded)) == len(NAMES), "nor would be on a system that does not tell A from a"
    names = {path.name for path in (priya.folder / PAPERS).iterdir()}
    assert not any(name.split(".")[0] in path for path in names for name in ("CON", "café", "photo"))


def test_that_a_name_in_no_known_letters_is_kept_as_well_as_it_can_be(amy: Desk, tmp_path: Path) -> None:
    """As a file has it that came from an old system: bytes that are no UTF-8."""
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.pdf")
    Path(path).write_bytes(b"x")
    answer = attach(amy.laptop, Path(path), case_id=case_of(amy), mime="application/pdf")
    assert isinstance(answer, Accepted)
    amy.sync()
    (document,) = saying.on_server(amy, Document, case_of(amy))
    assert document.name == "caf?.pdf"


@pytest.mark.covers("FI12")
@pytest.mark.parametrize(
    ("size", "code"), [(0, "document-empty"), (300 * 1024 * 1024, "document-too-big")], ids=["empty", "300 MB"]
)
def test_that_what_cannot_be_taken_is_refused_in_words_that_name_it(
    amy: Desk, tmp_path: Path, size: int, code: str
) -> None:
    source = a_file(tmp_path, b"", "survey.pdf")
    os.truncate(source, size)
    answer = attach(amy.laptop, source, case_id=case_of(amy), mime="application/pdf")
    assert isinstance(answer, Refused)
    assert answer.code == code
    words = words_for(answer.code, answer.facts)
    assert "survey.pdf" in words.title.casefold()
    assert "{" not in words.title + words.text
    assert files(amy) == 0


def test_that_names_are_shortened_at_the_stem_and_keep_their_ending() -> None:
    assert kept_name("a.pdf", LINE) == "a.pdf"
    made = kept_name("x" * 300 + ".jpeg", LINE)
    assert (len(made), made[-6:]) == (LINE, "x.jpeg")


def test_that_names_for_one_folder_are_told_apart_on_every_system() -> None:
    names = ["A.pdf", "a.pdf", "a.PDF", COMPOSED, DECOMPOSED, "x" * 300, "x" * 300, "bill", "bill"]
    made = distinct_names(names, taken=["BILL"])
    assert made[:3] == ("A.pdf", "a (2).pdf", "a (3).PDF")
    assert made[3:5] == (COMPOSED, COMPOSED.replace(".", " (2)."))
    assert made[-2:] == ("bill (2)", "bill (3)")
    assert len({name.casefold() for name in made}) == len(names)
    assert all(len(name.encode()) <= 120 for name in made)


def test_that_an_export_writes_over_nothing_and_says_what_did_not_go(amy: Desk, tmp_path: Path) -> None:
    paper, broken = (amy.laptop.papers.take_in(a_file(tmp_path, content)) for content in (b"one", b"two"))
    assert isinstance(paper, Paper)
    assert isinstance(broken, Paper)
    amy.laptop.papers.path_of(broken).write_bytes(b"?")
    out = tmp_path / "out"
    out.mkdir()
    (out / "BILL.pdf").write_bytes(b"somebody's own")
    done = export_papers(amy.laptop.papers, [(paper, "bill.pdf"), (broken, "photo.jpg")], out)
    assert done == (Exported(path=out / "bill (2).pdf"), Unreadable())
    assert sorted(path.name for path in out.iterdir()) == ["BILL.pdf", "bill (2).pdf"]
    amy.laptop.papers.disk = Disk(measure=lambda _: 10)
    assert isinstance(export_papers(amy.laptop.papers, [(paper, "x")], out)[0], TooFull)


def test_that_an_export_leaves_a_file_alone_that_got_its_name_first(amy: Desk, tmp_path: Path) -> None:
    paper = amy.laptop.papers.take_in(a_file(tmp_path, b"one"))
    assert isinstance(paper, Paper)

    def quicker(folder: Path) -> int:
        # asked for between the look into the folder and the writing
        (folder / "bill.pdf").write_bytes(b"somebody's own")
        return 10**12

    amy.laptop.papers.disk = Disk(measure=quicker)
    with pytest.raises(DiskFault):
        export_papers(amy.laptop.papers, [(paper, "bill.pdf")], tmp_path / "out")
    assert (tmp_path / "out" / "bill.pdf").read_bytes() == b"somebody's own"


@pytest.mark.parametrize(
    ("head", "claimed", "kept"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/jpeg", "image/png"),
        (b"RIFF1234WEBPVP8 ", "text/plain", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "", "image/heic"),
        (b"%PDF-1.4", "image/jpeg", "application/pdf"),
        (b"MZ\x90\x00", "image/jpeg", "application/octet-stream"),
        (b"<html>", "application/pdf", "application/octet-stream"),
        (b"Dear Mrs Evans", "text/plain", "text/plain"),
        (b"PK\x03\x04", "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
        (b"", "", ""),
    ],
)
def test_that_the_bytes_have_the_last_word_about_the_type(head: bytes, claimed: str, kept: str) -> None:
    assert checked_type(claimed, head) == kept


def test_that_a_document_is_kept_under_the_type_of_its_bytes(amy: Desk, tmp_path: Path) -> None:
    attach(amy.laptop, a_file(tmp_path, b"%PDF-1.4 ...", "photo.jpg"), case_id=case_of(amy), mime="image/jpeg")
    assert [one.mime for one in saying.on_case(amy, Document, case_of(amy))] == ["application/pdf"]
    assert told_type(b"no such thing") == ""


@pytest.mark.parametrize(
    "head", [b"MZ", b"\x7fELF", b"#!/bin/sh", b" <!DOCTYPE html>", b"\xef\xbb\xbf<svg", b"[Desktop Entry]\n"]
)
@pytest.mark.parametrize(("name", "runs"), [("letter", True), ("letter.unknown", True), ("photo.jpg", False)])
def test_that_what_would_run_by_its_content_is_not_opened_under_a_name_that_says_nothing(
    amy: Desk, tmp_path: Path, head: bytes, name: str, runs: bool
) -> None:
    assert would_run(head)
    paper = amy.laptop.papers.take_in(a_file(tmp_path, head))
    assert isinstance(paper, Paper)
    opened = OpenedPapers(tmp_path / "opened", amy.laptop.papers).open_copy(paper, name)
    assert (opened == RunsWhenOpened()) is runs
    assert paper_of(amy.laptop, paper.sha256) is None
