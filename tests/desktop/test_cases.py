"""The cases: filters that combine and last, sorting, ticks, and giving many to somebody, through the screen itself."""

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from casework.commands import AddTask, ChangeOwner
from casework.ids import new_id
from casework.values import OwnerKind
from desktop.models.case_table import COLUMNS, PLACES
from desktop.views.cases import CasesScreen
from desktop.views.main_window import MainWindow
from tests.desktop.hands import Hands
from tests.desktop.seeded import case_of, refer
from tests.kit_desktop import BACK_OFFICE, ENGAGED, MEASURES, ROOFS, VISIT, WARM_HOMES, Desk, an_id, person, queue

Desks = Callable[..., Desk]
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
CLIENT = PLACES["client"]


@pytest.fixture
def priya(desks: Desks) -> Desk:
    """A coordinator's desk: Khan, Nowak and Thomas are Amy's, Pritchard was Ben's and is closed."""
    return desks("priya")


def shown(qtbot: QtBot, desk: Desk) -> Hands:
    hands = Hands(qtbot, CasesScreen(desk.office))
    hands.show()
    return hands


def clients(hands: Hands) -> set[str]:
    return set(hands.told("cases-list", CLIENT))


def owners_offered(hands: Hands) -> list[str]:
    return hands.told("owner-list")


@pytest.mark.covers("S20", "S22", "R3")
def test_that_the_overview_holds_what_was_supported_and_is_not_closed(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    assert clients(hands) == {"Patricia Khan", "Mr Tomasz Nowak", "Jean-Luc Thomas"}
    assert hands.words("cases-count") == "3 cases, newest first"


@pytest.mark.covers("S22")
def test_that_cases_is_in_the_rail(qtbot: QtBot, priya: Desk) -> None:
    window = MainWindow()
    window.add_screen("cases", lambda: CasesScreen(priya.office))
    hands = Hands(qtbot, window)
    hands.show(1366, 768)
    hands.click("nav-cases")
    assert len(clients(hands)) == 3


@pytest.mark.covers("S22")
def test_that_a_row_says_what_matters_about_a_case(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    model = hands.view("cases-list").model()
    row = hands.told("cases-list", CLIENT).index("Mr Tomasz Nowak")
    said = {column.key: str(model.index(row, at).data()) for at, column in enumerate(COLUMNS)}
    assert said["area"] == "TR1 Truro"
    assert said["step"] == "Customer engaged"
    assert said["owner"] == "Amy Jones"
    # the call that entering the step brought was due long before the pack is
    assert said["task"].startswith("Phone call, ")
    assert said["priority"] == "Normal"


@pytest.mark.covers("S12", "S24", "S25", "R19")
def test_that_filters_combine(qtbot: QtBot, priya: Desk) -> None:
    priya.given_to("thomas", person("ben"))
    hands = shown(qtbot, priya)
    hands.narrow("owner", f"person/{an_id('amy')}")
    assert clients(hands) == {"Patricia Khan", "Mr Tomasz Nowak"}
    hands.narrow("step", VISIT)
    assert clients(hands) == {"Patricia Khan"}
    hands.narrow("project", ROOFS)
    assert hands.part("empty-state").isVisible()
    hands.narrow("project", WARM_HOMES)
    assert clients(hands) == {"Patricia Khan"}


@pytest.mark.covers("S12")
def test_that_a_queue_can_be_the_owner_to_filter_by(qtbot: QtBot, priya: Desk) -> None:
    priya.given_to("nowak", queue(BACK_OFFICE))
    hands = shown(qtbot, priya)
    hands.narrow("owner", f"queue/{BACK_OFFICE}")
    assert clients(hands) == {"Mr Tomasz Nowak"}


@pytest.mark.covers("S24")
def test_that_closed_and_waiting_cases_are_a_filter_away(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.narrow("status", "closed")
    assert clients(hands) == {"Miss Dilys Pritchard"}
    hands.narrow("status", "waiting")
    assert len(clients(hands)) == 4
    hands.narrow("status", "all")
    assert len(clients(hands)) == 8


@pytest.mark.covers("R19")
def test_that_typed_words_narrow_together_with_the_rest(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.press(Qt.Key.Key_F, CONTROL)
    hands.write("wrexham")
    qtbot.waitUntil(lambda: clients(hands) == {"Patricia Khan"})
    hands.narrow("step", MEASURES)
    assert hands.part("empty-state").isVisible()


@pytest.mark.covers("R19")
def test_that_filters_sorting_and_view_are_as_they_were_left(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.narrow("owner", f"person/{an_id('amy')}")
    hands.narrow("step", VISIT)
    hands.click("choice-board")
    hands.window.close()
    again = shown(qtbot, priya)
    assert again.part("cases-board").isVisible()
    assert again.told(f"cards-{VISIT}") == ["Patricia Khan"]
    again.click("choice-list")
    assert clients(again) == {"Patricia Khan"}


@pytest.mark.covers("R19", "S23")
def test_that_list_and_board_show_the_same_cases(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.narrow("step", VISIT)
    listed = clients(hands)
    hands.click("choice-board")
    assert set(hands.told(f"cards-{VISIT}")) == listed
    assert hands.told(f"cards-{ENGAGED}") == []


def test_that_clearing_takes_every_filter_away(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.narrow("step", VISIT)
    hands.click("filter-clear")
    assert len(clients(hands)) == 3


@pytest.mark.parametrize(
    ("key", "first"),
    [("client", "Patricia Khan"), ("area", "Jean-Luc Thomas"), ("step", "Mr Tomasz Nowak"), ("task", "Patricia Khan")],
)
def test_that_a_click_on_the_head_sorts_and_a_second_one_turns_it_round(
    qtbot: QtBot, priya: Desk, key: str, first: str
) -> None:
    if key == "task":
        khan = priya.case("khan").id
        soon = AddTask(case_id=khan, task_id=new_id(), task_type="phone_call", title="x", due_on=priya_day(priya))
        priya.happened("priya", soon)
    hands = shown(qtbot, priya)
    head = hands.part("cases-head")
    head.sectionClicked.emit(PLACES[key])  # type: ignore[attr-defined]
    assert hands.told("cases-list", CLIENT)[0] == first
    head.sectionClicked.emit(PLACES[key])  # type: ignore[attr-defined]
    assert hands.told("cases-list", CLIENT)[-1] == first


def priya_day(desk: Desk) -> date:
    """A day long ago, so that nothing is due before it."""
    return case_of(desk, desk.case("khan").id).created_at.date().replace(year=2020)


@pytest.mark.covers("S15")
def test_that_enter_and_a_double_click_open_the_case(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    screen = hands.window
    assert isinstance(screen, CasesScreen)
    row = hands.told("cases-list", CLIENT).index("Patricia Khan")
    hands.click_cell("cases-list", row, CLIENT)
    with qtbot.waitSignal(screen.open_case) as opened:
        hands.press(Qt.Key.Key_Return)
    assert opened.args == [priya.case("khan").id]
    view = hands.view("cases-list")
    where = view.visualRect(view.model().index(row, CLIENT)).center()
    with qtbot.waitSignal(screen.open_case) as opened:
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert opened.args == [priya.case("khan").id]


@pytest.mark.covers("S26")
def test_that_o_gives_the_case_under_the_mark_to_somebody(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.click_cell("cases-list", hands.told("cases-list", CLIENT).index("Patricia Khan"), CLIENT)
    hands.press(Qt.Key.Key_O)
    hands.write("cara")
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: priya.case("khan").owner == person("cara"))
    row = hands.told("cases-list", CLIENT).index("Patricia Khan")
    assert hands.told("cases-list", PLACES["owner"])[row] == "Cara Lewis"


def test_that_x_and_the_mouse_tick_rows_and_escape_takes_the_ticks_away(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.click_cell("cases-list", 0, CLIENT)
    hands.press(Qt.Key.Key_X)
    hands.press(Qt.Key.Key_Down)
    hands.press(Qt.Key.Key_X)
    assert hands.words("ticks-count") == "2 selected"
    hands.click_cell("cases-list", 2, CLIENT, SHIFT)
    assert hands.words("ticks-count") == "3 selected"
    hands.click_cell("cases-list", 0, CLIENT, CONTROL)
    assert hands.words("ticks-count") == "2 selected"
    hands.press(Qt.Key.Key_Escape)
    assert not hands.part("cases-ticks").isVisible()


@pytest.mark.covers("S17")
def test_that_s_moves_the_case_to_a_step(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.click_cell("cases-list", hands.told("cases-list", CLIENT).index("Mr Tomasz Nowak"), CLIENT)
    hands.press(Qt.Key.Key_S)
    menu = hands.window.findChild(QMenu, "step-menu")
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Measures").trigger()
    menu.close()
    qtbot.waitUntil(lambda: priya.case("nowak").step_id == MEASURES)


def test_that_a_refused_step_is_told_in_words(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.press(Qt.Key.Key_S)
    menu = hands.window.findChild(QMenu, "step-menu")
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Closed").trigger()
    menu.close()
    assert hands.notice().startswith("Closing needs a reason")


def test_that_somebody_elses_change_shows_in_its_row(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    row = hands.told("cases-list", CLIENT).index("Patricia Khan")
    hands.click_cell("cases-list", row, CLIENT)
    priya.given_to("khan", person("ben"), by="lena")
    assert hands.told("cases-list", PLACES["owner"])[row] == "Ben Carter"
    assert hands.view("cases-list").currentIndex().row() == row


def test_that_a_change_while_another_screen_is_up_is_there_on_return(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.window.hide()
    priya.given_to("khan", person("ben"), by="lena")
    hands.window.show()
    row = hands.told("cases-list", CLIENT).index("Patricia Khan")
    assert hands.told("cases-list", PLACES["owner"])[row] == "Ben Carter"


def test_that_a_case_leaves_the_filtered_list_when_it_no_longer_fits(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.narrow("owner", f"person/{an_id('amy')}")
    priya.given_to("khan", person("ben"))
    assert clients(hands) == {"Mr Tomasz Nowak", "Jean-Luc Thomas"}
    assert hands.words("cases-count") == "2 cases, newest first"


def test_that_an_unsent_case_is_marked_as_kept_here(qtbot: QtBot, priya: Desk) -> None:
    priya.say(ChangeOwner(case_id=priya.case("khan").id, base=priya.base("khan"), owner=person("ben")))
    hands = shown(qtbot, priya)
    model = hands.view("cases-list").model()
    row = hands.told("cases-list", CLIENT).index("Patricia Khan")
    said = model.data(model.index(row, CLIENT), Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Client: Patricia Khan, kept here, not sent yet"


@pytest.mark.covers("S63", "S69")
def test_that_an_advisor_can_give_back_to_a_queue_and_to_nobody_else(qtbot: QtBot, desk: Desk) -> None:
    hands = shown(qtbot, desk)
    hands.click_cell("cases-list", hands.told("cases-list", CLIENT).index("Patricia Khan"), CLIENT)
    hands.press(Qt.Key.Key_O)
    assert owners_offered(hands) == ["Amy Jones (me)"]
    hands.press(Qt.Key.Key_Tab)
    hands.click_row("owner-list", "Back office")
    qtbot.waitUntil(lambda: desk.case("khan").owner_kind is OwnerKind.QUEUE)


@pytest.mark.covers("S14")
def test_that_a_councils_three_hundred_and_twenty_fit_and_page(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya", full=False)
    refer(desk, supported=0)
    hands = shown(qtbot, desk)
    hands.narrow("status", "waiting")
    assert hands.words("cases-count") == "320 cases, newest first"
    view = hands.view("cases-list")
    assert view.model().rowCount() == 200
    view.scrollToBottom()
    qtbot.waitUntil(lambda: view.model().rowCount() == 320)
