"""The board: a column for each step, what its head says, and moving cards by hand and by key, with the same checks."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from casework.commands import MoveStep
from desktop.views.board import CardList
from desktop.views.cases import CasesScreen
from tests.desktop.hands import Hands
from tests.desktop.seeded import crowd
from tests.kit_desktop import CLOSED, ENGAGED, FOLLOW_UP, MEASURES, VISIT, WAITING, Desk, person

Desks = Callable[..., Desk]
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def priya(desks: Desks) -> Desk:
    """A coordinator's desk: Nowak is at Customer engaged, Khan at Home visit, Thomas at Measures."""
    return desks("priya")


def shown(qtbot: QtBot, desk: Desk) -> Hands:
    hands = Hands(qtbot, CasesScreen(desk.office))
    hands.show()
    hands.click("choice-board")
    return hands


def drop(hands: Hands, from_step: str, to_step: str) -> None:
    """Drag the first card of one step over another and let it go, as the window system tells it."""
    source, target = hands.view(f"cards-{from_step}").model(), hands.view(f"cards-{to_step}")
    carried = source.mimeData([source.index(0, 0)])
    where = target.viewport().rect().center()
    usual = (Qt.DropAction.MoveAction, carried, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(target.viewport(), QDragEnterEvent(where, *usual))
    assert isinstance(target, CardList)
    assert target.is_target()
    QApplication.sendEvent(target.viewport(), QDragMoveEvent(where, *usual))
    QApplication.sendEvent(target.viewport(), QDropEvent(QPointF(where), *usual))
    assert not target.is_target()


def head_of(hands: Hands, step: str, name: str) -> str:
    label = hands.part(f"column-{step}").findChild(QLabel, name)
    assert label is not None
    return label.text()


@pytest.mark.covers("S23")
def test_that_there_is_a_column_for_each_step_a_case_can_be_at(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    cards = [view.objectName().removeprefix("cards-") for view in hands.window.findChildren(CardList)]
    assert cards == [ENGAGED, VISIT, MEASURES, FOLLOW_UP]
    assert hands.told(f"cards-{VISIT}") == ["Patricia Khan"]


@pytest.mark.covers("S23")
def test_that_a_columns_head_says_how_many_and_for_how_long_on_average(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    assert head_of(hands, ENGAGED, "column-count") == "1"
    assert head_of(hands, ENGAGED, "column-average") == "avg 15 days"


@pytest.mark.covers("S23")
def test_that_a_card_tells_client_area_owner_task_and_age(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    model = hands.view(f"cards-{ENGAGED}").model()
    said = str(model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    assert said == "Mr Tomasz Nowak, TR1 Truro, Amy Jones, Phone call, 13 days overdue, 15 days"


@pytest.mark.covers("R20", "S17")
def test_that_a_card_let_go_over_another_step_moves_the_case_there(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    drop(hands, ENGAGED, MEASURES)
    assert priya.case("nowak").step_id == MEASURES
    assert "Mr Tomasz Nowak" in hands.told(f"cards-{MEASURES}")
    assert hands.told(f"cards-{ENGAGED}") == []
    assert head_of(hands, MEASURES, "column-count") == "2"


@pytest.mark.covers("R20")
def test_that_alt_and_an_arrow_move_the_card_and_the_mark_goes_along(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.press(Qt.Key.Key_Right, ALT)
    assert priya.case("nowak").step_id == VISIT
    hands.press(Qt.Key.Key_Right, ALT)
    assert priya.case("nowak").step_id == MEASURES
    hands.press(Qt.Key.Key_Left, ALT)
    assert priya.case("nowak").step_id == VISIT


@pytest.mark.covers("R20")
def test_that_a_refused_drop_is_told_in_words_and_the_card_stays(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.narrow("status", "all")
    drop(hands, ENGAGED, CLOSED)
    assert hands.notice().startswith("Closing needs a reason")
    assert hands.told(f"cards-{ENGAGED}") == ["Mr Tomasz Nowak"]
    assert priya.case("nowak").step_id == ENGAGED


@pytest.mark.covers("R20")
def test_that_a_waiting_case_is_not_moved_past_triage(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.narrow("status", "open")
    drop(hands, WAITING, VISIT)
    assert hands.notice().startswith("This case still waits to be triaged")


@pytest.mark.covers("R20")
def test_that_somebody_elses_case_cannot_be_moved_by_an_advisor(qtbot: QtBot, desk: Desk) -> None:
    desk.given_to("nowak", person("ben"))
    hands = shown(qtbot, desk)
    drop(hands, ENGAGED, VISIT)
    assert "Ben Carter owns this case" in hands.notice()
    assert desk.case("nowak").step_id == ENGAGED


def test_that_the_arrows_go_from_column_to_column_and_enter_opens(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.press(Qt.Key.Key_Right)
    with qtbot.waitSignal(hands.window.open_case) as opened:  # type: ignore[attr-defined]
        hands.press(Qt.Key.Key_Return)
    assert opened.args == [priya.case("khan").id]


@pytest.mark.covers("S26")
def test_that_o_gives_the_case_of_the_card_to_somebody(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.press(Qt.Key.Key_O)
    hands.write("ben")
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: priya.case("nowak").owner == person("ben"))


def test_that_only_one_card_is_marked_on_the_whole_board(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.click_cell(f"cards-{VISIT}", 0)
    hands.click_cell(f"cards-{MEASURES}", 0)
    marked = [view for view in hands.window.findChildren(CardList) if view.selectedIndexes()]
    assert [view.objectName() for view in marked] == [f"cards-{MEASURES}"]


def test_that_cases_beyond_the_first_of_a_step_are_one_click_away(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya", full=False)
    crowd(desk, 180, waiting=False)
    hands = shown(qtbot, desk)
    column = hands.part(f"column-{MEASURES}")
    more = column.findChild(QWidget, "column-more")
    assert more is not None
    assert len(hands.told(f"cards-{ENGAGED}")) == 30
    assert head_of(hands, ENGAGED, "column-count") == "60"
    Hands(qtbot, hands.part(f"column-{ENGAGED}")).click("column-more")
    assert hands.part("cases-list").isVisible()
    assert hands.words("cases-count") == "60 cases, newest first"


def test_that_somebody_elses_move_shows_on_the_board(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    case = priya.case("khan")
    priya.happened("lena", _move(case.id, VISIT, FOLLOW_UP))
    assert hands.told(f"cards-{FOLLOW_UP}") == ["Patricia Khan"]


def _move(case_id: str, before: str, after: str) -> MoveStep:
    return MoveStep(case_id=case_id, step=(before, after))
