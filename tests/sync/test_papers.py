"""A document that was taken in is whole, secret, and readable for ever; one that is not, says why."""

import errno
import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from casework.disk import Disk, TooFull
from casework.rules.documents import LARGEST
from casework.sealed import CHUNK, SealBroken
from sync.downloads import Download, NotAsPromised, expect
from sync.opened_papers import OpenedPapers, RunsWhenOpened, Unreadable
from sync.papers import (
    CannotRead,
    Changing,
    Empty,
    NotAFile,
    NotTaken,
    Paper,
    Papers,
    TooBig,
    Vanished,
)

SIZES = (1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17)


def content_of(size: int) -> bytes:
    return (b"Mrs Abernathy's gas bill. " * (size // 26 + 1))[:size]


def a_file(folder: Path, content: bytes, name: str = "bill å.pdf") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def taken(answer: Paper | NotTaken) -> Paper:
    assert isinstance(answer, Paper)
    return answer


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    return Papers(tmp_path / "papers", disk=Disk(keep_free=0))


@pytest.fixture
def opened(tmp_path: Path, papers: Papers) -> OpenedPapers:
    return OpenedPapers(tmp_path / "opened", papers)


def on_disk(papers: Papers) -> list[str]:
    return sorted(path.name for path in papers.folder.iterdir())


@pytest.mark.parametrize("size", SIZES)
def test_that_what_was_taken_in_is_given_back_to_the_byte(papers: Papers, tmp_path: Path, size: int) -> None:
    content = content_of(size)
    paper = taken(papers.take_in(a_file(tmp_path, content)))
    assert b"".join(papers.read(paper)) == content
    assert (paper.size, paper.sha256) == (size, hashlib.sha256(content).hexdigest())
    assert papers.is_whole(paper)
    assert on_disk(papers) == [paper.name]


def test_that_the_file_says_nothing_about_what_is_in_it(papers: Papers, tmp_path: Path) -> None:
    source = a_file(tmp_path, content_of(100_000))
    one, other = taken(papers.take_in(source)), taken(papers.take_in(source))
    first, second = (papers.path_of(paper).read_bytes() for paper in (one, other))
    assert b"Abernathy" not in first
    assert first[:4] == second[:4]
    assert first[11:43] != second[11:43]
    assert papers.path_of(one).stat().st_mode & 0o077 == 0


@given(start=some.integers(0, 3 * CHUNK + 30), length=some.integers(0, 2 * CHUNK))
def test_that_any_stretch_can_be_read_alone(tmp_path_factory: pytest.TempPathFactory, start: int, length: int) -> None:
    folder = tmp_path_factory.getbasetemp()
    content = content_of(3 * CHUNK + 17)
    papers = Papers(folder / "stretches", disk=Disk(keep_free=0))
    paper = taken(papers.take_in(a_file(folder, content)))
    assert papers.read_range(paper, start, length) == content[start : start + length]
    papers.forget(paper)


@pytest.mark.parametrize("place", [0, 5, 11, 200, 11 + CHUNK + 16, -1])
def test_that_one_wrong_bit_is_found(papers: Papers, tmp_path: Path, place: int) -> None:
    paper = taken(papers.take_in(a_file(tmp_path, content_of(2 * CHUNK))))
    path = papers.path_of(paper)
    broken = bytearray(path.read_bytes())
    broken[place] ^= 1
    path.write_bytes(broken)
    assert not papers.is_whole(paper)


@pytest.mark.parametrize("left", [0, 10, 11, 11 + 16, 11 + CHUNK + 16, 11 + 2 * (CHUNK + 16) - 1])
def test_that_a_file_cut_short_is_found_even_between_two_chunks(papers: Papers, tmp_path: Path, left: int) -> None:
    paper = taken(papers.take_in(a_file(tmp_path, content_of(2 * CHUNK))))
    os.truncate(papers.path_of(paper), left)
    with pytest.raises(SealBroken):
        list(papers.read(paper))


def test_that_two_chunks_cannot_change_places(papers: Papers, tmp_path: Path) -> None:
    paper = taken(papers.take_in(a_file(tmp_path, content_of(3 * CHUNK))))
    path, sealed = papers.path_of(paper), CHUNK + 16
    whole = path.read_bytes()
    head, one, two, rest = whole[:11], whole[11 : 11 + sealed], whole[11 + sealed : 11 + 2 * sealed], whole[-sealed:]
    path.write_bytes(head + two + one + rest)
    assert not papers.is_whole(paper)


def test_that_an_empty_document_is_refused(papers: Papers, tmp_path: Path) -> None:
    assert papers.take_in(a_file(tmp_path, b"")) == Empty()


def test_that_a_document_of_300_megabytes_is_refused_before_it_is_read(papers: Papers, tmp_path: Path) -> None:
    size = 300 * 1024 * 1024
    source = a_file(tmp_path, b"")
    os.truncate(source, size)
    assert papers.take_in(source) == TooBig(size=size, limit=LARGEST)
    assert on_disk(papers) == []


def test_that_a_document_of_exactly_the_limit_is_taken(tmp_path: Path) -> None:
    papers = Papers(tmp_path / "papers", disk=Disk(keep_free=0), limit=1000)
    assert isinstance(papers.take_in(a_file(tmp_path, content_of(1000))), Paper)
    assert papers.take_in(a_file(tmp_path, content_of(1001))) == TooBig(size=1001, limit=1000)


def test_that_a_document_gone_between_drop_and_save_is_told(papers: Papers, tmp_path: Path) -> None:
    assert papers.take_in(tmp_path / "gone.pdf") == Vanished()
    (tmp_path / "link.pdf").symlink_to(tmp_path / "gone.pdf")
    assert papers.take_in(tmp_path / "link.pdf") == Vanished()


def test_that_what_is_no_file_is_told_and_never_waited_for(papers: Papers, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    assert papers.take_in(tmp_path) == NotAFile()
    assert papers.take_in(tmp_path / "pipe.pdf") == NotAFile()
    assert papers.take_in(Path(os.devnull)) == NotAFile()


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(content_of(5000)),
        lambda path: os.truncate(path, 100),
        lambda path: os.utime(path, ns=(1, 1)),
    ],
    ids=["grew", "shrank", "was written to"],
)
def test_that_a_file_that_changes_while_it_is_read_is_not_taken(
    tmp_path: Path, change: Callable[[Path], object]
) -> None:
    source = a_file(tmp_path, content_of(4000))
    asked: list[Path] = []

    def change_it_now(folder: Path) -> int:
        # asked for between the look at the file and the reading of it
        asked.append(folder)
        change(source)
        return 10**12

    papers = Papers(tmp_path / "papers", disk=Disk(measure=change_it_now))
    assert papers.take_in(source) == Changing()
    assert (len(asked), on_disk(papers)) == (1, [])


def test_that_a_disk_that_is_nearly_full_takes_no_new_document(tmp_path: Path) -> None:
    papers = Papers(tmp_path / "papers", disk=Disk(keep_free=1_000, measure=lambda _: 5_000))
    answer = papers.take_in(a_file(tmp_path, content_of(4_500)))
    assert isinstance(answer, TooFull)
    assert (answer.free, answer.keep) == (5_000, 1_000)
    assert isinstance(papers.take_in(a_file(tmp_path, content_of(3_900))), Paper)


def test_that_a_forgotten_document_is_gone(papers: Papers, tmp_path: Path) -> None:
    paper = taken(papers.take_in(a_file(tmp_path, content_of(10))))
    papers.forget(paper)
    papers.forget(paper)
    assert on_disk(papers) == []
    assert not papers.is_whole(paper)


def test_that_strays_go_and_what_a_row_names_stays(papers: Papers, tmp_path: Path) -> None:
    kept, stray = (taken(papers.take_in(a_file(tmp_path, content_of(10)))) for _ in "ab")
    fetched = expect(papers, size=10, sha256="00" * 32)
    assert isinstance(fetched, Paper)
    with Download(papers, fetched):
        pass
    (papers.folder / f"{kept.name}.tmp").write_bytes(b"a kill in the middle")
    assert papers.forget_strays({kept.name, fetched.name}) == 2
    assert on_disk(papers) == sorted([kept.name, f"{fetched.name}.part"])
    assert not papers.is_whole(stray)


# --- looking at a document ---


def test_that_a_copy_to_look_at_is_plain_read_only_and_swept(
    papers: Papers, opened: OpenedPapers, tmp_path: Path
) -> None:
    paper = taken(papers.take_in(a_file(tmp_path, content_of(100_000))))
    one, other = opened.open_copy(paper, "../../bill.pdf"), opened.open_copy(paper, "../../bill.pdf")
    assert isinstance(one, Path)
    assert isinstance(other, Path)
    assert one.read_bytes() == content_of(100_000)
    assert (one.suffix, one.parent.parent) == (".pdf", tmp_path / "opened")
    assert one.parent != other.parent
    assert one.stat().st_mode & 0o777 == 0o400
    assert [path.stat().st_mode & 0o777 for path in (one.parent, one.parent.parent)] == [0o700, 0o700]
    opened.sweep()
    opened.sweep()
    assert not (tmp_path / "opened").exists()


def test_that_a_document_that_would_run_is_kept_but_not_opened(
    papers: Papers, opened: OpenedPapers, tmp_path: Path
) -> None:
    paper = taken(papers.take_in(a_file(tmp_path, content_of(10))))
    for name in ("invoice.pdf.exe", "photo\u202egpj.scr", "letter.DOCM", "bill.html ", "run.desktop.", "x.js\x00"):
        assert opened.open_copy(paper, name) == RunsWhenOpened(), name
    assert papers.is_whole(paper)


def test_that_a_damaged_copy_is_told_and_leaves_nothing_plain(
    papers: Papers, opened: OpenedPapers, tmp_path: Path
) -> None:
    paper = taken(papers.take_in(a_file(tmp_path, content_of(2 * CHUNK))))
    os.truncate(papers.path_of(paper), CHUNK + 100)
    assert opened.open_copy(paper, "bill.pdf") == Unreadable()
    assert [path for path in (tmp_path / "opened").rglob("*") if path.is_file()] == []


# --- fetching a document from the server ---


def an_expected(papers: Papers, content: bytes) -> Paper:
    paper = expect(papers, size=len(content), sha256=hashlib.sha256(content).hexdigest())
    assert isinstance(paper, Paper)
    return paper


@given(
    size=some.sampled_from(SIZES),
    pieces=some.lists(some.integers(1, 2 * CHUNK), min_size=1, max_size=12),
    cuts=some.sets(some.integers(0, 11)),
)
def test_that_a_download_cut_anywhere_ends_as_the_document(
    tmp_path_factory: pytest.TempPathFactory, size: int, pieces: list[int], cuts: set[int]
) -> None:
    papers = Papers(tmp_path_factory.getbasetemp() / "fetched", disk=Disk(keep_free=0))
    content = content_of(size)
    paper = an_expected(papers, content)
    part = papers.path_of(paper).with_suffix(".part")
    download = Download(papers, paper)
    for number, piece in enumerate([*pieces, size]):
        before = download.offset
        download.append(content[before : before + piece])
        if number in cuts:
            had = download.offset
            # as a kill leaves it: what the system was given, and nothing that a close would add
            left = part.read_bytes()
            with download:
                pass
            part.write_bytes(left)
            download = Download(papers, paper)
            assert had - CHUNK < download.offset <= had
    download.append(content[download.offset :])
    assert download.is_complete
    with download:
        assert download.finish() == paper
    assert b"".join(papers.read(paper)) == content
    assert papers.is_whole(paper)
    papers.forget(paper)


def test_that_bytes_torn_by_a_power_cut_are_asked_for_again(papers: Papers) -> None:
    content = content_of(3 * CHUNK)
    paper = an_expected(papers, content)
    with Download(papers, paper) as download:
        download.append(content[: 2 * CHUNK])
    part = papers.path_of(paper).with_suffix(".part")
    torn = bytearray(part.read_bytes())
    torn[-100:] = bytes(100)
    part.write_bytes(torn + b"and more")
    with Download(papers, paper) as download:
        assert download.offset == CHUNK
        download.append(content[CHUNK:])
        assert download.finish() == paper
    assert b"".join(papers.read(paper)) == content


def test_that_another_document_than_the_promised_one_is_thrown_away(papers: Papers) -> None:
    content = content_of(1000)
    paper = an_expected(papers, content)
    with Download(papers, paper) as download:
        download.append(content[:-1] + b"!")
        assert download.finish() == NotAsPromised()
    assert on_disk(papers) == []
    with Download(papers, paper) as download:
        assert download.offset == 0
        download.append(content)
        assert download.finish() == paper


def test_that_half_a_document_is_never_taken_for_the_whole(papers: Papers) -> None:
    paper = an_expected(papers, content_of(2 * CHUNK))
    with Download(papers, paper) as download:
        download.append(content_of(CHUNK))
        assert not papers.is_whole(paper)
        assert download.finish() == NotAsPromised()


def test_that_more_bytes_than_promised_are_not_taken(papers: Papers) -> None:
    with Download(papers, an_expected(papers, content_of(10))) as download, pytest.raises(ValueError, match="more"):
        download.append(content_of(11))


def test_that_a_download_is_secret_from_its_first_byte(papers: Papers) -> None:
    with Download(papers, an_expected(papers, content_of(2 * CHUNK))) as download:
        download.append(content_of(CHUNK + 5))
        assert b"Abernathy" not in papers.path_of(download.paper).with_suffix(".part").read_bytes()


def test_that_a_server_cannot_promise_what_the_laptop_would_not_take(tmp_path: Path) -> None:
    papers = Papers(tmp_path / "papers", disk=Disk(keep_free=1_000, measure=lambda _: 5_000), limit=8_000)
    assert expect(papers, size=0, sha256="") == Empty()
    assert expect(papers, size=-5, sha256="") == Empty()
    assert expect(papers, size=9_000, sha256="") == TooBig(size=9_000, limit=8_000)
    assert isinstance(expect(papers, size=7_000, sha256=""), TooFull)


def test_that_many_threads_take_in_at_once(papers: Papers, tmp_path: Path) -> None:
    sources = [a_file(tmp_path, content_of(50_000 + n), f"{n}.pdf") for n in range(8)]
    found: list[Paper] = []
    threads = [threading.Thread(target=lambda s=s: found.append(taken(papers.take_in(s)))) for s in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(papers.is_whole(paper) for paper in found)
    assert len({paper.name for paper in found}) == 8


def test_that_a_file_we_may_not_read_is_told(papers: Papers, tmp_path: Path) -> None:
    loop = tmp_path / "loop.pdf"
    loop.symlink_to(loop)
    assert papers.take_in(loop) == CannotRead(reason=errno.errorcode[errno.ELOOP])
