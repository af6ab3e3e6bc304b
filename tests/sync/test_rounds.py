"""Rounds over a bad wire: what counts as answered, what stays, what the person is told, and where it goes on."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from casework.answers import Refused, Status
from casework.commands import AddNote
from casework.store_faults import DiskFault
from casework.values import Activity
from casework.wire import Ack, Hello, HelloReply, Page, Pull, Push, PushReply, decode, encode
from server.setting_up import BACK_OFFICE
from sync import outbox, state
from sync.engine import Engine, Hooks
from sync.faults import Locked, Offline, OutOfDate, Rejected, ServerFault, Stopped, SyncFault, TooLarge
from sync.laptop import Drafts
from sync.status import LATE_AFTER, SyncState
from tests.journeys import saying
from tests.kit_near import NINE, Desk, NearCentral, NearWorld
from tests.machines.organisation import snapshot


@pytest.fixture
def amy(world: NearWorld) -> Desk:
    """Amy's laptop, with a case of hers."""
    priya = world.desk("priya")
    saying.a_case_of(priya, "amy")
    priya.sync()
    return world.desk("amy")


def case_of(desk: Desk) -> str:
    return desk.look(lambda conn: str(conn.exec_driver_sql("SELECT id FROM case_file").scalar_one()))


class Bent(NearCentral):
    """A wire on which one verb is bent: `push` or `pull` or `hello` as given, the rest as it is."""

    bent_push: Callable[[NearCentral, Push], PushReply] | None = None
    bent_hello: Callable[[NearCentral, Hello], HelloReply] | None = None

    def push(self, push: Push) -> PushReply:
        """As bent."""
        return self.bent_push(self, push) if self.bent_push else super().push(push)

    def hello(self, hello: Hello) -> HelloReply:
        """As bent."""
        return self.bent_hello(self, hello) if self.bent_hello else super().hello(hello)


def bend(desk: Desk) -> Bent:
    bent = Bent(desk.world.server, desk.person_id, desk.device)
    desk.engine.central = bent
    return bent


def talkative(desk: Desk, notes: int) -> None:
    for number in range(notes):
        saying.note(desk, case_of(desk), f"note {number}")


@pytest.mark.covers("FA5")
def test_that_a_push_that_names_nothing_clears_nothing(amy: Desk) -> None:
    talkative(amy, 2)
    bend(amy).bent_push = lambda wire, push: PushReply(rid=push.rid, acks=())
    assert isinstance(amy.try_to_sync().fault, ServerFault)
    assert amy.look(outbox.count) == 2


@pytest.mark.covers("FA5")
def test_that_answers_about_what_was_not_sent_change_nothing(amy: Desk) -> None:
    talkative(amy, 2)
    first = amy.look(outbox.waiting)[0].said.id
    strangers = (Ack(id="0" * 32, st=Status.APPLIED, rev=5), Ack(id=first, st=Status.HELD))
    bend(amy).bent_push = lambda wire, push: PushReply(rid=push.rid, acks=strangers)
    amy.try_to_sync()
    assert amy.look(outbox.count) == 2
    assert amy.engine.look().held == 1


@pytest.mark.covers("FA5")
def test_that_an_outcome_that_only_a_newer_app_knows_leaves_its_command_waiting_and_stops_nothing(amy: Desk) -> None:
    talkative(amy, 2)
    before = amy.look(state.cursor)

    def newer(wire: NearCentral, push: Push) -> PushReply:
        answer = encode(NearCentral.push(wire, push)).replace(b'"st":"applied"', b'"st":"applied_half"', 1)
        return decode(answer, PushReply)

    bend(amy).bent_push = newer
    report = amy.sync()
    assert [ack.st for ack in report.acks] == [Status.LATER, Status.APPLIED]
    assert amy.look(outbox.count) == 1
    assert amy.look(state.cursor) != before
    bend(amy)
    assert [ack.st for ack in amy.sync().acks] == [Status.APPLIED]
    assert amy.look(outbox.everything) == ()


@pytest.mark.covers("FA4", "FA3")
@pytest.mark.parametrize("fault", [Rejected("not-understood"), TooLarge(), Offline(), Locked(), ServerFault()])
def test_that_only_an_outcome_by_id_clears_the_outbox(amy: Desk, fault: SyncFault) -> None:
    talkative(amy, 3)

    def refuse(wire: NearCentral, push: Push) -> PushReply:
        raise fault

    bend(amy).bent_push = refuse
    assert amy.try_to_sync().fault is fault
    assert amy.look(outbox.count) == 3
    assert not amy.engine.look().all_sent


@pytest.mark.covers("FI6", "FA3")
def test_that_many_monsters_keep_neither_words_nor_news_back(world: NearWorld) -> None:
    """Each on a case of its own, as words wait for those said before them on the same case."""
    priya = world.desk("priya")
    cases = [saying.a_case_of(priya, "amy") for _ in range(9)]
    priya.sync()
    amy = world.desk("amy")
    amy.sync()
    for number, case_id in enumerate(cases):
        saying.note(amy, case_id, f"monster {number}" if number < 8 else "small")
    saying.note(priya, cases[0], "news")
    priya.sync()
    cable = bend(amy)

    def narrow(wire: NearCentral, push: Push) -> PushReply:
        if any("monster" in str(said.say) for said in push.cmds):
            raise TooLarge
        return NearCentral.push(wire, push)

    cable.bent_push = narrow
    assert isinstance(amy.try_to_sync().fault, TooLarge)
    assert "news" in saying.texts(amy, cases[0])
    assert isinstance(amy.try_to_sync().fault, TooLarge)
    assert "small" in [line.text for line in saying.on_server(amy, Activity, cases[8])]
    assert amy.look(outbox.count) == 8
    cable.bent_push = None
    amy.try_to_sync()
    assert amy.look(outbox.count) == 0


@pytest.mark.covers("FI6", "FA3")
def test_that_a_wire_that_takes_little_gets_little_and_one_monster_stops_nobody(amy: Desk) -> None:
    talkative(amy, 6)
    monster = amy.look(outbox.waiting)[2].said
    sizes: list[int] = []

    def narrow(wire: NearCentral, push: Push) -> PushReply:
        sizes.append(len(push.cmds))
        if len(push.cmds) > 3 or monster in push.cmds:
            raise TooLarge
        return NearCentral.push(wire, push)

    bend(amy).bent_push = narrow
    report = amy.try_to_sync()
    assert isinstance(report.fault, TooLarge)
    # what follows the monster on its case waits for it; what came before is on the server
    assert [one.said.id for one in amy.look(outbox.waiting)][0] == monster.id
    assert max(sizes) == 6
    assert "note 1" in [line.text for line in saying.on_server(amy, Activity, case_of(amy))]


def test_that_a_command_that_is_held_holds_up_no_other_case(world: NearWorld) -> None:
    priya = world.desk("priya")
    one, other = saying.referral(priya), saying.referral(priya, last_name="Other")
    priya.sync()
    with priya.laptop.database.writing() as conn:
        for number in range(250):
            said = outbox.stamp(conn, AddNote(case_id=one, text=f"{number}"), priya.clock())
            outbox.add(conn, msgspec.structs.replace(said, prev="f" * 32))
    saying.note(priya, other, "not held up")
    priya.sync()
    assert "not held up" in [line.text for line in saying.on_server(priya, Activity, other)]
    now = priya.engine.look()
    assert (now.unsent, now.held, now.all_sent) == (250, 250, False)


def test_that_a_person_who_goes_on_talking_does_not_keep_a_round_from_ending(amy: Desk) -> None:
    case_id = case_of(amy)
    saying.note(amy, case_id, "the first")
    amy.wire.meanwhile = lambda: saying.note(amy, case_id, "and another")
    assert amy.sync().reached_the_end
    amy.wire.meanwhile = None
    assert amy.look(outbox.count) > 0
    amy.sync()
    assert amy.look(outbox.count) == 0


def test_that_what_was_said_shows_between_any_two_pages_too(amy: Desk) -> None:
    """I3: closing gives the task a newer number, so it comes with a later page than the outcome of adding it."""
    case_id = case_of(amy)
    task_id = saying.book_visit(amy, case_id, NINE)
    saying.note(amy, case_id, "x" * 900)
    saying.close(amy, case_id)
    amy.wire.page_bytes = 1_000
    shown: list[bool] = []
    amy.wire.meanwhile = lambda: shown.append(task_id in saying.tasks(amy, case_id))
    amy.sync()
    amy.wire.meanwhile = None
    assert len(shown) > 4
    assert all(shown)
    assert task_id in saying.tasks(amy, case_id)
    assert amy.look(outbox.everything) == ()


@pytest.mark.covers("FA9")
def test_that_what_is_said_while_a_push_is_on_its_way_stays_waiting_and_shows(amy: Desk) -> None:
    case_id = case_of(amy)
    saying.describe(amy, case_id, "first words")

    def speak_up() -> None:
        if amy.wire.requests[-1] == "Push":
            saying.describe(amy, case_id, "second words")

    amy.wire.meanwhile = speak_up
    amy.engine.sync_once()
    amy.wire.meanwhile = None
    assert saying.the_case(amy, case_id).description == "second words"
    assert amy.look(outbox.count) == 1
    amy.sync()
    assert saying.server_case(amy, case_id).description == "second words"


@pytest.mark.covers("FB1", "FB3", "OC23")
def test_that_a_lost_answer_makes_nothing_twice_however_often(amy: Desk) -> None:
    case_id = case_of(amy)
    saying.note(amy, case_id, "once")
    amy.wire.lose_pushes = 5
    for _ in range(5):
        assert isinstance(amy.try_to_sync().fault, Offline)
        assert amy.engine.look().unsent == 1
    amy.sync()
    assert [line.text for line in saying.on_server(amy, Activity, case_id)].count("once") == 1


@pytest.mark.covers("FD7")
def test_that_being_locked_out_deletes_nothing(amy: Desk) -> None:
    saying.note(amy, case_of(amy), "still here")
    before = amy.look(snapshot)

    def refuse(wire: NearCentral, hello: Hello) -> HelloReply:
        raise Locked("locked-out")

    bend(amy).bent_hello = refuse
    for _ in range(2):
        assert isinstance(amy.try_to_sync().fault, Locked)
    assert (amy.look(snapshot), amy.look(outbox.count)) == (before, 1)
    amy.engine.central = amy.cable
    amy.sync()
    assert amy.look(outbox.count) == 0


def test_that_an_app_that_gets_no_pages_any_more_still_sends(amy: Desk) -> None:
    saying.note(amy, case_of(amy), "sent by an old app")

    bend(amy).bent_hello = lambda _, hello: msgspec.structs.replace(amy.wire.hello(hello), pull="upgrade")
    assert isinstance(amy.try_to_sync().fault, OutOfDate)
    assert amy.look(outbox.count) == 0
    assert "sent by an old app" in [line.text for line in saying.on_server(amy, Activity, case_of(amy))]


def test_that_pages_that_lead_nowhere_end_the_round(amy: Desk) -> None:
    class Stuck(NearCentral):
        def pull(self, pull: Pull) -> Page:
            """Always says that there is more."""
            return msgspec.structs.replace(super().pull(pull), more=True)

    talkative(amy, 1)
    amy.engine.central = Stuck(amy.world.server, amy.person_id, amy.device)
    assert isinstance(amy.try_to_sync().fault, ServerFault)


def test_that_a_disk_in_trouble_ends_the_round_under_its_own_name(amy: Desk) -> None:
    class Failing(NearCentral):
        def pull(self, pull: Pull) -> Page:
            """As if the page could not be written."""
            raise DiskFault

    talkative(amy, 1)
    amy.engine.central = Failing(amy.world.server, amy.person_id, amy.device)
    report = amy.try_to_sync()
    assert report.fault is not None
    assert report.fault.code == "disk-fault"


def test_that_a_round_stops_early_when_the_app_closes(amy: Desk) -> None:
    saying.note(amy, case_of(amy), "kept")
    amy.wire.meanwhile = amy.engine.stop_early
    assert isinstance(amy.try_to_sync().fault, Stopped)
    assert amy.wire.requests[-1] == "Hello"
    assert amy.look(outbox.count) == 1


def test_that_the_status_says_late_after_two_days_and_by_what_was_said_first(amy: Desk) -> None:
    assert not amy.engine.look().is_late(amy.clock())
    saying.note(amy, case_of(amy), "said now")
    said = amy.engine.look().oldest_unsent
    assert said is not None
    assert not amy.engine.look().is_late(said + LATE_AFTER - timedelta(seconds=1))
    assert amy.engine.look().is_late(said + LATE_AFTER)


def test_that_decisions_for_a_persons_queues_count_too(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    saying.describe(amy, case_id, "Amy's")
    saying.describe(priya, case_id, "Priya's")
    saying.give(priya, case_id, saying.BACK_OFFICE_QUEUE)
    priya.sync()
    amy.sync()
    with amy.world.server.database.reading() as conn:
        waits_for = conn.exec_driver_sql("SELECT for_kind, for_id FROM kept_work").all()
    assert waits_for == [("queue", BACK_OFFICE)]
    assert amy.engine.look().decisions == 0
    world.staff(BACK_OFFICE, "amy")
    amy.sync()
    assert amy.engine.look().decisions == 1


def test_that_the_status_of_a_round_is_told_and_the_last_trouble_stands_until_it_ends(amy: Desk) -> None:
    told: list[SyncState] = []
    engine = Engine(amy.laptop, amy.cable, Hooks(state=told.append))
    amy.cable.is_cut = True
    engine.sync_once()
    amy.cable.is_cut = False
    told.clear()
    engine.sync_once()
    assert {now.fault for now in told[:-1]} == {"offline"}
    assert not any(now.all_sent for now in told[:-1])
    assert told[-1].all_sent
    assert told[-1].next_try is not None


def test_that_nothing_is_all_sent_before_the_first_round(world: NearWorld) -> None:
    desk = Desk(world, "ben")
    assert not desk.engine.look().all_sent
    assert desk.engine.look().in_sync_at is None
    assert desk.laptop.say(AddNote(case_id="0" * 32, text="x")) == Refused("not-set-up-yet")
    desk.sync()
    assert desk.engine.look().all_sent
    desk.laptop.close()


def test_that_an_answer_that_comes_again_changes_nothing(amy: Desk) -> None:
    saying.note(amy, case_of(amy), "once")
    said = amy.look(outbox.waiting)[0].said
    ack = Ack(id=said.id, st=Status.APPLIED, rev=10**6, chain="a" * 16)
    with amy.laptop.database.writing() as conn:
        assert outbox.answered(conn, (ack,), amy.clock()) == (ack,)
        assert outbox.answered(conn, (ack,), amy.clock()) == ()
        assert state.get(conn, state.KNOWN, tuple[int, str], (0, "")) == (10**6, "a" * 16)


def test_that_what_was_answered_shows_until_its_page_is_in(amy: Desk) -> None:
    """I3: between the answer and the page nothing that was said leaves the screen."""
    case_id = case_of(amy)
    saying.note(amy, case_id, "on the screen")

    def lose_the_page() -> None:
        amy.wire.lose_replies = amy.wire.requests[-1] == "Pull"

    amy.wire.meanwhile = lose_the_page
    assert isinstance(amy.try_to_sync().fault, Offline)
    amy.wire.meanwhile = None
    assert amy.look(outbox.count) == 0
    assert "on the screen" in saying.texts(amy, case_id)
    amy.sync()
    assert amy.look(outbox.everything) == ()
    assert saying.texts(amy, case_id).count("on the screen") == 1


def test_that_drafts_outlive_restarts_and_rounds_until_they_are_saved_or_thrown_away(amy: Desk) -> None:
    Drafts(amy.laptop).keep("case/1", {"text": "half a sent"})
    Drafts(amy.laptop).keep("case/1", {"text": "half a sentence"})
    Drafts(amy.laptop).keep("case/2", {"text": ""})
    amy.crash()
    amy.sync()
    drafts = Drafts(amy.laptop)
    assert drafts.find("case/1") == {"text": "half a sentence"}
    assert drafts.find("case/2") == {}
    drafts.forget("case/1")
    assert drafts.find("case/1") == {}
