"""What a page does to a store: all of it or nothing, beneath what waits here, and nothing stays that is not ours."""

import random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from casework.ids import new_id
from casework.rows import all_of, row_of, write
from casework.tables import TABLES
from casework.values import Activity, Case, Contact, KeptKind, KeptWork, OwnerKind, Property, Task
from casework.wire import Malformed, Page, Pull, Rows, Stamp
from server.setting_up import BACK_OFFICE, WAITING_LIST
from sync import outbox, state
from sync.apply import Applied, PageWork
from sync.faults import Offline, OutOfDate
from sync.state import Filling
from tests.journeys import saying
from tests.kit_near import NINE, Desk, NearCentral, NearWorld, person_id
from tests.machines.invariants import taking_back_gives_the_base
from tests.machines.organisation import Beginning, Story, snapshot
from tests.machines.verbs import VERBS

HERE = "user:here"


class FromTheMoon(NearCentral):
    """A server whose pages have rows that nobody could ever find again."""

    def pull(self, pull: Pull) -> Page:
        """Adds some."""
        return msgspec.structs.replace(super().pull(pull), rows={"moon": Rows(("rev",), ())})


def a_page(cur: Stamp, *, now: tuple[str, ...] = ("ref", HERE), **parts: object) -> Page:
    return msgspec.structs.replace(Page(rid=new_id(), now=now, cur=cur), **parts)


def rows_of(*records: Case | Contact | Property | Task | Activity) -> dict[str, Rows]:
    """Rows as a page has them."""
    found: dict[str, Rows] = {}
    for record in records:
        row = row_of(record)
        name = TABLES[type(record)].name
        before = found[name].r if name in found else ()
        found[name] = Rows(tuple(row), (*before, tuple(row.values())))
    return found


def take(desk: Desk, page: Page, filling: Filling | None = None) -> Applied:
    with desk.laptop.database.writing() as conn:
        return PageWork(desk.person_id).apply(conn, page, filling)


def a_held_case(desk: Desk, *, scopes: tuple[str, ...] = (HERE,), rev: int = 1000) -> Case:
    """A case that came whole, with its client and home."""
    template = a_template(desk)
    contact, home = Contact(id=new_id(), rev=rev, last_name="Evans"), Property(id=new_id(), rev=rev)
    case = msgspec.structs.replace(template, id=new_id(), rev=rev, contact_id=contact.id, property_id=home.id)
    take(desk, a_page((rev, "c" * 16), whole={case.id: scopes}, rows=rows_of(case, contact, home)))
    return case


def a_template(desk: Desk) -> Case:
    """Some case that is well formed."""
    with desk.world.server.database.reading() as conn:
        return all_of(conn, Case)[0]


@pytest.fixture
def desk(world: NearWorld) -> Desk:
    """Amy's laptop, in step with an office that has one waiting case."""
    priya = world.desk("priya")
    saying.referral(priya)
    priya.sync()
    return world.desk("amy")


@pytest.mark.covers("FC4")
def test_that_rows_and_cursor_come_together_or_not_at_all(desk: Desk) -> None:
    case = a_held_case(desk)
    before = desk.look(snapshot), desk.look(state.cursor)
    broken = msgspec.structs.replace(case, description="new", rev=1001)
    page = a_page((1001, "d" * 16), rows=rows_of(broken) | {"moon": Rows(("id",), (("1",),))})
    with pytest.raises(Malformed):
        take(desk, page)
    assert (desk.look(snapshot), desk.look(state.cursor)) == before


@pytest.mark.parametrize(
    "rows",
    [
        {"task": Rows(("id", "rev", "colour"), (("1", 2000, "red"),))},
        {"task": Rows(("id",), (("1",),))},
        {"task": Rows(("id", "rev"), (("1", 2000),))},
        {"task": Rows(("id", "rev"), (("1",),))},
        {"unheard_of": Rows(("rev",), ((1,),))},
    ],
    ids=["unfinished row with more", "no number", "unfinished row", "narrow row", "unknown kind without ids"],
)
def test_that_a_page_that_is_not_understood_changes_nothing(desk: Desk, rows: dict[str, Rows]) -> None:
    before = desk.look(snapshot), desk.look(state.cursor)
    with pytest.raises(Malformed):
        take(desk, a_page((2000, "e" * 16), rows=rows))
    assert (desk.look(snapshot), desk.look(state.cursor)) == before


def test_that_a_round_with_such_a_page_ends_by_asking_for_an_update(desk: Desk) -> None:
    desk.world.staff(WAITING_LIST, "amy")
    desk.engine.central = FromTheMoon(desk.world.server, desk.person_id, desk.device)
    assert isinstance(desk.try_to_sync().fault, OutOfDate)


def test_that_an_older_row_never_goes_over_a_newer_one(desk: Desk) -> None:
    case = a_held_case(desk, rev=1000)
    older = msgspec.structs.replace(case, description="older", rev=900)
    newer = msgspec.structs.replace(case, description="newer", rev=1100)
    take(desk, a_page((1100, "d" * 16), rows=rows_of(newer)))
    take(desk, a_page((1101, "e" * 16), rows=rows_of(older)))
    assert saying.the_case(desk, case.id).description == "newer"


def test_that_every_column_of_a_changed_row_comes_in_and_none_of_an_older_one(desk: Desk) -> None:
    case = a_held_case(desk, rev=1000)
    newer = msgspec.structs.replace(
        case, rev=1100, description="newer", number="25-0999", owner_id=new_id(), other_numbers=("24-0001",)
    )
    older = msgspec.structs.replace(case, rev=1050, description="older", number="25-0111", owner_id=new_id())
    take(desk, a_page((1100, "d" * 16), rows=rows_of(newer)))
    take(desk, a_page((1101, "e" * 16), rows=rows_of(older)))
    assert saying.the_case(desk, case.id) == newer


@pytest.mark.covers("FC3")
def test_that_the_cursor_takes_the_pages_number_and_never_goes_back(desk: Desk) -> None:
    here = desk.look(state.cursor)
    following = (here[0] + 1, "a" * 16)
    take(desk, a_page(following))
    assert desk.look(state.cursor) == following
    take(desk, a_page((1, "b" * 16)))
    assert desk.look(state.cursor) == following


def test_that_a_case_that_comes_whole_replaces_what_was_here_of_it(desk: Desk) -> None:
    case = a_held_case(desk)
    task = Task(
        id=new_id(),
        rev=1001,
        case_id=case.id,
        type="phone_call",
        title="Ring",
        created_at=NINE,
        created_by=desk.person_id,
    )
    take(desk, a_page((1001, "d" * 16), rows=rows_of(task)))
    assert saying.on_case(desk, Task, case.id) == (task,)
    whole = rows_of(msgspec.structs.replace(case, rev=1002))
    take(desk, a_page((1002, "e" * 16), whole={case.id: (HERE,)}, rows=whole))
    assert saying.on_case(desk, Task, case.id) == ()


@pytest.mark.covers("FF1", "FD9")
def test_that_a_case_leaves_with_its_client_unless_another_case_needs_them(desk: Desk) -> None:
    one, other = a_held_case(desk), a_held_case(desk)
    shared = msgspec.structs.replace(other, contact_id=one.contact_id, rev=1001)
    take(desk, a_page((1001, "d" * 16), rows=rows_of(shared)))
    applied = take(desk, a_page((1002, "e" * 16), evict=(one.id,)))
    assert applied.gone == (one.id,)
    assert one.id in applied.changes.cases
    assert saying.look(desk, Case, one.id) is None
    assert saying.look(desk, Contact, one.contact_id) is not None
    assert saying.look(desk, Property, one.property_id) is None


@pytest.mark.covers("FF7")
def test_that_every_page_is_held_against_the_scopes_of_today(desk: Desk) -> None:
    mine = a_held_case(desk)
    both = a_held_case(desk, scopes=("queue:gone", HERE))
    theirs = a_held_case(desk, scopes=("queue:gone", "queue:too"))
    gone = take(desk, a_page((1001, "d" * 16), now=("ref", HERE))).gone
    assert theirs.id in gone
    assert saying.look(desk, Case, theirs.id) is None
    assert saying.look(desk, Case, mine.id) is not None
    assert saying.look(desk, Case, both.id) is not None


def test_that_what_a_page_does_not_name_stays(desk: Desk) -> None:
    case = a_held_case(desk)
    assert take(desk, a_page((1001, "d" * 16))).gone == ()
    assert saying.look(desk, Case, case.id) == case


@pytest.mark.covers("FA1")
def test_that_a_case_waits_with_leaving_until_its_words_were_answered(world: NearWorld) -> None:
    priya, amy, ben = world.desk("priya"), world.desk("amy"), world.desk("ben")
    case_id = saying.a_case_of(priya, "ben")
    saying.give(priya, case_id, saying.person("amy"))
    priya.sync()
    amy.sync()
    ben.sync()
    saying.note(amy, case_id, "I was there")
    saying.describe(amy, case_id, "Mine")
    saying.give(priya, case_id, saying.person("ben"))
    priya.sync()
    amy.wire.lose_pushes = 1
    amy.try_to_sync()
    assert amy.look(outbox.count) == 2
    assert "I was there" in saying.texts(amy, case_id)
    amy.sync()
    amy.sync()
    assert amy.look(outbox.count) == 0
    ben.sync()
    assert "I was there" in saying.texts(ben, case_id)


def test_that_kept_work_goes_with_the_case_unless_it_is_mine(desk: Desk) -> None:
    case = a_held_case(desk)
    kept = _kept_work(desk, case.id)
    with desk.laptop.database.reading() as conn:
        assert {one.id for one in all_of(conn, KeptWork)} == set(kept.values())
    take(desk, a_page((1002, "e" * 16), evict=(case.id,)))
    with desk.laptop.database.reading() as conn:
        left = {one.id for one in all_of(conn, KeptWork)}
    assert left == {kept["written by me"], kept["waits for me"], kept["waits for my queue"]}


def _kept_work(desk: Desk, case_id: str) -> dict[str, str]:
    """Kept work of all sorts about a case; returns the ids by what it is to Amy."""
    me, other = desk.person_id, person_id("ben")
    sorts = {
        "written by me": (me, OwnerKind.PERSON, other),
        "waits for me": (other, OwnerKind.PERSON, me),
        "waits for my queue": (other, OwnerKind.QUEUE, WAITING_LIST),
        "nothing of mine": (other, OwnerKind.PERSON, other),
        "another queue's": (other, OwnerKind.QUEUE, BACK_OFFICE),
    }
    ids = {name: new_id() for name in sorts}
    with desk.laptop.database.writing() as conn:
        for name, (author, kind, waits_for) in sorts.items():
            kept = KeptWork(
                id=ids[name],
                rev=1001,
                case_id=case_id,
                kind=KeptKind.BROKEN,
                code="server-could-not",
                said="{}",
                command="note.add",
                author_id=author,
                said_at=NINE,
                kept_at=NINE,
                for_kind=kind,
                for_id=waits_for,
            )
            write(conn, kept)
    return ids


@pytest.mark.covers("FC9")
@pytest.mark.parametrize("cut_after", range(1, 8))
def test_that_a_back_fill_resumes_wherever_it_was_cut(world: NearWorld, cut_after: int) -> None:
    priya = world.desk("priya")
    wanted = sorted(saying.referral(priya, last_name=f"Client {number}") for number in range(12))
    priya.sync()
    amy = Desk(world, "amy")
    amy.wire.page_bytes = 4_000
    left = cut_after

    def cut() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Offline("cut")

    amy.wire.meanwhile = cut
    assert isinstance(amy.try_to_sync().fault, Offline)
    some_here = len(amy.look(lambda conn: all_of(conn, Case)))
    amy.wire.meanwhile = None
    amy.wire.requests.clear()
    amy.sync()
    assert sorted(case.id for case in amy.look(lambda conn: all_of(conn, Case))) == wanted
    if some_here:
        assert amy.wire.requests.count("Pull") < 14, "it began again"
    amy.laptop.close()


@pytest.mark.covers("FF7")
def test_that_a_queue_lost_in_the_middle_of_its_back_fill_leaves_nothing_behind(world: NearWorld) -> None:
    priya = world.desk("priya")
    world.staff(WAITING_LIST)
    amy = world.desk("amy")
    for number in range(12):
        saying.referral(priya, last_name=f"Client {number}")
    priya.sync()
    amy.wire.page_bytes = 4_000
    world.staff(WAITING_LIST, "amy")
    pulls = 0

    def taken_away() -> None:
        nonlocal pulls
        pulls += 1
        if pulls == 4:
            assert amy.look(lambda conn: all_of(conn, Case)) != ()
            world.staff(WAITING_LIST)

    amy.wire.meanwhile = taken_away
    amy.sync()
    amy.wire.meanwhile = None
    assert pulls > 4
    assert amy.look(lambda conn: all_of(conn, Case)) == ()
    assert amy.look(lambda conn: all_of(conn, Contact)) == ()
    assert amy.look(state.filling) is None
    assert not amy.engine.look().filling


def test_that_a_queue_given_back_is_filled_anew(world: NearWorld) -> None:
    priya = world.desk("priya")
    case_id = saying.referral(priya)
    priya.sync()
    amy = world.desk("amy")
    world.staff(WAITING_LIST)
    amy.sync()
    assert saying.look(amy, Case, case_id) is None
    world.staff(WAITING_LIST, "amy")
    amy.sync()
    assert saying.look(amy, Case, case_id) is not None


@pytest.mark.covers("FI14")
def test_that_a_quiet_round_asks_once_and_tells_nobody(desk: Desk) -> None:
    desk.wire.requests.clear()
    report = desk.sync()
    assert desk.wire.requests == ["Hello"]
    assert not report.changes
    assert desk.engine.look().all_sent


@pytest.mark.covers("FC10")
def test_that_small_pages_bring_all_that_one_big_page_brings(world: NearWorld) -> None:
    priya, whole, pieces = world.desk("priya"), world.desk("amy"), world.desk("amy", number=2)
    for number in range(8):
        case_id = saying.a_case_of(priya, "amy") if number % 2 else saying.referral(priya)
        saying.note(priya, case_id, "A note")
    priya.sync()
    pieces.wire.page_bytes = 2_000
    pieces.wire.requests.clear()
    whole.sync()
    pieces.sync()
    assert pieces.wire.requests.count("Pull") > 5
    assert pieces.look(snapshot) == whole.look(snapshot)


def test_that_a_refused_word_is_told_to_the_screen_when_it_is_taken_back(world: NearWorld) -> None:
    priya, amy = world.desk("priya"), world.desk("amy")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy.sync()
    saying.describe(amy, case_id, "Amy's words")
    saying.describe(priya, case_id, "Priya's words")
    priya.sync()
    report = amy.sync()
    assert case_id in report.changes.cases
    assert saying.the_case(amy, case_id).description == "Priya's words"


@pytest.mark.covers("FA11")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seeds=some.lists(some.tuples(some.sampled_from(sorted(VERBS)), some.integers(0, 1 << 30)), max_size=12),
    between=some.booleans(),
)
def test_that_taking_back_and_saying_again_changes_nothing(
    beginning: Beginning, seeds: list[tuple[str, int]], between: bool
) -> None:
    """I12, the rebase law, also over rows that changed meanwhile."""
    story = Story(beginning)
    try:
        amy, priya = story.desks["amy"], story.desks["priya"]
        for verb, seed in seeds:
            story.say("amy", verb, random.Random(seed))
            if between:
                story.say("priya", verb, random.Random(seed + 1))
        taking_back_gives_the_base(amy.laptop)
        priya.sync()
        amy.wire.lose_pushes = 1
        amy.try_to_sync()
        taking_back_gives_the_base(amy.laptop)
    finally:
        story.end()
