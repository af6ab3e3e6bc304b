"""Tasks on the case page: added in three moves, done, handed over, cancelled; whoever owns the case (S28 to S36)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from casework.commands import FinishTask
from casework.questions.choices import assignee_choices, task_type_choices
from casework.values import OwnerKind, Task, TaskStatus
from desktop.models.case_table import today_here
from desktop.models.task_list import read_due, read_task, read_time
from desktop.views.case.task_row import TaskRow
from desktop.views.case_page import CasePage
from desktop.widgets.owner_picker import OwnerPicker
from tests.desktop.case_desk import CTRL, Key, choose, feed_says, opened, rows
from tests.kit_desktop import VISIT, Desk, an_id

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
SATURDAY = date(2026, 11, 21)


def titled(desk: Desk, title: str, handle: str = "khan") -> Task:
    return next(task for task in rows(desk, handle, Task) if task.title == title)


def row_of(page: CasePage, title: str) -> TaskRow:
    return next(row for row in page.body.tasks.rows() if (task := row.task()) and task.title == title)


def button(row: QWidget, name: str) -> QAbstractButton:
    found = row.findChild(QAbstractButton, name)
    assert found is not None
    return found


def line(page: QWidget, name: str) -> QLineEdit:
    found = page.findChild(QLineEdit, name)
    assert found is not None
    return found


def next_friday() -> date:
    return read_due("fri", today_here()) or today_here()


@pytest.mark.covers("S29", "S36")
def test_that_the_page_has_tasks_on_top_open_ones_first_by_due_date(desk: Desk, qtbot: QtBot) -> None:
    desk.task("khan", "Much later", due=today_here() + timedelta(days=30))
    page, _ = opened(desk, qtbot)
    titles = [task.title for row in page.body.tasks.rows() if (task := row.task())]
    assert titles == ["Ring about the boiler", "Home visit", "Much later"]
    assert "3 days overdue" not in row_of(page, "Home visit").accessibleName()
    assert "Amy Jones" in row_of(page, "Ring about the boiler").accessibleName()


@pytest.mark.covers("S30", "S31", "S35")
def test_that_a_task_is_added_in_three_clicks_for_me_at_this_step(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("add-task")
    hands.click("task-type-send_pack")
    hands.click("add-task-save")
    assert hands.clicks == 3
    task = titled(desk, "Send pack")
    assert (task.type, task.assignee_id, task.step_id) == ("send_pack", an_id("amy"), VISIT)
    assert task.due_on == today_here() + timedelta(days=2)
    assert row_of(page, "Send pack").isVisible()
    assert not page.body.tasks.form.isVisible()


@pytest.mark.covers("S30", "S32", "S34", "S35")
def test_that_three_keys_say_all_of_a_task_in_one_line(desk: Desk, qtbot: QtBot) -> None:
    _, hands = opened(desk, qtbot)
    hands.press(Key.Key_T)
    hands.write(f"Ring the landlord fri {next_friday().day} @ben")
    hands.press(Key.Key_Return)
    assert hands.keys == 3
    task = titled(desk, "Ring the landlord")
    assert (task.due_on, task.assignee_id) == (next_friday(), an_id("ben"))


@pytest.mark.covers("S31", "S32", "S33", "S34", "S35")
def test_that_type_date_step_and_assignee_can_be_picked(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("add-task")
    kinds = [
        name
        for name in ("home_visit", "phone_call", "send_pack")
        if page.findChild(QWidget, f"task-type-{name}") is not None
    ]
    assert kinds == ["home_visit", "phone_call", "send_pack"]
    hands.click("task-type-home_visit")
    line(page, "task-due").setText("tomorrow")
    line(page, "task-time").setText("2pm")
    choose(page, "task-assignee", an_id("cara"))
    choose(page, "task-step", an_id("step3"))
    hands.click("add-task-save")
    task = next(task for task in rows(desk, "khan", Task) if task.step_id == an_id("step3"))
    assert (task.type, task.assignee_id) == ("home_visit", an_id("cara"))
    assert task.start_at is not None
    assert task.end_at is not None
    start = task.start_at.astimezone()
    assert (start.date(), start.hour, start.minute) == (today_here() + timedelta(days=1), 14, 0)
    assert task.end_at - task.start_at == timedelta(hours=1)


@pytest.mark.covers("S4", "S28", "S34")
def test_that_a_colleague_can_have_a_task_while_the_owner_stays(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_T)
    hands.write("Look at the loft @ben")
    hands.press(Key.Key_Return)
    assert titled(desk, "Look at the loft").assignee_id == an_id("ben")
    assert desk.case("khan").owner_id == an_id("amy")
    assert hands.words("case-owner") == "Amy Jones (you)"
    assert "Ben Carter" in row_of(page, "Look at the loft").accessibleName()


def test_that_a_task_without_words_or_with_a_date_that_is_none_is_said_and_kept(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("add-task")
    hands.click("add-task-save")
    assert "The task has no name" in hands.words("add-task-problem")
    line(page, "task-line").setFocus()
    hands.write("Ring her")
    line(page, "task-due").setText("in spring")
    hands.click("add-task-save")
    assert "The due date is no date" in hands.words("add-task-problem")
    assert line(page, "task-line").text() == "Ring her"
    line(page, "task-line").setText("x" * 250)
    line(page, "task-due").setText("")
    hands.click("add-task-save")
    assert "too long" in hands.words("add-task-problem")
    assert len(rows(desk, "khan", Task)) == 2


def test_that_a_half_written_task_comes_back_with_its_case(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_T)
    hands.write("Ring the landlord @ben")
    page.show_case(desk.case("nowak").id)
    assert not page.body.tasks.form.isVisible()
    page.show_case(desk.case("khan").id)
    assert line(page, "task-line").text() == "Ring the landlord @ben"
    hands.click("add-task-save")
    assert titled(desk, "Ring the landlord").assignee_id == an_id("ben")


def test_that_a_task_is_done_with_a_tick_and_enter_and_may_say_what_came_of_it(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    button(row_of(page, "Ring about the boiler"), "task-tick").click()
    hands.write("Comes on Monday")
    hands.press(Key.Key_Return)
    task = titled(desk, "Ring about the boiler")
    assert (task.status, task.outcome) == (TaskStatus.DONE, "Comes on Monday")
    assert any("finished the task" in said and "Comes on Monday" in said for said in feed_says(page))
    hands.click("tasks-over")
    over = [row for row in page.body.tasks.findChildren(TaskRow) if row.isVisible() and not row.more.isVisible()]
    assert "Done by Amy Jones" in over[0].accessibleName()


def test_that_a_task_is_handed_to_somebody_else(desk: Desk, qtbot: QtBot) -> None:
    page, _ = opened(desk, qtbot)
    row = row_of(page, "Ring about the boiler")
    row.give.trigger()
    picker = page.findChild(OwnerPicker, "task-picker")
    assert picker is not None
    search = picker.findChild(QLineEdit, "task-owner-search")
    assert search is not None
    qtbot.keyClicks(search, "ben")
    qtbot.keyClick(search, Key.Key_Return)
    assert titled(desk, "Ring about the boiler").assignee_id == an_id("ben")
    assert "Ben Carter" in row_of(page, "Ring about the boiler").accessibleName()


def test_that_a_task_that_is_not_needed_any_more_is_cancelled_with_a_reason(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    row_of(page, "Home visit").cancel.trigger()
    hands.write("She came to us")
    hands.press(Key.Key_Return)
    assert titled(desk, "Home visit").status is TaskStatus.CANCELLED
    assert any("cancelled the task" in said and "She came to us" in said for said in feed_says(page))


def test_that_an_outcome_being_typed_survives_what_comes_in_meanwhile(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    button(row_of(page, "Ring about the boiler"), "task-tick").click()
    hands.write("No ans")
    desk.task("khan", "Somebody else's", by="ben", to="ben", due=today_here() - timedelta(days=9))
    assert page.body.tasks.rows()[0].task() is not None
    hands.write("wer")
    hands.press(Key.Key_Return)
    assert titled(desk, "Ring about the boiler").outcome == "No answer"


def test_that_a_done_task_shows_who_did_it_when_a_colleague_was_first(desk: Desk, qtbot: QtBot) -> None:
    page, _ = opened(desk, qtbot)
    before = len(page.body.tasks.rows())
    task = titled(desk, "Ring about the boiler")
    row = row_of(page, "Ring about the boiler")
    row.ask_outcome()
    desk.happened("ben", FinishTask(case_id=task.case_id, task_id=task.id, done_at=datetime.now(UTC)))
    assert len(page.body.tasks.rows()) == before - 1


@pytest.mark.covers("S70")
def test_that_tasks_stay_with_the_case_when_a_queue_has_it(desk: Desk, qtbot: QtBot) -> None:
    desk.given_to("khan", desk.case("evans").owner)
    page, _ = opened(desk, qtbot)
    assert desk.case("khan").owner_kind is OwnerKind.QUEUE
    assert [task.title for row in page.body.tasks.rows() if (task := row.task())][:1] == ["Ring about the boiler"]


def test_that_readers_see_tasks_and_can_change_none(desks: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = desks("rhys")
    page, _ = opened(desk, qtbot)
    row = row_of(page, "Ring about the boiler")
    assert not page.body.tasks.add_button.isEnabled()
    assert not button(row, "task-tick").isEnabled()
    assert not row.give.isEnabled()
    assert not row.cancel.isEnabled()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("fri 27", date(2026, 11, 27)),
        ("fri 4", date(2026, 12, 4)),
        ("10", date(2026, 12, 10)),
        ("22nd", date(2026, 11, 22)),
        ("fri", date(2026, 11, 27)),
        ("tomorrow", date(2026, 11, 22)),
        ("in 3 days", date(2026, 11, 24)),
        ("2 weeks", date(2026, 12, 5)),
        ("next week", date(2026, 11, 28)),
        ("14/3/2027", date(2027, 3, 14)),
        ("2/1/1970", date(1970, 1, 2)),
        ("1/1/0001", None),
        ("31/12/9999", None),
        ("mon 10", None),
        ("32", None),
        ("someday", None),
        ("", None),
    ],
)
@pytest.mark.covers("S32")
def test_that_a_due_date_is_read_as_people_say_it(text: str, day: date | None) -> None:
    assert read_due(text, SATURDAY) == day


def test_that_a_line_is_taken_apart_into_what_when_and_who(desk: Desk) -> None:
    types = desk.office.read(task_type_choices)
    people = desk.office.ask(assignee_choices)
    wish = read_task("home visit fri 27 2pm @ben carter", types, people, SATURDAY)
    assert wish == ("Home visit", "home_visit", date(2026, 11, 27), 14 * 60, an_id("ben"))
    wish = read_task("Ring about the 10 pound voucher by tomorrow @me", types, people, SATURDAY)
    assert wish == ("Ring about the 10 pound voucher", "", date(2026, 11, 22), -1, an_id("amy"))
    wish = read_task("phone", types, people, SATURDAY)
    assert wish[:2] == ("Phone call", "phone_call")
    assert read_task("write to @nobody", types, people, SATURDAY).title == "Write to @nobody"
    assert read_task("visit mon 10", types, people, SATURDAY).due is None


@pytest.mark.parametrize(
    ("text", "minutes"), [("14:00", 840), ("2pm", 840), ("9.30", 570), ("12am", 0), ("25:00", -1), ("13pm", -1)]
)
def test_that_a_time_is_read_as_people_write_it(text: str, minutes: int) -> None:
    assert read_time(text) == minutes


def test_that_ctrl_enter_adds_the_task_that_is_being_written(desk: Desk, qtbot: QtBot) -> None:
    _, hands = opened(desk, qtbot)
    hands.press(Key.Key_T)
    hands.write("Ring the landlord")
    hands.press(Key.Key_Return, CTRL)
    assert titled(desk, "Ring the landlord").assignee_id == an_id("amy")
