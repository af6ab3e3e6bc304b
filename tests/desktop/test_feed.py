"""The feed: lines in the order in which they happened, with marks in words, links to click, and room for long texts."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from casework.commands import AddNote, LogInteraction
from desktop.models.feed import FeedModel, calm, links_in
from desktop.views.case.feed_line import FeedLineView
from tests.desktop.case_desk import feed_says, opened
from tests.kit_desktop import Desk, an_id

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Browser(QObject):
    """Stands in for the system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


def line_with(page_lines: list[FeedLineView], words: str) -> FeedLineView:
    return next(view for view in page_lines if words in view.sentence())


@pytest.mark.covers("S103", "S108")
def test_that_the_feed_tells_the_story_in_order_and_history_lists_it_backwards(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    lines = feed_says(page)
    assert "took in this case from City council" in lines[0]
    assert any("Ben Carter wrote a note" in line and "her sister has the key" in line for line in lines)
    hands.click("choice-history")
    assert (
        hands.told("history-lines") == [calm(view.sentence().split(". ")[0]) for view in page.body.feed.views()][::-1]
    )


@pytest.mark.covers("OC2")
def test_that_a_line_says_when_it_happened_and_when_it_arrived(desk: Desk, qtbot: QtBot) -> None:
    page, _ = opened(desk, qtbot)
    happened = datetime.now(UTC) - timedelta(days=2)
    command = LogInteraction(
        case_id=desk.case("khan").id, channel="visit", happened_at=happened, minutes=40, text="Came by."
    )
    desk.happened("ben", command, days_ago=1)
    with desk.laptop.database.writing() as conn:
        late = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
        conn.exec_driver_sql("UPDATE activity SET arrived_at = ? WHERE text = 'Came by.'", (late,))
    page.refresh()
    said = line_with(page.body.feed.views(), "Came by").sentence()
    assert "noted down a visit (40 min)" in said
    assert "arrived" in said


@pytest.mark.covers("OC12")
def test_that_words_of_the_previous_owner_are_marked_so(desk: Desk, qtbot: QtBot) -> None:
    seen = desk.case("khan").owner_cmd
    desk.given_to("khan", desk.case("pritchard").owner)
    contact = LogInteraction(
        case_id=desk.case("khan").id, channel="call", happened_at=datetime.now(UTC), text="Rang on Monday."
    )
    desk.happened("amy", contact, under=seen)
    page, _ = opened(desk, qtbot)
    assert "Recorded by the previous owner" in line_with(page.body.feed.views(), "Rang on Monday").marks()


@pytest.mark.covers("OC22")
def test_that_a_wrong_clock_is_marked(desk: Desk, qtbot: QtBot) -> None:
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE activity SET clock_off = 259200 WHERE kind = 'review'")
    page, _ = opened(desk, qtbot)
    assert any("clock was 3 days ahead" in mark for view in page.body.feed.views() for mark in view.marks())


def test_that_what_only_lies_here_says_so_until_it_is_sent(desk: Desk, qtbot: QtBot) -> None:
    page, _ = opened(desk, qtbot)
    desk.say(AddNote(case_id=desk.case("khan").id, text="On my way."))
    view = line_with(page.body.feed.views(), "On my way")
    assert view.marks() == ["Kept here, not sent yet"]
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE activity SET rev = 900 WHERE text = 'On my way.'")
        conn.exec_driver_sql("DELETE FROM outbox")
        conn.exec_driver_sql("DELETE FROM shadow")
    page.refresh()
    assert line_with(page.body.feed.views(), "On my way").marks() == []


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://a.example/x?y=1&z=2.", ["https://a.example/x?y=1&z=2"]),
        ("(http://a.example/b_(c)) and HTTPS://B.example", ["http://a.example/b_(c)", "HTTPS://B.example"]),
        ("file:///etc/passwd javascript:alert(1) ftp://a.example", []),
        ("https:// nothing", []),
        ("https://a.example https://a.example", ["https://a.example"]),
        ("“https://a.example/ż”", ["https://a.example/ż"]),
    ],
)
@pytest.mark.covers("R13", "S53")
def test_that_only_web_addresses_become_links(text: str, links: list[str]) -> None:
    assert links_in(text) == links


@pytest.mark.covers("R13", "S53")
def test_that_a_link_opens_only_when_it_is_pressed(desk: Desk, qtbot: QtBot) -> None:
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser, "open")  # type: ignore[arg-type]  # Qt takes text
    try:
        desk.happened("ben", AddNote(case_id=desk.case("khan").id, text="Form: https://grants.example/apply?a=1"))
        page, _ = opened(desk, qtbot)
        view = line_with(page.body.feed.views(), "Form:")
        chip = view.findChild(QAbstractButton, "feed-link-0")
        assert chip is not None
        assert browser.opened == []
        chip.click()
        assert browser.opened == ["https://grants.example/apply?a=1"]
    finally:
        QDesktopServices.unsetUrlHandler("https")


def test_that_a_text_of_10000_characters_is_folded_and_whole_on_demand(desk: Desk, qtbot: QtBot) -> None:
    desk.happened("ben", AddNote(case_id=desk.case("khan").id, text="long " * 2_000))
    page, _ = opened(desk, qtbot)
    view = line_with(page.body.feed.views(), "long long")
    folded = view.heightForWidth(420)
    button = view.findChild(QAbstractButton, "feed-fold")
    assert button is not None
    button.click()
    assert folded < 250 < 2_000 < view.heightForWidth(420)
    button.click()
    assert view.heightForWidth(420) == folded


@pytest.mark.covers("S107")
def test_that_markup_and_direction_signs_stay_what_they_are_words(desk: Desk, qtbot: QtBot) -> None:
    nasty = "<b>fat</b> \u202eegnahc & 🏠 <img src=x>"
    desk.happened("ben", AddNote(case_id=desk.case("khan").id, text=nasty, mentions=(an_id("amy"),)))
    page, _ = opened(desk, qtbot)
    said = line_with(page.body.feed.views(), "fat").sentence()
    assert "<b>fat</b> egnahc & 🏠 <img src=x>" in said
    assert "\u202e" not in said


def test_that_the_feed_stays_where_it_was_scrolled_to_when_something_comes_in(desk: Desk, qtbot: QtBot) -> None:
    for number in range(30):
        desk.happened("ben", AddNote(case_id=desk.case("khan").id, text=f"Note number {number}"))
    page, _ = opened(desk, qtbot)
    bar = page.body.feed._scroll.verticalScrollBar()  # noqa: SLF001
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    bar.setValue(40)
    desk.happened("ben", AddNote(case_id=desk.case("khan").id, text="And one more"))
    qtbot.waitUntil(lambda: "And one more" in feed_says(page)[-1])
    assert bar.value() == 40


def test_that_earlier_lines_are_fetched_and_put_in_front(desk: Desk, qtbot: QtBot) -> None:
    for number in range(70):
        desk.happened("ben", AddNote(case_id=desk.case("khan").id, text=f"Note number {number}"), days_ago=1)
    page, hands = opened(desk, qtbot)
    before = len(page.body.feed.views())
    hands.click("feed-earlier")
    lines = feed_says(page)
    assert len(lines) == page.body.feed.model.total > before
    assert "took in this case" in lines[0]
    desk.happened("ben", AddNote(case_id=desk.case("khan").id, text="And one more"))
    assert len(feed_says(page)) == len(lines) + 1


def test_that_notes_and_calls_can_be_read_alone(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    every = len(page.body.feed.views())
    hands.click("choice-words")
    assert 0 < len(page.body.feed.views()) < every
    assert not any("added the task" in line for line in feed_says(page))


def test_that_the_model_keeps_the_contract_of_qt(desk: Desk) -> None:
    model = FeedModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.forget()
    assert model.rowCount() == 0
    del desk
