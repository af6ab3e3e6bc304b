"""What was written, through real windows: what comes out on the server and what each person reads (domain.md 6)."""

from pathlib import Path

import pytest

from casework.values import Activity, ActivityKind, Document
from desktop.demo.photo import take_photo
from tests.journeys.kit_windows import Windows, at_server, contact_of, on_case, owner_at_server, set_clock
from tests.kit_server import Trouble

THEIRS, MINE = "01248 000111", "07700 900999"


@pytest.mark.covers("OC4", "FA13")
def test_that_a_number_corrected_by_two_shows_the_owner_both_and_one_click_settles_it(windows: Windows) -> None:
    priya, amy = windows.seats("priya", "amy")
    case = windows.case_of("Rung", owner="amy")
    amy.open_case_of("Rung")
    amy.cut()
    amy.case.change_field("contact.phone", MINE)
    amy.case.change_field("contact.language", "Cymraeg")
    priya.open_case_of("Rung")
    priya.case.change_field("contact.phone", THEIRS)
    for seat in (priya, amy, priya):
        seat.cut(False)
        seat.sync()

    amy.wait_to_see(THEIRS, "Cymraeg", "Two people changed the same field")
    amy.decisions.reads("Rung", "You changed", "that stands until somebody decides", THEIRS, MINE)
    priya.wait_to_see("Cymraeg", "Two people changed the same field", "Amy Jones changed")

    amy.decisions.choose("Rung", "phone", MINE)
    amy.decisions.decide("Rung", "fields")
    amy.sync()
    priya.sync()
    assert contact_of(priya, case).phone == MINE
    priya.open_case_of("Rung")
    priya.wait_to_see(MINE, "Amy Jones chose between two people’s values")


@pytest.mark.covers("OC12", "S105", "R16")
def test_that_the_review_of_the_owner_before_is_in_the_feed_and_the_newer_one_stands(windows: Windows) -> None:
    priya, amy, ben = windows.seats("priya", "amy", "ben")
    case = windows.case_of("Reviewed", owner="amy", here=("ben",))
    amy.open_case_of("Reviewed")
    amy.cut()
    set_clock(amy, hours=-3)
    amy.case.log_review("Amy in the morning")
    set_clock(amy)
    priya.open_case_of("Reviewed")
    priya.case.change_owner("Ben")
    priya.sync()
    ben.sync()
    ben.open_case_of("Reviewed")
    ben.case.log_review("Ben at noon")
    ben.sync()
    amy.cut(False)
    amy.sync()
    ben.sync()

    assert at_server(windows, case).last_review_text == "Ben at noon"
    (filed,) = [line for line in on_case(ben, Activity, case) if line.text == "Amy in the morning"]
    assert filed.kind is ActivityKind.REVIEW
    ben.wait_to_see("Amy Jones reviewed the case", "Amy in the morning", "Written by the previous owner")
    ben.press("Review", inside=ben.find("composer-kinds"))
    ben.wait_to_see("Ben Carter: Ben at noon")
    amy.today.reads("Priya Shah moved your case to Ben Carter.")


@pytest.mark.covers("OC18", "S58", "S59")
def test_that_the_same_photo_added_by_two_is_one_file_with_both_peoples_names(windows: Windows, tmp_path: Path) -> None:
    priya, amy = windows.seats("priya", "amy")
    case = windows.case_of("Photographed", owner="amy")
    photo = take_photo(tmp_path / "radiator.jpg")
    same = tmp_path / "from the tenant.jpg"
    same.write_bytes(photo.read_bytes())
    for seat, path in ((amy, photo), (priya, same)):
        seat.open_case_of("Photographed")
        seat.cut()
        seat.case.drop_file(path)
    for seat in (priya, amy, priya):
        seat.cut(False)
        seat.sync()

    kept = on_case(priya, Document, case)
    assert [len({one.id for one in kept}), len({one.sha256 for one in kept})] == [2, 1]
    assert windows.server.parts.blobs.size_of(kept[0].sha256) == photo.stat().st_size
    for seat in (amy, priya):
        seat.wait_to_see("radiator.jpg", "from the tenant.jpg")
        assert len(seat.case.documents()) == 2
    amy.wait_to_see("Priya Shah added the document from the tenant.jpg")
    priya.wait_to_see("Amy Jones added the document radiator.jpg")


@pytest.mark.covers("OC22", "FI17")
@pytest.mark.parametrize(("days", "words"), [(-3, "3 days behind"), (3, "3 days ahead")])
def test_that_a_clock_three_days_wrong_changes_nothing_and_is_shown(windows: Windows, days: int, words: str) -> None:
    client = f"Timed{'Before' if days < 0 else 'After'}"
    priya, amy, ben = windows.seats("priya", "amy", "ben")
    case = windows.case_of(client, here=("amy", "ben"))
    for seat in (amy, ben):
        seat.cut()
        if seat is amy:
            set_clock(amy, days=days)
        seat.waiting.claim(client)
    amy.open_case_of(client)
    amy.case.write_note("By my clock")
    for seat in (ben, amy, ben, priya):
        seat.cut(False)
        seat.sync()

    assert owner_at_server(windows, case) == "ben"
    amy.today.reads(f"Nerys {client}", "Ben Carter took it first")
    for seat in (ben, priya):
        seat.open_case_of(client)
        seat.wait_to_see("By my clock", f"This device's clock was {words}")


@pytest.mark.covers("OC23", "FB1")
def test_that_a_note_whose_answer_was_lost_is_there_once(windows: Windows) -> None:
    priya, amy = windows.seats("priya", "amy")
    case = windows.case_of("Once", owner="amy")
    amy.open_case_of("Once")
    windows.server.switch.make(Trouble.LOST_ANSWER, at="/push")
    amy.case.write_note("Only once, please")
    assert not amy.sync(may_fail=True).reached_the_end
    amy.wait_to_see("Offline", "Kept here, not sent yet")
    windows.server.switch.make(Trouble.NONE)
    amy.sync()
    priya.sync()

    assert not amy.sees("Offline")
    assert not amy.sees("Kept here, not sent yet")
    lines = [line for line in on_case(priya, Activity, case) if line.text == "Only once, please"]
    assert len(lines) == 1
    priya.open_case_of("Once")
    priya.wait_to_see("Only once, please")
    assert sum("Only once, please" in words for words in priya.words(priya.find("case-feed"))) == 1


@pytest.mark.covers("OC25")
def test_that_a_change_which_is_not_accepted_says_so_and_all_others_go_on(windows: Windows) -> None:
    priya, amy = windows.seats("priya", "amy")
    case = windows.case_of("Refused", owner="amy")
    amy.open_case_of("Refused")
    amy.cut()
    amy.case.write_note("Before it")
    amy.case.add_task("phone call tomorrow @cara")
    amy.case.write_note("After it")
    windows.end_employment("cara")
    amy.cut(False)
    amy.sync()
    priya.sync()

    texts = [line.text for line in on_case(priya, Activity, case)]
    assert {"Before it", "After it"} <= set(texts)
    amy.today.reads("Nerys Refused", "Not accepted")
    amy.decisions.reads("Refused", "Not accepted", "You added the task", "Cara Lewis")
    amy.decisions.decide("Refused", "note")
    amy.sync()
    priya.sync()
    priya.open_case_of("Refused")
    priya.wait_to_see("Before it", "After it", "had wanted this; it was kept as a note")
