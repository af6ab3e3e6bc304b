"""One document sent to the server, or fetched from it: from where the last attempt stopped, and proved at the end."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from casework.answers import Refused
from casework.bundle import TOGETHER, Small
from casework.ids import new_id
from casework.sealed import SealBroken
from casework.wire import CHUNK, OpenUpload
from sync import paper_rows
from sync.central import Central
from sync.downloads import Download, NotAsPromised, expect
from sync.faults import BadPaper, Offline, PaperDamaged, Rejected, ServerFault, Stopped, TooLarge
from sync.laptop import Laptop
from sync.paper_room import make_room
from sync.papers import Paper

GoOn = Callable[[], bool]


def send(laptop: Laptop, central: Central, paper: Paper, case_id: str, go_on: GoOn = lambda: True) -> None:
    """Sends one document for one case from where the last attempt stopped; the server has verified it after this."""
    if paper.size <= min(central.stride, TOGETHER) * CHUNK and central.stride > 1:
        # Where something on the way takes less than the server does, in chunks then.
        with suppress(TooLarge):
            _send_whole(laptop, central, paper, case_id)
            return
    upload = central.open_upload(OpenUpload(rid=new_id(), sha256=paper.sha256, size=paper.size, case_id=case_id))
    if upload.have:
        return
    if upload.chunk <= 0:
        raise ServerFault("chunks of no size")
    left = sorted(set(range(-(-paper.size // upload.chunk))).difference(upload.got))
    most = upload.together
    while left:
        count = _in_a_row(left, min(most, central.stride))
        content = _read(laptop, paper, left[0] * upload.chunk, count * upload.chunk)
        require(go_on)
        try:
            central.send_chunk(upload.upload_id, left[0], content)
        except TooLarge:
            if count == 1:
                raise
            most = count // 2
        else:
            left = left[count:]
    central.finish_upload(upload.upload_id)


def _send_whole(laptop: Laptop, central: Central, paper: Paper, case_id: str) -> None:
    """In one request, where the line is quick: asking first and finishing would take longer than the bytes."""
    content = _read(laptop, paper, 0, paper.size)
    (code,) = central.send_small([(Small(paper.sha256, paper.size, case_id), content)])
    if code:
        raise Rejected(code)


def _read(laptop: Laptop, paper: Paper, start: int, length: int) -> bytes:
    try:
        return laptop.papers.read_range(paper, start, length)
    except SealBroken as error:
        raise PaperDamaged("our own copy is damaged") from error


def _in_a_row(numbers: Sequence[int], most: int) -> int:
    """How many numbers at the beginning follow each other, at most so many and at least one."""
    count = 1
    while count < min(most, len(numbers)) and numbers[count] == numbers[0] + count:
        count += 1
    return count


def fetch(
    laptop: Laptop, central: Central, *, sha256: str, size: int, case_id: str, go_on: GoOn = lambda: True
) -> Paper | Refused:
    """Fetches one document, going on where an earlier attempt stopped; a broken one is thrown away.

    Asked for by a person it is fetched at once, whatever it rests for and on whichever network.
    """
    with laptop.fetching:
        make_room(laptop, size)
        expected = _expected(laptop, sha256, size, case_id)
        if isinstance(expected, Refused):
            return expected
        with Download(laptop.papers, expected) as download:
            try:
                finished = _fetched(central, download, case_id, go_on)
            except BadPaper:
                download.throw_away()
                raise
        laptop.write(lambda conn: paper_rows.note_fetched(conn, sha256))
        return finished


def _fetched(central: Central, download: Download, case_id: str, go_on: GoOn) -> Paper:
    paper = download.paper
    if not download.is_complete:
        for piece in central.fetch(paper.sha256, case_id, download.offset):
            if download.offset + len(piece) > paper.size:
                raise BadPaper("the document is longer than it should be")
            download.append(piece)
            require(go_on)
    if not download.is_complete:
        raise Offline("the rest of the document did not come")
    finished = download.finish()
    if isinstance(finished, NotAsPromised):
        raise BadPaper("the document is not what it should be")
    return finished


def _expected(laptop: Laptop, sha256: str, size: int, case_id: str) -> Paper | Refused:
    with laptop.database.reading() as conn:
        begun = paper_rows.any_paper(conn, sha256)
    if begun is not None:
        return begun
    expected = expect(laptop.papers, size=size, sha256=sha256)
    if not isinstance(expected, Paper):
        return Refused(expected.code)
    laptop.write(lambda conn: paper_rows.keep_coming(conn, expected, case_id, laptop.clock()))
    return expected


def require(go_on: GoOn) -> None:
    """Raises Stopped as soon as it says no."""
    if not go_on():
        raise Stopped("the app is closing")
