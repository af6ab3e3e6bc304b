"""Draws the case page with a real case on it into pictures, to be looked at; run it as a program."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from PIL import Image, ImageDraw  # noqa: E402
from PySide6.QtCore import QEventLoop  # noqa: E402
from PySide6.QtGui import QShortcut  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from casework.commands import AddNote, LogInteraction, MoveStep  # noqa: E402
from desktop import theme  # noqa: E402
from desktop.views.case_page import CasePage  # noqa: E402
from desktop.views.main_window import MainWindow  # noqa: E402
from desktop.widgets.focus_ring import FocusRing  # noqa: E402
from desktop.widgets.sync_chip import SyncChipState  # noqa: E402
from tests.desktop.seeded import refer  # noqa: E402
from tests.kit_desktop import MEASURES, VISIT, Desk, an_id, person  # noqa: E402
from tests.kit_week import fill  # noqa: E402

HANDLES = ("evans", "pritchard", "thomas", "price")
PICTURES = ROOT / ".state" / "pictures"


def a_photo(folder: Path, name: str, tint: str) -> Path:
    """A picture as a phone would take it, more or less."""
    made = Image.new("RGB", (800, 600), "#9FC6E8")
    draw = ImageDraw.Draw(made)
    draw.rectangle((180, 220, 640, 600), fill=tint)
    draw.polygon([(150, 230), (410, 80), (670, 230)], fill="#5b4438")
    draw.rectangle((370, 400, 460, 600), fill="#31575A")
    stream = BytesIO()
    made.save(stream, "JPEG")
    path = folder / name
    path.write_bytes(stream.getvalue())
    return path


def rich_desk(folder: Path, who: str = "amy") -> tuple[Desk, str]:
    """A desk with one case that has a bit of everything on it; answers the case's id."""
    desk = Desk(folder / who, who)
    fill(desk)
    case_id = refer(desk, 30, supported=12)[0]
    khan = desk.case("khan").id
    today = datetime.now(UTC)
    desk.happened(
        "priya",
        AddNote(
            case_id=khan,
            text="She prefers mornings. Ring first, she needs time to get to the "
            "door. Grant form: https://grants.example.org/warm-homes/apply?ref=26-01044",
        ),
        days_ago=3,
    )
    desk.happened(
        "ben",
        LogInteraction(
            case_id=khan,
            channel="visit",
            happened_at=today - timedelta(days=1, hours=3),
            minutes=50,
            text="Boiler pressure is down to 0.3 bar and the back bedroom has mould behind the wardrobe. "
            "She heats one room with an oil-filled radiator. Left two draught excluders and showed her the thermostat.",
        ),
        days_ago=0.9,
    )
    desk.task("khan", "Send the energy diary", kind="send_pack", to="ben", due=today.date() + timedelta(days=6))
    desk.task("khan", "Chase the boiler grant", kind="phone_call", to="", due=None)
    del case_id
    stale = desk.case("thomas").owner_cmd
    desk.given_to("thomas", person("ben"))
    late_move = MoveStep(case_id=desk.case("thomas").id, step=(MEASURES, VISIT))
    desk.happened("amy", late_move, under=stale)
    contact = desk.case("price").contact_id
    with desk.laptop.database.writing() as conn:
        name = "<b>Price</b> \u202e" + "Wolfeschlegelstein" * 20
        conn.exec_driver_sql("UPDATE contact SET last_name = ? WHERE id = ?", (name, contact))
    desk.supported("price", "amy", step=VISIT)
    desk.task("price", "Ring " + "very " * 60 + "soon", due=today.date())
    desk.happened("ben", AddNote(case_id=desk.case("price").id, text="x" * 3000))
    return desk, khan


def window_of(desk: Desk, width: int, height: int) -> tuple[MainWindow, CasePage]:
    window = MainWindow()
    page = CasePage(desk.office)
    window.add_screen("case", lambda: page, "Case")
    page.titled.connect(window.set_title)
    window.show_person("Amy Jones", "Advisor")
    window.show_sync(SyncChipState("offline", "Offline", "You can carry on.", "3 kept here"))
    window.show_count("today", 5)
    window.show_count("waiting", 9)
    window.show_count("decisions", 2, filled=True)
    window.resize(width, height)
    window.go("case")
    return window, page


def settle(app: QApplication, desk: Desk, times: int = 6) -> None:
    del desk
    for _ in range(times * 4):
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)


def main(wanted: list[str]) -> None:
    """Draw the scenes asked for (all when none is) in each theme and size."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    FocusRing(app)
    looks = (
        ("1366", theme.LIGHT, 1.0, 1366, 768),
        ("1920", theme.LIGHT, 1.0, 1920, 1080),
        ("dark", theme.DARK, 1.0, 1366, 768),
        ("200", theme.LIGHT, 2.0, 1366, 768),
    )
    theme.apply_theme(app, theme.LIGHT)
    with TemporaryDirectory() as name:
        folder = Path(name)
        desk, case_id = rich_desk(folder)
        files = folder / "files"
        files.mkdir()
        for at, (title, tint) in enumerate((("front-door.jpg", "#A8604A"), ("mould back bedroom.jpg", "#6E7F5E"))):
            desk.office.attach(
                a_photo(files, title, tint),
                case_id=case_id,
                mime="image/jpeg",
                caption=("", "Mould behind the wardrobe")[at],
            )
        settle(app, desk)
        window, page = window_of(desk, 1366, 768)
        page.others = {name: desk.case(name).id for name in HANDLES}  # type: ignore[attr-defined]
        window.show()
        for label, tokens, scale, width, height in looks:
            theme.apply_theme(app, tokens, scale)
            window.resize(width, height)
            for scene, show in SCENES.items():
                if wanted and scene not in wanted:
                    continue
                page.show_case(desk.case("nowak").id)
                page.show_case(case_id)
                settle(app, desk)
                show(page)
                settle(app, desk)
                window.grab().save(str(PICTURES / f"case-{scene}-{label}.png"))
                page.owner.done()
                page._put_question_away()  # noqa: SLF001
                page.flush()
                for kind in ("details", "note", "contact", "review", "task"):
                    desk.office.drafts.forget(f"case/{case_id}/{kind}")
                page.body.details.forget()
        window.close()
        window.deleteLater()
        app.processEvents()
        desk.close()


def plain(page: CasePage) -> None:
    """As it opens."""


def adding(page: CasePage) -> None:
    page.findChild(QShortcut, "key-T").activated.emit()  # type: ignore[union-attr]
    page.body.tasks.form.line.setText("Home visit fri 27 @ben 2pm")
    page.body.tasks.form.line.textEdited.emit("")


def review(page: CasePage) -> None:
    page.findChild(QShortcut, "key-R").activated.emit()  # type: ignore[union-attr]


def contact(page: CasePage) -> None:
    page.body.show_work()
    page.body.composer.begin("contact")
    page.body.composer.contact.insertPlainText("She can do Friday morning. @Ben Carter will come along.")


def editing(page: CasePage) -> None:
    page.body.turn_to("details")
    page.body.details.draft.put("contact.mobile", "07700 900457")
    page.body.details.draft.put("contact.birth_date", "31/02/1944")


def documents(page: CasePage) -> None:
    page.body.turn_to("documents")


def history(page: CasePage) -> None:
    page.body.turn_to("history")


def owner(page: CasePage) -> None:
    page.owner._on_picked("queue", an_id("back-office"))  # noqa: SLF001


def waiting(page: CasePage) -> None:
    page.show_case(page.others["evans"])  # type: ignore[attr-defined]


def letter(page: CasePage) -> None:
    waiting(page)
    page.body.turn_to("letter")


def closed(page: CasePage) -> None:
    page.show_case(page.others["pritchard"])  # type: ignore[attr-defined]


def late(page: CasePage) -> None:
    page.show_case(page.others["thomas"])  # type: ignore[attr-defined]


def nasty(page: CasePage) -> None:
    page.show_case(page.others["price"])  # type: ignore[attr-defined]


def gone(page: CasePage) -> None:
    page.show_case("0" * 32)


def outcome(page: CasePage) -> None:
    page.body.show_work()
    page.body.tasks.rows()[0].ask_outcome()


def closing(page: CasePage) -> None:
    page.body.header.close_button.click()


SCENES: dict[str, Callable[[CasePage], None]] = {
    "plain": plain,
    "adding": adding,
    "review": review,
    "contact": contact,
    "editing": editing,
    "documents": documents,
    "history": history,
    "owner": owner,
    "closing": closing,
    "waiting": waiting,
    "letter": letter,
    "closed": closed,
    "late": late,
    "nasty": nasty,
    "gone": gone,
    "outcome": outcome,
}

if __name__ == "__main__":
    main(sys.argv[1:])
