"""`desk`: Amy's desk with an ordinary week on it; `desks("priya")` opens another person's with the same week."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from casework.commands import AddNote, AttachDocument, CloseCase, FinishTask, LogInteraction, LogReview
from casework.ids import new_id
from desktop import theme
from sync.central import Central
from tests.kit_desktop import ENGAGED, MEASURES, VISIT, Desk, an_id


def fill(desk: Desk) -> None:
    """An ordinary week: four wait, Amy has three, Ben's one is closed; tasks late, due and to come; words written."""
    today = datetime.now().astimezone().date()
    reasons = (("no_heating", 30), ("over_75", 10), ("prepayment", 5))
    letter = (("Name", "Margaret Evans"), ("Why", "No heating since Friday"), ("DOB", "31/02/1944"))
    flags = (("date_impossible", "DOB", "31/02/1944"),)
    wants = {
        "request_type": "Heating",
        "description": "No heating since Friday. Uses an oil-filled radiator.",
        "consent": "yes",
    }
    desk.referral("evans", days_ago=12, triage_score=45, triage_reasons=reasons, letter=letter, flags=flags, **wants)
    desk.referral("griffiths", days_ago=8, triage_score=20, triage_reasons=(("arrears_over_500", 10),))
    desk.referral("price", days_ago=3)
    desk.referral("adeyemi", days_ago=4, triage_score=60, triage_reasons=(("off_supply", 30), ("no_heating", 30)))
    for handle, owner, step in (
        ("khan", "amy", VISIT),
        ("nowak", "amy", ENGAGED),
        ("thomas", "amy", MEASURES),
        ("pritchard", "ben", VISIT),
    ):
        desk.referral(handle, days_ago=20)
        desk.supported(handle, owner, step=step, days_ago=15)
    start = datetime.now(UTC).replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=1)
    desk.task(
        "khan", "Home visit", kind="home_visit", start_at=start, end_at=start + timedelta(hours=1), place="at home"
    )
    desk.task("khan", "Ring about the boiler", due=today - timedelta(days=3))
    desk.task("nowak", "Send the draught pack", kind="send_pack", due=today)
    desk.task("thomas", "Ring the installer", due=today + timedelta(days=4))
    khan = desk.case("khan").id
    desk.happened(
        "amy", LogInteraction(case_id=khan, channel="call", happened_at=start, minutes=6, text="Rang, no answer.")
    )
    desk.happened(
        "ben", AddNote(case_id=khan, text="@amy her sister has the key.", mentions=(an_id("amy"),)), days_ago=1
    )
    desk.happened("amy", LogReview(case_id=khan, text="Current Status: visit booked"), days_ago=2)
    desk.happened(
        "ben",
        AttachDocument(
            case_id=khan, document_id=new_id(), name="bill.pdf", mime="application/pdf", size=120_000, sha256="a" * 64
        ),
        days_ago=1,
    )
    pritchard = desk.case("pritchard").id
    done = desk.task("pritchard", "Ring first", to="ben")
    desk.happened("ben", FinishTask(case_id=pritchard, task_id=done, done_at=start - timedelta(days=2)), days_ago=1)
    desk.happened(
        "ben", CloseCase(case_id=pritchard, base=desk.base("pritchard"), reason="advice_completed"), days_ago=0.5
    )


@pytest.fixture
def look(qapp: QApplication) -> None:
    """The light theme on the test's application."""
    theme.apply_theme(qapp, theme.LIGHT)


@pytest.fixture
def desks(tmp_path: Path, look: None) -> Iterator[Callable[..., Desk]]:
    """Makes desks by person; `full=False` leaves out the week's work. Closed after the test."""
    del look
    made: list[Desk] = []

    def open_one(who: str = "amy", *, full: bool = True, central: Central | None = None) -> Desk:
        desk = Desk(tmp_path / f"{who}-{len(made)}", who, central=central)
        made.append(desk)
        if full:
            fill(desk)
        return desk

    yield open_one
    for desk in made:
        desk.close()


@pytest.fixture
def desk(desks: Callable[..., Desk]) -> Desk:
    """Amy's desk with an ordinary week on it, offline."""
    return desks("amy")
