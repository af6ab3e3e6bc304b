"""Each laptop gets exactly what its person may see: every change once, in order, and nothing of anybody else's."""

import random
from typing import Any

import msgspec
import pytest

from casework.commands import AddTask, CloseCase, EditContact, FinishTask
from casework.ids import new_id
from casework.kinds import TREE_KINDS
from casework.rows import all_of, find, row_of
from casework.tables import TABLES
from casework.values import Activity, Case, Contact, Person, Property, Queue, Record, Task
from casework.wire import ALL, START, Fill, Pull
from server import scope
from server.setting_up import BACK_OFFICE, WAITING_LIST
from tests.kit_server import person_id
from tests.server.kit_central import (
    Central,
    Store,
    Visitor,
    a_new_case,
    a_note,
    given_to,
    to_a_queue,
)


def what_is_due(central: Central, name: str) -> dict[str, set[str]]:
    """The ids of all case rows that a person may see, worked out from the rows themselves and not by the feed."""
    with central.database.reading() as conn:
        person = find(conn, Person, person_id(name))
        assert person is not None
        scopes = set(scope.scopes_of(conn, person))
        tasks, due = all_of(conn, Task), set[str]()
        for case in all_of(conn, Case):
            mine = {ALL, f"{'queue' if case.owner_kind == 'queue' else 'user'}:{case.owner_id}"}
            mine |= {f"user:{task.assignee_id}" for task in tasks if task.case_id == case.id and task.status == "open"}
            if mine & scopes:
                due.add(case.id)
        found = {"case_file": due}
        for kind in TREE_KINDS[1:]:
            found[TABLES[kind].name] = {row.id for row in all_of(conn, kind) if getattr(row, "case_id", "") in due}
        return found


def what_is_held(store: Store) -> dict[str, set[str]]:
    return {TABLES[kind].name: store.ids(kind) for kind in TREE_KINDS}


def assert_same(central: Central, visitor: Visitor) -> None:
    """The store has the rows that are due, as the server has them, and no others."""
    assert what_is_held(visitor.store) == what_is_due(central, visitor.name)
    with central.database.reading() as conn:
        kinds: tuple[type[Record], ...] = (*TREE_KINDS, Contact, Property)
        for kind in kinds:
            for row_id, row in visitor.store.rows.get(TABLES[kind].name, {}).items():
                current: Any = find(conn, kind, row_id)
                if kind in TREE_KINDS or row_id in referred_to(visitor.store):
                    assert row == row_of(current)


def referred_to(store: Store) -> set[str]:
    cases = store.rows.get("case_file", {}).values()
    return {row["contact_id"] for row in cases} | {row["property_id"] for row in cases}


def test_that_a_first_pull_brings_what_everybody_holds_and_the_cases_in_reach(central: Central) -> None:
    mine, theirs, waiting = central.owned_by("amy"), central.owned_by("ben"), central.waiting()
    amy = central.visitor("amy")
    amy.sync()
    assert set(amy.store.cases) == {mine.id, waiting.id}
    assert theirs.id not in amy.store.ids(Case)
    assert len(amy.store.ids(Person)) == 6
    assert {mine.contact_id, waiting.contact_id} == amy.store.ids(Contact)
    assert_same(central, amy)


def test_that_the_office_sees_all_cases(central: Central) -> None:
    made = {central.owned_by("amy").id, central.owned_by("ben").id, central.waiting().id}
    for name in ("priya", "jo", "sam"):
        visitor = central.visitor(name)
        visitor.sync()
        assert set(visitor.store.cases) == made


def test_that_a_change_arrives_alone_and_not_with_its_whole_case(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    amy.sync()
    (ack,) = amy.say(a_note(case))
    page = amy.pull()
    assert page.whole == {}
    assert {name: len(rows.r) for name, rows in page.rows.items()} == {"activity": 1}
    assert page.cur == (ack.rev, ack.chain)
    assert not page.more


@pytest.mark.covers("FI14")
def test_that_nothing_new_is_an_empty_page_that_leaves_the_cursor(central: Central) -> None:
    amy = central.visitor("amy")
    amy.sync()
    page = amy.pull()
    assert (page.rows, page.whole, page.evict, page.more) == ({}, {}, (), False)
    assert page.cur == amy.store.cur


@pytest.mark.covers("OC1", "S69")
def test_that_a_claimed_case_leaves_the_others_and_stays_with_who_claimed_it(central: Central) -> None:
    case = central.waiting()
    amy, ben = central.visitor("amy"), central.visitor("ben")
    amy.sync()
    ben.sync()
    amy.say(given_to(case, "amy"))
    page = ben.pull()
    assert page.evict == (case.id,)
    ben.sync()
    amy.sync()
    assert case.id in amy.store.cases
    assert case.id not in ben.store.cases
    assert_same(central, ben)
    assert_same(central, amy)


@pytest.mark.covers("FG1", "FF1")
def test_that_a_case_that_comes_into_reach_arrives_whole_and_goes_again_whole(central: Central) -> None:
    priya, ben = central.visitor("priya"), central.visitor("ben")
    case = central.owned_by("amy")
    central.visitor("amy").say(a_note(case, "Before Ben."))
    ben.sync()
    assert case.id not in ben.store.cases
    priya.say(given_to(case, "ben"))
    page = ben.pull()
    assert set(page.whole) == {case.id}
    ben.sync()
    assert_same(central, ben)
    priya.say(given_to(central.case(case.id), "cara"))
    ben.sync()
    assert_same(central, ben)
    assert "Before Ben." not in str(ben.store.rows["activity"])


def test_that_a_task_brings_its_assignee_the_case_until_it_is_done(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    case, task_id = central.opened(amy), new_id()
    ben.sync()
    amy.say(AddTask(case_id=case.id, task_id=task_id, task_type="home_visit", title="Visit", assignee_id=ben.id))
    ben.sync()
    assert case.id in ben.store.cases
    ben.say(FinishTask(case_id=case.id, task_id=task_id, done_at=case.created_at))
    ben.sync()
    assert case.id not in ben.store.cases


@pytest.mark.covers("S39", "S40", "S42", "OC29")
def test_that_a_mention_lets_somebody_in_for_a_fortnight_and_not_longer(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    case = central.opened(amy)
    amy.say(a_note(case, "@Ben have you met her?", mentions=[ben.id]))
    ben.sync()
    assert case.id in ben.store.cases
    assert [row["code"] for row in ben.store.rows["notice"].values()] == ["mentioned-you"]
    assert central.case(case.id).owner_id == amy.id
    with central.database.writing() as conn:
        conn.exec_driver_sql("UPDATE case_scope SET ends_at = '2020-01-01' WHERE ends_at IS NOT NULL")
        conn.exec_driver_sql("UPDATE contributor SET until = '2020-01-01T00:00:00Z'")
    ben.sync()
    assert case.id not in ben.store.cases


def test_that_a_correction_to_a_client_reaches_every_case_that_refers_to_them(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    first = central.opened(amy, client="Mrs Two-Cases")
    # the office knows that they are the same client: ben cannot see it
    priya = central.visitor("priya")
    second = central.opened(priya, contact_id=first.contact_id, contact=None)
    priya.say(given_to(second, "ben"))
    ben.sync()
    edit = EditContact(case_id=first.id, contact_id=first.contact_id, changes={"phone": ("", "0113 496 0000")})
    (ack,) = amy.say(edit)
    assert ack.st == "applied"
    ben.sync()
    assert ben.store.rows["contact"][first.contact_id]["phone"] == "0113 496 0000"
    assert second.id in ben.store.cases


@pytest.mark.covers("FC8", "FC9", "FI5")
def test_that_many_changes_come_in_small_pages_each_row_once(central: Central) -> None:
    priya, jo = central.visitor("priya"), central.visitor("jo")
    jo.sync()
    acks = priya.say(*(a_new_case(client=f"Client {number}") for number in range(120)))
    seen: list[str] = []
    pages = more = 0
    while more or not pages:
        page = jo.pull(most=20_000)
        seen += [row[0] for row in page.rows["case_file"].r]
        jo.store.apply(page)
        jo.store.cur, more, pages = page.cur, page.more, pages + 1
    assert pages > 5
    assert len(seen) == len(set(seen)) == 120
    assert jo.store.cur == (acks[-1].rev, acks[-1].chain)
    assert_same(central, jo)


@pytest.mark.covers("FC9", "FC3")
def test_that_a_pull_cut_between_pages_goes_on_at_the_next(central: Central) -> None:
    priya, jo = central.visitor("priya"), central.visitor("jo")
    jo.sync()
    priya.say(*(a_new_case(client=f"Client {number}") for number in range(40)))
    first = jo.pull(most=20_000)
    jo.store.apply(first)
    jo.store.cur = first.cur
    jo.pull(most=20_000)  # its answer is lost
    jo.sync(most=20_000)
    assert_same(central, jo)


@pytest.mark.covers("FC10")
def test_that_changes_in_many_tables_come_in_one_order(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    amy.sync()
    acks = amy.say(
        a_note(case, "x" * 3000),
        AddTask(case_id=case.id, task_id=new_id(), task_type="phone_call", title="Call"),
        EditContact(case_id=case.id, contact_id=case.contact_id, changes={"phone": ("", "0113")}),
        a_note(case, "y" * 3000),
    )
    reached, more = [], True
    while more:
        page = amy.pull(most=1_000)
        amy.store.apply(page)
        amy.store.cur, more = page.cur, page.more
        reached.append(page.cur[0])
    assert reached == sorted(set(reached))
    assert reached[-1] == acks[-1].rev
    assert_same(central, amy)


def test_that_a_back_fill_in_small_pages_brings_every_case_once(central: Central) -> None:
    priya = central.visitor("priya")
    priya.say(*(a_new_case(client=f"Client {number}") for number in range(60)))
    jo = central.visitor("jo")
    pages = jo.sync(most=20_000)
    assert pages > 3
    assert_same(central, jo)


def test_that_what_changes_during_a_first_back_fill_is_made_good_after_it(central: Central) -> None:
    priya, jo = central.visitor("priya"), central.visitor("jo")
    commands = [a_new_case(client=f"Client {number}") for number in range(60)]
    priya.say(*commands)
    now = jo.hello().now
    page = jo.pull(fill=Fill(scopes=now), most=10_000)
    jo.store.apply(page)
    jo.store.cur = page.cur
    early, late = central.case(commands[0].case_id), central.case(commands[-1].case_id)
    priya.say(a_note(early, "early"), a_note(late, "late"), a_new_case(client="Client in between"))
    while page.fill_after:
        page = jo.pull(fill=Fill(scopes=now, after=page.fill_after), most=10_000)
        assert page.cur == jo.store.cur
        jo.store.apply(page)
    jo.store.held = now
    jo.sync(most=10_000)
    assert_same(central, jo)


def test_that_a_back_fill_never_brings_a_scope_that_is_not_theirs(central: Central) -> None:
    case = central.owned_by("amy")
    ben = central.visitor("ben")
    page = ben.pull(fill=Fill(scopes=("all", f"user:{person_id('amy')}", "ref")))
    assert case.id not in page.whole
    assert "case_file" not in page.rows


def test_that_a_store_learns_of_no_case_by_saying_that_it_holds_a_scope_which_is_not_theirs(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    amy.sync()
    held = amy.store.held
    case = central.opened(ben)
    ben.say(a_note(case))
    amy.store.held = (*held, "all", f"user:{ben.id}")
    page = amy.pull()
    assert case.id not in (*page.evict, *page.erase, *page.whole)
    ben.say(a_note(case, "again"))
    amy.store.cur = page.cur
    assert case.id not in amy.pull().evict


@pytest.mark.covers("FF7", "OC11")
def test_that_joining_a_queue_brings_its_cases_and_leaving_it_takes_them(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    case = central.opened(amy)
    amy.say(to_a_queue(case, BACK_OFFICE))
    ben.sync()
    assert case.id not in ben.store.cases
    staff(central, BACK_OFFICE, add="ben")
    ben.sync()
    assert case.id in ben.store.cases
    assert_same(central, ben)
    staff(central, BACK_OFFICE, drop="ben")
    ben.sync()
    assert case.id not in ben.store.cases
    assert_same(central, ben)


def staff(central: Central, queue_id: str, *, add: str = "", drop: str = "") -> None:
    """Puts somebody into a queue or takes them out, as an admin's page will."""
    with central.database.writing() as conn:
        queue = find(conn, Queue, queue_id)
        assert queue is not None
        members = {*queue.member_ids, *({person_id(add)} if add else ())} - {person_id(drop)}
        changed = msgspec.structs.replace(queue, member_ids=tuple(sorted(members)))
        central.journal().write_down(conn, [changed])


@pytest.mark.covers("FE1")
def test_that_a_cursor_of_another_history_is_refused_and_not_gone_on_from(central: Central) -> None:
    amy = central.visitor("amy")
    amy.sync()
    rev, _ = amy.store.cur
    for stamp in ((rev, "0" * 16), (rev + 1000, "0" * 16)):
        for path, message in (
            ("/v1/hello", amy.greeting(known=stamp)),
            ("/v1/pull", Pull(rid="r1", cur=stamp, held=amy.store.held)),
        ):
            answer = amy.send(path, message)
            assert (answer.status, answer.fault.code) == (409, "diverged")
            assert answer.fault.facts["epoch"]


def test_that_words_of_every_kind_come_back_as_they_were(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy, client="<b>O'Brien</b> \u202e gnirts 👵🏽")
    text = '"quotes" \\ back \t tab\nline € “curly” ' + "ß" * 10_000
    (ack,) = amy.say(a_note(case, text))
    amy.sync()
    assert amy.store.rows["activity"][ack.id]["text"] == text
    assert amy.store.rows["contact"][case.contact_id]["last_name"] == "<b>O'Brien</b> \u202e gnirts 👵🏽"


def test_that_a_closed_case_stays_where_it_was(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    (ack,) = amy.say(CloseCase(case_id=case.id, base=given_to(case, "amy").base, reason="advice_completed"))
    assert ack.st == "applied"
    amy.sync()
    assert amy.store.rows["case_file"][case.id]["status"] == "closed"


@pytest.mark.covers("FF10", "FD6")
@pytest.mark.parametrize("seed", range(3))
def test_that_after_any_moves_of_cases_and_people_every_store_holds_what_is_due(central: Central, seed: int) -> None:
    chance = random.Random(seed)
    names = ("amy", "ben", "cara", "priya")
    visitors = {name: central.visitor(name) for name in names}
    cases = [central.waiting() for _ in range(4)]
    for _ in range(60):
        name, case = chance.choice(names), central.case(chance.choice(cases).id)
        deed = chance.randrange(6)
        if deed == 0:
            visitors["priya"].say(given_to(case, chance.choice(names[:3])))
        elif deed == 1:
            visitors["priya"].say(to_a_queue(case))
        elif deed == 2:
            visitors["priya"].say(a_note(case, f"note {chance.random()}"))
        elif deed == 3:
            queue_id = chance.choice((WAITING_LIST, BACK_OFFICE))
            staff(central, queue_id, **{chance.choice(("add", "drop")): chance.choice(names[:3])})
        elif deed == 4:
            page = visitors[name].pull(most=chance.choice((1_000, 5_000, 1_000_000)))
            if set(page.now) == set(visitors[name].store.held):
                visitors[name].store.apply(page)
                visitors[name].store.cur = page.cur
        else:
            visitors[name].sync(most=chance.choice((1_000, 20_000, 1_000_000)))
    for visitor in visitors.values():
        visitor.sync()
        assert_same(central, visitor)
    assert set(visitors["priya"].store.ids(Activity))
    assert visitors["priya"].store.cur != START
