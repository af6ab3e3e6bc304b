"""An app of this release beside the servers of later ones: it may be too old for news, and never too old to send."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casework.commands import AddNote
from casework.rows import find, of_case
from casework.values import Activity, Document, Person
from desktop.messages import words_for
from server.devices import Devices
from sync import outbox
from sync.carrying import attach
from sync.ending import LEASE_DAYS
from sync.faults import AccessEnded, OutOfDate, ServerFault
from tests.kit_near import Clock
from tests.kit_server import RunningServer, Trouble, person_id, running_server
from tests.sync.test_far_rounds import FarDesk

OURS = b'"p":"doorstep-sync","v":'


class NextRelease:
    """Makes the server behind it one of the next protocol: each answer says so, and our hello is an older one to it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def read() -> Message:
            return _with_body(await receive(), b'"proto":1', b'"proto":0')

        async def say(message: Message) -> None:
            await send(_with_body(message, OURS + b"1", OURS + b"2"))

        # unpacked, so that the answers can be read here
        plain = [(name, value) for name, value in scope.get("headers", ()) if name != b"accept-encoding"]
        await self._app({**scope, "headers": plain}, read, say)


def _with_body(message: Message, was: bytes, now: bytes) -> Message:
    return {**message, "body": message["body"].replace(was, now)} if "body" in message else message


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[RunningServer]:
    (tmp_path / "server").mkdir()
    with running_server(tmp_path / "server", clock=clock) as running:
        yield running


@pytest.fixture
def amy(server: RunningServer, tmp_path: Path, clock: Clock) -> Iterator[FarDesk]:
    """Amy's laptop, with a case of hers; the server has been updated since, and her app has not."""
    desk = FarDesk(server, tmp_path / "amy", "amy")
    desk.laptop.clock = clock
    desk.open_case()
    desk.sync()
    server.switch.put_behind(NextRelease)
    yield desk
    desk.close()


def case_of(desk: FarDesk) -> str:
    with desk.laptop.database.reading() as conn:
        return str(conn.exec_driver_sql("SELECT id FROM case_file").scalar_one())


def documents_of(desk: FarDesk, *sizes: int) -> None:
    for size in sizes:
        photo = desk.root / f"{size}.txt"
        photo.write_bytes(b"r" * size)
        attach(desk.laptop, photo, case_id=case_of(desk), mime="text/plain")


def unsent(desk: FarDesk) -> tuple[int, int]:
    now = desk.engine.look()
    return now.unsent, now.papers


@pytest.mark.covers("FI1", "FA1")
def test_that_an_app_too_old_for_news_sends_all_the_same(amy: FarDesk, server: RunningServer) -> None:
    case_id = case_of(amy)
    amy.laptop.say(AddNote(case_id=case_id, text="said by an old app"))
    documents_of(amy, 1_000, 100_000)
    report = amy.engine.sync_once()
    assert isinstance(report.fault, OutOfDate)
    assert unsent(amy) == (0, 0)
    server.switch.seen.clear()
    amy.engine.sync_once()
    assert not any("documents" in path or "uploads" in path for path in server.switch.seen), "sent once"
    with server.database.reading() as conn:
        assert "said by an old app" in [line.text for line in of_case(conn, Activity, case_id)]
        assert [one.is_stored for one in of_case(conn, Document, case_id)] == [True, True]
    assert amy.engine.look().fault == "out-of-date"
    assert words_for("out-of-date").title == "This version of Doorstep is too old or too new for the server"


def test_that_an_app_gets_its_news_once_it_is_new_enough(amy: FarDesk, server: RunningServer) -> None:
    amy.laptop.say(AddNote(case_id=case_of(amy), text="said by an old app"))
    documents_of(amy, 1_000, 100_000)
    amy.engine.sync_once()
    server.restart()
    amy.sync()
    assert amy.engine.look().all_sent
    with amy.laptop.database.reading() as conn:
        assert outbox.everything(conn) == ()
        assert [one.is_stored for one in of_case(conn, Document, case_of(amy))] == [True, True]


def test_that_what_no_page_will_confirm_is_not_sent_again_and_again(amy: FarDesk, server: RunningServer) -> None:
    """Its row came before the server was updated, and said that the bytes were still to come."""
    server.restart()
    documents_of(amy, 1_000)
    server.switch.make(Trouble.BROKEN, at="/documents/batch")
    assert isinstance(amy.engine.sync_once().fault, ServerFault)
    server.switch.make(Trouble.NONE)
    server.switch.put_behind(NextRelease)
    amy.engine.sync_once()
    assert unsent(amy) == (0, 0)
    server.switch.seen.clear()
    amy.engine.sync_once()
    assert not any("documents" in path for path in server.switch.seen)


@pytest.mark.covers("FF5")
def test_that_an_app_too_old_for_news_renews_its_session_and_is_not_locked(amy: FarDesk, clock: Clock) -> None:
    for week in range(LEASE_DAYS // 7 + 1):
        clock.pass_time(days=7)
        amy.laptop.say(AddNote(case_id=case_of(amy), text=f"week {week}"))
        assert isinstance(amy.engine.sync_once().fault, OutOfDate)
        assert unsent(amy) == (0, 0)
    assert amy.engine.look().lock == ""


def test_that_an_app_too_old_for_news_gets_no_page(amy: FarDesk, server: RunningServer) -> None:
    for _ in range(2):
        server.switch.seen.clear()
        assert isinstance(amy.engine.sync_once().fault, OutOfDate)
        assert {path for path in server.switch.seen if "session" not in path} == {"POST /v1/hello"}


@pytest.mark.covers("FF3", "OC10")
def test_that_an_app_too_old_for_news_hears_that_its_persons_access_has_ended(
    amy: FarDesk, server: RunningServer
) -> None:
    case_id = case_of(amy)
    amy.laptop.say(AddNote(case_id=case_id, text="before it ended"))
    with server.database.writing() as conn:
        person = find(conn, Person, person_id("amy"))
        assert person is not None
        server.parts.journal.write_down(conn, [msgspec.structs.replace(person, is_active=False)])
    report = amy.engine.sync_once()
    assert isinstance(report.fault, AccessEnded)
    with server.database.reading() as conn:
        assert "before it ended" in [line.text for line in of_case(conn, Activity, case_id)]
    with amy.laptop.database.reading() as conn:
        assert (outbox.everything(conn), conn.exec_driver_sql("SELECT count(*) FROM case_file").scalar()) == ((), 0)


@pytest.mark.covers("FF3")
def test_that_an_app_too_old_for_news_hears_that_its_device_is_lost(amy: FarDesk, server: RunningServer) -> None:
    amy.laptop.say(AddNote(case_id=case_of(amy), text="by who knows whom"))
    Devices(server.database).lose(amy.laptop.device)
    report = amy.engine.sync_once()
    assert isinstance(report.fault, AccessEnded)
    with server.database.reading() as conn:
        kept = conn.exec_driver_sql("SELECT said FROM kept_work").scalars().all()
    assert any("by who knows whom" in str(said) for said in kept)
    with amy.laptop.database.reading() as conn:
        assert (outbox.everything(conn), conn.exec_driver_sql("SELECT count(*) FROM case_file").scalar()) == ((), 0)
