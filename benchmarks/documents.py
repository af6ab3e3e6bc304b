"""Documents on their way to the server and back, over HTTP on loopback with a real server process.

The floor is what any program must do with the same bytes at the far end: write them to a file, flush it to the disk and
take their SHA-256. What we do beyond that: open the laptop's encrypted copy, carry it there in requests, look up whose
it is, hash it once more as it came, and note that it is here.
"""

import hashlib
import random
import secrets
import tempfile
from pathlib import Path
from time import perf_counter

import msgspec

from benchmarks.claim import Claim
from casework.answers import Accepted
from casework.bundle import SMALL, Small, bundles
from casework.commands import AttachDocument, Said
from casework.connection import Connection
from casework.disk import flush_to_disk
from casework.ids import new_id
from casework.wire import Ack, Push
from sync import outbox, paper_rows, profiles
from sync.carrying import attach, carry_papers
from sync.engine import Engine
from sync.http import HttpCentral
from sync.laptop import Laptop
from sync.one_paper import fetch
from sync.papers import Paper
from tests.kit_server import PASSWORD, server_process
from tests.machines.verbs import open_a_case

A_SMALL_ONE, HOW_MANY_SMALL = 50_000, 1_000
A_LARGE_ONE, HOW_MANY_LARGE = 4_000_000, 40
ROUNDS = 3


class _Sizes(msgspec.Struct, frozen=True):
    name: str
    size: int
    count: int


# Large ones: at least 0.45 of the floor's speed. A thousand small ones: what Anki takes for as many to its server.
AIM, AIM_SECONDS = 2.2, 0.8
NOISE = 1.25
SIZES = (_Sizes("small", A_SMALL_ONE, HOW_MANY_SMALL), _Sizes("large", A_LARGE_ONE, HOW_MANY_LARGE))


def measure() -> list[Claim]:
    """Documents sent and fetched against copying and hashing the same bytes."""
    claims: list[Claim] = []
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as made:
        folder = Path(made)
        (folder / "server").mkdir()
        with server_process(folder / "server") as server:
            central = HttpCentral(server.url)
            arrival = profiles.sign_in(central, folder, server=server.url, username="priya", password=PASSWORD)
            profile = arrival.profile
            laptop = Laptop(folder / "store", bytes(32), person_id=profile.person_id, device=profile.device)
            laptop.prepare()
            assert Engine(laptop, central).sync_once().reached_the_end
            for sizes in SIZES:
                claims += _measured(laptop, central, folder, sizes)
            central.close()
            laptop.close()
    return claims


def _measured(laptop: Laptop, central: HttpCentral, folder: Path, sizes: _Sizes) -> list[Claim]:
    floors, sends, fetches = [], list[float](), list[float]()
    for number in range(ROUNDS):
        files = _files(folder / f"{sizes.name}-{number}", sizes)
        floors.append(_seconds_of_floor(files, folder / f"{sizes.name}-{number}-copies"))
        case_id = _on_a_case(laptop, central, files)
        began = perf_counter()
        assert carry_papers(laptop, central).sent == sizes.count
        sends.append(perf_counter() - began)
        fetches.append(_seconds_to_fetch(laptop, central, case_id))
    floor, sent, fetched = min(floors), min(sends), min(fetches)
    is_large = sizes.size > SMALL
    told = f"{sizes.count} of {sizes.size / 1000:,.0f} kB: copied and hashed in {floor:.2f} s"
    return [
        Claim(
            name=f"{sizes.name} documents {way}{' / copy and SHA-256' if is_large else ''}",
            figure=seconds / floor if is_large else seconds,
            unit="x" if is_large else "s",
            aim=AIM if is_large else AIM_SECONDS,
            gate=NOISE * (AIM if is_large else AIM_SECONDS),
            n=ROUNDS,
            how=f"{told}, {way} in {seconds:.2f} s ({sizes.count / seconds:,.0f} a second, {seconds / floor:.1f} x)",
        )
        for way, seconds in (("sent", sent), ("fetched", fetched))
    ]


def _files(folder: Path, sizes: _Sizes) -> list[Path]:
    folder.mkdir()
    files = [folder / f"{number}.jpg" for number in range(sizes.count)]
    for path in files:
        path.write_bytes(secrets.token_bytes(sizes.size))
    return files


def _seconds_of_floor(files: list[Path], copies: Path) -> float:
    copies.mkdir()
    began = perf_counter()
    for path in files:
        content = path.read_bytes()
        with (copies / path.name).open("wb") as copy:
            copy.write(content)
            copy.flush()
            flush_to_disk(copy.fileno())
        hashlib.sha256(content).hexdigest()
    return perf_counter() - began


def _on_a_case(laptop: Laptop, central: HttpCentral, files: list[Path]) -> str:
    """Puts the files on a new case, and has the server accept that; nothing of them is sent yet."""
    opened = open_a_case(random.Random(0))
    assert isinstance(laptop.say(opened), Accepted)
    for path in files:
        assert isinstance(attach(laptop, path, case_id=opened.case_id, mime="image/jpeg"), Accepted)
    while batch := _waiting(laptop):
        acks = central.push(Push(rid=new_id(), cmds=batch)).acks
        _note(laptop, acks)
    return opened.case_id


def _note(laptop: Laptop, acks: tuple[Ack, ...]) -> None:
    laptop.write(lambda conn: outbox.answered(conn, acks, laptop.clock()))


def _waiting(laptop: Laptop) -> tuple[Said, ...]:
    with laptop.database.reading() as conn:
        return tuple(one.said for one in outbox.waiting(conn, most=200))


def _seconds_to_fetch(laptop: Laptop, central: HttpCentral, case_id: str) -> float:
    """Forgets the case's documents here and fetches them one by one, as somebody does who looks through them."""
    with laptop.database.reading() as conn:
        bodies = conn.exec_driver_sql("SELECT body FROM receipt WHERE case_id = ?", (case_id,)).scalars().all()
    said = [msgspec.json.decode(body, type=Said).say for body in bodies]
    documents = [command for command in said if isinstance(command, AttachDocument)]
    for paper in _forgotten(laptop):
        laptop.papers.forget(paper)
    began = perf_counter()
    if documents[0].size <= SMALL:
        small = [Small(document.sha256, document.size, case_id) for document in documents]
        for bundle in bundles(small):
            laptop.papers.keep(central.fetch_small(bundle))
    else:
        for document in documents:
            got = fetch(laptop, central, sha256=document.sha256, size=document.size, case_id=case_id)
            assert isinstance(got, Paper)
    took = perf_counter() - began
    for paper in _forgotten(laptop):
        laptop.papers.forget(paper)
    return took


def _forgotten(laptop: Laptop) -> tuple[Paper, ...]:
    def forget(conn: Connection) -> tuple[Paper, ...]:
        papers = paper_rows.papers_here(conn)
        conn.exec_driver_sql("DELETE FROM paper")
        return papers

    return laptop.write(forget)
