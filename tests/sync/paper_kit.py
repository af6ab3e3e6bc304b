"""Two people with laptops, a case of Amy's, and small ways to put documents on it and to look what became of them."""

from pathlib import Path

from casework.answers import Accepted
from casework.values import Document
from sync.carrying import attach, paper_of
from sync.laptop import PAPER_KEYS, PAPERS
from tests.journeys import saying
from tests.kit_near import Desk

LARGE = b"a photograph, large enough to travel alone " * 2000


def case_of(desk: Desk) -> str:
    return desk.look(lambda conn: str(conn.exec_driver_sql("SELECT id FROM case_file").scalar_one()))


def a_file(folder: Path, content: bytes = b"a photograph", name: str = "photo.jpg") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def put(desk: Desk, folder: Path, content: bytes = b"a photograph", *, case_id: str = "") -> str:
    """Puts a file on a case; returns its hash."""
    source = a_file(folder, content)
    answer = attach(desk.laptop, source, case_id=case_id or case_of(desk), mime="image/jpeg")
    assert isinstance(answer, Accepted), answer
    with desk.laptop.database.reading() as conn:
        return str(conn.exec_driver_sql("SELECT sha256 FROM document ORDER BY id DESC").scalar())


def files(desk: Desk) -> int:
    return len(list((desk.folder / PAPERS).iterdir()))


def content_of(desk: Desk, sha256: str) -> bytes:
    paper = paper_of(desk.laptop, sha256)
    assert paper is not None
    return b"".join(desk.laptop.papers.read(paper))


def stored(desk: Desk, case_id: str) -> list[bool]:
    return [document.is_stored for document in saying.on_server(desk, Document, case_id)]


def keys(desk: Desk) -> int:
    """How many documents' keys lie beside the store."""
    return len(list((desk.folder / PAPER_KEYS).iterdir()))
