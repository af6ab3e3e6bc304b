"""Documents on the case page: dropped, chosen or pasted; each says where its bytes are; what fails is said in words."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from casework.rules.documents import LARGEST_PREVIEW
from casework.values import Document
from desktop.models.document_list import DocumentLine, Where
from desktop.previews import preview_of
from desktop.thumbnails import shrunk
from desktop.views.case.document_tile import DocumentTile
from desktop.views.case_page import CasePage
from sync.laptop import OPENED
from tests.desktop.case_desk import CTRL, Key, feed_says, opened, rows
from tests.kit_desktop import Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
COPY = Qt.DropAction.CopyAction


def a_picture(folder: Path, name: str = "door.jpg", size: tuple[int, int] = (640, 480)) -> Path:
    stream = BytesIO()
    Image.new("RGB", size, "#A8604A").save(stream, "JPEG")
    path = folder / name
    path.write_bytes(stream.getvalue())
    return path


def a_file(folder: Path, name: str, content: bytes = b"Dear Sir or Madam") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(widget: QWidget, *paths: Path) -> None:
    data = files(*paths)
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QGuiApplication.sendEvent(widget, QDragEnterEvent(QPoint(20, 20), COPY, data, button, none))
    QGuiApplication.sendEvent(widget, QDropEvent(QPointF(20, 20), COPY, data, button, none))


def documents(desk: Desk) -> list[Document]:
    return [one for one in rows(desk, "khan", Document) if one.name != "bill.pdf"]


def tile(page: CasePage, name: str) -> DocumentTile:
    return next(one for one in page.body.documents.tiles() if (line := one.document()) and line.shown.name == name)


def shown(page: CasePage, name: str) -> DocumentLine:
    line = tile(page, name).document()
    assert line is not None
    return line


def notices(page: CasePage) -> list[str]:
    stack = page.findChild(QWidget, "document-notices")
    assert stack is not None
    return [bar.accessibleName() for bar in stack.findChildren(QWidget, "notice")]


@pytest.mark.covers("S58", "S59", "R17")
def test_that_a_file_dropped_anywhere_on_the_page_is_on_the_case(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    page, hands = opened(desk, qtbot)
    drop(page, a_file(tmp_path, "letter.txt"))
    qtbot.waitUntil(lambda: len(page.body.documents.tiles()) == 2)
    assert hands.clicks + hands.keys == 0
    assert shown(page, "letter.txt").where is Where.ONLY_HERE
    assert page.body.tabs.current() == "documents"
    assert any("You added the document letter.txt" in said for said in feed_says(page))


@pytest.mark.covers("S59")
def test_that_files_dropped_on_a_text_field_go_to_the_case_and_not_into_the_text(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    page, _ = opened(desk, qtbot)
    assert not page.body.composer.note.acceptDrops()
    assert not page.body.composer.note.viewport().acceptDrops()
    drop(page, a_file(tmp_path, "one.txt", b"1"), a_file(tmp_path, "two.txt", b"2"))
    qtbot.waitUntil(lambda: len(documents(desk)) == 2)
    assert page.body.composer.note.toPlainText() == ""


def test_that_the_page_says_where_files_go_while_they_are_held_over_it(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    page, hands = opened(desk, qtbot)
    data = files(a_file(tmp_path, "letter.txt"))
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QGuiApplication.sendEvent(page, QDragEnterEvent(QPoint(20, 20), COPY, data, button, none))
    assert hands.part("drop-veil").isVisible()
    QGuiApplication.sendEvent(page, QDropEvent(QPointF(20, 20), COPY, data, button, none))
    assert not hands.part("drop-veil").isVisible()
    qtbot.waitUntil(lambda: len(documents(desk)) == 1)


@pytest.mark.covers("S59")
def test_that_ctrl_v_puts_a_picture_from_the_clipboard_on_the_case(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    QGuiApplication.clipboard().setImage(image)
    hands.press(Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: len(documents(desk)) == 1)
    assert hands.keys == 1
    [document] = documents(desk)
    assert (document.mime, document.name.startswith("Pasted ")) == ("image/png", True)
    plain = desk.laptop.folder / OPENED
    qtbot.waitUntil(lambda: not list(plain.rglob("*.png")))


def test_that_a_picture_pasted_while_writing_a_note_goes_to_the_case_too(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.press(Key.Key_N)
    hands.write("Look at this: ")
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    QGuiApplication.clipboard().setImage(image)
    hands.press(Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: len(documents(desk)) == 1)
    assert page.body.composer.note.toPlainText() == "Look at this: "


def test_that_words_pasted_into_a_note_stay_words(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    QGuiApplication.clipboard().setText("12 Ffordd Penrhyn")
    hands.press(Key.Key_N)
    hands.press(Key.Key_V, CTRL)
    assert page.body.composer.note.toPlainText() == "12 Ffordd Penrhyn"
    assert documents(desk) == []


def test_that_the_caption_goes_with_the_file(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("choice-documents")
    caption = page.findChild(QLineEdit, "document-caption")
    assert caption is not None
    caption.setText("The front door <b>now</b>")
    page.add_files([str(a_picture(tmp_path))])
    qtbot.waitUntil(lambda: len(documents(desk)) == 1)
    assert documents(desk)[0].caption == "The front door <b>now</b>"
    assert caption.text() == ""
    qtbot.waitUntil(lambda: len(page.body.documents.tiles()) == 2)
    assert tile(page, "door.jpg").accessibleName().startswith("The front door <b>now</b>, door.jpg")


def test_that_a_picture_gets_a_small_one_made_in_memory(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    page, _ = opened(desk, qtbot)
    path = a_picture(tmp_path)
    page.add_files([str(path)])
    qtbot.waitUntil(lambda: len(documents(desk)) == 1)
    sha256 = documents(desk)[0].sha256
    qtbot.waitUntil(lambda: page.body.documents.thumbnails.picture(sha256) is not None)
    small = page.body.documents.thumbnails.picture(sha256)
    assert small is not None
    assert (small.width(), small.height()) == (192, 144)
    content = path.read_bytes()
    lying = [found for found in desk.laptop.folder.rglob("*") if found.is_file()]
    assert not any(content[:64] in found.read_bytes() for found in lying)


def test_that_a_large_picture_brings_its_preview_along_and_is_shown_by_it(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    page, _ = opened(desk, qtbot)
    path = tmp_path / "loft.png"
    Image.effect_noise((900, 600), 90).convert("RGB").save(path)
    page.add_files([str(path)])
    qtbot.waitUntil(lambda: len(documents(desk)) == 2)
    qtbot.waitUntil(lambda: len(page.body.documents.tiles()) == 2)
    (preview,) = (one for one in documents(desk) if one.preview_of)
    assert shown(page, "loft.png").shown.preview_sha256 == preview.sha256
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql("DELETE FROM paper WHERE sha256 <> ?", (preview.sha256,))
        conn.exec_driver_sql("UPDATE document SET is_stored = 1")
    again, _ = opened(desk, qtbot)
    again.refresh()
    line = shown(again, "loft.png")
    assert line.state_words == "On the server, not here yet"
    qtbot.waitUntil(lambda: again.body.documents.thumbnails.picture(line.shown.sha256) is not None)


@pytest.mark.parametrize(
    ("mime", "options"), [("image/jpeg", {"exif": b"Exif\x00\x00secret place"}), ("image/png", {}), ("image/webp", {})]
)
def test_that_a_preview_is_small_and_says_nothing_of_where_and_when(mime: str, options: dict[str, Any]) -> None:
    stream = BytesIO()
    picture = Image.effect_noise((1200, 800), 60).convert("RGB")
    picture.save(stream, mime.removeprefix("image/").upper(), comment=b"secret place", **options)
    assert len(stream.getvalue()) > LARGEST_PREVIEW
    small = preview_of(stream.getvalue(), mime)
    assert 0 < len(small) <= LARGEST_PREVIEW
    assert b"secret" not in small
    with Image.open(BytesIO(small)) as read:
        assert (read.format, read.size, dict(read.getexif())) == ("JPEG", (480, 320), {})


@pytest.mark.qt_log_ignore("Not a JPEG file", "JPEG data", "libpng", "propagateSizeHints", extend=True)
@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0 broken", b"<svg/>"])
def test_that_there_is_no_preview_of_what_is_no_picture(content: bytes) -> None:
    for mime in ("image/jpeg", "image/png", "image/svg+xml", "text/plain"):
        assert preview_of(content, mime) == b""


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"\xff\xd8\xff\xe0 broken", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_that_what_is_no_picture_gets_none_and_breaks_nothing(content: bytes) -> None:
    assert shrunk(content) is None


def test_that_a_picture_taken_sideways_stands_upright() -> None:
    stream = BytesIO()
    picture = Image.new("RGB", (400, 200), "#336699")
    turned = picture.getexif()
    turned[0x0112] = 6
    picture.save(stream, "JPEG", exif=turned)
    dots = shrunk(stream.getvalue())
    assert dots is not None
    assert dots.height == 2 * dots.width


def test_that_nothing_is_lost_of_the_others_when_some_cannot_be_taken(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    page, _ = opened(desk, qtbot)
    big = tmp_path / "film.mov"
    with big.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    gone = a_file(tmp_path, "gone.txt")
    paths = [a_file(tmp_path, "empty.txt", b""), big, gone, a_file(tmp_path, "good.txt")]
    gone.unlink()
    page.add_files([str(path) for path in paths])
    qtbot.waitUntil(lambda: len(documents(desk)) == 1 and len(notices(page)) == 3)
    assert [one.name for one in documents(desk)] == ["good.txt"]
    said = " ".join(notices(page)).casefold()
    for name in ("empty.txt", "film.mov", "gone.txt"):
        assert name in said
    assert "315 mb" in said


@pytest.mark.covers("OC18")
def test_that_the_same_bytes_twice_are_two_captions_and_one_file(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    page, _ = opened(desk, qtbot)
    page.add_files([str(a_file(tmp_path, "one.txt")), str(a_file(tmp_path, "two.txt"))])
    qtbot.waitUntil(lambda: len(documents(desk)) == 2)
    first, second = documents(desk)
    assert first.sha256 == second.sha256
    qtbot.waitUntil(lambda: len(page.body.documents.tiles()) == 3)
    assert len(list((desk.laptop.folder / "papers").iterdir())) == 1
    assert shown(page, "one.txt").is_here
    assert shown(page, "two.txt").is_here


def test_that_each_document_says_where_its_bytes_are(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    page, _ = opened(desk, qtbot)
    assert shown(page, "bill.pdf").where is Where.ELSEWHERE
    assert "Not uploaded yet from Ben’s laptop" in tile(page, "bill.pdf").accessibleName()
    page.add_files([str(a_file(tmp_path, "letter.txt"))])
    qtbot.waitUntil(lambda: len(page.body.documents.tiles()) == 2)
    assert shown(page, "letter.txt").state_words == "Only here"
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE document SET rev = 900 WHERE name = 'letter.txt'")
        conn.exec_driver_sql("DELETE FROM outbox")
        conn.exec_driver_sql("DELETE FROM shadow")
    page.refresh()
    assert shown(page, "letter.txt").state_words == "Sending"
    with desk.laptop.database.writing() as conn:
        conn.exec_driver_sql("UPDATE document SET is_stored = 1")
    page.refresh()
    assert shown(page, "letter.txt").state_words == "On the server"
    assert shown(page, "bill.pdf").state_words == "On the server, not here yet"


class Viewer(QObject):
    """Stands in for the programs that open files."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def viewer(qapp: object) -> Iterator[Viewer]:
    del qapp
    made = Viewer()
    QDesktopServices.setUrlHandler("file", made, "open")  # type: ignore[arg-type]  # Qt takes text
    yield made
    QDesktopServices.unsetUrlHandler("file")


def test_that_a_document_opens_as_a_read_only_copy_that_is_swept(
    desk: Desk, qtbot: QtBot, tmp_path: Path, viewer: Viewer
) -> None:
    page, _ = opened(desk, qtbot)
    page.add_files([str(a_file(tmp_path, "letter.txt"))])
    qtbot.waitUntil(lambda: len(page.body.documents.tiles()) == 2)
    tile(page, "letter.txt").click()
    qtbot.waitUntil(lambda: len(viewer.opened) == 1)
    [copy] = viewer.opened
    assert copy.read_bytes() == b"Dear Sir or Madam"
    assert copy.is_relative_to(desk.laptop.folder / OPENED)
    assert not copy.stat().st_mode & 0o222


def test_that_a_program_is_kept_but_not_run(desk: Desk, qtbot: QtBot, tmp_path: Path, viewer: Viewer) -> None:
    page, _ = opened(desk, qtbot)
    page.add_files([str(a_file(tmp_path, "quote.exe"))])
    qtbot.waitUntil(lambda: len(page.body.documents.tiles()) == 2)
    tile(page, "quote.exe").click()
    qtbot.waitUntil(lambda: len(notices(page)) == 1)
    assert "is a program" in notices(page)[0]
    assert viewer.opened == []


def test_that_a_document_that_is_not_here_says_so_when_there_is_no_network(desk: Desk, qtbot: QtBot) -> None:
    page, hands = opened(desk, qtbot)
    hands.click("choice-documents")
    tile(page, "bill.pdf").click()
    qtbot.waitUntil(lambda: len(notices(page)) == 1)
    assert "not on this device yet" in notices(page)[0]


def test_that_readers_cannot_add(desks: Callable[..., Desk], qtbot: QtBot, tmp_path: Path) -> None:
    desk = desks("rhys")
    page, hands = opened(desk, qtbot)
    hands.click("choice-documents")
    assert not page.body.documents.zone.isVisible()
    page.add_files([str(a_file(tmp_path, "letter.txt"))])
    assert documents(desk) == []
    assert "You can look at this, not change it" in hands.notice()
