"""The case page: who, whose, at which step; owner changed, case saved, closed and reopened; what is typed is kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from casework.answers import Changes
from casework.commands import AddNote, EditContact, LogInteraction, LogReview, MoveStep, Said
from casework.ids import new_id
from casework.rows import all_of, find
from casework.values import (
    Activity,
    ActivityKind,
    CaseStatus,
    Contact,
    Notice,
    Priority,
    Property,
    Task,
    TaskStatus,
)
from desktop import theme
from desktop.views.case.composer import TEMPLATE
from desktop.views.case_page import CasePage
from tests.desktop.case_desk import BANNED, CTRL, Key, chip, choose, feed_says, menu_words, opened, pick_from_menu, rows
from tests.desktop.hands import Hands
from tests.desktop.late_ones import late_step
from tests.kit_desktop import BACK_OFFICE, MEASURES, VISIT, Desk, an_id, person, queue

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def edit(page: QWidget, name: str) -> QPlainTextEdit:
    found = page.findChild(QPlainTextEdit, name)
    assert found is not None, name
    return found


def field(page: QWidget, name: str) -> QLineEdit:
    found = page.findChild(QLineEdit, f"field-{name}")
    assert found is not None, name
    return found


def button(page: QWidget, name: str) -> QAbstractButton:
    found = page.findChild(QAbstractButton, name)
    assert found is not None, name
    return found


def contact(desk: Desk, handle: str = "khan") -> Contact:
    with desk.laptop.database.reading() as conn:
        found = find(conn, Contact, desk.case(handle).contact_id)
    assert found is not None
    return found


def notices(page: CasePage) -> list[str]:
    return [bar.accessibleName() for bar in page.body.notices.findChildren(QWidget, "notice") if bar.isVisible()]


def pick_owner(page: CasePage, qtbot: QtBot, name: str, *, is_queue: bool = False) -> None:
    """By keyboard in the picker: the switch, the search, Enter."""
    picker = page.owner.picker
    search = picker.findChild(QLineEdit, "owner-search")
    assert search is not None
    if is_queue:
        qtbot.keyClick(search, Key.Key_Tab)
    qtbot.keyClicks(search, name)
    qtbot.keyClick(search, Key.Key_Return)


# -- what it shows


@pytest.mark.covers("S15", "S60", "R18")
def test_that_the_head_says_who_where_whose_at_which_step_and_since_when(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    assert hands.words("case-client") == "Patricia Khan"
    assert page.body.header.number.words() == desk.case("khan").number
    assert page.body.header.address.words() == "47 Church Lane, Wrexham, LL11 4HG"
    assert page.body.header.phone.words() == "07700 900456"
    created = desk.case("khan").created_at.astimezone()
    assert page.body.header.created.words().startswith(f"Created {created:%a} {created.day} {created:%b} {created:%Y}")
    assert f"{created:%H:%M} from City council" in page.body.header.created.words()
    assert page.body.header.created.isVisible()
    assert button(page, "case-step").accessibleName() == "Step: Home visit"
    assert chip(page, "case-status") == "In progress"
    assert hands.words("case-owner") == "Amy Jones (you)"


@pytest.mark.covers("S15")
def test_that_a_waiting_case_opens_and_leads_back_to_triage(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot, "evans")
    assert any("waits to be triaged" in said for said in notices(page))
    with qtbot.waitSignal(page.go_to) as said:
        hands.click("notice-triage")
    assert said.args == ["waiting"]


@pytest.mark.covers("S60")
def test_that_the_referral_is_there_as_it_came_with_what_needs_an_eye(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot, "evans")
    assert any("needs an eye" in said for said in notices(page))
    hands.click("choice-letter")
    said = [label.text() for label in page.body.letter.findChildren(QLabel)]
    assert "No heating since Friday" in said
    assert "31/02/1944" in said
    assert any("In “DOB” of the letter" in words for words in said)


@pytest.mark.covers("S60", "OC22")
def test_that_a_case_made_on_a_device_with_a_wrong_clock_says_so(desk: Desk, qtbot: QtBot) -> None:
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE case_file SET clock_off = 259200 WHERE id = ?", (desk.case("khan").id,))
    page, _ = opened(desk, qtbot)
    assert "3 days ahead" in chip(page, "case-clock")


def test_that_what_is_not_sent_yet_is_marked_on_the_head(desk: Desk, qtbot: QtBot) -> None:
    page, _ = opened(desk, qtbot)
    assert chip(page, "case-unsent") == ""
    desk.say(MoveStep(case_id=desk.case("khan").id, step=(VISIT, MEASURES)))
    assert chip(page, "case-unsent") == "Kept here"


def test_that_address_and_number_are_copied_with_one_click(desk: Desk, qtbot: QtBot) -> None:
    _, hands = opened(desk, qtbot)
    hands.click("case-address")
    assert QGuiApplication.clipboard().text() == "47 Church Lane, Wrexham, LL11 4HG"
    hands.click("case-number")
    assert QGuiApplication.clipboard().text() == desk.case("khan").number


@pytest.mark.parametrize(
    "name", ["<b>Fat</b> & <img src=x>", "🏠 Ann", "\u202eeciP Ann", "x" * 10_000, "", "line\nbreak\ttab"]
)
def test_that_any_name_is_shown_as_written_and_breaks_nothing(desk: Desk, qtbot: QtBot, name: str) -> None:
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE contact SET last_name = ?, title = '', first_name = ''", (name,))
        conn.exec_driver_sql("UPDATE property SET address_1 = ?", (name,))
        conn.exec_driver_sql("UPDATE person SET display_name = ? WHERE id = ?", (name or "A", an_id("amy")))
    page, hands = opened(desk, qtbot)
    shown = hands.words("case-client")
    assert "\u202e" not in shown
    assert shown == (" ".join(name.replace("\u202e", "")[:400].split()) or "No name given")
    assert page.body.header.minimumSizeHint().width() <= 1166
    assert page.width() == 1166
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in page.findChildren(QLabel))


def test_that_nothing_on_the_page_uses_a_banned_word(desk: Desk, qtbot: QtBot) -> None:
    late_step(desk)
    page, _ = opened(desk, qtbot)
    words = [label.text() for label in page.findChildren(QLabel)]
    words += [one.accessibleName() for one in page.findChildren(QWidget)]
    said = " ".join(words).casefold()
    assert [bad for bad in BANNED if bad.casefold() in said.replace("none of", "")] in ([], ["None"])


def test_that_every_control_has_a_name(desk: Desk, qtbot: QtBot) -> None:
    page, _ = opened(desk, qtbot)
    controls = [*page.findChildren(QAbstractButton), *page.findChildren(QLineEdit), *page.findChildren(QPlainTextEdit)]
    unnamed = [one.objectName() for one in controls if not (one.accessibleName() or one.objectName().startswith("qt_"))]
    assert unnamed == []


@pytest.mark.parametrize(("width", "height", "scale"), [(1166, 710, 1.0), (1080, 742, 1.0), (1270, 694, 2.0)])
def test_that_nothing_important_lies_under_the_fold(
    desk: Desk, qtbot: QtBot, qapp: QApplication, width: int, height: int, scale: float
) -> None:
    theme.apply_theme(qapp, theme.LIGHT, scale)
    page = CasePage(desk.office)
    hands = Hands(qtbot, page)
    hands.show(width, height)
    page.show_case(desk.case("khan").id)
    assert (page.width(), page.minimumSizeHint().width() <= width) == (width, True)
    qtbot.waitUntil(lambda: page.body.tasks.height() > 0)
    if scale == 1:
        for name in ("case-owner", "case-created", "case-tasks", "composer-save", "case-tabs", "close-case"):
            part = hands.part(name)
            assert part.mapTo(page, part.rect().bottomLeft()).y() < height, name
    theme.apply_theme(qapp, theme.LIGHT, 1.0)


# -- owner


@pytest.mark.covers("S11", "S18", "S26", "S64", "S65", "S66", "S67", "R4", "R14")
def test_that_a_coordinator_gives_the_case_to_a_person(desks: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = desks("priya")
    page, hands = opened(desk, qtbot)
    hands.click("change-owner")
    pick_owner(page, qtbot, "ben")
    assert page.owner.sheet is not None
    assert hands.words("case-owner") == "Amy Jones"
    hands.click("sheet-action")
    assert desk.case("khan").owner == person("ben")
    assert hands.words("case-owner") == "Ben Carter"
    assert any("gave this case to Ben Carter, from Amy Jones" in said for said in feed_says(page))


@pytest.mark.covers("S63", "S65", "S66", "S67", "S68", "S70", "R14")
def test_that_the_owner_hands_the_case_with_its_tasks_to_a_queue(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_O)
    pick_owner(page, qtbot, "back", is_queue=True)
    tick = page.findChild(QAbstractButton, "owner-with-tasks")
    assert tick is not None
    assert (tick.accessibleName(), tick.isChecked()) == ("Hand over your 2 open tasks too", True)
    reason = page.findChild(QLineEdit, "owner-reason")
    assert reason is not None
    reason.setText("Letters to write")
    hands.press(Key.Key_Return, CTRL)
    assert desk.case("khan").owner == queue(BACK_OFFICE)
    assert hands.words("case-owner") == "Back office"
    assert {task.assignee_id for task in rows(desk, "khan", Task)} == {""}
    assert any("Letters to write" in said for said in feed_says(page))


@pytest.mark.covers("S69", "R15")
def test_that_a_queue_member_takes_a_case_from_it(desks: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = desks("cara")
    desk.given_to("khan", queue(BACK_OFFICE))
    page, hands = opened(desk, qtbot)
    hands.click("change-owner")
    pick_owner(page, qtbot, "cara")
    hands.click("sheet-action")
    assert desk.case("khan").owner == person("cara")
    assert hands.words("case-owner") == "Cara Lewis (you)"


def test_that_tasks_may_stay_behind(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("change-owner")
    pick_owner(page, qtbot, "back", is_queue=True)
    hands.click("owner-with-tasks")
    hands.click("sheet-action")
    assert {task.assignee_id for task in rows(desk, "khan", Task)} == {an_id("amy")}


@pytest.mark.covers("S10", "R4")
def test_that_the_picker_offers_active_people_and_queues_but_not_the_owner(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("priya")
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE person SET is_active = 0 WHERE id = ?", (an_id("cara"),))
    _, hands = opened(desk, qtbot)
    hands.click("change-owner")
    names = hands.told("owner-list")
    assert "Ben Carter" in names
    assert not {"Cara Lewis", "Amy Jones", "Rhys Powell"} & set(names)


def test_that_taking_over_without_a_reason_is_said_beside_it_and_nothing_is_lost(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("lena")
    page, hands = opened(desk, qtbot)
    hands.click("change-owner")
    pick_owner(page, qtbot, "lena")
    hands.click("sheet-action")
    assert page.owner.sheet is not None
    below = [label.text() for label in page.owner.sheet.findChildren(QLabel, "field-below")]
    assert "A reason is needed. Choose one, and say more in words where it is another reason." in below
    hands.part("owner-reason").setFocus()
    hands.write("Amy is ill")
    hands.press(Key.Key_Return)
    assert desk.case("khan").owner == person("lena")


@pytest.mark.covers("OC7")
def test_that_an_owner_changed_meanwhile_is_said_before_anything_is_written(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("priya")
    page, hands = opened(desk, qtbot)
    hands.click("change-owner")
    pick_owner(page, qtbot, "ben")
    desk.given_to("khan", person("cara"), by="lena")
    hands.click("sheet-action")
    assert page.owner.sheet is not None
    below = " ".join(label.text() for label in page.owner.sheet.findChildren(QLabel, "field-below"))
    assert "gone to Cara Lewis meanwhile" in below
    assert desk.case("khan").owner == person("cara")


def test_that_an_advisor_who_does_not_own_the_case_cannot_give_it_away(
    desks: Callable[..., Desk], qtbot: QtBot
) -> None:
    desk = desks("ben")
    page, hands = opened(desk, qtbot)
    assert not page.body.header.owner_button.isEnabled()
    hands.press(Key.Key_O)
    assert not page.owner.picker.isVisible()


# -- step and priority


@pytest.mark.covers("S17", "S20")
def test_that_the_step_menu_moves_the_case_along_its_journey(desk: Desk, qtbot: QtBot) -> None:
    page, _ = opened(desk, qtbot)
    assert menu_words(page, "case-step-menu") == ["Customer engaged", "Measures", "Follow-up"]
    pick_from_menu(page, "case-step-menu", f"step-{MEASURES}")
    assert desk.case("khan").step_id == MEASURES
    assert button(page, "case-step").accessibleName() == "Step: Measures"


def test_that_the_priority_is_set_from_its_menu(desk: Desk, qtbot: QtBot) -> None:
    page, _ = opened(desk, qtbot)
    pick_from_menu(page, "case-priority-menu", "priority-urgent")
    assert desk.case("khan").priority is Priority.URGENT
    assert button(page, "case-priority").accessibleName() == "Priority: Urgent"


@pytest.mark.covers("OC2")
def test_that_a_late_decision_is_one_click_away_in_words(desk: Desk, qtbot: QtBot) -> None:
    late_step(desk)
    handle = next(name for name in ("khan", "nowak", "thomas") if desk.office.ask(_kept, desk.case(name).id))
    page, hands = opened(desk, qtbot, handle)
    kept = page.sheet().kept[0]  # type: ignore[union-attr]
    with qtbot.waitSignals([page.decide, page.go_to]):
        hands.click(f"notice-decide {kept.id}")


def _kept(conn: object, viewer: object, case_id: str) -> bool:
    from_store = conn.exec_driver_sql("SELECT 1 FROM kept_work WHERE case_id = ?", (case_id,))  # type: ignore[attr-defined]
    del viewer
    return from_store.first() is not None


# -- details


@pytest.mark.covers("S19")
def test_that_details_are_saved_on_purpose_field_by_field(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    assert not button(page, "details-save").isVisible()
    field(page, "contact.mobile").setFocus()
    field(page, "contact.mobile").selectAll()
    hands.write("07700 900457")
    assert contact(desk).mobile == "07700 900456"
    hands.click("details-save")
    assert contact(desk).mobile == "07700 900457"
    assert page.body.header.phone.words() == "07700 900457"
    assert not button(page, "details-save").isVisible()


@pytest.mark.covers("S19")
def test_that_ctrl_s_saves_all_three_parts_at_once(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_E)
    hands.write("Boiler is off.")
    choose(page, "field-home.tenure", "rented_private")
    button(page, "vulnerable-over_75").click()
    hands.press(Key.Key_S, CTRL)
    with desk.laptop.database.reading() as conn:
        home = find(conn, Property, desk.case("khan").property_id)
    assert home is not None
    assert (desk.case("khan").description, home.tenure) == ("Boiler is off.", "rented_private")
    assert contact(desk).vulnerabilities == ("over_75",)
    assert page.body.details.draft.touched == frozenset()


@pytest.mark.covers("S19")
def test_that_what_was_typed_and_not_saved_is_kept_and_found_again(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_E)
    hands.write("Half a sent")
    key = f"case/{desk.case('khan').id}/details"
    qtbot.waitUntil(lambda: "case.description" in desk.office.drafts.find(key), timeout=1000)
    again = CasePage(desk.office)
    qtbot.addWidget(again)
    again.show_case(desk.case("khan").id)
    assert edit(again, "field-case.description").toPlainText() == "Half a sent"
    assert "We kept what you typed at" in next(label.text() for label in again.findChildren(QLabel, "details-kept"))
    button(again, "details-undo").click()
    assert desk.office.drafts.find(key) == {}
    page.body.details.forget()


def test_that_a_field_that_cannot_be_saved_says_why_under_it(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    field(page, "contact.birth_date").setFocus()
    hands.write("31/02/1944")
    labeled = hands.part("labeled-contact.birth_date")
    below = labeled.findChild(QLabel, "field-below")
    assert below is not None
    assert below.text().startswith("This is no date")
    assert not button(page, "details-save").isEnabled()
    hands.press(Key.Key_S, CTRL)
    assert contact(desk).birth_date is None
    assert field(page, "contact.birth_date").text() == "31/02/1944"


def test_that_a_field_of_10000_characters_is_refused_in_words_and_kept(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    field(page, "contact.last_name").setFocus()
    field(page, "contact.last_name").setText("x" * 10_000)
    field(page, "contact.last_name").textEdited.emit("x" * 10_000)
    below = hands.part("labeled-contact.last_name").findChild(QLabel, "field-below")
    assert below is not None
    assert "200 fit" in below.text()
    assert len(field(page, "contact.last_name").text()) == 10_000


@pytest.mark.covers("OC3", "OC4")
def test_that_a_page_from_the_server_leaves_typing_cursor_and_focus_alone(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    mobile = field(page, "contact.mobile")
    mobile.setFocus()
    mobile.setCursorPosition(5)
    hands.write("9")
    changes = {"mobile": ("07700 900456", "07700 900555"), "email": ("", "p@example.org")}
    desk.happened("ben", EditContact(case_id=desk.case("khan").id, contact_id=contact(desk).id, changes=changes))
    assert (mobile.text(), mobile.cursorPosition()) == ("077009 900456", 6)
    assert QApplication.focusWidget() is mobile
    assert field(page, "contact.email").text() == "p@example.org"
    below = hands.part("labeled-contact.mobile").findChild(QLabel, "field-below")
    assert below is not None
    assert "Somebody else has put “07700 900555” here meanwhile" in below.text()
    hands.press(Key.Key_S, CTRL)
    assert contact(desk).mobile == "077009 900456"


@pytest.mark.covers("S53", "R13")
def test_that_links_in_the_description_stand_under_it(desk: Desk, qtbot: QtBot) -> None:
    with desk.laptop.database.writing() as conn:
        words = "Ticket: https://tickets.example/A-1 and http://b.example"
        conn.exec_driver_sql("UPDATE case_file SET description = ?", (words,))
    page, _ = opened(desk, qtbot)
    assert button(page, "description-link-0").accessibleName() == "Open https://tickets.example/A-1 in the browser"
    assert button(page, "description-link-1").isVisible()


# -- writing


@pytest.mark.covers("S38", "S39", "S40", "S42", "S107", "R6")
def test_that_a_note_with_a_mention_tells_them_and_changes_neither_owner_nor_tasks(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    before = (desk.case("khan").owner, rows(desk, "khan", Task))
    hands.press(Key.Key_N)
    hands.write("Can you bring the ladder, @ben")
    hands.press(Key.Key_Return)
    hands.press(Key.Key_Return, CTRL)
    note = next(line for line in rows(desk, "khan", Activity) if "ladder" in line.text)
    assert (note.text, note.mentions) == ("Can you bring the ladder, @Ben Carter", (an_id("ben"),))
    with desk.laptop.database.reading() as conn:
        told = [one for one in all_of(conn, Notice) if one.person_id == an_id("ben") and one.code == "mentioned-you"]
    assert [one.case_id for one in told] == [desk.case("khan").id]
    assert (desk.case("khan").owner, rows(desk, "khan", Task)) == before
    assert edit(page, "composer-note").toPlainText() == ""


@pytest.mark.covers("S38")
def test_that_an_empty_note_cannot_be_added_and_a_too_long_one_is_kept(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    assert not button(page, "composer-save").isEnabled()
    edit(page, "composer-note").setPlainText("x" * 20_001)
    hands.click("composer-save")
    assert "20000 fit" in hands.words("composer-problem")
    assert len(edit(page, "composer-note").toPlainText()) == 20_001


@pytest.mark.covers("S74")
def test_that_a_call_or_visit_is_noted_down_with_when_and_how_long(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("choice-contact")
    choose(page, "contact-channel", "visit")
    for name, text in (("contact-day", "yesterday"), ("contact-time", "9.30"), ("contact-minutes", "40")):
        line = page.findChild(QLineEdit, name)
        assert line is not None
        line.setText(text)
    edit(page, "composer-contact").setPlainText("Loft is bare.")
    hands.click("composer-save")
    line_of = next(line for line in rows(desk, "khan", Activity) if line.text == "Loft is bare.")
    assert (line_of.facts["channel"], line_of.facts["minutes"]) == ("visit", "40")
    at = datetime.fromisoformat(line_of.facts["happened_at"]).astimezone()
    yesterday = datetime.now(UTC).astimezone().date() - timedelta(days=1)
    assert (at.date(), at.hour, at.minute) == (yesterday, 9, 30)


def test_that_a_call_still_to_come_is_not_noted_down(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("choice-contact")
    day = page.findChild(QLineEdit, "contact-day")
    assert day is not None
    day.setText("tomorrow")
    hands.click("composer-save")
    assert "still to come" in hands.words("composer-problem")


@pytest.mark.covers("S98", "S100", "S101", "S103", "S104", "S105", "R16")
def test_that_a_review_takes_three_keys_starts_from_the_template_and_is_filed(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_R)
    review = edit(page, "composer-review")
    assert review.toPlainText() == "\n".join(TEMPLATE)
    assert [line.rstrip() for line in TEMPLATE] == [
        "Current status:", "Pending action items:", "Pending action owner:"
    ]  # fmt: skip
    assert review.textCursor().position() == len("Current status: ")
    hands.write("visit booked")
    hands.press(Key.Key_Return, CTRL)
    assert hands.keys == 3
    text = "Current status: visit booked\nPending action items: \nPending action owner: "
    filed = [one for one in rows(desk, "khan", Activity) if one.kind is ActivityKind.REVIEW][-1]
    assert (filed.subject, filed.status, filed.name, filed.due_on) == ("Case Review", "completed", "", None)
    assert filed.text == text
    assert desk.case("khan").last_review_text == text
    assert any("You reviewed the case" in said and "visit booked" in said for said in feed_says(page))


@pytest.mark.covers("S98", "R16")
def test_that_a_review_takes_two_clicks_and_the_text(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("choice-review")
    edit(page, "composer-review").setPlainText("Done with the loft")
    hands.click("composer-save")
    assert hands.clicks == 2
    assert desk.case("khan").last_review_text == "Done with the loft"


@pytest.mark.covers("S102", "R16")
def test_that_a_review_of_more_than_1000_characters_is_counted_and_not_taken(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("choice-review")
    edit(page, "composer-review").setPlainText("ż" * 1000)
    assert hands.words("composer-count") == "1000 of 1000"
    edit(page, "composer-review").setPlainText("ż" * 1001)
    assert hands.words("composer-count") == "1 too many"
    hands.click("composer-save")
    assert "1000 fit" in hands.words("composer-problem")
    assert desk.case("khan").last_review_text == "Current Status: visit booked"
    edit(page, "composer-review").setPlainText("ż" * 1000)
    hands.click("composer-save")
    assert desk.case("khan").last_review_text == "ż" * 1000


@pytest.mark.covers("S105", "S106", "R16")
def test_that_only_the_newest_review_is_shown_above_the_next_one(desk: Desk, qtbot: QtBot) -> None:
    desk.happened("amy", LogReview(case_id=desk.case("khan").id, text="Second look"))
    _, hands = opened(desk, qtbot)
    hands.click("choice-review")
    assert "Amy Jones: Second look" in hands.words("last-review")
    assert "visit booked" not in hands.words("last-review")


@pytest.mark.covers("S99", "R16")
def test_that_only_the_owner_is_offered_a_review(desks: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = desks("ben")
    page, hands = opened(desk, qtbot)
    assert not button(page, "choice-review").isVisible()
    hands.press(Key.Key_R)
    assert any("Amy Jones owns this case" in said for said in notices(page))
    assert rows(desk, "khan", Activity)[-1].kind is not ActivityKind.REVIEW


def test_that_drafts_are_kept_for_each_case_and_each_kind(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_N)
    hands.write("note for Khan")
    hands.click("choice-review")
    edit(page, "composer-review").setPlainText("review for Khan")
    page.show_case(desk.case("nowak").id)
    assert edit(page, "composer-note").toPlainText() == ""
    hands.press(Key.Key_N)
    hands.write("note for Nowak")
    page.show_case(desk.case("khan").id)
    assert edit(page, "composer-note").toPlainText() == "note for Khan"
    assert edit(page, "composer-review").toPlainText() == "review for Khan"
    assert "We kept what you typed at" in hands.words("composer-kept")
    page.show_case(desk.case("nowak").id)
    assert edit(page, "composer-note").toPlainText() == "note for Nowak"


def test_that_a_kept_note_still_knows_whom_it_mentions(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_N)
    hands.write("@ben")
    hands.press(Key.Key_Return)
    hands.write("come along")
    page.flush()
    again = CasePage(desk.office)
    qtbot.addWidget(again)
    again.show_case(desk.case("khan").id)
    assert again.body.composer.note.mentions() == [an_id("ben")]


def test_that_a_half_written_note_survives_what_comes_in(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_N)
    hands.write("She said")
    desk.happened("ben", AddNote(case_id=desk.case("khan").id, text="Me too"))
    hands.write(" yes")
    assert edit(page, "composer-note").toPlainText() == "She said yes"


def test_that_single_keys_do_nothing_while_somebody_types(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_N)
    hands.write("TERMS to order")
    assert edit(page, "composer-note").toPlainText() == "TERMS to order"
    assert not page.body.tasks.form.isVisible()


# -- closing


def test_that_closing_takes_three_clicks_and_warns_of_open_tasks(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("close-case")
    assert "2 tasks are still open" in hands.part("close-open-tasks").accessibleName()
    hands.click("reason-advice_completed")
    hands.click("sheet-action")
    assert hands.clicks == 3
    assert (desk.case("khan").status, desk.case("khan").closed_reason) == (CaseStatus.CLOSED, "advice_completed")
    assert {task.status for task in rows(desk, "khan", Task)} == {TaskStatus.CANCELLED}
    assert chip(page, "case-status") == "Closed: Advice completed"
    assert button(page, "reopen-case").isVisible()


def test_that_another_reason_needs_words(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("close-case")
    assert not button(page, "sheet-action").isEnabled()
    hands.click("reason-other")
    hands.click("sheet-action")
    assert desk.case("khan").status is CaseStatus.IN_PROGRESS
    hands.write("Went to live with her son")
    hands.press(Key.Key_Return, CTRL)
    assert desk.case("khan").closed_reason == "other"
    assert any("live with her son" in said for said in feed_says(page))


def test_that_a_closed_case_is_reopened_with_a_reason(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("close-case")
    hands.click("reason-moved")
    hands.click("sheet-action")
    hands.click("reopen-case")
    hands.click("sheet-action")
    assert desk.case("khan").status is CaseStatus.CLOSED
    hands.write("Moved back")
    hands.press(Key.Key_Return, CTRL)
    assert desk.case("khan").status is CaseStatus.IN_PROGRESS
    assert button(page, "close-case").isVisible()


def test_that_escape_leaves_a_question_and_nothing_is_done(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("close-case")
    hands.press(Key.Key_Escape)
    assert page.findChild(QWidget, "close-sheet") is None or not hands.part("close-sheet").isVisible()
    hands.press(Key.Key_T)
    assert page.body.tasks.form.isVisible()


# -- staying up to date


def test_that_a_hidden_page_waits_with_looking_until_it_is_shown(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    page.hide()
    desk.happened("priya", MoveStep(case_id=desk.case("khan").id, step=(VISIT, MEASURES)))
    assert button(page, "case-step").accessibleName() == "Step: Home visit"
    page.show()
    assert button(page, "case-step").accessibleName() == "Step: Measures"
    del hands


@pytest.mark.covers("OC2")
def test_that_the_one_who_lost_the_case_is_told_by_whom_and_to_whom(desk: Desk, qtbot: QtBot) -> None:
    page, _ = opened(desk, qtbot)
    desk.given_to("khan", person("ben"))
    assert any("This case is now with Ben Carter. Priya Shah moved it at" in said for said in notices(page))
    assert not button(page, "close-case").isEnabled()


@pytest.mark.covers("OC1", "OC2")
def test_that_a_case_that_leaves_says_whose_it_is_and_what_was_delivered(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    case_id = desk.case("khan").id
    hands.press(Key.Key_N)
    hands.write("half a note")
    desk.given_to("khan", person("ben"))
    now = datetime.now(UTC)
    with desk.laptop.database.writing() as conn:
        visit = LogInteraction(case_id=case_id, channel="visit", happened_at=now)
        for say in (visit, AddNote(case_id=case_id, text="a"), AddNote(case_id=case_id, text="b")):
            body = msgspec.json.encode(Said(id=new_id(), at=now, say=say)).decode()
            conn.exec_driver_sql(
                "INSERT INTO receipt (id, case_id, type, body, said_at, answered_at, status, rev, chain)"
                " VALUES (?, ?, ?, ?, ?, ?, 'applied', 1, '')",
                (new_id(), case_id, str(say.__struct_config__.tag), body, now.isoformat(), now.isoformat()),
            )
        conn.exec_driver_sql("DELETE FROM case_file WHERE id = ?", (case_id,))
    desk.office.changed.emit(Changes(cases=frozenset({case_id}), kinds=frozenset({"case_file"})))
    assert hands.words("departed-title").startswith("This case is now with Ben Carter (moved by Priya Shah, at ")
    assert hands.words("departed-text") == "What you wrote was delivered: 1 visit, 2 notes."
    assert desk.office.drafts.find(f"case/{case_id}/note")["text"] == "half a note"
    with qtbot.waitSignal(page.go_to) as said:
        hands.click("departed-back")
    assert said.args == ["today"]


def test_that_a_case_that_never_was_here_gets_the_calm_page_too(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    page.show_case(new_id())
    assert hands.words("departed-title") == "This case is not on this device any more."
    page.show_case(desk.case("khan").id)
    assert hands.words("case-client") == "Patricia Khan"


def test_that_readers_see_all_and_can_change_nothing(desks: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = desks("rhys")
    page, hands = opened(desk, qtbot)
    for name in ("case-step", "case-priority", "change-owner", "close-case", "add-task"):
        assert not button(page, name).isEnabled(), name
    assert not field(page, "contact.mobile").isEnabled()
    assert not hands.part("composer").isVisible()
