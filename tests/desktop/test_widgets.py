"""The widgets as a person meets them: by name, by key, with hostile words, and with big letters."""

from collections.abc import Iterator
from datetime import date

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QAccessibleInterface, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop import theme
from desktop.widgets.avatar import initials
from desktop.widgets.buttons import Button
from desktop.widgets.chips import Chip
from desktop.widgets.choices import SegmentedControl
from desktop.widgets.date_field import DateField, read_date
from desktop.widgets.drop_zone import DropZone
from desktop.widgets.due_chip import due_words
from desktop.widgets.empty_state import EmptyState
from desktop.widgets.fields import ChoiceField, LabeledField, MultiLineField, TextField, TickField
from desktop.widgets.focus_ring import FocusRing
from desktop.widgets.labels import ElidedLabel, Label
from desktop.widgets.mention_edit import MentionEdit
from desktop.widgets.notice_bar import NoticeBar, NoticeStack
from desktop.widgets.owner_picker import OwnerPicker
from desktop.widgets.people_list import Pick, matching
from desktop.widgets.plain import tip_text
from desktop.widgets.sheet import Sheet
from tests.desktop import gallery
from tests.desktop.gallery_content import PEOPLE, a_tile

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
TODAY = date(2026, 3, 10)  # a Tuesday
HOSTILE = ("<b>Evans</b>", "<img src=file:///x>", "usage <50 kWh", "Smith & Sons", "line\none\ttwo")
Key = Qt.Key


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> QApplication:
    if not qapp.styleSheet() or theme.tokens() is not theme.LIGHT or theme.text_scale() != 1:
        theme.apply_theme(qapp, theme.LIGHT)
    return qapp


def shown(qtbot: QtBot, widget: QWidget) -> None:
    """Show a widget in an active window, so that keys reach it."""
    qtbot.addWidget(widget)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()


def in_focus() -> QWidget:
    """What the keyboard is on."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def search_of(picker: OwnerPicker) -> QWidget:
    """The field of an owner picker."""
    search = picker.findChild(QWidget, "owner-search")
    assert search is not None
    return search


def everything_in(root: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    for index in range(root.childCount()):
        child = root.child(index)
        if child is not None and child.isValid():
            yield child
            yield from everything_in(child)


@pytest.mark.parametrize("page", list(gallery.PAGES))
def test_that_everything_the_keyboard_reaches_has_a_name(qtbot: QtBot, page: str) -> None:
    widget = gallery.PAGES[page]()
    qtbot.addWidget(widget)
    widget.show()
    nameless = []
    for part in everything_in(QAccessible.queryAccessibleInterface(widget)):
        is_control = part.state().focusable or part.role() == QAccessible.Role.Button
        if is_control and not part.state().invisible and not part.text(QAccessible.Text.Name).strip():
            nameless.append(f"{part.role().name} {part.object().metaObject().className() if part.object() else ''}")
    assert nameless == []


@pytest.mark.parametrize("page", list(gallery.PAGES))
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_that_no_word_of_a_control_is_cut_off(qtbot: QtBot, look: QApplication, page: str, scale: float) -> None:
    theme.apply_theme(look, theme.LIGHT, scale)
    widget = gallery.PAGES[page]()
    qtbot.addWidget(widget)
    widget.show()
    cut = [
        f"{part.accessibleName()}: {part.size().toTuple()} for {part.sizeHint().toTuple()}"
        for part in (*widget.findChildren(Button), *widget.findChildren(Chip), *widget.findChildren(TickField))
        if part.isVisible() and (part.width() < part.sizeHint().width() or part.height() < part.sizeHint().height())
    ]
    assert cut == []


@pytest.mark.parametrize("page", list(gallery.PAGES))
def test_that_no_label_reads_its_words_as_rich_text(qtbot: QtBot, page: str) -> None:
    widget = gallery.PAGES[page]()
    qtbot.addWidget(widget)
    assert [
        label.text() for label in widget.findChildren(QLabel) if label.textFormat() != Qt.TextFormat.PlainText
    ] == []


@pytest.mark.parametrize("words", HOSTILE)
def test_that_hostile_words_are_shown_as_written(qtbot: QtBot, words: str) -> None:
    flat = " ".join(words.split())
    label, elided, button = Label(words), ElidedLabel(words), Button(words)
    chip, tick, tile = Chip(words), TickField(words), a_tile(words)
    field, lines = TextField(flat), MultiLineField(words)
    choice = ChoiceField([("a", words)], name="Which")
    for widget in (label, elided, button, chip, tick, tile, field, lines, choice):
        qtbot.addWidget(widget)
    assert (label.text(), lines.value()) == (words, words)
    assert {elided.text(), button.words(), chip.text(), tick.accessibleName(), choice.itemText(0)} == {flat}
    assert (field.value(), tile.text()) == (flat, flat.replace("&", "&&"))
    assert tile.accessibleName().startswith(words)
    assert "<img" not in tile.toolTip()


def test_that_a_notice_and_an_empty_place_show_hostile_words_as_written(qtbot: QtBot) -> None:
    bar = NoticeBar(HOSTILE[0], text=HOSTILE[1], actions=[("go", HOSTILE[3])])
    empty = EmptyState(HOSTILE[2], action=HOSTILE[3])
    qtbot.addWidget(bar)
    qtbot.addWidget(empty)
    said = [label.text() for widget in (bar, empty) for label in widget.findChildren(QLabel)]
    assert said == [HOSTILE[0], HOSTILE[1], HOSTILE[2]]
    assert {button.words() for button in bar.findChildren(Button)} == {HOSTILE[3]}


def test_that_a_tool_tip_shows_its_words_as_written() -> None:
    assert tip_text("<img src=file:///x>").count("&lt;img") == 1
    assert tip_text("Mrs Evans") == "Mrs Evans"


def test_that_picking_an_owner_takes_a_name_and_enter(qtbot: QtBot) -> None:
    anchor = QWidget()
    shown(qtbot, anchor)
    picker = OwnerPicker(PEOPLE, parent=anchor)
    picker.open_under(anchor)
    search = search_of(picker)
    with qtbot.waitSignal(picker.chosen) as said:
        QTest.keyClicks(search, "nowak")
        QTest.keyClick(search, Key.Key_Return)
    assert said.args == ["person", "p5"]
    assert not picker.isVisible()


def test_that_tab_turns_to_queues_and_arrows_move(qtbot: QtBot) -> None:
    anchor = QWidget()
    shown(qtbot, anchor)
    picker = OwnerPicker(PEOPLE, parent=anchor)
    picker.open_under(anchor)
    search = search_of(picker)
    with qtbot.waitSignal(picker.chosen) as said:
        QTest.keyClick(search, Key.Key_Tab)
        QTest.keyClick(search, Key.Key_Down)
        QTest.keyClick(search, Key.Key_Return)
    assert said.args == ["queue", "q2"]


def test_that_escape_leaves_the_picker_without_a_choice(qtbot: QtBot) -> None:
    anchor = QWidget()
    shown(qtbot, anchor)
    picker = OwnerPicker(PEOPLE, parent=anchor)
    picker.open_under(anchor)
    with qtbot.assertNotEmitted(picker.chosen):
        QTest.keyClick(search_of(picker), Key.Key_Escape)
    assert not picker.isVisible()


def test_that_names_are_found_without_accents_and_by_any_word() -> None:
    assert [pick.id for pick in matching(PEOPLE, "sian")] == ["p4"]
    assert [pick.id for pick in matching(PEOPLE, "car ben")] == ["p2"]
    assert [pick.id for pick in matching(PEOPLE, "zz")] == []


def test_that_a_mention_is_written_with_an_at_and_enter(qtbot: QtBot) -> None:
    edit = MentionEdit(PEOPLE[:5])
    shown(qtbot, edit)
    edit.setFocus()
    QTest.keyClicks(edit, "Told @pri")
    assert edit.is_offering()
    QTest.keyClick(edit, Key.Key_Return)
    assert edit.toPlainText() == "Told @Priya Shah "
    assert edit.mentions() == ["p3"]
    assert not edit.is_offering()


def test_that_escape_leaves_the_at_as_it_is_and_an_address_offers_nobody(qtbot: QtBot) -> None:
    edit = MentionEdit(PEOPLE[:5])
    shown(qtbot, edit)
    edit.setFocus()
    QTest.keyClicks(edit, "@am")
    QTest.keyClick(edit, Key.Key_Escape)
    assert (edit.toPlainText(), edit.mentions(), edit.is_offering()) == ("@am", [], False)
    QTest.keyClicks(edit, " a@b")
    assert not edit.is_offering()


def test_that_a_kept_draft_still_knows_whom_it_mentions(qtbot: QtBot) -> None:
    edit = MentionEdit([*PEOPLE[:5], Pick("p9", "Amy Jones-Price")])
    qtbot.addWidget(edit)
    with qtbot.waitSignal(edit.mentions_changed) as said:
        edit.setPlainText("For @Ben Carter and @Amy Jones-Price")
    assert said.args == [["p2", "p9"]]


def test_that_ctrl_enter_finishes_a_note(qtbot: QtBot) -> None:
    edit = MentionEdit(PEOPLE[:5])
    shown(qtbot, edit)
    with qtbot.waitSignal(edit.finished):
        QTest.keyClick(edit, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_that_arrows_move_between_segments(qtbot: QtBot) -> None:
    control = SegmentedControl([("a", "List"), ("b", "Board"), ("c", "Map")], name="View")
    shown(qtbot, control)
    first = control.findChild(QWidget, "choice-a")
    assert first is not None
    first.setFocus()
    with qtbot.waitSignal(control.chosen) as said:
        QTest.keyClick(first, Key.Key_Right)
    assert (said.args, control.current()) == (["b"], "b")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("14/3/2026", date(2026, 3, 14)),
        ("14.3.26", date(2026, 3, 14)),
        ("2026-03-14", date(2026, 3, 14)),
        ("14 march", date(2026, 3, 14)),
        ("Sat 14 Mar 2026", date(2026, 3, 14)),
        ("tomorrow", date(2026, 3, 11)),
        ("fri", date(2026, 3, 13)),
        ("tuesday", date(2026, 3, 17)),
        ("31/2/2026", None),
        ("soon", None),
    ],
)
def test_that_a_date_is_read_as_people_write_it(words: str, day: date | None) -> None:
    assert read_date(words, TODAY) == day


def test_that_a_date_field_keeps_what_it_cannot_read(qtbot: QtBot) -> None:
    field = DateField()
    shown(qtbot, field)
    QTest.keyClicks(field, "after Easter")
    QTest.keyClick(field, Key.Key_Return)
    assert (field.text(), field.value(), field.is_problem()) == ("after Easter", None, True)


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2026, 3, 9), "1 day overdue"),
        (date(2026, 3, 7), "3 days overdue"),
        (TODAY, "Today"),
        (date(2026, 3, 11), "Tomorrow"),
        (date(2026, 3, 13), "Fri 13 Mar"),
        (date(2027, 1, 4), "Mon 4 Jan 2027"),
        (None, "No date"),
    ],
)
def test_that_a_due_date_is_said_in_words(due: date | None, words: str) -> None:
    assert due_words(due, TODAY)[0] == words


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Amy Jones", "AJ"),
        ("Mrs Margaret Evans", "ME"),
        ("Mrs Evans", "E"),
        ("(none)", "?"),
        ("", "?"),
    ],
)
def test_that_initials_are_those_of_a_person(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_that_a_label_names_its_field_and_a_problem_is_said_with_it(qtbot: QtBot) -> None:
    field = TextField()
    labelled = LabeledField("Postcode", field, hint="As on the letter")
    qtbot.addWidget(labelled)
    labelled.show_problem("No such postcode.")
    assert (field.accessibleName(), field.accessibleDescription()) == ("Postcode", "No such postcode.")
    labelled.show_problem("")
    assert field.accessibleDescription() == "As on the letter"


def test_that_text_over_the_limit_is_kept_and_counted(qtbot: QtBot) -> None:
    field = MultiLineField("x" * 12, longest=10)
    qtbot.addWidget(field)
    assert (len(field.value()), field.counter_words(), field.is_too_long()) == (12, "2 too many", True)


def test_that_dropped_files_are_handed_on_and_web_addresses_are_not(qtbot: QtBot) -> None:
    zone = DropZone()
    shown(qtbot, zone)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/nowhere/bill å.pdf"), QUrl("https://example.org/x.pdf")])
    held = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter, drop = QDragEnterEvent(QPoint(5, 5), *held), QDropEvent(QPointF(5, 5), *held)
    QApplication.sendEvent(zone, enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(zone.files) as said:
        QApplication.sendEvent(zone, drop)
    assert said.args == [["/nowhere/bill å.pdf"]]


def test_that_a_notice_with_the_same_key_replaces_and_three_are_the_most(qtbot: QtBot) -> None:
    stack = NoticeStack()
    qtbot.addWidget(stack)
    for key in ("a", "b", "b", "c", "d"):
        stack.put(key, NoticeBar(key))
    assert stack.keys() == ["b", "c", "d"]
    for key in ("b", "c", "d"):
        stack.take(key)
    assert stack.isHidden()


def test_that_a_notice_says_which_action_was_pressed(qtbot: QtBot) -> None:
    bar = NoticeBar("Kept", actions=[("undo", "Undo"), ("open", "Open")])
    shown(qtbot, bar)
    button = bar.findChild(Button, "notice-open")
    assert button is not None
    with qtbot.waitSignal(bar.acted) as said:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert said.args == ["open"]


def test_that_a_sheet_keeps_the_keyboard_and_escape_gives_it_back(qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(800, 600)
    behind = TextField(name="Behind")
    behind.setParent(window)
    shown(qtbot, window)
    behind.setFocus()
    sheet = Sheet("Add a task", over=window)
    first = TextField(name="What")
    sheet.form.addWidget(first)
    sheet.open(first)
    for _ in range(7):
        QTest.keyClick(in_focus(), Key.Key_Tab)
        assert sheet.isAncestorOf(in_focus())
    with qtbot.waitSignal(sheet.left):
        QTest.keyClick(in_focus(), Key.Key_Escape)
    assert in_focus() is behind


def test_that_ctrl_enter_acts_from_any_field_of_a_sheet(qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(800, 600)
    shown(qtbot, window)
    sheet = Sheet("Note", over=window)
    note = MultiLineField(name="Note")
    sheet.form.addWidget(note)
    sheet.open(note)
    with qtbot.waitSignal(sheet.acted):
        QTest.keyClick(note, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert note.value() == ""


def test_that_the_ring_shows_for_keys_and_not_for_clicks(qtbot: QtBot, look: QApplication) -> None:
    ring = FocusRing(look)
    window = QWidget()
    buttons = [Button(words, parent=window) for words in ("One", "Two", "Three")]
    for at, button in enumerate(buttons):
        button.move(20 + 80 * at, 20)
    window.resize(300, 100)
    shown(qtbot, window)
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert ring.around() is None
    QTest.keyClick(window, Key.Key_Tab)
    assert ring.around() is buttons[1]
    QTest.mouseClick(buttons[2], Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert ring.around() is None
    ring.stop()
