"""Documents that were unsent when a device was lost or access ended: handed over too, and not for ever (FA1, FF3)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from casework.answers import Accepted
from casework.commands import EraseCase, SettleKept
from casework.values import Document, KeptWork
from server.devices import WIPE
from server.tables import device
from server.tidying import tidy
from sync import paper_rows
from sync.carrying import attach
from sync.ending import LOST_PAPERS_KEPT
from sync.faults import AccessEnded, Offline
from sync.paper_wishes import PaperWishes, wish
from tests.journeys import saying
from tests.kit_near import Desk
from tests.sync.paper_kit import case_of

PHOTO = b"a photo of a boiler " * 10_000


def put_on(desk: Desk, case_id: str, content: bytes) -> None:
    photo = desk.folder.parent / f"{desk.name} {len(content)}.jpg"
    photo.write_bytes(content)
    answer = attach(desk.laptop, photo, case_id=case_id, mime="image/jpeg")
    photo.unlink()
    assert isinstance(answer, Accepted)


def lose(desk: Desk) -> None:
    with desk.world.server.database.writing() as conn:
        conn.execute(device.update().where(device.c.id == desk.device).values(fate=WIPE))


def files_of(desk: Desk) -> list[str]:
    folders = (desk.folder / "papers", desk.folder / "paper-keys")
    return [path.name for folder in folders for path in folder.iterdir()]


def no_bytes_go(desk: Desk) -> None:
    def cut() -> None:
        if desk.wire.requests[-1] in ("OpenUpload", "chunk", "bundle"):
            raise Offline("the line is too thin")

    desk.wire.meanwhile = cut


def on_server(desk: Desk) -> list[Path]:
    return [path for path in (desk.world.folder / "documents" / "whole").rglob("*") if path.is_file()]


def content_of(desk: Desk, document: Document) -> bytes:
    return b"".join(desk.world.server.blobs.read(document.sha256))


@pytest.mark.covers("FF3", "FA1")
@pytest.mark.parametrize("end", [lose, lambda desk: desk.world.disable("amy")], ids=["lost", "access ended"])
def test_that_what_is_leaving_for_good_sends_large_documents_whatever_the_network_costs(
    amy: Desk, end: Callable[[Desk], object]
) -> None:
    """Nobody can take the wish back on a laptop that is locked, and these bytes are nowhere else."""
    amy.laptop.write(lambda conn: wish(conn, PaperWishes(is_metered=True)))
    put_on(amy, case_of(amy), PHOTO)
    amy.sync()
    assert on_server(amy) == []
    end(amy)
    assert isinstance(amy.try_to_sync().fault, AccessEnded)
    (whole,) = on_server(amy)
    assert whole.stat().st_size >= len(PHOTO)


@pytest.mark.covers("FF3", "FA1")
@pytest.mark.parametrize("content", [PHOTO, b"small"], ids=["large", "small"])
def test_that_a_document_of_a_lost_device_waits_on_the_server_for_who_decides(
    amy: Desk, priya: Desk, content: bytes
) -> None:
    case_id = case_of(amy)
    put_on(amy, case_id, content)
    lose(amy)
    assert isinstance(amy.try_to_sync().fault, AccessEnded)
    assert files_of(amy) == []
    assert saying.on_server(amy, Document, case_id) == ()
    (kept,) = saying.on_server(amy, KeptWork, case_id)
    tidy(amy.world.server.database, amy.world.server.blobs)
    jo = amy.world.desk("jo")
    jo.say(SettleKept(case_id=case_id, kept_id=kept.id, how="use"))
    jo.sync()
    (document,) = saying.on_server(amy, Document, case_id)
    assert (document.is_stored, content_of(amy, document)) == (True, content)


def test_that_what_nobody_wanted_of_a_lost_device_is_tidied_away(amy: Desk) -> None:
    case_id = case_of(amy)
    put_on(amy, case_id, PHOTO)
    lose(amy)
    amy.try_to_sync()
    (kept,) = saying.on_server(amy, KeptWork, case_id)
    jo = amy.world.desk("jo")
    jo.say(SettleKept(case_id=case_id, kept_id=kept.id, how="leave"))
    jo.sync()
    server = amy.world.server
    assert len(on_server(amy)) == 1
    tidy(server.database, server.blobs)
    assert on_server(amy) == []


@pytest.mark.covers("FA1")
def test_that_what_waits_for_a_decision_stays_when_another_case_with_the_same_bytes_is_deleted_for_good(
    amy: Desk, priya: Desk
) -> None:
    case_id = case_of(amy)
    other = saying.referral(priya, last_name="Jones")
    put_on(priya, other, PHOTO)
    put_on(amy, case_id, PHOTO)
    priya.sync()
    lose(amy)
    amy.try_to_sync()
    (kept,) = saying.on_server(amy, KeptWork, case_id)
    sam, server = amy.world.desk("sam"), amy.world.server
    sam.say(EraseCase(case_id=other, reason="asked_by_client"))
    sam.sync()
    tidy(server.database, server.blobs)
    sam.say(SettleKept(case_id=case_id, kept_id=kept.id, how="use"))
    sam.sync()
    (document,) = saying.on_server(amy, Document, case_id)
    assert (document.is_stored, content_of(amy, document)) == (True, PHOTO)
    sam.say(EraseCase(case_id=case_id, reason="asked_by_client"))
    sam.sync()
    tidy(server.database, server.blobs)
    assert on_server(amy) == []


@pytest.mark.covers("FF3", "FA1")
def test_that_a_document_whose_words_were_accepted_is_handed_over_by_a_lost_device(amy: Desk) -> None:
    case_id = case_of(amy)
    put_on(amy, case_id, PHOTO)
    no_bytes_go(amy)
    amy.try_to_sync()
    lose(amy)
    amy.wire.meanwhile = None
    assert isinstance(amy.try_to_sync().fault, AccessEnded)
    (document,) = saying.on_server(amy, Document, case_id)
    assert (document.is_stored, content_of(amy, document)) == (True, PHOTO)
    assert files_of(amy) == []


@pytest.mark.covers("FF3", "FA1")
def test_that_cases_go_at_once_and_what_cannot_be_sent_goes_after_some_days(amy: Desk) -> None:
    case_id = case_of(amy)
    put_on(amy, case_id, PHOTO)
    lose(amy)
    no_bytes_go(amy)
    amy.try_to_sync()
    assert case_id not in amy.look(lambda conn: conn.exec_driver_sql("SELECT id FROM case_file").scalars().all())
    assert len(files_of(amy)) == 2
    amy.restart()
    amy.clock.pass_time(seconds=(LOST_PAPERS_KEPT / 2).total_seconds())
    amy.try_to_sync()
    assert len(files_of(amy)) == 2
    amy.clock.pass_time(seconds=LOST_PAPERS_KEPT.total_seconds())
    amy.try_to_sync()
    assert files_of(amy) == []
    assert amy.look(paper_rows.papers_here) == ()


def test_that_no_plain_copy_and_nothing_put_aside_stays_on_a_lost_device(amy: Desk) -> None:
    put_on(amy, case_of(amy), b"small")
    (paper,) = amy.look(paper_rows.papers_here)
    opened = amy.laptop.opened.open_copy(paper, "photo.jpg")
    assert isinstance(opened, Path)
    damaged = amy.folder / "store.db.damaged-0a1b2c3d"
    aside = amy.folder.with_name(f"{amy.folder.name}.aside-0a1b2c3d")
    others = amy.folder.with_name("others.aside-0a1b2c3d")
    damaged.touch()
    for folder in (aside, others):
        folder.mkdir()
        (folder / "store.db").touch()
    amy.try_to_sync()
    assert (damaged.exists(), aside.exists(), opened.exists()) == (True, True, True)
    lose(amy)
    amy.try_to_sync()
    assert (damaged.exists(), aside.exists(), opened.exists(), others.exists()) == (False, False, False, True)


def test_that_the_last_try_of_a_lost_device_still_sends(amy: Desk) -> None:
    case_id = case_of(amy)
    put_on(amy, case_id, PHOTO)
    lose(amy)
    no_bytes_go(amy)
    amy.try_to_sync()
    amy.wire.meanwhile = None
    amy.clock.pass_time(seconds=(LOST_PAPERS_KEPT / 2).total_seconds())
    amy.try_to_sync()
    assert files_of(amy) == []
    assert len(on_server(amy)) == 1


@pytest.mark.covers("OC10", "FA1")
def test_that_the_bytes_of_a_document_that_was_turned_down_are_put_by_when_access_ends(amy: Desk, priya: Desk) -> None:
    case_id = case_of(amy)
    amy.world.change_role("amy", "reader")
    put_on(amy, case_id, PHOTO)
    amy.sync()
    (kept,) = saying.on_server(amy, KeptWork, case_id)
    assert saying.on_server(amy, Document, case_id) == ()
    assert len(files_of(amy)) == 2
    amy.world.disable("amy")
    amy.try_to_sync()
    assert len(files_of(amy)) == 2, "a server that is put back to its backup would ask for it"
    amy.world.server.back_up()
    amy.try_to_sync()
    assert files_of(amy) == []
    jo = amy.world.desk("jo")
    jo.say(SettleKept(case_id=case_id, kept_id=kept.id, how="use"))
    jo.sync()
    (document,) = saying.on_server(amy, Document, case_id)
    assert (document.is_stored, content_of(amy, document)) == (True, PHOTO)
