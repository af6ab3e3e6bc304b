"""Closing a case in three moves, and opening it again."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from casework.values import (
    CaseStatus,
    Task,
    TaskStatus,
)
from tests.desktop.case_desk import (
    CTRL,
    Key,
    button,
    chip,
    feed_says,
    opened,
    rows,
)
from tests.kit_desktop import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


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
