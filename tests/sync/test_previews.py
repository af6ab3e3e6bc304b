"""A picture's preview is there before the picture, stays when the picture is let go of, and opens no other door."""

from pathlib import Path

import pytest

from casework.answers import Accepted, Refused
from casework.commands import AttachDocument
from casework.values import Document
from sync import paper_rows
from sync.carrying import attach, paper_of
from sync.history import history
from sync.paper_wishes import PaperWishes, wish
from tests.journeys import saying
from tests.kit_near import Desk
from tests.sync.paper_kit import LARGE, a_file, case_of, content_of, files

SMALL_PICTURE = b"\xff\xd8 a small picture"
PHOTO = b"\xff\xd8\xff\xe0" + LARGE


def put(desk: Desk, folder: Path, shrunk: bytes = SMALL_PICTURE, content: bytes = PHOTO) -> tuple[str, str]:
    """Puts a photo on Amy's case; returns its hash and that of its preview."""
    answer = attach(
        desk.laptop,
        a_file(folder, content),
        case_id=case_of(desk),
        mime="image/jpeg",
        shrink=lambda content, mime: shrunk if content == PHOTO and mime == "image/jpeg" else b"",
    )
    assert isinstance(answer, Accepted), answer
    rows = {bool(one.preview_of): one.sha256 for one in saying.on_case(desk, Document, case_of(desk))}
    return rows[False], rows.get(True, "")


def wish_for(desk: Desk, wanted: PaperWishes) -> None:
    with desk.laptop.database.writing() as conn:
        wish(conn, wanted)


@pytest.mark.covers("S58")
def test_that_previews_travel_first_and_on_a_metered_network_alone(amy: Desk, priya: Desk, tmp_path: Path) -> None:
    photo, preview = put(amy, tmp_path)
    now = amy.engine.look()
    assert now.papers == 1, "one photo is one document to send"
    assert [line.name for line in amy.look(lambda conn: history(conn, amy.person_id)).papers] == ["photo.jpg"]
    wish_for(amy, PaperWishes(is_metered=True))
    amy.sync()
    stored = {one.sha256: one.is_stored for one in saying.on_server(amy, Document, case_of(amy))}
    assert stored == {photo: False, preview: True}
    wish_for(amy, PaperWishes())
    amy.wire.requests.clear()
    amy.sync()
    assert all(one.is_stored for one in saying.on_server(amy, Document, case_of(amy)))
    assert amy.engine.look().all_sent


def test_that_a_preview_comes_before_its_original(amy: Desk, priya: Desk, tmp_path: Path) -> None:
    photo, preview = put(amy, tmp_path)
    amy.sync()
    with amy.laptop.database.writing() as conn:
        gone = paper_rows.papers_here(conn)
        conn.exec_driver_sql("DELETE FROM paper")
    for paper in gone:
        amy.laptop.papers.forget(paper)
    wish_for(amy, PaperWishes(is_metered=True))
    amy.sync()
    assert content_of(amy, preview) == SMALL_PICTURE
    assert paper_of(amy.laptop, photo) is None


def test_that_a_preview_stays_when_its_original_is_let_go_of(amy: Desk, tmp_path: Path) -> None:
    photo, preview = put(amy, tmp_path)
    amy.sync()
    amy.world.server.back_up()
    amy.clock.pass_time(hours=1)
    wish_for(amy, PaperWishes(budget=0))
    amy.sync()
    assert paper_of(amy.laptop, photo) is None
    assert content_of(amy, preview) == SMALL_PICTURE


@pytest.mark.parametrize("shrunk", [b"", bytes(70_000)])
def test_that_what_has_no_fit_preview_goes_without(amy: Desk, tmp_path: Path, shrunk: bytes) -> None:
    _, preview = put(amy, tmp_path, shrunk)
    assert preview == ""
    assert len(amy.look(paper_rows.papers_here)) == files(amy) == 1


def test_that_the_same_photo_twice_has_one_preview_on_the_disk(amy: Desk, tmp_path: Path) -> None:
    put(amy, tmp_path)
    put(amy, tmp_path)
    assert files(amy) == 2
    assert len(saying.on_case(amy, Document, case_of(amy))) == 4
    amy.sync()
    assert all(one.is_stored for one in saying.on_server(amy, Document, case_of(amy)))


@pytest.mark.parametrize(("sha256", "size"), [("no hash", 5), ("a" * 64, 5), ("b" * 64, 0), ("b" * 64, 70_000)])
def test_that_a_preview_that_can_be_none_is_refused(amy: Desk, sha256: str, size: int) -> None:
    command = AttachDocument(
        case_id=case_of(amy),
        document_id="0" * 32,
        name="door.jpg",
        mime="image/jpeg",
        size=100_000,
        sha256="a" * 64,
        preview_sha256=sha256,
        preview_size=size,
    )
    assert amy.laptop.say(command) == Refused("not-valid", {"why": "preview"})
