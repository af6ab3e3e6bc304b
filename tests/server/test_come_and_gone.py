"""A case that came to somebody while they were catching up, and left again before they had, does not stay with them."""

import pytest

from casework.values import Case
from casework.wire import Fill
from tests.server.kit_central import Central, Visitor, a_note, given_to


def pull_the_rest(visitor: Visitor) -> None:
    more = True
    while more:
        page = visitor.pull()
        visitor.store.apply(page)
        visitor.store.cur, more = page.cur, page.more


@pytest.mark.covers("FF1")
def test_that_a_case_that_came_and_went_during_a_first_fill_goes_with_the_changes_after_it(central: Central) -> None:
    amy, ben, jo = (central.visitor(name) for name in ("amy", "ben", "jo"))
    for _ in range(3):
        central.opened(amy)
    case = central.opened(ben)
    now, after, more = amy.hello().now, "", True
    while more:
        page = amy.pull(fill=Fill(scopes=now, after=after), most=1_000)
        amy.store.apply(page)
        if not after:
            amy.store.cur = page.cur
            jo.say(given_to(case, "amy"))
        after, more = page.fill_after, page.more
    amy.store.held = now
    assert case.id in amy.store.cases
    jo.say(given_to(central.case(case.id), "ben"))
    pull_the_rest(amy)
    assert case.id not in amy.store.ids(Case)


@pytest.mark.covers("FF1")
def test_that_a_case_that_came_and_went_between_two_pages_of_changes_goes_with_the_next(central: Central) -> None:
    amy, ben, jo = (central.visitor(name) for name in ("amy", "ben", "jo"))
    mine = central.opened(amy)
    amy.sync()
    # said about early, and within reach only after much else: the page that has its first line brings it as it is now
    case = central.opened(ben)
    amy.say(*(a_note(mine, "x" * 500) for _ in range(30)))
    jo.say(given_to(case, "amy"))
    page = amy.pull(most=2_000)
    amy.store.apply(page)
    amy.store.cur = page.cur
    assert case.id in page.whole
    assert page.more
    jo.say(given_to(central.case(case.id), "ben"))
    pull_the_rest(amy)
    assert case.id not in amy.store.ids(Case)
