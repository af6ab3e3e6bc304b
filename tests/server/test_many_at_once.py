"""Many laptops, several server processes, and kills: no number skipped, none given twice, nothing half done."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy import select

from casework.answers import Status
from casework.commands import AttachDocument, Said
from casework.database import Database
from casework.ids import new_id
from casework.rows import record_of
from casework.values import Case, Source
from casework.wire import Ack, OpenUpload, UploadReply
from server.app import create_app
from server.config import Config
from server.parts import open_parts
from server.tables import commit_log, outcome
from tests.kit_server import PASSWORD, PEOPLE, ServerProcess, server_process
from tests.server.kit_central import Central, NextDoor, OverHttp, Visitor, a_new_case, a_note, given_to, said


def log_of(database: Database) -> list[int]:
    with database.reading() as conn:
        return list(conn.execute(select(commit_log.c.rev).order_by(commit_log.c.rev)).scalars())


@pytest.mark.postgres
@pytest.mark.covers("FC1", "FC8")
def test_that_a_reader_among_eight_writers_on_two_processes_skips_nothing(two_servers: list[ServerProcess]) -> None:
    lines = [OverHttp(process.url) for process in two_servers]
    writers = [Visitor(lines[number % 2], "priya") for number in range(8)]
    reader = Visitor(lines[0], "jo")
    reader.sync()
    start = threading.Barrier(9)
    is_over = threading.Event()

    def write(visitor: Visitor) -> list[Ack]:
        start.wait()
        acks: list[Ack] = []
        for number in range(6):
            acks += visitor.say(*(a_new_case(client=f"Client {number}") for _ in range(5)))
        return acks

    def read() -> None:
        start.wait()
        while not is_over.is_set():
            page = reader.pull(most=20_000)
            reader.store.apply(page)
            reader.store.cur = page.cur

    with ThreadPoolExecutor(9) as pool:
        reading = pool.submit(read)
        try:
            acks = [ack for written in pool.map(write, writers) for ack in written]
        finally:
            is_over.set()
        reading.result()
    reader.sync()
    assert {ack.st for ack in acks} == {Status.APPLIED}
    revs = [ack.rev for ack in acks]
    assert len(set(revs)) == len(revs) == 8 * 6 * 5
    assert {row["rev"] for row in reader.store.rows["case_file"].values()} == set(revs)
    numbers = [row["number"] for row in reader.store.rows["case_file"].values()]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.postgres
@pytest.mark.covers("OC1")
def test_that_of_two_claims_at_the_same_moment_on_two_processes_one_stands(two_servers: list[ServerProcess]) -> None:
    one, two = (OverHttp(process.url) for process in two_servers)
    priya = Visitor(one, "priya")
    amy, ben = Visitor(one, "amy"), Visitor(two, "ben")
    start = threading.Barrier(2)
    for _ in range(10):
        command = a_new_case(source=Source.IMPORT)
        priya.say(command)
        priya.sync()
        case = record_of(Case, priya.store.rows["case_file"][command.case_id])

        def claim(visitor: Visitor, case: Case = case) -> Ack:
            start.wait()
            (answer,) = visitor.push(said(given_to(case, visitor.name), under=case.owner_cmd, epoch=1))
            return answer

        with ThreadPoolExecutor(2) as pool:
            statuses = sorted(answer.st for answer in pool.map(claim, (amy, ben)))
        assert statuses == [Status.APPLIED, Status.CONFLICT_KEPT]


@pytest.mark.postgres
def test_that_a_document_sent_to_two_processes_in_turns_is_whole(two_servers: list[ServerProcess]) -> None:
    one, two = (OverHttp(process.url) for process in two_servers)
    amy = Visitor(one, "amy")
    content = bytes(range(250)) * 9000
    sha256, command = hashlib.sha256(content).hexdigest(), a_new_case()
    amy.say(
        command,
        AttachDocument(
            case_id=command.case_id,
            document_id=new_id(),
            name="a.bin",
            mime="application/octet-stream",
            size=len(content),
            sha256=sha256,
        ),
    )
    asked = OpenUpload(rid=new_id(), sha256=sha256, size=len(content), case_id=command.case_id)
    begun = amy.ask("/v1/uploads", asked, UploadReply)
    for number, start in enumerate(range(0, len(content), begun.chunk)):
        amy.line = (one, two)[number % 2]
        chunk = content[start : start + begun.chunk]
        headers = {"X-Chunk-SHA256": hashlib.sha256(chunk).hexdigest()}
        assert amy.send_bytes("PUT", f"/v1/uploads/{begun.upload_id}/{number}", chunk, headers).status == 200
    amy.line = two
    assert amy.send_bytes("POST", f"/v1/uploads/{begun.upload_id}/finish", b"").status == 200
    amy.line = one
    answer = amy.send_bytes("GET", f"/v1/documents/{sha256}?case={command.case_id}", b"")
    assert (answer.status, answer.body) == (200, content)


@pytest.mark.postgres
def test_that_a_session_begun_at_one_process_goes_on_at_the_other(two_servers: list[ServerProcess]) -> None:
    one, two = (OverHttp(process.url) for process in two_servers)
    amy = Visitor(one, "amy")
    amy.line = two
    assert amy.hello().now
    amy.renew()
    two_servers[0].kill()
    amy.sync()
    assert amy.store.cur[0] > 0


@pytest.fixture(params=["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.postgres)])
def process(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerProcess]:
    url = request.getfixturevalue("postgres_url") if request.param == "PostgreSQL" else ""
    with server_process(tmp_path, database_url=url) as process:
        yield process


@pytest.mark.covers("FC6", "OC23", "FB1")
def test_that_after_kills_in_mid_push_every_command_is_there_once_and_no_number_twice(process: ServerProcess) -> None:
    amy = Visitor(OverHttp(process.url), "amy")
    (opened,) = amy.say(a_new_case())
    waiting = [said(a_new_case(client=f"Client {number}")) for number in range(300)]
    answered: dict[str, Ack] = {opened.id: opened}
    for _ in range(4):
        kill_in_mid_push(process, amy, [one for one in waiting if one.id not in answered], answered)
        process.start()
    for start in range(0, len(waiting), 100):
        for ack in amy.push(*waiting[start : start + 100]):
            assert answered.setdefault(ack.id, ack) == ack, "what was answered before the kill is the answer after it"
    amy.sync()
    assert len(amy.store.ids(Case)) == 301
    assert amy.store.ids(Case) > {one.say.case_id for one in waiting}
    database = Database.at(process.config.database_url)
    try:
        with database.reading() as conn:
            stamps = conn.execute(select(outcome.c.rev)).scalars().all()
        assert len(stamps) == len(set(stamps)) == 301
        assert log_of(database) == list(range(1, len(log_of(database)) + 1))
    finally:
        database.close()


def kill_in_mid_push(process: ServerProcess, amy: Visitor, waiting: list[Said], answered: dict[str, Ack]) -> None:
    """Pushes in small lots while somebody pulls the plug after the second answer."""
    second = threading.Event()

    def pull_the_plug() -> None:
        second.wait()
        process.kill()

    plug = threading.Thread(target=pull_the_plug)
    plug.start()
    try:
        for number, start in enumerate(range(0, len(waiting), 40)):
            for ack in amy.push(*waiting[start : start + 40]):
                answered[ack.id] = ack
            if number >= 1:
                second.set()
    except (OSError, HTTPException):
        pass
    second.set()
    plug.join()


def test_that_a_server_asked_to_stop_finishes_and_says_so(process: ServerProcess) -> None:
    amy = Visitor(OverHttp(process.url), "amy")
    amy.say(a_new_case())
    assert process.terminate() == 0
    process.start()
    amy.sync()
    assert len(amy.store.ids(Case)) == 1


@pytest.mark.covers("FC1")
def test_that_pushes_pulls_and_sign_ins_at_once_on_embedded_sqlite_all_get_through(tmp_path: Path) -> None:
    parts = open_parts(Config(data=tmp_path))
    parts.setting_up.start_sample(dict.fromkeys(PEOPLE, PASSWORD))
    central = Central(line=NextDoor(create_app(parts)), database=parts.database)
    case = central.waiting()

    def work(name: str) -> Callable[[], int]:
        def do() -> int:
            visitor = central.visitor(name)
            for number in range(8):
                visitor.say(a_note(case, f"{name} {number}"))
                visitor.sync()
            return len(visitor.store.ids(Case))

        return do

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(work(name)) for name in ("priya", "jo", "sam", "priya") * 2]
        assert [future.result() for future in futures] == [1] * 8
    assert log_of(parts.database) == list(range(1, len(log_of(parts.database)) + 1))
    parts.close()
