"""The waiting list: who is on it, in which order, and what deciding about somebody does, through the screen itself."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListView, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from casework.values import CaseStatus, Priority, TriageOutcome
from desktop.models.waiting_list import ID_ROLE
from desktop.views.main_window import MainWindow
from desktop.views.waiting_list import WaitingListScreen
from desktop.widgets.fields import ChoiceField
from desktop.widgets.rows import ROW_ROLE
from tests.desktop.hands import Hands
from tests.desktop.seeded import crowd, has_left
from tests.kit_desktop import VISIT, Desk, an_id, person

Desks = Callable[..., Desk]


def shown(qtbot: QtBot, desk: Desk) -> tuple[WaitingListScreen, Hands]:
    screen = WaitingListScreen(desk.office)
    hands = Hands(qtbot, screen)
    hands.show()
    return screen, hands


def window_with(qtbot: QtBot, desk: Desk) -> Hands:
    window = MainWindow()
    window.add_screen("today", QWidget)
    window.add_screen("waiting", lambda: WaitingListScreen(desk.office))
    window.go("today")
    hands = Hands(qtbot, window)
    hands.show(1366, 768)
    return hands


def names_on(screen: QWidget) -> list[str]:
    model = screen.findChild(QListView, "waiting-rows").model()  # type: ignore[union-attr]
    return [str(model.index(at, 0).data()) for at in range(model.rowCount())]


def on_show(screen: QWidget) -> str:
    label = screen.findChild(QLabel, "letter-name")
    return label.text() if label else ""


def words(screen: QWidget, name: str) -> str:
    label = screen.findChild(QLabel, name)
    assert label is not None
    return label.text()


def choose_step(screen: QWidget, step: str) -> None:
    field = screen.findChild(ChoiceField, "triage-step")
    assert field is not None
    field.setCurrentIndex(field.findData(step))


@pytest.mark.covers("S13", "S14", "R2")
def test_that_the_list_holds_those_who_wait_most_pressing_first(qtbot: QtBot, desks: Desks) -> None:
    screen, _ = shown(qtbot, desks("priya"))
    assert names_on(screen) == [
        "Oluwaseun Adeyemi-Richardson",
        "Mrs Margaret Evans",
        "Harpreet Griffiths",
        "Ann <b>Price</b>",
    ]
    assert words(screen, "waiting-counts").startswith("4 waiting · 2 urgent")


def test_that_a_row_says_where_how_long_and_why(qtbot: QtBot, desks: Desks) -> None:
    screen, _ = shown(qtbot, desks("priya"))
    row = screen.findChild(QListView, "waiting-rows").model().index(1, 0).data(ROW_ROLE)  # type: ignore[union-attr]
    assert (row.detail, row.meta) == ("SA1 Swansea · City council", "12 days")
    assert row.note == "Urgent · No heating or hot water"
    assert [chip.words for chip in row.chips] == ["1 to check"]


@pytest.mark.covers("S15")
def test_that_the_first_referral_is_open_beside_the_list_and_reads_like_a_letter(qtbot: QtBot, desks: Desks) -> None:
    screen, hands = shown(qtbot, desks("priya"))
    assert on_show(screen) == "Oluwaseun Adeyemi-Richardson"
    hands.press(Qt.Key.Key_J)
    assert on_show(screen) == "Mrs Margaret Evans"
    assert "No heating since Friday" in words(screen, "letter-why")
    assert "Waited 12 days 12" in words(screen, "letter-reasons")


@pytest.mark.covers("S15")
def test_that_enter_opens_the_case(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    screen, hands = shown(qtbot, desk)
    with qtbot.waitSignal(screen.open_case) as opened:
        hands.press(Qt.Key.Key_Return)
    assert opened.args == [desk.case("adeyemi").id]


@pytest.mark.covers("S16", "S17", "S18", "S20", "R3")
def test_that_accepting_moves_the_step_sets_the_owner_and_takes_the_case_off_the_list(
    qtbot: QtBot, desks: Desks
) -> None:
    desk = desks("priya")
    screen, hands = shown(qtbot, desk)
    choose_step(screen, VISIT)
    hands.click("triage-owner")
    hands.click_row("owner-list", "Ben Carter")
    hands.click("triage-accept")
    case = desk.case("adeyemi")
    assert (case.step_id, case.owner_id, case.status) == (VISIT, an_id("ben"), CaseStatus.IN_PROGRESS)
    assert "Oluwaseun Adeyemi-Richardson" not in names_on(screen)
    assert words(screen, "toast-words") == "Oluwaseun Adeyemi-Richardson → Ben Carter · Home visit"


def test_that_the_next_referral_is_on_show_after_a_decision(qtbot: QtBot, desks: Desks) -> None:
    screen, hands = shown(qtbot, desks("priya"))
    hands.press(Qt.Key.Key_J)
    hands.click("triage-accept")
    assert on_show(screen) == "Harpreet Griffiths"


@pytest.mark.covers("S18")
def test_that_advisors_are_offered_with_the_least_loaded_first(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya", full=False)
    desk.referral("evans")
    # of every five cases Amy has two, the others one each
    crowd(desk, 40, waiting=False)
    _, hands = shown(qtbot, desk)
    hands.click("triage-owner")
    advisors = hands.told("owner-list")[:4]
    assert advisors[-1] == "Amy Jones"
    hands.click("triage-accept")
    assert desk.case("evans").owner_id != an_id("amy")


@pytest.mark.covers("S16")
def test_that_a_referral_can_be_accepted_in_two_clicks(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    hands = window_with(qtbot, desk)
    hands.click("nav-waiting")
    hands.click("triage-accept")
    assert desk.case("adeyemi").triage_outcome is TriageOutcome.SUPPORTED
    assert hands.clicks <= 2


@pytest.mark.covers("S18")
def test_that_another_owner_takes_four_clicks(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    hands = window_with(qtbot, desk)
    hands.click("nav-waiting")
    hands.click("triage-owner")
    hands.click_row("owner-list", "Cara Lewis")
    hands.click("triage-accept")
    assert desk.case("adeyemi").owner == person("cara")
    assert hands.clicks <= 4


@pytest.mark.covers("S18")
def test_that_the_keyboard_takes_five_and_three_for_each_further_case(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    hands = window_with(qtbot, desk)
    for key in (Qt.Key.Key_G, Qt.Key.Key_W, Qt.Key.Key_1):
        hands.press(key)
    hands.write("cara")
    hands.press(Qt.Key.Key_Return)
    assert desk.case("adeyemi").owner == person("cara")
    assert hands.keys <= 5
    hands.press(Qt.Key.Key_1)
    hands.write("ben")
    hands.press(Qt.Key.Key_Return)
    assert desk.case("evans").owner == person("ben")
    assert hands.keys <= 8


@pytest.mark.covers("S16")
def test_that_declining_needs_a_reason_and_keeps_the_case_closed_with_it(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    screen, hands = shown(qtbot, desk)
    hands.press(Qt.Key.Key_3)
    hands.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert words(screen, "field-below") == "A reason is needed"
    assert desk.case("adeyemi").triage_outcome is None
    hands.write("Lives in another county")
    hands.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    case = desk.case("adeyemi")
    assert (case.status, case.triage_outcome) == (CaseStatus.CLOSED, TriageOutcome.DECLINED)


@pytest.mark.parametrize("outcome", ["signposted", "cannot_contact", "out_of_area"])
@pytest.mark.covers("S16")
def test_that_every_other_outcome_is_in_the_menu(qtbot: QtBot, desks: Desks, outcome: str) -> None:
    desk = desks("priya")
    screen, hands = shown(qtbot, desk)
    more = screen.findChild(QPushButton, "triage-more")
    assert more is not None
    action = next(one for one in more.menu().actions() if one.objectName() == f"triage-{outcome}")
    action.trigger()
    hands.write("The council does this")
    hands.click("triage-form-act")
    assert desk.case("adeyemi").triage_outcome == outcome


def test_that_a_duplicate_is_closed_with_a_link_to_the_case_that_was_found(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    _, hands = shown(qtbot, desk)
    hands.press(Qt.Key.Key_2)
    hands.write("Khan")
    hands.press(Qt.Key.Key_Return)
    case = desk.case("adeyemi")
    assert case.triage_outcome is TriageOutcome.DUPLICATE
    assert case.duplicate_of == desk.case("khan").id


def test_that_a_likely_duplicate_is_offered_and_opens_with_a_click(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya", full=False)
    desk.referral("evans", days_ago=9)
    known = desk.supported("evans", "ben")
    desk.referral("price", days_ago=3, alike=(known.id,), letter=(("Name", "Ann Price"),))
    screen, hands = shown(qtbot, desk)
    with qtbot.waitSignal(screen.open_case) as opened:
        hands.click(f"alike-open-{known.number}")
    assert opened.args == [known.id]
    assert desk.case("price").triage_outcome is None


def test_that_every_cell_of_the_letter_is_there_to_be_unfolded(qtbot: QtBot, desks: Desks) -> None:
    screen, hands = shown(qtbot, desks("priya"))
    hands.press(Qt.Key.Key_J)
    cells = screen.findChild(QWidget, "letter-cells")
    assert cells is not None
    assert not cells.isVisible()
    hands.click("letter-as-it-came")
    said = [label.text() for label in cells.findChildren(QLabel)]
    assert cells.isVisible()
    assert said == ["Name", "Margaret Evans", "Why", "No heating since Friday", "DOB", "31/02/1944"]


@pytest.mark.covers("S69")
def test_that_an_advisor_can_take_a_case_from_the_list_and_goes_on_reading_it(qtbot: QtBot, desk: Desk) -> None:
    screen, hands = shown(qtbot, desk)
    hands.click("triage-claim")
    assert desk.case("adeyemi").owner == person("amy")
    assert on_show(screen) == "Oluwaseun Adeyemi-Richardson"
    row = screen.findChild(QListView, "waiting-rows").model().index(0, 0).data(ROW_ROLE)  # type: ignore[union-attr]
    assert [chip.words for chip in row.chips] == ["Amy Jones", "Kept here"]


def test_that_an_advisor_is_offered_only_herself_and_queues(qtbot: QtBot, desk: Desk) -> None:
    screen, hands = shown(qtbot, desk)
    hands.click("triage-owner")
    people = screen.findChild(QListView, "owner-list").model()  # type: ignore[union-attr]
    assert [people.index(at, 0).data() for at in range(people.rowCount())] == ["Amy Jones (me)"]


def test_that_a_reader_is_told_that_deciding_is_for_others(qtbot: QtBot, desks: Desks) -> None:
    screen, _ = shown(qtbot, desks("rhys"))
    assert screen.findChild(QLabel, "triage-only-read").isVisible()  # type: ignore[union-attr]
    assert not screen.findChild(QPushButton, "triage-accept").isVisible()  # type: ignore[union-attr]


@pytest.mark.covers("R4")
def test_that_only_active_people_and_queues_can_be_picked(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    has_left(desk, "cara")
    screen, hands = shown(qtbot, desk)
    hands.click("triage-owner")
    people = screen.findChild(QListView, "owner-list").model()  # type: ignore[union-attr]
    offered = [people.index(at, 0).data() for at in range(people.rowCount())]
    assert "Ben Carter" in offered
    assert "Cara Lewis" not in offered
    assert "Rhys Powell" not in offered


def test_that_what_was_being_typed_is_there_again_after_looking_elsewhere(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    screen, hands = shown(qtbot, desk)
    hands.press(Qt.Key.Key_3)
    hands.write("Landlord will")
    screen.close()
    again, _ = shown(qtbot, desk)
    reason = again.findChild(QPlainTextEdit, "triage-reason")
    assert reason is not None
    assert reason.isVisible()
    assert reason.toPlainText() == "Landlord will"
    assert words(again, "field-kept").startswith("We kept what you typed at ")


def test_that_somebody_elses_decision_takes_the_row_away_and_keeps_the_place(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    screen, hands = shown(qtbot, desk)
    hands.press(Qt.Key.Key_J)
    desk.supported("adeyemi", "ben")
    assert names_on(screen)[0] == "Mrs Margaret Evans"
    assert on_show(screen) == "Mrs Margaret Evans"


def test_that_words_being_typed_stay_when_somebody_else_decides_about_the_case(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    screen, hands = shown(qtbot, desk)
    hands.press(Qt.Key.Key_3)
    hands.write("Not in our area")
    desk.supported("adeyemi", "ben")
    reason = screen.findChild(QPlainTextEdit, "triage-reason")
    assert reason is not None
    assert reason.isVisible()
    assert reason.toPlainText() == "Not in our area"
    notice = screen.findChild(QWidget, "notice")
    assert notice is not None
    assert "decided about this case already" in notice.accessibleName()


def test_that_a_new_referral_appears_by_itself(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya", full=False)
    screen, _ = shown(qtbot, desk)
    assert screen.findChild(QWidget, "empty-state").isVisible()  # type: ignore[union-attr]
    desk.referral("evans")
    assert names_on(screen) == ["Mrs Margaret Evans"]
    assert on_show(screen) == "Mrs Margaret Evans"


@pytest.mark.covers("FA2")
def test_that_a_refused_decision_is_told_beside_the_work(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    screen, hands = shown(qtbot, desk)
    hands.press(Qt.Key.Key_2)
    hands.write("zzzz")
    hands.press(Qt.Key.Key_Return)
    assert words(screen, "field-below") == "Which case is it a duplicate of?"
    assert desk.case("adeyemi").triage_outcome is None


def test_that_letters_in_a_text_field_are_text_and_no_commands(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    screen, hands = shown(qtbot, desk)
    hands.press(Qt.Key.Key_3)
    hands.write("1 or 2, ok")
    assert screen.findChild(QPlainTextEdit, "triage-reason").toPlainText() == "1 or 2, ok"  # type: ignore[union-attr]
    assert desk.case("adeyemi").triage_outcome is None


def test_that_thousands_load_a_page_at_a_time(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya", full=False)
    crowd(desk, 1_000, waiting=True)
    screen, _ = shown(qtbot, desk)
    view = screen.findChild(QListView, "waiting-rows")
    assert view is not None
    assert view.model().rowCount() == 200
    view.scrollToBottom()
    qtbot.waitUntil(lambda: view.model().rowCount() > 200)
    ids = [view.model().index(at, 0).data(ID_ROLE) for at in range(view.model().rowCount())]
    assert len(set(ids)) == len(ids)


def test_that_a_priority_set_by_hand_is_the_one_shown(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    assert desk.case("price").priority is Priority.NORMAL
    screen, _ = shown(qtbot, desk)
    row = screen.findChild(QListView, "waiting-rows").model().index(3, 0).data(ROW_ROLE)  # type: ignore[union-attr]
    assert row.note == "Waited 3 days"


def test_that_hostile_text_is_shown_as_written_and_breaks_no_layout(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya", full=False)
    long = "x" * 10_000
    letter = (("Name", "<img src=x>"), ("\u202eevil", long), ("😀", "👨‍👩‍👧‍👦"))
    desk.referral("price", letter=letter, description=f"<b>{long}</b>", source_name="a & b")
    screen, hands = shown(qtbot, desk)
    hands.click("letter-as-it-came")
    qtbot.waitUntil(hands.part("letter-cells").isVisible)
    letter_view = hands.part("referral-letter")
    assert "<b>Price</b>" in hands.words("letter-name")
    assert hands.part("letter-page").width() <= letter_view.width()
    assert screen.width() == 1166
    # ten thousand letters without a space are on many lines, not running out at the side
    why = hands.part("letter-why")
    qtbot.waitUntil(lambda: why.height() > 50 * why.fontMetrics().lineSpacing())
    assert hands.words("letter-why").replace("\u200b", "") == f"<b>{long}</b>"


@pytest.mark.covers("S19")
def test_that_choosing_step_and_owner_saves_nothing_before_accept_is_pressed(qtbot: QtBot, desks: Desks) -> None:
    desk = desks("priya")
    before = desk.case("adeyemi")
    screen, hands = shown(qtbot, desk)
    choose_step(screen, VISIT)
    hands.click("triage-owner")
    hands.click_row("owner-list", "Ben Carter")
    assert desk.case("adeyemi") == before
    hands.click("triage-accept")
    assert desk.case("adeyemi").owner == person("ben")
