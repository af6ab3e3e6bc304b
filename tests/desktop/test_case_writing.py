"""Writing on the case page: notes with mentions, calls and visits, the owner's review; what is typed is kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from casework.commands import AddNote, LogReview
from casework.rows import all_of
from casework.values import (
    Activity,
    ActivityKind,
    Notice,
    Task,
)
from desktop.views.case.composer import TEMPLATE
from desktop.views.case_page import CasePage
from tests.desktop.case_desk import (
    CTRL,
    Key,
    button,
    choose,
    edit,
    feed_says,
    opened,
    page_notices,
    rows,
)
from tests.kit_desktop import Desk, an_id

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


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


def test_that_a_call_in_another_age_is_no_date(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("choice-contact")
    day = page.findChild(QLineEdit, "contact-day")
    assert day is not None
    day.setText("1/1/0001")
    edit(page, "composer-contact").setPlainText("Loft is bare.")
    hands.click("composer-save")
    assert "no date" in hands.words("composer-problem")


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
    assert any("Amy Jones owns this case" in said for said in page_notices(page))
    assert not [
        one for one in rows(desk, "khan", Activity) if one.kind is ActivityKind.REVIEW and one.by == an_id("ben")
    ]


@pytest.mark.covers("OC28")
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
    assert hands.words("composer-kept").startswith("We kept what you typed at ")
    assert hands.words("composer-kept").endswith("on this device only.")
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
