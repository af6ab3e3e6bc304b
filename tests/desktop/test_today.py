"""Today: what to do first, what comes next, what changed; done, opened and read from right there, in plain words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from casework.commands import AddNote, AddTask, LogReview
from casework.ids import new_id
from casework.rows import all_of
from casework.values import Document, Notice, Task, TaskStatus
from desktop.views.line_button import LineButton, TickButton
from desktop.views.today import Today
from desktop.views.today_lines import LineList
from desktop.widgets.fields import ChoiceField
from tests.desktop.hands import Hands
from tests.desktop.late_ones import lost_claim
from tests.kit_desktop import Desk, an_id

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
BANNED = ("conflict", "merge", "revision", "payload", "null", "http", "record", "entity", "an error occurred", "None")


def today(desk: Desk, qtbot: QtBot) -> tuple[Today, Hands]:
    screen = Today(desk.office)
    hands = Hands(qtbot, screen)
    hands.show()
    return screen, hands


def lines(screen: Today, key: str) -> list[LineButton]:
    found = screen.findChild(LineList, f"{key}-lines")
    assert found is not None
    return found.buttons()


def said(screen: Today, key: str) -> list[str]:
    return [button.accessibleName() for button in lines(screen, key)]


def tasks(desk: Desk, title: str) -> Task:
    with desk.laptop.database.reading() as conn:
        return next(task for task in all_of(conn, Task) if task.title == title)


def notices(desk: Desk) -> list[Notice]:
    with desk.laptop.database.reading() as conn:
        return [notice for notice in all_of(conn, Notice) if notice.person_id == desk.office.person_id]


@pytest.mark.covers("S5", "S36", "R5")
def test_that_one_look_says_what_is_late_what_is_due_and_what_to_start_with(desk: Desk, qtbot: QtBot) -> None:
    screen, hands = today(desk, qtbot)
    assert hands.words("today-headline") == "2 overdue, 1 due today"
    assert hands.words("today-first") == "Start with “Phone call” for Mr Tomasz Nowak: 13 days overdue."
    assert said(screen, "task") == [
        "Phone call, Mr Tomasz Nowak · 07700 900789, Start here, 13 days overdue",
        "Ring about the boiler, Patricia Khan · 07700 900456, 3 days overdue",
        "Send the draught pack, Mr Tomasz Nowak · 07700 900789, Today",
    ]


@pytest.mark.covers("S5")
def test_that_the_cases_one_owns_stand_beside_the_tasks_with_what_is_next(desk: Desk, qtbot: QtBot) -> None:
    screen, _ = today(desk, qtbot)
    shown = said(screen, "case")
    assert len(shown) == 3
    assert "Patricia Khan, Home visit · Ring about the boiler, 3 days overdue, Wrexham" in shown


@pytest.mark.covers("S37")
def test_that_the_next_days_are_an_agenda_as_long_as_one_likes(desk: Desk, qtbot: QtBot) -> None:
    screen, hands = today(desk, qtbot)
    titles = [found.accessibleName() for found in hands.part("band-next").findChildren(LineList)]
    assert titles[0] == "Tomorrow"
    assert len(titles) == 2
    days = screen.findChild(ChoiceField, "today-days")
    assert days is not None
    assert (days.value(), days.count()) == ("7", 31)
    days.choose("1")
    days.chosen.emit("1")
    shown = [found for found in hands.part("band-next").findChildren(LineList) if found.isVisible()]
    assert [found.accessibleName() for found in shown] == ["Tomorrow"]
    assert hands.words("today-rest") == "1 later than that"
    assert Today(desk.office).days() == 1


def test_that_a_visit_that_is_about_to_begin_comes_before_what_is_late(desk: Desk, qtbot: QtBot) -> None:
    now = datetime.now(UTC)
    soon = now + timedelta(minutes=20)
    if soon.astimezone().date() != now.astimezone().date():
        soon = now - timedelta(minutes=20)
    desk.task("thomas", "See the boiler", kind="home_visit", start_at=soon, end_at=soon + timedelta(hours=1))
    screen, hands = today(desk, qtbot)
    assert said(screen, "task")[0].startswith(
        "See the boiler, Jean-Luc Thomas · Flat 3, 108a Station Road, Bristol, Now"
    )
    assert hands.words("today-first").startswith("Start with “See the boiler” for Jean-Luc Thomas, today at ")


@pytest.mark.covers("S36")
def test_that_a_task_is_finished_with_one_click_and_stays_in_sight_as_done(desk: Desk, qtbot: QtBot) -> None:
    screen, hands = today(desk, qtbot)
    task = tasks(desk, "Ring about the boiler")
    hands.click(f"tick-{task.id}")
    assert hands.clicks == 1
    assert tasks(desk, "Ring about the boiler").status is TaskStatus.DONE
    assert said(screen, "task")[-1] == "Ring about the boiler, Patricia Khan · 07700 900456, Done"
    assert hands.words("today-headline") == "1 overdue, 1 due today"
    tick = screen.findChild(TickButton, f"tick-{task.id}")
    assert tick is not None
    assert not tick.isEnabled()


def test_that_the_keyboard_goes_from_line_to_line_and_ticks_with_x(desk: Desk, qtbot: QtBot) -> None:
    screen, hands = today(desk, qtbot)
    lines(screen, "task")[0].setFocus()
    hands.press(Qt.Key.Key_Down)
    assert lines(screen, "task")[1].hasFocus()
    hands.press(Qt.Key.Key_X)
    assert tasks(desk, "Ring about the boiler").status is TaskStatus.DONE


@pytest.mark.covers("S40", "S41")
def test_that_a_mention_is_on_today_and_one_click_opens_its_case(desk: Desk, qtbot: QtBot) -> None:
    screen, hands = today(desk, qtbot)
    line = next(button for button in lines(screen, "notice") if "mentioned you" in button.accessibleName())
    assert line.accessibleName().startswith("New: Patricia Khan, Ben Carter mentioned you: “")
    with qtbot.waitSignal(screen.open_case) as opened:
        hands.click(line.objectName())
    assert opened.args == [desk.case("khan").id]


@pytest.mark.covers("S21")
def test_that_what_others_do_on_my_case_shows_by_itself(desk: Desk, qtbot: QtBot) -> None:
    screen, hands = today(desk, qtbot)
    desk.happened("ben", AddNote(case_id=desk.case("nowak").id, text="He rang: <b>the radiator</b> leaks."))
    wanted = "Mr Tomasz Nowak, Ben Carter wrote a note: “He rang: <b>the radiator</b> leaks.”"
    hands.click("notice-more")
    qtbot.waitUntil(lambda: any(name.startswith(wanted) for name in said(screen, "notice")))


def test_that_lines_are_marked_as_read_once_they_were_in_sight(desk: Desk, qtbot: QtBot) -> None:
    screen, _ = today(desk, qtbot)
    assert any(not notice.is_seen for notice in notices(desk))
    assert any(name.startswith("New: ") for name in said(screen, "notice"))
    qtbot.waitUntil(lambda: all(notice.is_seen for notice in notices(desk)))
    assert any(name.startswith("New: ") for name in said(screen, "notice"))
    screen.hide()
    screen.show()
    assert not any(name.startswith("New: ") for name in said(screen, "notice"))


@pytest.mark.covers("OC1")
def test_that_a_claim_that_came_second_is_told_in_plain_words_with_the_way_to_decide(desk: Desk, qtbot: QtBot) -> None:
    lost_claim(desk)
    screen, hands = today(desk, qtbot)
    assert hands.words("today-decisions-words") == "1 change needs your decision"
    line = next(name for name in said(screen, "notice") if "Griffiths" in name)
    assert "Ben Carter took it first (" in line
    assert "Your notes and tasks are on the case." in line
    with qtbot.waitSignal(screen.go_to) as there:
        hands.click("today-decide")
    assert there.args == ["decisions"]


def test_that_no_decision_shows_no_band(desk: Desk, qtbot: QtBot) -> None:
    _, hands = today(desk, qtbot)
    assert not hands.part("today-decisions").isVisible()


@pytest.mark.covers("R17")
def test_that_a_file_dropped_on_a_line_goes_to_its_case(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    screen, _ = today(desk, qtbot)
    paper = tmp_path / "bill & <b>letter.pdf"
    paper.write_bytes(b"%PDF-1.4 a bill")
    dragged = QMimeData()
    dragged.setUrls([QUrl.fromLocalFile(str(paper))])
    case_id = desk.case("thomas").id
    line = next(button for button in lines(screen, "case") if button.line.case_id == case_id)
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    with qtbot.waitSignal(screen.told) as told:
        line.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, dragged, left, none))
    assert told.args == ["bill & <b>letter.pdf is on the case"]
    with desk.laptop.database.reading() as conn:
        assert [paper.name for paper in all_of(conn, Document) if paper.case_id == case_id] == [paper.name]


def test_that_an_empty_file_is_refused_in_words_beside_the_work(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    screen, hands = today(desk, qtbot)
    paper = tmp_path / "Bill.pdf"
    paper.touch()
    lines(screen, "case")[0].dropped.emit(desk.case("khan").id, [str(paper)])
    assert hands.notice().startswith("Bill.pdf is empty.")


def test_that_who_has_nothing_is_told_so_kindly(desks: Callable[..., Desk], qtbot: QtBot) -> None:
    screen, hands = today(desks("cara", full=False), qtbot)
    assert hands.words("today-headline") == "Nothing is due today"
    assert hands.words("today-first") == "No task is waiting for you."
    assert hands.part("task-empty").accessibleName() == "Nothing is overdue or due today."
    with qtbot.waitSignal(screen.go_to) as there:
        hands.part("case-empty").findChild(QWidget, "empty-action").click()  # type: ignore[union-attr]
    assert there.args == ["waiting"]


def test_that_a_task_kept_here_says_so(desk: Desk, qtbot: QtBot) -> None:
    day = datetime.now().astimezone().date()
    me = an_id("amy")
    desk.say(
        AddTask(
            case_id=desk.case("thomas").id,
            task_id=new_id(),
            task_type="phone_call",
            title="Ring him",
            due_on=day,
            assignee_id=me,
        )
    )
    screen, _ = today(desk, qtbot)
    assert any("Ring him" in name and "Kept here" in name for name in said(screen, "task"))


def test_that_a_long_list_is_cut_and_unfolds(desk: Desk, qtbot: QtBot) -> None:
    day = datetime.now().astimezone().date()
    for number in range(12):
        desk.task("thomas", f"Ring him, try {number}", due=day)
    screen, hands = today(desk, qtbot)
    assert len(lines(screen, "task")) == 8
    hands.click("task-more")
    assert len(lines(screen, "task")) == 15


def test_that_everything_on_today_is_said_in_plain_words(desk: Desk, qtbot: QtBot) -> None:
    lost_claim(desk)
    desk.say(LogReview(case_id=desk.case("khan").id, text="Current Status: waiting"))
    screen, hands = today(desk, qtbot)
    hands.click("notice-more")
    words = [*said(screen, "task"), *said(screen, "notice"), *said(screen, "case"), hands.words("today-first")]
    assert not [(word, text) for text in words for word in BANNED if word in text]
