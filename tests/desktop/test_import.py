"""Import: a partner's file is shown for what it is before anything is written, and comes in once, whatever happens."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from casework.rows import all_of
from casework.values import Case, OwnerKind, Referral
from desktop.models.import_plan import Opened, open_file, try_out
from desktop.models.import_run import ImportRun, Outcome
from desktop.views.import_file import ImportScreen
from desktop.widgets.drop_zone import DropZone
from desktop.widgets.fields import ChoiceField
from tests.desktop.hands import Hands
from tests.kit_desktop import WAITING_LIST, WARM_HOMES, Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "sample"
COUNCIL = SAMPLES / "referrals-council.csv"
BANNED = ("conflict", "merge", "revision", "payload", "null", "http", "record", "entity", "an error occurred", "None")


@pytest.fixture
def priya(desks: Callable[..., Desk]) -> Desk:
    """A coordinator's desk without any case."""
    return desks("priya", full=False)


def importing(desk: Desk, qtbot: QtBot) -> tuple[ImportScreen, Hands]:
    screen = ImportScreen(desk.office)
    hands = Hands(qtbot, screen)
    hands.show()
    return screen, hands


def drop(screen: ImportScreen, qtbot: QtBot, path: Path, *, then: str = "import-columns") -> None:
    zone = screen.findChild(DropZone)
    assert zone is not None
    zone.files.emit([str(path)])
    qtbot.waitUntil(lambda: screen.step() == then)


def tried(screen: ImportScreen, hands: Hands, qtbot: QtBot, path: Path = COUNCIL) -> None:
    drop(screen, qtbot, path)
    hands.click("columns-go-on")
    qtbot.waitUntil(lambda: screen.step() == "import-look")


def choose(screen: ImportScreen, name: str, key: str) -> None:
    field = screen.findChild(ChoiceField, name)
    assert field is not None
    field.choose(key)
    field.chosen.emit(key)


def imported(screen: ImportScreen, hands: Hands, qtbot: QtBot) -> None:
    choose(screen, "import-project", WARM_HOMES)
    hands.click("import-go")
    qtbot.waitUntil(lambda: screen.step() == "import-result", timeout=60_000)


def tiles(screen: ImportScreen) -> list[str]:
    found = [one for one in screen.findChildren(QPushButton) if one.objectName().startswith("tile-")]
    return [one.accessibleName() for one in found if not one.isHidden()]


def cases(desk: Desk) -> list[Case]:
    with desk.laptop.database.reading() as conn:
        return list(all_of(conn, Case))


def small(folder: Path, *rows: str) -> Path:
    path = folder / "few.csv"
    path.write_text("\n".join(("First name,Surname,Postcode,Mobile", *rows)), encoding="utf-8")
    return path


def test_that_the_columns_are_guessed_with_what_stands_in_them(priya: Desk, qtbot: QtBot) -> None:
    screen, hands = importing(priya, qtbot)
    drop(screen, qtbot, COUNCIL)
    assert hands.words("columns-title") == "What the columns of referrals-council.csv mean"
    assert hands.words("columns-about") == "321 rows, 24 columns · guessed; put right what is wrong"
    surname = screen.findChild(ChoiceField, "column-4")
    assert surname is not None
    assert surname.currentText() == "Last name"
    assert cases(priya) == []


@pytest.mark.covers("OC14")
def test_that_the_dry_run_counts_people_duplicates_and_rows_for_an_eye_and_writes_nothing(
    priya: Desk, qtbot: QtBot
) -> None:
    screen, hands = importing(priya, qtbot)
    tried(screen, hands, qtbot)
    assert tiles(screen) == ["320 people come in", "105 need an eye", "21 likely duplicates, not joined", "1 left out"]
    assert cases(priya) == []
    go = screen.findChild(QPushButton, "import-go")
    assert go is not None
    assert not go.isEnabled()
    assert hands.words("look-why") == "Choose the project that they come into."


def test_that_a_tile_shows_the_rows_that_it_counts(priya: Desk, qtbot: QtBot) -> None:
    screen, hands = importing(priya, qtbot)
    tried(screen, hands, qtbot)
    assert len(hands.told("import-rows", 2)) == 321
    hands.click("tile-eye")
    assert len(hands.told("import-rows", 2)) == 105
    hands.click("tile-alike")
    assert len(hands.told("import-rows", 2)) == 21
    assert all(words.startswith("Likely duplicate") for words in hands.told("import-rows", 6))
    hands.click("tile-out")
    assert hands.told("import-rows", 6) == ["Totals, not a person"]
    assert hands.words("row-why-not") == "Totals, not a person. It does not come in."


def test_that_a_row_is_read_as_the_letter_that_it_came_in_with_what_to_check(priya: Desk, qtbot: QtBot) -> None:
    screen, hands = importing(priya, qtbot)
    tried(screen, hands, qtbot)
    hands.click("tile-alike")
    texts = [label.text() for label in hands.part("row-letter").findChildren(QLabel)]
    assert "May be somebody we have already" in texts
    assert any(" on line " in text and "same name" in text for text in texts)
    hands.click("tile-eye")
    texts = [label.text() for label in hands.part("row-letter").findChildren(QLabel)]
    assert "1 thing to check" in texts
    assert "Consent was refused: No" in texts
    assert "wheelchair user" in texts


def test_that_a_row_ticked_off_does_not_come_in_and_stays_off_on_return(priya: Desk, qtbot: QtBot) -> None:
    screen, hands = importing(priya, qtbot)
    tried(screen, hands, qtbot)
    hands.click("row-tick")
    hands.click_cell("import-rows", 1, 0)
    assert tiles(screen)[0] == "318 people come in"
    hands.view("import-rows").setFocus()
    hands.press(Qt.Key.Key_Space)
    assert tiles(screen)[0] == "319 people come in"
    hands.click("look-back")
    hands.click("columns-go-on")
    qtbot.waitUntil(lambda: screen.step() == "import-look")
    assert tiles(screen)[0] == "319 people come in"


@pytest.mark.covers("S14")
def test_that_the_council_s_320_people_come_in_onto_the_waiting_list(priya: Desk, qtbot: QtBot) -> None:
    screen, hands = importing(priya, qtbot)
    tried(screen, hands, qtbot)
    imported(screen, hands, qtbot)
    assert hands.words("import-done") == "320 people are on the waiting list"
    assert hands.words("import-done-more") == (
        "They came into Warm Homes. 105 rows need an eye. 21 likely duplicates: offered at triage, not joined."
    )
    found = cases(priya)
    assert len(found) == 320
    assert {(case.owner_kind, case.owner_id) for case in found} == {(OwnerKind.QUEUE, WAITING_LIST)}
    with qtbot.waitSignal(screen.go_to) as there:
        hands.click("import-to-waiting")
    assert there.args == ["waiting"]


@pytest.mark.covers("OC14")
def test_that_the_same_file_again_brings_nobody_in_twice_and_says_so(priya: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    path = small(tmp_path, "Ann,Price,SA1 1AA,07700 900001", "Ben,Rees,SA1 1AB,07700 900002")
    screen, hands = importing(priya, qtbot)
    tried(screen, hands, qtbot, path)
    imported(screen, hands, qtbot)
    hands.click("import-again")
    drop(screen, qtbot, path, then="import-look")
    assert tiles(screen)[0] == "0 people come in"
    assert tiles(screen)[-1] == "2 imported before"
    go = screen.findChild(QPushButton, "import-go")
    assert go is not None
    assert not go.isEnabled()
    assert len(cases(priya)) == 2


def test_that_the_columns_of_a_sender_are_remembered(priya: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    screen, hands = importing(priya, qtbot)
    drop(screen, qtbot, small(tmp_path, "Ann,Price,SA1 1AA,07700 900001"))
    choose(screen, "column-3", "phone_home")
    hands.click("columns-go-on")
    qtbot.waitUntil(lambda: screen.step() == "import-look")
    again, _ = importing(priya, qtbot)
    drop(again, qtbot, small(tmp_path, "Cai,Puw,SA1 1AC,01792 496000"), then="import-look")
    assert again.columns.findChildren(ChoiceField, "column-3")[0].value() == "phone_home"


def test_that_a_file_without_a_name_column_says_what_is_missing(priya: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Postcode,Mobile\nSA1 1AA,07700 900001\n", encoding="utf-8")
    screen, hands = importing(priya, qtbot)
    drop(screen, qtbot, path)
    assert hands.notice().startswith("No column holds a name.")
    go_on = screen.findChild(QPushButton, "columns-go-on")
    assert go_on is not None
    assert not go_on.isEnabled()


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("empty.csv", b"", "The file is empty."),
        ("letter.pdf", b"%PDF-1.7 a letter", "This is not a table."),
        ("gone.csv", None, "Gone.csv is not there any more."),
    ],
)
def test_that_a_file_that_cannot_be_read_is_refused_in_words(
    priya: Desk, qtbot: QtBot, tmp_path: Path, name: str, body: bytes | None, words: str
) -> None:
    path = tmp_path / name
    if body is not None:
        path.write_bytes(body)
    screen, hands = importing(priya, qtbot)
    zone = screen.findChild(DropZone)
    assert zone is not None
    zone.files.emit([str(path)])
    assert hands.notice().startswith(words)
    assert screen.step() == "import-choose"


def test_that_an_import_stopped_half_way_goes_on_to_the_end(priya: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    path = small(tmp_path, *(f"Ann {number},Price,SA1 1AA,0770090{number:04}" for number in range(60)))
    screen, hands = importing(priya, qtbot)
    tried(screen, hands, qtbot, path)
    choose(screen, "import-project", WARM_HOMES)
    hands.click("import-go")
    hands.click("import-stop")
    qtbot.waitUntil(lambda: screen.step() == "import-result")
    came = len(cases(priya))
    assert 0 < came < 60
    assert hands.words("import-done") == f"{came} people are on the waiting list"
    hands.click("import-rest")
    qtbot.waitUntil(lambda: screen.step() == "import-result" and len(cases(priya)) == 60)
    assert hands.words("import-done") == "60 people are on the waiting list"
    with priya.laptop.database.reading() as conn:
        assert len(list(all_of(conn, Referral))) == 60
        assert conn.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one() == 60


def test_that_a_project_that_is_gone_is_said_in_words_and_nobody_is_lost(
    priya: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    screen, hands = importing(priya, qtbot)
    tried(screen, hands, qtbot, small(tmp_path, "Ann,Price,SA1 1AA,07700 900001"))
    screen.look.asked.emit("0" * 32, "City council")
    qtbot.waitUntil(lambda: screen.step() == "import-result")
    assert hands.words("import-done") == "0 people are on the waiting list"
    assert hands.notice().startswith("1 person could not be taken in.")


@pytest.mark.covers("R1")
def test_that_an_advisor_is_told_that_files_come_in_at_the_office(desks: Callable[..., Desk], qtbot: QtBot) -> None:
    screen, hands = importing(desks("amy", full=False), qtbot)
    assert hands.part("import-not-mine").isVisible()
    zone = screen.findChild(DropZone)
    assert zone is not None
    assert not zone.isVisible()


def test_that_a_run_says_how_far_it_is(priya: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    opened = open_file(priya.office, small(tmp_path, *(f"Ann {one},Price,SA1 1AA," for one in range(25))))
    assert isinstance(opened, Opened)
    found = try_out(priya.office, opened, opened.mapping, date(2026, 3, 10))
    run = ImportRun(priya.office, tuple(found.commands(WARM_HOMES, "City council", frozenset())))
    steps: list[tuple[int, int]] = []
    ends: list[Outcome] = []
    run.progressed.connect(lambda done, total: steps.append((done, total)))
    run.ended.connect(ends.append)
    run.start()
    qtbot.waitUntil(lambda: bool(ends))
    assert steps == [(10, 25), (20, 25), (25, 25)]
    assert ends[0].done == 25


def test_that_every_word_of_the_import_is_plain(priya: Desk, qtbot: QtBot) -> None:
    screen, hands = importing(priya, qtbot)
    tried(screen, hands, qtbot)
    texts = [label.text() for label in screen.findChildren(QLabel)]
    texts += [button.text() for button in screen.findChildren(QPushButton)]
    assert not [(word, text) for text in texts for word in BANNED if word in text]
