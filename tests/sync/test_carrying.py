"""Documents' bytes between laptops and server: over cuts and kills, verified, never lost, and gone when not needed."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from casework.answers import Accepted, Refused
from casework.bundle import Small
from casework.rows import all_of
from casework.rules.documents import LARGEST
from casework.values import Case, Document
from casework.wire import CHUNK, OpenUpload
from server.blobs import ChunksMissing, Mismatch, Stored, Upload
from server.blobs_folder import BlobFolder
from sync import outbox, paper_rows
from sync.carrying import attach, carry_papers, paper_of
from sync.faults import NotOurServer, Offline, Rejected, Stopped, TooLarge
from sync.history import history
from sync.laptop import PAPERS
from sync.one_paper import fetch
from sync.papers import Paper
from tests.journeys import saying
from tests.kit_near import Desk, NearCentral, NearWorld
from tests.machines.organisation import Killed
from tests.sync.paper_kit import LARGE, a_file, case_of, content_of, files, put, stored


@pytest.mark.covers("S58", "S59")
def test_that_a_document_reaches_the_office_and_a_colleague(
    world: NearWorld, amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    sha256 = put(amy, tmp_path)
    now = amy.engine.look()
    assert (now.papers, now.paper_bytes, now.all_sent) == (1, 12, False)
    assert [line.name for line in amy.look(lambda conn: history(conn, amy.person_id)).papers] == ["photo.jpg"]
    amy.sync()
    assert (amy.engine.look().papers, amy.engine.look().all_sent) == (0, True)
    assert stored(amy, case_of(amy)) == [True]
    priya.sync()
    document = saying.on_case(priya, Document, case_of(amy))[0]
    fetched = fetch(priya.laptop, priya.cable, sha256=sha256, size=document.size, case_id=document.case_id)
    assert isinstance(fetched, Paper)
    assert content_of(priya, sha256) == b"a photograph"


def test_that_small_documents_of_ones_own_cases_come_by_themselves(amy: Desk, priya: Desk, tmp_path: Path) -> None:
    sha256 = put(priya, tmp_path, case_id=case_of(amy))
    priya.sync()
    amy.sync()
    assert content_of(amy, sha256) == b"a photograph"
    amy.wire.requests.clear()
    amy.sync()
    assert amy.wire.requests == ["Hello"]


@pytest.mark.covers("FI11")
@pytest.mark.parametrize("cut_at", range(8))
def test_that_an_upload_goes_on_wherever_it_was_cut(amy: Desk, tmp_path: Path, cut_at: int) -> None:
    put(amy, tmp_path, b"x" * (2 * CHUNK + 10))
    left = cut_at

    def cut() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Offline("cut")

    amy.wire.meanwhile = cut
    fault = amy.try_to_sync().fault
    whole = stored(amy, case_of(amy)) == [True]
    assert isinstance(fault, Offline) is not whole or fault is None
    assert amy.engine.look().papers == (0 if fault is None else 1)
    amy.wire.meanwhile = None
    amy.wire.requests.clear()
    amy.sync()
    assert stored(amy, case_of(amy)) == [True]
    assert amy.wire.requests.count("chunk") <= 3 - max(0, min(3, cut_at - 4))


@pytest.mark.covers("FI9")
def test_that_no_half_document_is_ever_seen_and_a_download_goes_on_where_it_was_cut(
    amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    content = bytes(range(256)) * 3000
    sha256 = put(priya, tmp_path, content, case_id=case_of(amy))
    priya.sync()

    class Cut(NearCentral):
        starts: list[int]

        def fetch(self, sha256: str, case_id: str, start: int) -> Iterator[bytes]:
            """Two pieces and no more."""
            self.starts.append(start)
            pieces = super().fetch(sha256, case_id, start)
            yield next(pieces)[:100_000]
            raise Offline("cut")

    cut = Cut(amy.world.server, amy.person_id, amy.device)
    cut.starts = []
    amy.engine.central = cut
    for _ in range(4):
        assert isinstance(amy.try_to_sync().fault, Offline)
        assert paper_of(amy.laptop, sha256) is None
    assert cut.starts == sorted(set(cut.starts))
    amy.crash()
    amy.sync()
    assert content_of(amy, sha256) == content


def test_that_a_document_that_will_not_go_holds_up_no_other_and_is_told(amy: Desk, tmp_path: Path) -> None:
    stuck = put(amy, tmp_path, LARGE)
    put(amy, tmp_path, b"a small one")
    put(amy, tmp_path, LARGE + b"and another")

    class Picky(NearCentral):
        def send_chunk(self, upload_id: str, number: int, chunk: bytes) -> None:
            """Turns one down."""
            if chunk == LARGE:
                raise Rejected("chunk-damaged")
            super().send_chunk(upload_id, number, chunk)

    amy.engine.central = Picky(amy.world.server, amy.person_id, amy.device)
    assert amy.try_to_sync().fault is None
    now = amy.engine.look()
    assert (now.papers, now.stuck, now.fault, now.all_sent) == (1, 1, "chunk-damaged", False)
    assert amy.look(paper_rows.stuck) == {stuck: "chunk-damaged"}
    amy.engine.central = amy.cable
    amy.clock.pass_time(hours=1)
    amy.sync()
    now = amy.engine.look()
    assert (now.papers, now.stuck, now.fault, now.all_sent) == (0, 0, "", True)


@pytest.mark.covers("FA1")
def test_that_bytes_go_to_the_office_even_when_the_case_has_gone_elsewhere(
    world: NearWorld, amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    case_id = case_of(amy)
    put(amy, tmp_path)
    amy.wire.lose_pushes = 1
    amy.try_to_sync()
    saying.give(priya, case_id, saying.person("ben"))
    priya.sync()
    world.clock.pass_time(days=30)
    amy.sync()
    amy.sync()
    assert stored(amy, case_id) == [True]
    assert amy.engine.look().all_sent
    assert amy.look(lambda conn: all_of(conn, Case)) == ()
    world.server.back_up()
    amy.sync()
    assert files(amy) == 0


def test_that_the_same_file_on_two_cases_is_one_file_and_sent_for_both(amy: Desk, priya: Desk, tmp_path: Path) -> None:
    other = saying.a_case_of(priya, "amy")
    one = case_of(amy)
    priya.sync()
    amy.sync()
    put(amy, tmp_path, case_id=one)
    amy.sync()
    put(amy, tmp_path, case_id=other)
    assert files(amy) == 1
    assert amy.engine.look().papers == 1
    amy.sync()
    amy.sync()
    assert stored(amy, one) == stored(amy, other) == [True]
    assert amy.engine.look().all_sent


def test_that_what_was_turned_down_is_kept_and_not_counted_as_on_its_way(
    world: NearWorld, amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    """The bytes stay here for as long as the kept work that names them is open."""
    case_id = case_of(amy)
    source = a_file(tmp_path)
    answer = attach(amy.laptop, source, case_id=case_id, mime="image/jpeg")
    assert isinstance(answer, Accepted)
    with amy.laptop.database.writing() as conn:
        said = amy.look(outbox.waiting)[0].said
        body = msgspec.json.encode(msgspec.structs.replace(said, say=msgspec.structs.replace(said.say, name=" ")))
        conn.exec_driver_sql("UPDATE outbox SET body = ?", (body.decode(),))
    amy.sync()
    assert saying.on_server(amy, Document, case_id) == ()
    now = amy.engine.look()
    assert (now.papers, now.all_sent) == (0, True)
    assert files(amy) == 1
    assert amy.look(lambda conn: history(conn, amy.person_id)).papers == ()
    amy.restart()
    assert files(amy) == 1


def test_that_a_refused_file_leaves_nothing_behind(amy: Desk, tmp_path: Path) -> None:
    cases = {
        "document-empty": a_file(tmp_path, b"", "empty.pdf"),
        "document-vanished": tmp_path / "gone.pdf",
        "document-not-a-file": tmp_path,
    }
    big = tmp_path / "big.pdf"
    with big.open("wb") as file:
        file.truncate(LARGEST + 1)
    cases["document-too-big"] = big
    for code, source in cases.items():
        answer = attach(amy.laptop, source, case_id=case_of(amy), mime="x")
        assert isinstance(answer, Refused)
        assert (answer.code, answer.facts["name"]) == (code, source.name)
    answer = attach(amy.laptop, a_file(tmp_path), case_id="0" * 32, mime="x")
    assert isinstance(answer, Refused)
    assert files(amy) == 0
    assert amy.look(outbox.count) == 0


def test_that_what_a_kill_left_among_the_documents_is_swept_up_at_the_next_start(amy: Desk, tmp_path: Path) -> None:
    put(amy, tmp_path)
    (amy.folder / PAPERS / "stray").write_bytes(b"nobody knows the key")
    opened = amy.folder / "opened" / "ab"
    opened.mkdir(parents=True)
    (opened / "letter.txt").write_text("plain", encoding="utf-8")
    amy.crash()
    assert files(amy) == 1
    assert not (amy.folder / "opened").exists()


def test_that_carrying_stops_between_pieces_when_the_app_closes(amy: Desk, tmp_path: Path) -> None:
    put(amy, tmp_path, b"x" * (3 * CHUNK))

    def close_the_app() -> None:
        if amy.wire.requests[-1] == "OpenUpload":
            amy.engine.stop_early()

    amy.wire.meanwhile = close_the_app
    assert isinstance(amy.try_to_sync().fault, Stopped)
    assert amy.wire.requests.count("chunk") == 0
    with pytest.raises(Stopped):
        carry_papers(amy.laptop, amy.cable, go_on=lambda: False)


def test_that_a_kill_at_any_request_of_an_upload_loses_nothing(amy: Desk, tmp_path: Path) -> None:
    put(amy, tmp_path, b"x" * (CHUNK + 1))
    requests = 0

    def die() -> None:
        if len(amy.wire.requests) == requests:
            raise Killed

    while amy.engine.look().papers:
        requests += 1
        amy.wire.requests.clear()
        amy.wire.meanwhile = die
        with suppress(Killed):
            amy.try_to_sync()
        amy.crash()
    assert requests > 4
    assert stored(amy, case_of(amy)) == [True]


def test_that_what_is_not_our_server_ends_the_carrying(amy: Desk, tmp_path: Path) -> None:
    put(amy, tmp_path)

    def portal() -> None:
        if amy.wire.requests[-1] == "bundle":
            raise NotOurServer("a portal")

    amy.wire.meanwhile = portal
    assert isinstance(amy.try_to_sync().fault, NotOurServer)
    assert amy.engine.look().papers == 1


class Dying(BlobFolder):
    """A server whose process ends when a whole document is there and its row does not say so yet."""

    def finish(self, upload: Upload) -> Stored | ChunksMissing | Mismatch:
        """Does its work, and dies."""
        super().finish(upload)
        raise Killed


def test_that_a_server_killed_between_the_bytes_and_their_row_finishes_without_having_them_sent_again(
    amy: Desk, tmp_path: Path
) -> None:
    server, folder = amy.world.server, amy.world.folder / "documents"
    put(amy, tmp_path, LARGE)
    server.blobs = Dying(folder)
    server.reopen(server.database)
    with pytest.raises(Killed):
        amy.try_to_sync()
    assert stored(amy, case_of(amy)) == [False]
    server.blobs = BlobFolder(folder)
    server.reopen(server.database)
    amy.crash()
    amy.wire.requests.clear()
    amy.sync()
    assert stored(amy, case_of(amy)) == [True]
    assert "chunk" not in amy.wire.requests


@pytest.mark.covers("FI6")
def test_that_a_bundle_too_large_for_what_lies_in_between_is_halved_until_it_passes(amy: Desk, tmp_path: Path) -> None:
    for number in range(9):
        put(amy, tmp_path, bytes([number]) * 20_000)

    class Narrow(NearCentral):
        def send_small(self, documents: Sequence[tuple[Small, bytes]]) -> tuple[str, ...]:
            """Lets 64 kB pass at a time."""
            if sum(len(content) for _, content in documents) > 64_000:
                raise TooLarge
            return super().send_small(documents)

    narrow = Narrow(amy.world.server, amy.person_id, amy.device)
    amy.engine.central = narrow
    amy.sync()
    assert stored(amy, case_of(amy)) == [True] * 9
    assert 3 <= narrow.requests.count("bundle") <= 6


@pytest.mark.covers("FG1")
def test_that_a_photograph_of_3_megabytes_is_a_row_for_everybody_at_once_and_bytes_later(
    amy: Desk, priya: Desk, tmp_path: Path
) -> None:
    """The row never waits for the bytes, nor is it left out for want of them."""
    sha256 = put(amy, tmp_path, bytes(3_000_000))

    def cut() -> None:
        if amy.wire.requests[-1] == "chunk":
            raise Offline("cut")

    amy.wire.meanwhile = cut
    amy.try_to_sync()
    priya.sync()
    assert [one.is_stored for one in saying.on_case(priya, Document, case_of(amy))] == [False]
    got = priya.wire.fetch_small([Small(sha256, 3_000_000, case_of(amy))])
    assert got == [b""]
    with pytest.raises(Rejected):
        list(priya.wire.fetch(sha256, case_of(amy), 0))
    amy.wire.meanwhile = None
    amy.sync()
    priya.sync()
    assert [one.is_stored for one in saying.on_case(priya, Document, case_of(amy))] == [True]


def test_that_an_upload_goes_on_after_weeks_and_begins_anew_after_thirty_days(amy: Desk, tmp_path: Path) -> None:
    content = bytes(2 * CHUNK)
    sha256 = put(amy, tmp_path, content)

    def cut() -> None:
        if amy.wire.requests.count("chunk") == 2:
            raise Offline("cut")

    amy.wire.meanwhile = cut
    amy.try_to_sync()
    amy.wire.meanwhile = None
    offer = OpenUpload(rid="1", sha256=sha256, size=len(content), case_id=case_of(amy))
    begun = amy.wire.open_upload(offer)
    assert begun.got == (0,)
    amy.world.clock.pass_time(days=29)
    assert amy.wire.open_upload(offer) == begun
    amy.world.clock.pass_time(days=31)
    anew = amy.wire.open_upload(offer)
    assert anew.upload_id != begun.upload_id
    assert anew.got == ()
    amy.sync()
    assert stored(amy, case_of(amy)) == [True]
