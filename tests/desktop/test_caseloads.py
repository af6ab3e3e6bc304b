"""Caseloads: giving one or many cases to somebody, with their tasks or without, in few moves and with a way back."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from casework.commands import AddNote, ChangeOwner, SeenOwner
from desktop.models.case_table import PLACES
from desktop.views.cases import CasesScreen
from desktop.views.main_window import MainWindow
from tests.desktop.hands import Hands
from tests.desktop.seeded import case_of, crowd, has_left
from tests.kit_desktop import BACK_OFFICE, Desk, an_id, person, queue

Desks = Callable[..., Desk]
CONTROL = Qt.KeyboardModifier.ControlModifier
CLIENT = PLACES["client"]


@pytest.fixture
def priya(desks: Desks) -> Desk:
    """A coordinator's desk: Khan, Nowak and Thomas are Amy's, Pritchard was Ben's and is closed."""
    return desks("priya")


def shown(qtbot: QtBot, desk: Desk) -> Hands:
    hands = Hands(qtbot, CasesScreen(desk.office))
    hands.show()
    return hands


def details_offered(hands: Hands) -> dict[str, str]:
    model = hands.view("owner-list").model()
    rows = [model.index(at, 0, QModelIndex()) for at in range(model.rowCount())]
    return {str(row.data()): model.data(row, Qt.ItemDataRole.AccessibleTextRole) for row in rows}


def owners_of(desk: Desk, count: int) -> list[str]:
    return [case_of(desk, an_id(f"k{at}")).owner_id for at in range(count)]


@pytest.mark.covers("S28")
def test_that_another_owner_leaves_the_tasks_with_whom_they_were(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.click_cell("cases-list", hands.told("cases-list", CLIENT).index("Jean-Luc Thomas"), PLACES["tick"])
    hands.click("ticks-owner")
    hands.click_row("owner-list", "Cara Lewis")
    qtbot.waitUntil(lambda: priya.case("thomas").owner == person("cara"))
    assert assignees(priya, "thomas") == {an_id("amy")}


@pytest.mark.covers("S27")
def test_that_the_open_tasks_go_along_where_that_is_ticked(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.click_cell("cases-list", hands.told("cases-list", CLIENT).index("Jean-Luc Thomas"), PLACES["tick"])
    hands.click("ticks-tasks")
    hands.click("ticks-owner")
    hands.click_row("owner-list", "Cara Lewis")
    qtbot.waitUntil(lambda: priya.case("thomas").owner == person("cara"))
    assert assignees(priya, "thomas") == {an_id("cara")}


def assignees(desk: Desk, handle: str) -> set[str]:
    with desk.laptop.database.reading() as conn:
        rows = conn.exec_driver_sql(
            "SELECT assignee_id FROM task WHERE case_id = ? AND status = 'open'", (desk.case(handle).id,)
        ).all()
    return {row[0] for row in rows}


@pytest.mark.covers("S27", "S65", "R4")
def test_that_the_picker_shows_caseloads_and_queues_and_nobody_who_left(qtbot: QtBot, priya: Desk) -> None:
    has_left(priya, "ben")
    hands = shown(qtbot, priya)
    hands.press(Qt.Key.Key_O)
    told = details_offered(hands)
    assert "3 open cases" in told["Amy Jones"]
    assert "Ben Carter" not in told
    hands.press(Qt.Key.Key_Tab)
    assert hands.told("owner-list") == ["Back office", "Waiting list"]


@pytest.mark.covers("S26", "S27")
def test_that_twenty_cases_change_hands_in_six_clicks_with_one_summary(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya", full=False)
    crowd(desk, 100, waiting=False)
    window = MainWindow()
    window.add_screen("today", QWidget)
    window.add_screen("cases", lambda: CasesScreen(desk.office))
    hands = Hands(qtbot, window)
    hands.show(1366, 768)
    window.go("today")
    hands.click("nav-cases")
    hands.narrow("owner", f"person/{an_id('cara')}")
    head = hands.part("cases-head")
    qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=head.rect().topLeft() + _corner())  # type: ignore[attr-defined]
    hands.clicks += 1
    assert hands.words("ticks-count") == "20 selected"
    hands.click("ticks-owner")
    hands.click_row("owner-list", "Ben Carter")
    notice = hands.notice()
    assert notice.startswith("20 cases → Ben Carter")
    assert hands.clicks <= 6
    assert owners_of(desk, 100).count(an_id("ben")) == 40
    assert owners_of(desk, 100).count(an_id("cara")) == 0


def _corner() -> QPoint:
    return QPoint(16, 16)


@pytest.mark.covers("S27")
def test_that_the_keyboard_does_it_in_six_from_the_filtered_list(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya", full=False)
    crowd(desk, 20, waiting=False)
    window = MainWindow()
    window.add_screen("cases", lambda: CasesScreen(desk.office))
    window.add_screen("today", QWidget)
    hands = Hands(qtbot, window)
    hands.show(1366, 768)
    window.go("today")
    hands.press(Qt.Key.Key_G)
    hands.press(Qt.Key.Key_C)
    hands.press(Qt.Key.Key_A, CONTROL)
    hands.press(Qt.Key.Key_O)
    hands.write("lena")
    hands.press(Qt.Key.Key_Return)
    hands.notice()
    assert owners_of(desk, 20) == [an_id("lena")] * 20
    assert hands.keys <= 6


def test_that_a_bulk_change_can_be_undone(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.press(Qt.Key.Key_A, CONTROL)
    hands.click("ticks-owner")
    hands.click_row("owner-list", "Ben Carter")
    hands.notice()
    assert priya.case("khan").owner == person("ben")
    hands.click("notice-undo")
    qtbot.waitUntil(lambda: {priya.case(one).owner.id for one in ("khan", "nowak", "thomas")} == {an_id("amy")})


def give_all(hands: Hands, name: str, *, with_tasks: bool = False) -> None:
    hands.press(Qt.Key.Key_A, CONTROL)
    if with_tasks:
        hands.click("ticks-tasks")
    hands.click("ticks-owner")
    hands.click_row("owner-list", name)
    hands.notice()


def undone(qtbot: QtBot, hands: Hands) -> str:
    """Clicks Undo; answers what the screen says after it."""
    given = hands.notice()
    hands.click("notice-undo")
    qtbot.waitUntil(lambda: hands.notice() != given)
    return hands.notice()


def whose_tasks(desk: Desk) -> dict[str, str]:
    with desk.laptop.database.reading() as conn:
        return dict(conn.exec_driver_sql("SELECT id, assignee_id FROM task").all())


@pytest.mark.covers("OC27")
@pytest.mark.parametrize("with_tasks", [True, False])
def test_that_undo_gives_every_task_back_to_whom_it_was_with(qtbot: QtBot, priya: Desk, with_tasks: bool) -> None:
    priya.task("khan", "Ring the council", to="ben")
    priya.given_to("nowak", queue(BACK_OFFICE))
    priya.task("nowak", "Find the boiler's papers", to="")
    before = whose_tasks(priya)
    hands = shown(qtbot, priya)
    give_all(hands, "Ben Carter", with_tasks=with_tasks)
    assert whose_tasks(priya) != before
    assert undone(qtbot, hands).startswith("3 cases → back where they were")
    assert priya.case("nowak").owner == queue(BACK_OFFICE)
    assert whose_tasks(priya) == before


@pytest.mark.covers("OC27")
def test_that_undo_takes_no_case_from_whoever_has_it_by_now_and_says_who(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    give_all(hands, "Ben Carter", with_tasks=True)
    priya.given_to("khan", person("cara"), by="lena")
    priya.say(AddNote(case_id=priya.case("nowak").id, text="Ben knows him already"))
    before = whose_tasks(priya)

    notice = undone(qtbot, hands)
    assert notice.startswith("Jean-Luc Thomas → back with Amy Jones, 2 not taken back. Somebody changed them since: ")
    assert "Patricia Khan, now with Cara Lewis" in notice
    assert "Mr Tomasz Nowak, now with Ben Carter" in notice
    assert [priya.case(one).owner for one in ("khan", "nowak", "thomas")] == [
        person("cara"),
        person("ben"),
        person("amy"),
    ]
    thomas = {task for task, whose in whose_tasks(priya).items() if whose != before[task]}
    assert thomas
    assert assignees(priya, "thomas") == {an_id("amy")}


@pytest.mark.covers("OC27")
def test_that_undo_says_so_where_nothing_can_be_taken_back(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.click_cell("cases-list", hands.told("cases-list", CLIENT).index("Patricia Khan"), PLACES["tick"])
    hands.click("ticks-owner")
    hands.click_row("owner-list", "Ben Carter")
    hands.notice()
    priya.given_to("khan", person("cara"), by="lena")
    told = "1 case not taken back. Somebody changed it since: Patricia Khan, now with Cara Lewis"
    assert undone(qtbot, hands) == told
    assert priya.case("khan").owner == person("cara")


@pytest.mark.covers("OC27")
def test_that_of_many_cases_changed_since_undo_says_how_many_are_with_whom(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya", full=False)
    crowd(desk, 12, waiting=False)
    away = [at for at, owner in enumerate(owners_of(desk, 12)) if owner != an_id("ben")]
    hands = shown(qtbot, desk)
    give_all(hands, "Ben Carter")
    for number, at in enumerate(away[:5]):
        case = case_of(desk, an_id(f"k{at}"))
        to = person("cara" if number < 3 else "lena")
        desk.happened(
            "lena", ChangeOwner(case_id=case.id, base=SeenOwner(case.owner, case.owner_cmd), owner=to, reason="Rota")
        )
    assert undone(qtbot, hands) == (
        f"{len(away) - 5} cases → back where they were, 5 not taken back."
        " Somebody changed them since: 3 cases now with Cara Lewis; 2 cases now with Lena Novak"
    )
    now = owners_of(desk, 12)
    assert [now[at] for at in away[:5]] == [an_id("cara")] * 3 + [an_id("lena")] * 2


@pytest.mark.covers("OC27")
def test_that_undo_tells_why_a_case_cannot_go_back(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    give_all(hands, "Ben Carter")
    has_left(priya, "amy")
    notice = undone(qtbot, hands)
    assert notice.startswith("3 cases not taken back. ")
    assert "Patricia Khan: " in notice
    assert priya.case("khan").owner == person("ben")


@pytest.mark.covers("OC27")
def test_that_undo_says_of_a_case_that_has_left_this_computer_that_it_has(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    give_all(hands, "Ben Carter")
    with priya.laptop.database.writing() as conn:
        conn.exec_driver_sql("DELETE FROM ownership_event WHERE case_id = ?", (priya.case("khan").id,))
        conn.exec_driver_sql("DELETE FROM case_file WHERE id = ?", (priya.case("khan").id,))
    told = "2 cases → back where they were, 1 not taken back. Somebody changed it since:"
    assert undone(qtbot, hands) == f"{told} Patricia Khan, no longer on this computer"


def test_that_a_case_of_one_s_own_can_be_had_back(qtbot: QtBot, priya: Desk) -> None:
    priya.given_to("khan", person("priya"), by="lena")
    hands = shown(qtbot, priya)
    give_all(hands, "Ben Carter")
    undone(qtbot, hands)
    assert priya.case("khan").owner == person("priya")


def test_that_cases_which_cannot_move_are_named_and_the_others_move(qtbot: QtBot, priya: Desk) -> None:
    hands = shown(qtbot, priya)
    hands.narrow("status", "all")
    for client in ("Patricia Khan", "Miss Dilys Pritchard"):
        hands.click_cell("cases-list", hands.told("cases-list", CLIENT).index(client), PLACES["tick"])
    hands.click("ticks-owner")
    hands.click_row("owner-list", "Cara Lewis")
    notice = hands.notice()
    assert notice.startswith("Patricia Khan → Cara Lewis, 1 stayed as it was. Miss Dilys Pritchard: ")
    assert "closed" in notice
