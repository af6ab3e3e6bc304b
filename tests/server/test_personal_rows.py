"""Kept work and notices go to the people whom they are for, and to nobody else."""

from casework.commands import AddTask
from casework.ids import new_id
from casework.values import KeptWork, Notice
from casework.wire import Fill
from tests.server.kit_central import Central, a_note, given_to, said
from tests.server.test_verify import assert_whole


def test_that_kept_work_goes_to_its_author_to_the_owner_and_to_the_office_only(central: Central) -> None:
    case = central.waiting()
    priya, amy, ben, cara, jo = (central.visitor(name) for name in ("priya", "amy", "ben", "cara", "jo"))
    ben.sync()
    priya.say(given_to(case, "amy"))
    late = said(given_to(case, "ben"), under=case.owner_cmd, epoch=case.owner_epoch)
    ben.push(late)
    for visitor in (priya, amy, ben, cara, jo):
        visitor.sync()
    holding = [visitor.name for visitor in (priya, amy, ben, cara, jo) if late.id in visitor.store.ids(KeptWork)]
    assert holding == ["priya", "amy", "ben", "jo"]
    assert case.id in ben.store.cases, "who was late goes on seeing the case until it is settled"
    assert "claimed-first" in {row["code"] for row in ben.store.rows["notice"].values()}


def test_that_undecided_kept_work_follows_the_case_to_its_new_owner(central: Central) -> None:
    case = central.waiting()
    priya, ben, cara = (central.visitor(name) for name in ("priya", "ben", "cara"))
    # Cara sees the case already, by a task, before she owns it
    priya.say(
        given_to(case, "amy"),
        AddTask(case_id=case.id, task_id=new_id(), task_type="phone_call", title="Call", assignee_id=cara.id),
    )
    cara.sync()
    late = said(given_to(case, "ben"), under=case.owner_cmd, epoch=case.owner_epoch)
    ben.push(late)
    cara.sync()
    assert late.id not in cara.store.ids(KeptWork)
    priya.say(given_to(central.case(case.id), "cara"))
    cara.sync()
    assert late.id in cara.store.ids(KeptWork)


def test_that_a_notice_goes_to_its_person_only(central: Central) -> None:
    case = central.waiting()
    priya, amy, jo = (central.visitor(name) for name in ("priya", "amy", "jo"))
    priya.say(given_to(case, "amy"))
    for visitor in (priya, amy, jo):
        visitor.sync()
    assert [len(visitor.store.ids(Notice)) for visitor in (priya, amy, jo)] == [0, 1, 0]


def test_that_many_notices_come_in_pages_before_the_cases(central: Central) -> None:
    priya, amy = central.visitor("priya"), central.visitor("amy")
    case = central.opened(priya)
    priya.say(given_to(case, "amy"))
    for _ in range(3):
        priya.say(*(a_note(case, mentions=[amy.id]) for _ in range(20)))
    fill = Fill(scopes=amy.hello().now)
    first = amy.pull(fill=fill, most=10_000)
    assert first.whole == {}
    assert 0 < len(first.rows["notice"].r) < 60
    amy.sync(most=10_000)
    assert set(amy.store.cases) == {case.id}
    assert len(amy.store.ids(Notice)) == 61
    assert_whole(amy)
