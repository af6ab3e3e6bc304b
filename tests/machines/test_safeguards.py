"""Each safeguard is left out once, and the stories must notice: that is how one knows that the invariants can see."""

import msgspec
import pytest

from casework.answers import Changes, Status
from casework.connection import Connection
from casework.wire import Ack, Page, Pull, Push, PushReply
from server.tables import outcome
from sync import state
from sync.apply import PageWork
from sync.state import Filling
from tests.kit_near import Makes, NearCentral, person_id
from tests.machines.organisation import Beginning
from tests.machines.playing import play

STORIES = 30
# Some are missed only where several things come together.
MOST_STORIES = 120


class NothingTakenBack(PageWork):
    """Pulled rows go over what waits here, not beneath it."""

    def take_back(self, conn: Connection) -> None:
        """Leaves the waiting changes where they are."""


class NothingSaidAgain(PageWork):
    """What waits is not laid over the new rows."""

    def say_again(self, conn: Connection) -> Changes:
        """Says nothing."""
        return Changes()


class DroppedTooSoon(PageWork):
    """What was answered goes with any page, whether that carries the outcome or not."""

    def drop_answered(self, conn: Connection, page: Page, filling: Filling | None) -> frozenset[str]:
        """Drops by status alone."""
        conn.exec_driver_sql("DELETE FROM outbox WHERE status NOT IN ('', 'held', 'later')")
        return frozenset()


class NothingLeaves(PageWork):
    """Cases stay on the laptop when they are not its person's any more."""

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


class NeverWhole(PageWork):
    """A case that comes whole is laid over what is here of it, and nobody notes that it is held."""

    def take_in(self, conn: Connection, page: Page) -> set[str]:
        """Takes in rows alone."""
        return super().take_in(conn, msgspec.structs.replace(page, whole={}))


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


ABLATIONS = [
    Makes(pages=NothingTakenBack),
    Makes(pages=NothingSaidAgain),
    Makes(pages=DroppedTooSoon),
    Makes(pages=NothingLeaves),
    Makes(pages=LeavingTakesWordsAlong),
    Makes(pages=OnlyWhatIsNamedLeaves),
    Makes(pages=CursorBeforeRows),
    Makes(pages=NeverWhole),
    Makes(wire=ForgetfulServer),
    Makes(wire=Backwards),
    Makes(wire=TakenForSent),
    Makes(wire=Indiscreet),
]


def name_of(makes: Makes) -> str:
    """What is left out."""
    return (makes.pages if makes.pages is not PageWork else makes.wire).__name__


def test_that_the_stories_hold_with_every_safeguard_in_place(beginning: Beginning) -> None:
    for seed in range(STORIES):
        play(beginning, seed)


@pytest.mark.covers("FA1", "FA5", "FA11", "FB1", "FC4", "FF7", "FG4")
@pytest.mark.parametrize("makes", ABLATIONS, ids=name_of)
def test_that_a_safeguard_is_missed_when_it_is_left_out(beginning: Beginning, makes: Makes) -> None:
    for seed in range(MOST_STORIES):
        try:
            play(beginning, seed, makes=makes)
        except AssertionError:
            return
    raise AssertionError(f"{MOST_STORIES} stories without it, and nobody noticed")
