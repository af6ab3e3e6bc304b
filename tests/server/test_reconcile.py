"""A store is compared with what is in reach, case by case: what differs comes whole, what is not on the list goes."""

from datetime import UTC, datetime

import msgspec
import pytest

from casework.ids import new_id
from casework.values import Case, KeptKind, KeptState, KeptWork, Notice, OwnerKind, Person
from casework.wire import Page, Pull, Reconcile, ReconcileReply, Trees, decode
from tests.server.kit_central import Central, Visitor, a_note, given_to
from tests.server.test_feed import assert_same
from tests.server.test_verify import assert_whole


def assert_equal_to_a_new_store(central: Central, visitor: Visitor) -> None:
    fresh = central.visitor(visitor.name)
    fresh.sync()
    visitor.sync()
    assert visitor.store.cases == fresh.store.cases
    for kind in ("case_file", "activity", "task", "person", "kept_work", "notice"):
        assert visitor.store.rows.get(kind, {}) == fresh.store.rows.get(kind, {}), kind


def test_that_a_list_brings_a_store_that_missed_everything_up_to_date(central: Central) -> None:
    amy, priya = central.visitor("amy"), central.visitor("priya")
    stays, changes, leaves = (central.opened(amy) for _ in range(3))
    waiting = central.waiting()
    amy.sync()
    amy.say(a_note(changes))
    priya.say(given_to(leaves, "ben"), given_to(waiting, "ben"))
    comes = central.opened(amy)
    held = dict(amy.store.stamps)
    marks = amy.reconcile()
    assert {mark.id for mark in marks} == {stays.id, changes.id, comes.id}
    assert amy.store.stamps[stays.id] == held[stays.id]
    assert set(amy.store.cases) == {stays.id, changes.id, comes.id}
    assert_whole(amy)
    assert_same(central, amy)
    assert_equal_to_a_new_store(central, amy)


def test_that_what_changes_while_the_list_is_read_comes_with_the_changes_after_it(central: Central) -> None:
    jo, amy, priya = central.visitor("jo"), central.visitor("amy"), central.visitor("priya")
    cases = [central.opened(amy, client=f"Client {number}") for number in range(5)]
    amy.sync()
    first = amy.ask("/v1/reconcile", Reconcile(rid=new_id()), ReconcileReply)
    assert [mark.id for mark in first.cases] == sorted(case.id for case in cases)
    assert first.after == ""
    # meanwhile: one leaves, one comes, one changes
    priya.say(given_to(cases[0], "ben"))
    comes = central.opened(amy)
    jo.say(a_note(cases[3]))
    amy.store.forget_all_but(mark.id for mark in first.cases)
    amy.store.cur = first.at
    amy.sync()
    assert set(amy.store.cases) == {case.id for case in cases[1:]} | {comes.id}
    assert_whole(amy)
    assert_equal_to_a_new_store(central, amy)


def test_that_the_list_names_nothing_out_of_reach_and_no_scope_of_others(central: Central) -> None:
    mine = central.owned_by("amy")
    central.owned_by("ben")
    reply = central.visitor("amy").ask("/v1/reconcile", Reconcile(rid=new_id()), ReconcileReply)
    assert [mark.id for mark in reply.cases] == [mine.id]
    assert reply.cases[0].scopes == (f"user:{mine.owner_id}",)
    last = central.case(mine.id)
    assert reply.cases[0].rev == last.rev


def test_that_whole_cases_come_by_id_in_small_pages_and_those_out_of_reach_are_to_be_forgotten(
    central: Central,
) -> None:
    amy = central.visitor("amy")
    mine = [central.opened(amy, client=f"Client {number}") for number in range(6)]
    theirs = central.owned_by("ben")
    ids = [mine[3].id, theirs.id, *(case.id for case in mine if case is not mine[3]), "0" * 32]
    pages = amy.fetch_trees(ids, ref=True, most=1_000)
    assert pages > 3
    assert set(amy.store.cases) == {case.id for case in mine}
    assert len(amy.store.ids(Person)) == 6
    first = amy.ask("/v1/trees", Trees(rid=new_id(), ids=(theirs.id, "0" * 32)), Page)
    assert (first.evict, first.whole, first.more) == ((theirs.id, "0" * 32), {}, False)
    assert first.cur == amy.hello().head


def test_that_what_is_ones_own_comes_with_the_trees_only_where_it_is_asked_for(central: Central) -> None:
    case = central.waiting()
    priya, amy = central.visitor("priya"), central.visitor("amy")
    priya.say(given_to(case, "amy"))
    without = amy.ask("/v1/trees", Trees(rid=new_id(), ids=()), Page)
    assert without.rows == {}
    amy.fetch_trees((), ref=True)
    assert len(amy.store.ids(Notice)) == 1
    assert amy.store.ids(Case) == set()


def test_that_much_of_ones_own_comes_in_pages_of_the_size_asked_for_and_before_the_cases(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    with central.database.writing() as conn:
        central.journal().write_down(conn, [decided_long_ago(new_id(), amy) for _ in range(60)])
    amy.sync()
    everything = {name: amy.store.rows[name] for name in ("kept_work", "notice", "person") if name in amy.store.rows}
    amy.store.rows.clear()
    asked = Trees(rid=new_id(), ids=(case.id,), ref=True, max_bytes=20_000)

    sizes, wholes = [], []
    while asked.ref or asked.ids:
        answer = amy.send("/v1/trees", asked)
        page = decode(answer.body, Page)
        sizes.append(len(answer.body))
        wholes.append(bool(page.whole))
        amy.store.apply(page)
        is_cut = "/" in page.fill_after
        left = asked.ids if is_cut or (page.more and not page.fill_after) else ()
        after = page.fill_after if is_cut else ""
        asked = msgspec.structs.replace(asked, rid=new_id(), ids=left, ref=is_cut, after=after)

    assert max(sizes) < 25_000
    assert len(sizes) > 3
    assert wholes[:-1] == [False] * (len(wholes) - 1), "no case before all that is the person's own"
    assert {name: amy.store.rows[name] for name in everything} == everything
    assert set(amy.store.ids(Case)) == {case.id}


def test_that_a_place_that_is_none_is_not_gone_on_from(central: Central) -> None:
    answer = central.visitor("amy").send("/v1/trees", Trees(rid=new_id(), ids=(), ref=True, after="7/' OR 1=1"))
    assert (answer.status, answer.fault.code) == (400, "not-understood")


def decided_long_ago(kept_id: str, visitor: Visitor) -> KeptWork:
    """What somebody wanted once, in many words; it was let go."""
    return KeptWork(
        id=kept_id,
        case_id=new_id(),
        kind=KeptKind.CLASH,
        code="changed-meanwhile",
        said="word " * 200,
        command="case.edit",
        author_id=visitor.id,
        said_at=datetime(2026, 1, 1, tzinfo=UTC),
        kept_at=datetime(2026, 1, 1, tzinfo=UTC),
        for_kind=OwnerKind.PERSON,
        for_id=visitor.id,
        state=KeptState.LEFT,
    )


@pytest.mark.parametrize("at", [(10_000, "0" * 16), (1, "0" * 16)])
def test_that_a_list_of_another_history_is_not_gone_on_with(central: Central, at: tuple[int, str]) -> None:
    answer = central.visitor("amy").send("/v1/reconcile", Reconcile(rid=new_id(), after="0" * 32, at=at))
    assert (answer.status, answer.fault.code) == (409, "diverged")


@pytest.mark.covers("FF1")
def test_that_a_case_that_leaves_the_team_is_told_in_the_very_next_page(central: Central) -> None:
    amy, priya = central.visitor("amy"), central.visitor("priya")
    case = central.opened(amy)
    amy.sync()
    priya.say(given_to(case, "ben"))
    pull = Pull(rid=new_id(), cur=amy.store.cur, held=amy.store.held)
    page = amy.ask("/v1/pull", pull, Page)
    assert case.id in page.evict
    amy.sync()
    assert amy.store.ids(Case) == set()
    assert_whole(amy)
