"""Every safeguard left out once: what the simulator must notice, or its invariants cannot see."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from casework.answers import Changes, Status
from casework.commands import Said
from casework.connection import Connection
from casework.store_file import StoreFile
from casework.wire import START, Ack, Hello, HelloReply, Page, Pull, Push, PushReply, Reply, Stamp, Sum
from server.tables import outcome
from sync import comparing, state
from sync.apply import Applied, PageWork
from sync.held_sums import Sums
from sync.laptop import JOURNAL, Laptop
from sync.papers import Paper
from sync.safeguards import Safeguards
from sync.second_home import SecondHome
from sync.state import Comparing, Filling
from tests.kit_near import NearCentral, person_id
from tests.machines.sim.quick import QuickLaptop
from tests.machines.sim.stage import KEY, SimMakes

R = TypeVar("R", bound=Reply)


class NothingTakenBack(PageWork):
    """Pulled rows go over what waits here, not beneath it."""

    def take_back(self, conn: Connection) -> None:
        """Leaves the waiting changes where they are."""


class NothingSaidAgain(PageWork):
    """What waits is not laid over the new rows (FA11)."""

    def say_again(self, conn: Connection) -> Changes:
        """Says nothing."""
        return Changes()


class DroppedTooSoon(PageWork):
    """What was answered goes with any page, whether that carries the outcome or not (FA9)."""

    def drop_answered(self, conn: Connection, page: Page, filling: Filling | None) -> frozenset[str]:
        """Drops by status alone."""
        conn.exec_driver_sql("DELETE FROM outbox WHERE status NOT IN ('', 'held', 'later')")
        return frozenset()


class NothingLeaves(PageWork):
    """Cases stay on the laptop when they are not its person's any more (FF1)."""

    def forget_leaving(self, conn: Connection) -> tuple[str, ...]:
        """Forgets nothing."""
        return ()


class LeavingTakesWordsAlong(PageWork):
    """A case that leaves takes along what waits to be sent about it (FA1)."""

    def forget_leaving(self, conn: Connection) -> tuple[str, ...]:
        """Empties the outbox of what is in the way."""
        conn.exec_driver_sql("DELETE FROM outbox WHERE case_id IN (SELECT case_id FROM held_case WHERE is_leaving = 1)")
        return super().forget_leaving(conn)


class OnlyWhatIsNamedLeaves(PageWork):
    """Cases are held against the page's own list alone, not against the scopes of today (FF7)."""

    def mark_out_of_reach(self, conn: Connection, page: Page) -> set[str]:
        """As if every scope that was ever ours still were."""
        rows = conn.exec_driver_sql("SELECT DISTINCT value FROM held_case, json_each(held_case.scopes)")
        ever = tuple(str(row[0]) for row in rows)
        return super().mark_out_of_reach(conn, msgspec.structs.replace(page, now=ever))


class CursorBeforeRows(PageWork):
    """The cursor moves, and the rows that came with it are lost, as by a cut between two commits (FC4)."""

    def take_in(self, conn: Connection, page: Page) -> set[str]:
        """Loses every third page."""
        pages = state.get(conn, "pages", int, 0)
        state.put(conn, "pages", pages + 1)
        return set() if pages % 3 == 2 else super().take_in(conn, page)


class FilledAsBegun(PageWork):
    """A back-fill goes on with all scopes that it began with, and what was whole stays so, whatever was taken (FF7)."""

    def move_on(self, conn: Connection, page: Page, filling: Filling | None) -> None:
        """Looks at the scopes of today with the last page alone."""
        held = state.held(conn)
        super().move_on(conn, page, filling)
        if filling is not None and page.fill_after:
            state.put_all(conn, {state.HELD: held, state.FILLING: Filling(filling.scopes, page.fill_after)})


class NeverWhole(PageWork):
    """A case that comes whole is laid over what is here of it, and nobody notes that it is held (FG1)."""

    def take_in(self, conn: Connection, page: Page) -> set[str]:
        """Takes in rows alone."""
        return super().take_in(conn, msgspec.structs.replace(page, whole={}))


class StampsForgotten(PageWork):
    """Nobody keeps which change of a case was the last that came in (protocol 11)."""

    def note_stamps(self, conn: Connection, page: Page) -> None:
        """Keeps nothing."""


class UnlistedStays(PageWork):
    """A comparison does not take away what is not on the server's list (FD1)."""

    def forget_unlisted(self, conn: Connection, buckets: tuple[str, ...]) -> Applied:
        """Forgets nothing."""
        return Applied(changes=Changes())


class NoBrake(PageWork):
    """However much a page takes away, it is believed (FD6)."""

    def require_few_go(self, conn: Connection, going: int, now: tuple[str, ...]) -> None:
        """Asks for nothing."""


class NoNonces(Safeguards):
    """A copy of a store is taken for the store (FE3)."""

    def nonces(self, conn: Connection) -> tuple[str, str]:
        """Sends none."""
        return "", ""


class NoCopyFirst(Safeguards):
    """A recovery changes the store without a copy of it (protocol 8)."""

    def copy_store(self, laptop: Laptop) -> Path | None:
        """Makes none."""
        return None


class NothingOfferedAgain(Safeguards):
    """What the server lost is not sent once more (FE1)."""

    def last_shared(self, found: Sequence[Stamp], is_shared: Callable[[Stamp], bool]) -> Stamp:
        """As if the server had all of it."""
        return found[-1] if found else START


class NotGoneBack(Safeguards):
    """A laptop hears that history went back, and goes on as before (FE1)."""

    def go_back(self, conn: Connection, shared: Stamp, person_id: str, at: datetime) -> int:
        """Only takes the server's word for where it stands."""
        state.put(conn, state.CURSOR, shared)
        state.put(conn, state.KNOWN, shared)
        state.put(conn, state.EPOCH, "")
        return 0


class ReceiptsForgotten(Safeguards):
    """What was acknowledged is forgotten, in a backup or not (FE1)."""

    def thin_receipts(self, conn: Connection, backed_up_rev: int, now: datetime) -> None:
        """Forgets all of them as soon as anything is backed up."""
        conn.exec_driver_sql("DELETE FROM receipt")


class SameNumberIsSame(Safeguards):
    """A case with the server's number counts as the same, whatever history the number is of (protocol 8)."""

    def go_back(self, conn: Connection, shared: Stamp, person_id: str, at: datetime) -> int:
        """Leaves each case's stamp as it was."""
        stamps = [tuple(row) for row in conn.exec_driver_sql("SELECT rev, chain, case_id FROM held_case").all()]
        again = super().go_back(conn, shared, person_id, at)
        conn.exec_driver_sql("UPDATE held_case SET rev = ?, chain = ? WHERE case_id = ?", stamps)
        return again

    def leave_same(self, conn: Connection, under_way: Comparing) -> None:
        """Looks at numbers alone."""
        same = "SELECT chain FROM held_case h WHERE h.case_id = listed.case_id AND h.rev = listed.rev"
        conn.exec_driver_sql(f"UPDATE listed SET chain = coalesce(({same}), chain)")
        comparing.agree(conn, under_way)


class NothingChecked(Safeguards):
    """Nobody compares sums (protocol 11)."""

    def is_check_due(self, conn: Connection, now: datetime) -> bool:
        """Never."""
        return False


class NoRowsCompared(Safeguards):
    """A stamp that agrees is believed (protocol 11)."""

    def is_row_check_due(self, conn: Connection, now: datetime) -> bool:
        """Never."""
        return False


class SumsOfNothing(Safeguards):
    """The sums are of no scope at all, so that they always agree (protocol 11)."""

    def sums(self, sums: Sums, now: Sequence[str]) -> dict[str, Sum]:
        """Nothing."""
        return {}


class NothingPurged(Safeguards):
    """Who may not come in any more keeps what is on the laptop (FF3)."""

    def purge(self, conn: Connection, person_id: str, *, is_lost: bool, now: datetime) -> tuple[Paper, ...]:
        """Takes nothing away."""
        return ()


class ForgetfulServer(NearCentral):
    """The server does not know what it has answered before (FB1)."""

    def push(self, push: Push) -> PushReply:
        """Forgets the outcomes of what comes, before it comes."""
        with self.server.database.writing() as conn:
            for said in push.cmds:
                conn.execute(outcome.delete().where(outcome.c.cmd_id == said.id))
        return super().push(push)


class Backwards(NearCentral):
    """Commands arrive last first, without what links them (FG4)."""

    def push(self, push: Push) -> PushReply:
        """Turns them round."""
        unlinked = tuple(msgspec.structs.replace(said, prev="") for said in reversed(push.cmds))
        return super().push(Push(rid=push.rid, cmds=unlinked))


class TakenForSent(NearCentral):
    """Something on the way answers for the server, which never hears of the last command (FA5)."""

    def push(self, push: Push) -> PushReply:
        """Hands on all but the last."""
        heard, last = super().push(Push(rid=push.rid, cmds=push.cmds[:-1])), push.cmds[-1]
        return PushReply(rid=push.rid, acks=(*heard.acks, Ack(id=last.id, st=Status.APPLIED)))


class Indiscreet(NearCentral):
    """The server sends everybody what the office sees (FF10)."""

    def pull(self, pull: Pull) -> Page:
        """Looks with the eyes of a coordinator."""
        mine, self.person_id = self.person_id, person_id("priya")
        try:
            return super().pull(pull)
        finally:
            self.person_id = mine


class NoLeaveEvents(NearCentral):
    """Nobody is told which cases they are to forget (protocol 5)."""

    def pull(self, pull: Pull) -> Page:
        """Keeps them to itself."""
        return msgspec.structs.replace(super().pull(pull), evict=())


class NoEnterEvents(NearCentral):
    """Of a case that is new to somebody only what changed in it is sent (protocol 5)."""

    def pull(self, pull: Pull) -> Page:
        """Says of none that it is whole, unless it fills a scope."""
        page = super().pull(pull)
        return page if pull.fill is not None else msgspec.structs.replace(page, whole={})


class AnyHistoryIsOurs(NearCentral):
    """The server goes on with whoever has seen what it never committed (FE1)."""

    def hello(self, hello: Hello) -> HelloReply:
        """Does not look at what the store knows."""
        reply = super().hello(msgspec.structs.replace(hello, known=START, epoch=""))
        return msgspec.structs.replace(reply, epoch=hello.epoch or reply.epoch)


class NoDeposit(NearCentral):
    """What somebody whose access has ended still had to send is turned away (FF3)."""

    def push(self, push: Push) -> PushReply:
        """Says that it was taken, and takes it only from who may come in."""
        if self._session().access == "ok":
            return super().push(push)
        return PushReply(rid=push.rid, acks=tuple(Ack(id=said.id, st=Status.REFUSED_KEPT) for said in push.cmds))


class NobodyIsAsked(NearCentral):
    """Who added a document hears nothing of it when the server has lost the bytes and the case has left (FI11)."""

    def hello(self, hello: Hello) -> HelloReply:
        """Keeps to itself which they are."""
        return msgspec.structs.replace(super().hello(hello), lost_documents=())


class ForgetfulHome(SecondHome):
    """A journal that nobody writes to."""

    def follow(self, database: StoreFile) -> None:
        """Writes nothing down."""

    def add(self, database: StoreFile, seq: int, said: Said) -> None:
        """Writes nothing down."""


class NoJournal(QuickLaptop):
    """What is said has one home on the laptop (promises H16)."""

    def __init__(self, folder: Path, key: bytes, **given: object) -> None:
        super().__init__(folder, key, **given)  # type: ignore[arg-type]
        self.journal.close()
        self.journal = ForgetfulHome(folder / JOURNAL, KEY)


PAGES: tuple[type[PageWork], ...] = (
    NothingTakenBack,
    NothingSaidAgain,
    DroppedTooSoon,
    NothingLeaves,
    LeavingTakesWordsAlong,
    OnlyWhatIsNamedLeaves,
    FilledAsBegun,
    CursorBeforeRows,
    NeverWhole,
    StampsForgotten,
    UnlistedStays,
    NoBrake,
)
SAFEGUARDS: tuple[type[Safeguards], ...] = (
    NoNonces,
    NoCopyFirst,
    NothingOfferedAgain,
    NotGoneBack,
    ReceiptsForgotten,
    SameNumberIsSame,
    NothingChecked,
    NoRowsCompared,
    SumsOfNothing,
    NothingPurged,
)
WIRES: tuple[type[NearCentral], ...] = (
    ForgetfulServer,
    Backwards,
    TakenForSent,
    Indiscreet,
    NoLeaveEvents,
    NoEnterEvents,
    AnyHistoryIsOurs,
    NoDeposit,
    NobodyIsAsked,
)

# Each by the name of what is left out.
ABLATIONS: dict[str, SimMakes] = {
    **{pages.__name__: SimMakes(pages=pages) for pages in PAGES},
    **{safeguards.__name__: SimMakes(safeguards=safeguards) for safeguards in SAFEGUARDS},
    **{wire.__name__: SimMakes(wire=wire) for wire in WIRES},
    NoJournal.__name__: SimMakes(laptop=NoJournal),
}
