"""Documents' bytes between laptop and server: never in the same queue as words, resumable, verified at the far end."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from casework.answers import Answer, Refused
from casework.bundle import BYTES_AT_FIRST, SMALL, Small, bundles
from casework.commands import AttachDocument
from casework.connection import Connection
from casework.disk import TooFull
from casework.ids import new_id
from casework.rules.documents import LARGEST_PREVIEW
from casework.rules.fields import LINE
from casework.sealed import SealBroken
from casework.store_faults import DiskFault
from sync import paper_needs, paper_retries, paper_rows, state
from sync.central import Central
from sync.faults import BadPaper, PaperDamaged, Rejected, TooLarge
from sync.laptop import Laptop
from sync.one_paper import GoOn, fetch, require, send
from sync.paper_lanes import Pace, abreast
from sync.paper_room import make_room
from sync.paper_rows import ToSend, Wanted
from sync.paper_wishes import wishes
from sync.papers import Paper, TooBig, hashed
from sync.safe_names import kept_name
from sync.sniffing import HEAD, checked_type

# Left free beyond what documents keep free, before any is fetched unasked.
SPARE = 200 * 1024 * 1024


# Makes a JPEG of at most LARGEST_PREVIEW bytes out of a picture's bytes and type; empty where it cannot.
Shrink = Callable[[bytes, str], bytes]
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/tiff"})
LARGEST_PICTURE = 32 * 1024 * 1024


class Carriage(msgspec.Struct, frozen=True, kw_only=True):
    """How far the bytes went: documents sent and fetched, and for those that could not go the code of why, by hash."""

    sent: int = 0
    fetched: int = 0
    stuck: dict[str, str] = {}


def attach(
    laptop: Laptop,
    source: Path,
    *,
    case_id: str,
    mime: str,
    caption: str = "",
    task_id: str = "",
    shrink: Shrink = lambda content, mime: b"",
) -> Answer:
    """Takes a file in and puts it on a case; the file itself is only read. Blocks on the disk: not for the GUI thread.

    `mime` is what its name claims; its first bytes have the last word. `shrink` makes a picture's preview. Refused with
    the reason's code where the file is empty, too big, gone or unreadable, or the disk is full.
    """
    taken = laptop.papers.take_in(source)
    if not isinstance(taken, Paper):
        return Refused(taken.code, _facts(source, taken))
    mime = checked_type(mime, laptop.papers.read_range(taken, 0, HEAD))
    preview = _preview(laptop, taken, mime, shrink)
    command = AttachDocument(
        case_id=case_id,
        document_id=new_id(),
        name=kept_name(source.name, LINE),
        mime=mime,
        size=taken.size,
        sha256=taken.sha256,
        caption=caption,
        task_id=task_id,
        preview_sha256=preview.sha256 if preview else "",
        preview_size=preview.size if preview else 0,
    )
    new = (taken, preview) if preview else (taken,)
    here = [paper_of(laptop, paper.sha256) for paper in new]
    damaged = [paper for paper in here if paper is not None and not _is_sound(laptop, paper)]
    # Before the command: when that is called saved, its bytes can be read whatever becomes of the store. A preview is
    # nobody's words or work, and is not kept beside the store.
    laptop.paper_keys.keep(taken, case_id)
    answer = laptop.say(command, also=lambda conn: _keep_new(conn, new, damaged, case_id, laptop.clock()))
    for paper in () if isinstance(answer, Refused) else damaged:
        laptop.papers.forget(paper)
        laptop.paper_keys.forget(paper)
    for paper in new:
        kept = paper_of(laptop, paper.sha256)
        if kept is not None and kept.name == paper.name:
            continue
        # Refused, or the same bytes were here already.
        if kept is not None and paper is taken and not isinstance(answer, Refused):
            laptop.paper_keys.keep(kept, case_id)
        laptop.papers.forget(paper)
        laptop.paper_keys.forget(paper)
    return answer


def _keep_new(conn: Connection, papers: Sequence[Paper], damaged: Sequence[Paper], case_id: str, at: datetime) -> None:
    paper_retries.forget(conn, [paper.sha256 for paper in damaged])
    for paper in papers:
        paper_rows.keep_new(conn, paper, case_id, at, instead_of=damaged)


def _is_sound(laptop: Laptop, paper: Paper) -> bool:
    try:
        return laptop.papers.is_whole(paper)
    except DiskFault:
        return False


def _preview(laptop: Laptop, taken: Paper, mime: str, shrink: Shrink) -> Paper | None:
    """A small JPEG of a large picture, in the store; None for what is no picture or travels first anyway."""
    if mime not in PICTURES or not LARGEST_PREVIEW < taken.size <= LARGEST_PICTURE:
        return None
    small = shrink(b"".join(laptop.papers.read(taken)), mime)
    return laptop.papers.keep([small])[0] if 0 < len(small) <= LARGEST_PREVIEW else None


def paper_of(laptop: Laptop, sha256: str) -> Paper | None:
    """The document's bytes on this laptop, None where they are not here (whole)."""
    with laptop.database.reading() as conn:
        return paper_rows.whole_paper(conn, sha256)


def carry_papers(laptop: Laptop, central: Central, *, go_on: GoOn = lambda: True) -> Carriage:
    """Sends what is to be sent, then fetches documents of my own cases; small ones first, together, then large ones.

    One document that will not go does not hold up the others, and rests longer each time. On a metered network large
    ones wait. Raises sync.faults for the network, Stopped as soon as `go_on` says no, and StoreFaults for the disk.
    """
    with laptop.database.reading() as conn:
        # rows tell it once all that changed is in: to an app that is too old for pages they never do
        is_all_in = state.cursor(conn)[0] >= state.get(conn, state.TOLD, int, 0)
        lost = paper_rows.lost_there(conn) if is_all_in else ()
    if lost:
        for one in laptop.write(lambda conn: paper_rows.send_again(conn, lost)):
            laptop.paper_keys.keep(one.paper, one.case_id)
    load = _Load(laptop, central, go_on)
    try:
        load.send()
        make_room(laptop)
        load.fetch()
    finally:
        load.note()
    return Carriage(sent=load.sent, fetched=load.fetched, stuck=load.stuck)


class _Load:
    """What is carried in one go, and what came of it."""

    def __init__(self, laptop: Laptop, central: Central, go_on: GoOn) -> None:
        self._laptop = laptop
        self._central = central
        self._go_on = go_on
        self.sent = 0
        self.fetched = 0
        self.stuck: dict[str, str] = {}
        self._well: set[str] = set()
        with laptop.database.reading() as conn:
            self._resting = paper_retries.resting(conn, laptop.clock())
            self._wishes = wishes(conn)
            self._may_wait = self._wishes.is_metered and state.get(conn, state.ACCESS, str, "ok") == "ok"
            every = paper_rows.to_send(conn)
        self._to_send = [one for one in every if one.sha256 not in self._resting]

    def send(self) -> None:
        """Up: bundles of small ones, then large ones, the smallest first.

        Where access has ended nothing waits for a better network: this laptop will not keep it (FA1).
        """
        self._send_small({one.sha256: one for one in self._to_send if one.paper.size <= SMALL})
        if self._may_wait:
            return
        large = [one for one in self._to_send if one.paper.size > SMALL]
        for one, code in abreast(large, self._send_large, lanes=self._central.lanes):
            if code:
                self._fail(one, code)
            else:
                self._note_sent([one])

    def fetch(self) -> None:
        """Down, as far as there is room that is nobody else's."""
        with self._laptop.database.reading() as conn:
            largest = SMALL if self._wishes.is_metered else paper_rows.FETCH_UNASKED
            found = paper_rows.wanted(conn, self._laptop.person_id, largest=largest, but=self._resting)
            room = self._wishes.budget - paper_rows.room_taken(conn)
        wanted = []
        for one in found:
            room -= one.size
            if room >= 0 and self._has_spare(one.size):
                wanted.append(one)
        small = [Small(one.sha256, one.size, one.case_id) for one in wanted if one.size <= SMALL]
        pace = Pace()
        for bundle in bundles(small, lambda: pace.stride * BYTES_AT_FIRST):
            with pace.kept(sum(one.size for one in bundle)):
                self._fetch_small(bundle)
        for one in wanted:
            if one.size > SMALL:
                self._fetch_large(one)

    def note(self) -> None:
        """Writes down what is stuck, and forgets what nobody needs now that it is sent."""

        def write(conn: Connection) -> tuple[Paper, ...]:
            now = self._laptop.clock()
            known = paper_rows.to_carry(conn, self._laptop.person_id, paper_retries.stuck(conn))
            paper_retries.note(conn, self.stuck, well=self._well, known=known, now=now)
            return paper_needs.forget_unneeded(conn) if self.sent else ()

        self._laptop.forget_papers(self._laptop.write(write))

    def _has_spare(self, size: int) -> bool:
        return self._laptop.papers.disk.room_for(self._laptop.papers.folder, size + SPARE) is None

    def _send_small(self, papers: dict[str, ToSend]) -> None:
        pairs = [Small(one.sha256, one.paper.size, case_id) for one in papers.values() for case_id in one.case_ids]
        failed: dict[str, str] = {}
        left = Counter(one.sha256 for one in pairs)
        made = bundles(pairs, lambda: self._central.stride * BYTES_AT_FIRST)
        for bundle, codes in abreast(made, lambda one: self._send_bundle(one, papers), lanes=self._central.lanes):
            failed |= codes
            left.subtract(one.sha256 for one in bundle)
            through = dict.fromkeys(one.sha256 for one in bundle if left[one.sha256] == 0)
            self._note_sent([papers[sha256] for sha256 in through if sha256 not in failed])
        for sha256, code in failed.items():
            self._fail(papers[sha256], code)

    def _send_bundle(self, bundle: list[Small], papers: dict[str, ToSend]) -> dict[str, str]:
        """Sends small documents in one request, in two where that is too large; why not for those that failed."""
        contents: list[tuple[Small, bytes]] = []
        failed: dict[str, str] = {}
        for one in bundle:
            try:
                contents.append((one, self._laptop.papers.read_range(papers[one.sha256].paper, 0, one.size)))
            except SealBroken:
                failed[one.sha256] = PaperDamaged.code
        require(self._go_on)
        if not contents:
            return failed
        try:
            codes = self._central.send_small(contents)
        except TooLarge as fault:
            if len(bundle) == 1:
                return {bundle[0].sha256: fault.code}
            half = len(bundle) // 2
            return self._send_bundle(bundle[:half], papers) | self._send_bundle(bundle[half:], papers)
        return failed | {one.sha256: code for (one, _), code in zip(contents, codes, strict=True) if code}

    def _send_large(self, one: ToSend) -> str:
        """Sends it for every case that it is on; the code of why that cannot be, "" where it went."""
        try:
            for case_id in one.case_ids:
                require(self._go_on)
                send(self._laptop, self._central, one.paper, case_id, self._go_on)
        except (Rejected, BadPaper, TooLarge) as problem:
            return problem.code
        return ""

    def _note_sent(self, papers: Sequence[ToSend]) -> None:
        if not papers:
            return

        def note(conn: Connection) -> None:
            now = self._laptop.clock()
            for one in papers:
                paper_rows.note_sent(conn, one.sha256, now)

        # their keys stay, for no backup has them yet
        self._laptop.write(note)
        self.sent += len(papers)
        self._well.update(one.sha256 for one in papers)

    def _fail(self, one: ToSend, code: str) -> None:
        if one.is_recovered and code == "not-found":
            gone = self._laptop.write(lambda conn: paper_rows.not_known_there(conn, one.sha256))
            self._laptop.forget_papers(gone)
        else:
            self.stuck[one.sha256] = code

    def _fetch_small(self, bundle: list[Small]) -> None:
        """Fetches small documents in one request; each is proved before it is kept."""
        require(self._go_on)
        contents = self._central.fetch_small(bundle)
        laptop, right = self._laptop, list[tuple[bytes, str]]()
        for one, content in zip(bundle, contents, strict=True):
            if not content:
                self.stuck[one.sha256] = "not-found"
            elif len(content) != one.size or hashed(iter([content])) != one.sha256:
                self.stuck[one.sha256] = BadPaper.code
            else:
                right.append((content, one.case_id))
        with laptop.fetching:
            papers = laptop.papers.keep([content for content, _ in right])
            good = [(paper, case_id) for paper, (_, case_id) in zip(papers, right, strict=True)]

            def keep(conn: Connection) -> list[Paper | None]:
                return [paper_rows.keep_fetched(conn, paper, case_id, laptop.clock()) for paper, case_id in good]

            for unneeded in laptop.write(keep):
                if unneeded is not None:
                    laptop.papers.forget(unneeded)
        self.fetched += len(good)
        self._well.update(paper.sha256 for paper, _ in good)

    def _fetch_large(self, one: Wanted) -> None:
        require(self._go_on)
        try:
            got = fetch(
                self._laptop,
                self._central,
                sha256=one.sha256,
                size=one.size,
                case_id=one.case_id,
                go_on=self._go_on,
            )
        except (Rejected, BadPaper) as problem:
            self.stuck[one.sha256] = problem.code
            return
        if isinstance(got, Refused):
            self.stuck[one.sha256] = got.code
        else:
            self.fetched += 1
            self._well.add(one.sha256)


def _facts(source: Path, refused: object) -> dict[str, str]:
    facts = {"name": source.name}
    if isinstance(refused, TooBig):
        facts |= {"size": str(refused.size), "limit": str(refused.limit)}
    if isinstance(refused, TooFull):
        facts |= {"free": str(refused.free)}
    return facts
