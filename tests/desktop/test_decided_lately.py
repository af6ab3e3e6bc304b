"""Decided lately: one's own decisions first, and none out of reach as long as it can be taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from casework.rows import write
from casework.values import KeptKind, KeptState, KeptWork, OwnerKind
from desktop.views.decision_card import SettledLine
from desktop.widgets.buttons import Button
from tests.desktop.hands import Hands
from tests.desktop.late_ones import phone_clash
from tests.desktop.test_decisions import card, contact, decisions, press, press_part
from tests.kit_desktop import Desk, an_id

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def settled_by_others(desk: Desk, count: int) -> None:
    """What Jo has decided since, on a case of its own."""
    case_id, now = desk.case("khan").id, datetime.now(UTC) + timedelta(minutes=1)
    with desk.laptop.database.writing() as conn:
        rows = (
            KeptWork(
                id=an_id(f"kept {number}"),
                rev=9,
                case_id=case_id,
                kind=KeptKind.REFUSED,
                code="case-closed",
                said='{"say":{"type":"case.dance"}}',
                command="case.dance",
                author_id=an_id("ben"),
                said_at=now,
                kept_at=now,
                for_kind=OwnerKind.PERSON,
                for_id=an_id("ben"),
                state=KeptState.LEFT,
                settled_by=an_id("jo"),
                settled_at=now + timedelta(seconds=number),
                settled_cmd=an_id(f"settling {number}"),
            )
            for number in range(count)
        )
        write(conn, *rows)


def one_settled_and_many_by_others(desk: Desk, qtbot: QtBot) -> Hands:
    """The screen once its owner has used what waited for them, and Jo has decided 45 times since."""
    phone_clash(desk)
    screen, hands = decisions(desk, qtbot)
    press(hands, card(screen), "use")
    settled_by_others(desk, 45)
    screen.refresh()
    return hands


@pytest.mark.covers("FA13")
def test_that_ones_own_decision_can_be_taken_back_however_much_others_have_decided_since(
    desk: Desk, qtbot: QtBot
) -> None:
    hands = one_settled_and_many_by_others(desk, qtbot)
    settled = hands.part("decisions-settled")
    lines = settled.findChildren(SettledLine)
    assert len(lines) == 20
    assert lines[0].findChild(Button, "settled-undo") is not None
    press_part(settled, "settled-undo")
    assert contact(desk, "khan").mobile == "07700 900999"


def test_that_more_of_what_was_decided_is_shown_in_one_click_and_the_keyboard_stays(desk: Desk, qtbot: QtBot) -> None:
    hands = one_settled_and_many_by_others(desk, qtbot)
    settled = hands.part("decisions-settled")
    more = settled.findChild(Button, "settled-more")
    assert more is not None
    for words, shown in (("Show 20 more", 40), ("Show 6 more", 46)):
        assert more.words() == words
        more.setFocus()
        more.click()
        assert len(settled.findChildren(SettledLine)) == shown
    assert not more.isVisible()
    focused = hands.window.focusWidget()
    assert focused is not None
    assert settled.isAncestorOf(focused)
