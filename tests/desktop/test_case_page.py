"""The case page: who, whose, at which step; owner changed, case saved, closed and reopened; what is typed is kept."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from casework.answers import Changes
from casework.commands import AddNote, LogInteraction, MoveStep, ReassignTask, Said
from casework.ids import new_id
from casework.values import (
    Priority,
)
from desktop import theme
from desktop.views.case_page import CasePage
from tests.desktop.case_desk import (
    BANNED,
    Key,
    button,
    chip,
    field,
    menu_words,
    opened,
    page_notices,
    pick_from_menu,
)
from tests.desktop.hands import Hands
from tests.desktop.late_ones import late_step
from tests.kit_desktop import MEASURES, VISIT, Desk, an_id, person

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


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
    assert any("waits to be triaged" in said for said in page_notices(page))
    with qtbot.waitSignal(page.go_to) as said:
        hands.click("notice-triage")
    assert said.args == ["waiting"]


@pytest.mark.covers("S60")
def test_that_the_referral_is_there_as_it_came_with_what_needs_an_eye(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot, "evans")
    assert any("needs an eye" in said for said in page_notices(page))
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
    unnamed = [one.objectName() for one in controls if one.isVisibleTo(page) and not one.accessibleName()]
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
    assert any("This case is now with Ben Carter. Priya Shah moved it at" in said for said in page_notices(page))
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
                "INSERT INTO receipt (id, case_id, type, body, said_at, answered_at, status, code, facts, rev, chain)"
                " VALUES (?, ?, ?, ?, ?, ?, 'applied', '', '{}', 1, '')",
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


@pytest.mark.covers("S34")
def test_that_a_case_that_was_here_for_a_task_says_what_became_of_that(desk: Desk, qtbot: QtBot) -> None:
    desk.given_to("khan", person("ben"))
    task_id = desk.task("khan", "Look at the loft")
    page, hands = opened(desk, qtbot)
    case_id = desk.case("khan").id
    desk.happened("ben", ReassignTask(case_id=case_id, task_id=task_id, assignee=(an_id("amy"), an_id("priya"))))
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql("DELETE FROM notice WHERE code = 'owner-changed'")
        conn.exec_driver_sql("DELETE FROM case_file WHERE id = ?", (case_id,))
    desk.office.changed.emit(Changes(cases=frozenset({case_id}), kinds=frozenset({"case_file"})))
    assert hands.words("departed-title") == "The case of Patricia Khan is not on this device any more."
    assert hands.words("departed-text").startswith("Ben Carter gave your task “Look at the loft” to Priya Shah. ")
    del page


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
