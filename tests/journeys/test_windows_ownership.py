"""Whose case it is, through real windows: what comes out on the server and what each person reads (domain.md 6)."""

import pytest

from casework.values import CaseStatus, Task, TaskStatus
from server.setting_up import BACK_OFFICE, default_id
from tests.journeys.kit_windows import Windows, at_server, found, on_case, owner_at_server

ASSESSMENT = default_id("step/3")


@pytest.mark.covers("OC1", "S69", "S21")
def test_that_of_two_who_take_a_case_offline_one_owns_it_and_both_read_why(windows: Windows) -> None:
    priya, amy, ben = windows.seats("priya", "amy", "ben")
    case = windows.case_of("Claimed", here=("amy", "ben"))
    for seat in (amy, ben):
        seat.cut()
        seat.waiting.claim("Claimed")
    amy.open_case_of("Claimed")
    amy.case.write_note("Rang, she is in after four")
    amy.case.add_task("home visit fri 14:00")
    for seat in (ben, amy, ben, priya):
        seat.cut(False)
        seat.sync()

    assert owner_at_server(windows, case) == "ben"
    (visit,) = on_case(ben, Task, case)
    assert (visit.type, visit.assignee_id) == ("home_visit", "")
    amy.today.reads("Nerys Claimed", "Ben Carter took it first", "Your notes and tasks are on the case.")
    amy.decisions.reads("Claimed", "Ben Carter took this case first", "You took this case", "Ben Carter had taken it")
    ben.today.reads("Nerys Claimed", "A change by Amy Jones came too late and waits for a decision.")
    ben.open_case_of("Claimed")
    ben.wait_to_see("Amy Jones wrote a note", "Rang, she is in after four", "Home visit", "Nobody")


@pytest.mark.covers("OC2", "FA1", "FF1", "S21")
def test_that_a_visit_reaches_a_case_given_away_meanwhile_and_its_step_move_is_asked_about(windows: Windows) -> None:
    priya, amy, ben = windows.seats("priya", "amy", "ben")
    case = windows.case_of("Visited", owner="amy", here=("ben",))
    amy.open_case_of("Visited")
    amy.cut()
    amy.case.write_note("Two children under five")
    amy.case.finish_task("Phone call", "Radiators cold upstairs")
    amy.case.move_to("Assessment")
    amy.wait_to_see("Kept here, not sent yet")
    priya.open_case_of("Visited")
    priya.case.change_owner("Ben", "Amy is on leave from Thursday")
    priya.sync()
    amy.cut(False)
    amy.sync()
    ben.sync()

    assert owner_at_server(windows, case) == "ben"
    assert at_server(windows, case).step_id != ASSESSMENT
    amy.wait_to_see("Priya Shah had given it to Ben Carter", "Amy is on leave from Thursday")
    amy.today.reads("Nerys Visited", "Priya Shah moved your case to Ben Carter.")
    amy.decisions.reads("Visited", "You moved the case to Assessment", "It waits for Ben Carter")
    ben.open_case_of("Visited")
    ben.wait_to_see("Two children under five", "Radiators cold upstairs", "Written by the previous owner")
    ben.decisions.reads("Visited", "The case is with Ben Carter now", "Amy Jones moved the case to Assessment")

    amy.open_case_of("Visited")
    ben.decisions.decide("Visited", "use")
    ben.sync()
    amy.sync()
    assert at_server(windows, case).step_id == ASSESSMENT
    amy.wait_to_see("This case is now with Ben Carter (moved by Priya Shah", "What you wrote was delivered: 1 note")
    assert amy.case_of("Visited") is None
    amy.today.reads("Ben Carter used your change.")


@pytest.mark.covers("OC3", "S63", "S68")
def test_that_words_for_a_case_that_went_to_a_queue_are_simply_there_and_nobody_is_asked(windows: Windows) -> None:
    priya, amy = windows.seats("priya", "amy")
    case = windows.case_of("Queued", owner="amy")
    amy.open_case_of("Queued")
    amy.cut()
    amy.case.change_field("case.description", "Boiler condemned on Tuesday")
    priya.open_case_of("Queued")
    priya.case.change_owner("Back office", is_queue=True)
    priya.sync()
    amy.cut(False)
    amy.sync()
    priya.sync()

    assert owner_at_server(windows, case) == BACK_OFFICE
    priya.wait_to_see("Boiler condemned on Tuesday", "Amy Jones changed Description")
    amy.today.reads("Priya Shah moved your case to Back office.")
    for seat in (amy, priya):
        seat.go("decisions")
        assert not seat.sees("Queued")


@pytest.mark.covers("OC5")
def test_that_a_visit_on_a_case_closed_meanwhile_lands_and_owner_and_closer_are_asked(windows: Windows) -> None:
    priya, amy, ben = windows.seats("priya", "amy", "ben")
    case = windows.case_of("Closed", owner="ben")
    priya.open_case_of("Closed")
    priya.case.write_note("@Amy Jones please go along")
    priya.sync()
    amy.sync()
    amy.open_case_of("Closed")
    amy.case.add_task("home visit today @amy")
    amy.sync()
    amy.cut()
    amy.case.finish_task("Home visit", "She was in after all")
    priya.sync()
    priya.case.close_case()
    for seat in (priya, amy, ben, priya):
        seat.cut(False)
        seat.sync()

    assert at_server(windows, case).status is CaseStatus.CLOSED
    assert TaskStatus.DONE in [task.status for task in on_case(ben, Task, case)]
    words = "Amy Jones added something to this case after it was closed. Reopen it, or open a follow-up?"
    ben.today.reads("Nerys Closed", words)
    priya.today.reads("Nerys Closed", words)
    amy.open_case_of("Closed")
    amy.wait_to_see("Closed by Priya Shah", "She was in after all")


@pytest.mark.covers("OC7")
def test_that_the_second_of_two_coordinators_is_asked_whether_she_still_wants_cara(windows: Windows) -> None:
    priya, jo, ben = windows.seats("priya", "jo", "ben")
    case = windows.case_of("Wanted", owner="amy", here=("jo",))
    for seat, owner in ((priya, "Ben"), (jo, "Cara")):
        seat.open_case_of("Wanted")
        seat.cut()
        seat.case.change_owner(owner)
    for seat in (priya, jo, ben, priya):
        seat.cut(False)
        seat.sync()

    assert owner_at_server(windows, case) == "ben"
    jo.today.reads("Nerys Wanted", "Priya Shah had given it to Ben Carter meanwhile. Still want Cara Lewis?")
    jo.decisions.reads("Wanted", "The case is with Ben Carter: still want Cara Lewis?", "You gave the case to Cara")
    priya.open_case_of("Wanted")
    priya.wait_to_see("Ben Carter", "The case is with Ben Carter: still want Cara Lewis?")
    ben.today.reads("Nerys Wanted", "Priya Shah gave you this case.")

    jo.decisions.decide("Wanted", "use")
    jo.sync()
    ben.sync()
    assert owner_at_server(windows, case) == "cara"
    ben.today.reads("Jo Evans moved your case to Cara Lewis.")


@pytest.mark.covers("OC8")
def test_that_giving_back_a_case_that_somebody_else_has_by_then_changes_nothing_and_says_so(windows: Windows) -> None:
    priya, amy, cara = windows.seats("priya", "amy", "cara")
    case = windows.case_of("Released", owner="amy")
    amy.open_case_of("Released")
    amy.cut()
    amy.case.write_note("Left a voicemail")
    amy.case.change_owner("Waiting list", is_queue=True)
    priya.open_case_of("Released")
    priya.case.change_owner("Cara")
    priya.sync()
    amy.cut(False)
    amy.sync()
    cara.sync()

    assert owner_at_server(windows, case) == "cara"
    amy.today.reads("Priya Shah had given it to Cara Lewis meanwhile, so it was not given back.")
    cara.today.reads("Nerys Released", "Priya Shah gave you this case.")
    cara.open_case_of("Released")
    cara.wait_to_see("Left a voicemail")
    assert found(cara, case).owner_id == found(priya, case).owner_id
