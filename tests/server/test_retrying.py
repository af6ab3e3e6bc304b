"""What one release of the server broke over is said once more by the next: whole, once, and by the ordinary rules."""

import logging
from datetime import UTC, datetime

import msgspec
import pytest

from casework.answers import Status
from casework.commands import AskAboutKept, AttachDocument, MoveStep, Said, SettleKept, UndoSettling
from casework.rows import find, of_case
from casework.values import Activity, Case, Document, KeptKind, KeptState, KeptWork, Notice
from server import RELEASE
from server.journal import Journal
from server.ledger import head_of
from server.retrying import broken, retry_broken
from server.setting_up import default_id
from server.tidying import Tidying
from tests.kit_server import person_id
from tests.kit_waiting import until
from tests.server.kit_central import Central, Visitor, a_new_case, a_note, given_to, said
from tests.server.test_backups import Place, recover
from tests.server.test_backups import place as place
from tests.server.test_erasing import store_document
from tests.server.test_journal import kept, notes, spoil
from tests.server.test_verify import assert_right, assert_whole

NEXT, LATER = "next", "later"
TAKEN_IN = "taken-in-after-update"


def mend(central: Central, case: Case) -> None:
    """What stands in for a release that can: the row over which every version breaks can be read again."""
    with central.database.writing() as conn:
        conn.exec_driver_sql(f"UPDATE case_file SET status = '{case.status}' WHERE id = '{case.id}'")
        conn.exec_driver_sql(f"UPDATE contact SET vulnerabilities = '[]' WHERE id = '{case.contact_id}'")


def update(central: Central, release: str = NEXT) -> None:
    """The server starts with that release."""
    retry_broken(central.database, central.journal(), release=release)


def waiting(central: Central) -> list[str]:
    with central.database.reading() as conn:
        return [kept_id for kept_id, _ in broken(conn)]


def the_kept(central: Central, command: Said) -> KeptWork:
    found = kept(central, command.id)
    assert found is not None
    return found


def a_spoilt_case(central: Central, visitor: Visitor) -> Case:
    """A fresh case of theirs over which every version breaks."""
    case = central.opened(visitor)
    spoil(central, case)
    return case


def a_broken_note(central: Central, visitor: Visitor, text: str) -> tuple[Case, Said]:
    """A note over which the server broke, and its case."""
    case = a_spoilt_case(central, visitor)
    command = said(a_note(case, text))
    visitor.push(command)
    return case, command


@pytest.mark.covers("FA3")
def test_that_a_later_release_takes_in_what_an_earlier_one_broke_over(central: Central) -> None:
    amy, jo = central.visitor("amy"), central.visitor("jo")
    case = central.opened(amy)
    amy.sync()
    spoil(central, case)
    command = said(a_note(case, "Nothing of this may get lost."), under=case.owner_cmd, epoch=1)
    assert amy.push(command)[0].st is Status.ERROR_KEPT
    mend(central, case)
    update(central)
    assert notes(central, case.id) == ["Nothing of this may get lost."]
    done = the_kept(central, command)
    assert (done.state, done.settled_by, done.settled_cmd) == (KeptState.USED, "", "")
    for visitor in (amy, jo):
        visitor.sync()
        assert_whole(visitor)
        assert visitor.store.rows["activity"][command.id]["by"] == amy.id
        assert visitor.store.rows["kept_work"][command.id]["state"] == KeptState.USED
    assert [row["code"] for row in amy.store.rows["notice"].values()] == [TAKEN_IN]
    assert_right(central)


def test_that_its_line_is_its_authors_with_their_devices_time(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    amy.hello(clock=msgspec.convert("2031-01-01T00:00:00Z", type=datetime))
    spoil(central, case)
    command = said(a_note(case), at=datetime(2031, 1, 1, tzinfo=UTC))
    amy.push(command)
    mend(central, case)
    update(central)
    with central.database.reading() as conn:
        line = find(conn, Activity, command.id)
    assert line is not None
    assert (line.by, line.at) == (amy.id, command.at)
    assert line.clock_off > 100_000_000


@pytest.mark.covers("FB1")
def test_that_it_is_answered_as_done_and_not_done_again_when_its_laptop_offers_it_again(central: Central) -> None:
    amy = central.visitor("amy")
    case, command = a_broken_note(central, amy, "Once.")
    mend(central, case)
    update(central)
    (ack,) = amy.push(msgspec.structs.replace(command, again=True))
    assert ack.st is Status.APPLIED
    assert amy.push(command) == (ack,)
    update(central, LATER)
    assert notes(central, case.id) == ["Once."]


def test_that_what_breaks_again_stays_as_it_was_until_the_next_release(
    central: Central, caplog: pytest.LogCaptureFixture
) -> None:
    amy = central.visitor("amy")
    case, command = a_broken_note(central, amy, "Kept.")
    before = the_kept(central, command)
    with central.database.reading() as conn:
        head = head_of(conn)
    caplog.clear()
    update(central)
    with central.database.reading() as conn:
        assert head_of(conn) == head
    assert the_kept(central, command) == before
    assert amy.push(command)[0].st is Status.ERROR_KEPT
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []
    mend(central, case)
    update(central)
    assert notes(central, case.id) == []
    update(central, LATER)
    assert notes(central, case.id) == ["Kept."]


def test_that_several_are_said_in_their_order_and_the_log_says_in_one_line_what_came_of_them(
    central: Central, caplog: pytest.LogCaptureFixture
) -> None:
    amy = central.visitor("amy")
    case, other = central.opened(amy), central.opened(amy)
    spoil(central, case)
    spoil(central, other)
    amy.say(a_note(case, "canary 1"), a_note(other, "canary 2"), a_note(case, "canary 3"), a_note(case, ""))
    mend(central, case)
    with caplog.at_level(logging.INFO, logger="doorstep.retrying"):
        update(central)
    assert notes(central, case.id) == ["canary 1", "canary 3"]
    lines = [record.getMessage() for record in caplog.records if record.name == "doorstep.retrying"]
    assert lines == ["said again after the update: 4 commands; 2 took effect, 1 wait otherwise, 1 as before"]


def test_that_where_the_case_moved_on_meanwhile_the_ordinary_rules_judge(central: Central) -> None:
    case = central.owned_by("amy")
    jo, priya = central.visitor("jo"), central.visitor("priya")
    spoil(central, case)
    late = said(given_to(case, "ben"))
    jo.push(late)
    mend(central, case)
    ask = AskAboutKept(case_id=case.id, kept_id=late.id, person_id=person_id("amy"), text="Was it urgent?")
    assert jo.say(ask)[0].st is Status.APPLIED
    assert priya.say(given_to(case, "cara"))[0].st is Status.APPLIED
    update(central)
    assert central.case(case.id).owner_id == person_id("cara")
    now = the_kept(central, late)
    assert (now.state, now.code) == (KeptState.OPEN, "assigned-first")
    assert now.kind is not KeptKind.BROKEN
    assert [words for _, _, _, words in now.talk] == ["Was it urgent?"]
    assert jo.push(late)[0].st is Status.CONFLICT_KEPT
    assert waiting(central) == []
    assert_right(central)


def test_that_a_new_case_that_broke_is_opened_under_the_next_number(central: Central) -> None:
    amy = central.visitor("amy")
    spoilt = a_spoilt_case(central, amy)
    command = said(a_new_case(contact_id=spoilt.contact_id, contact=None))
    assert amy.push(command)[0].st is Status.ERROR_KEPT
    mend(central, spoilt)
    update(central)
    assert int(central.case(command.say.case_id).number[3:]) == int(spoilt.number[3:]) + 1
    amy.sync()
    assert_whole(amy)
    assert_right(central)


def test_that_a_document_whose_bytes_came_meanwhile_is_stored_with_it(central: Central) -> None:
    amy = central.visitor("amy")
    case = a_spoilt_case(central, amy)
    store_document(amy, case, b"a photo")
    (kept_id,) = waiting(central)
    mend(central, case)
    update(central)
    with central.database.reading() as conn:
        (document,) = of_case(conn, Document, case.id)
        kept_work = find(conn, KeptWork, kept_id)
    assert document.is_stored
    assert kept_work is not None
    assert kept_work.command == AttachDocument.__struct_config__.tag


@pytest.mark.parametrize("taken_back", [False, True])
def test_that_what_a_person_has_decided_about_is_theirs(central: Central, taken_back: bool) -> None:
    amy = central.visitor("amy")
    case, command = a_broken_note(central, amy, "Decided by me.")
    mend(central, case)
    settling = said(SettleKept(case_id=case.id, kept_id=command.id, how="note"))
    assert amy.push(settling)[0].st is Status.APPLIED
    if taken_back:
        undo = UndoSettling(case_id=case.id, kept_id=command.id, settling=settling.id)
        assert amy.say(undo)[0].st is Status.APPLIED
    update(central)
    assert the_kept(central, command).state is (KeptState.OPEN if taken_back else KeptState.NOTED)
    assert notes(central, case.id) == ["Decided by me."]


def test_that_what_was_refused_for_itself_is_not_said_again(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    refused = said(MoveStep(case_id=case.id, step=("", default_id("step/none"))))
    amy.push(refused)
    before = the_kept(central, refused)
    update(central)
    assert the_kept(central, refused) == before


class _Killed(BaseException):
    """The process is gone."""


class _Doomed:
    """A clock at whose n-th look the process is killed, wherever it stands in its work."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def __call__(self) -> datetime:
        self.looks -= 1
        if self.looks < 0:
            raise _Killed
        return datetime.now(UTC)


def test_that_a_kill_anywhere_in_the_middle_neither_loses_nor_doubles(central: Central) -> None:
    amy = central.visitor("amy")
    case = a_spoilt_case(central, amy)
    commands = [said(a_note(case, f"Note {number}.")) for number in range(3)]
    amy.push(*commands)
    mend(central, case)
    kills = 0
    while len(waiting(central)) > 0:
        # each start gets a few looks further than the last, from before the first command to within the last one
        clock = _Doomed(kills)
        try:
            retry_broken(central.database, Journal(central.database, clock=clock), release=NEXT, clock=clock)
        except _Killed:
            kills += 1
        done = notes(central, case.id)
        assert done == [f"Note {number}." for number in range(len(done))]
        assert len(done) + len(waiting(central)) == 3
    assert kills > 3
    update(central)
    assert notes(central, case.id) == ["Note 0.", "Note 1.", "Note 2."]
    amy.sync()
    assert [row["state"] for row in amy.store.rows["kept_work"].values()] == [KeptState.USED] * 3
    assert_right(central)


def test_that_a_server_asked_to_stop_goes_on_with_the_rest_at_its_next_start(central: Central) -> None:
    amy = central.visitor("amy")
    case = a_spoilt_case(central, amy)
    amy.say(a_note(case, "First."), a_note(case, "Second."))
    mend(central, case)
    looks = iter((False, True))
    retry_broken(central.database, central.journal(), release=NEXT, is_over=lambda: next(looks))
    assert notes(central, case.id) == ["First."]
    update(central)
    assert notes(central, case.id) == ["First.", "Second."]


def test_that_after_a_restore_it_is_said_again_once(place: Place) -> None:
    amy = place.central.visitor("amy")
    case = a_spoilt_case(place.central, amy)
    before = said(a_note(case, "Broke before the backup."))
    amy.push(before)
    backup = place.back_up()
    after = said(a_note(case, "Broke after the backup."))
    amy.push(after)
    mend(place.central, case)
    update(place.central)
    amy.sync()
    place.restore(backup, amy)
    assert waiting(place.central) == [before.id]
    mend(place.central, case)
    update(place.central)
    assert [ack.st for ack in recover(amy, [before, after])] == [Status.APPLIED] * 2
    assert sorted(notes(place.central, case.id)) == ["Broke after the backup.", "Broke before the backup."]
    assert_right(place.central)


def test_that_a_server_that_starts_with_another_release_says_it_again_by_itself(place: Place) -> None:
    amy = place.central.visitor("amy")
    case = a_spoilt_case(place.central, amy)
    amy.say(a_note(case, "By itself."))
    mend(place.central, case)
    update(place.central, RELEASE)
    parts = place.parts
    amy.say(a_note(case, "Meanwhile."))
    for release in (RELEASE, NEXT):
        tidying = Tidying(parts.database, parts.blobs, journal=parts.journal, release=release)
        tidying.start()
        until(lambda: "By itself." in notes(place.central, case.id), "taken in")
        tidying.stop()
    with parts.database.reading() as conn:
        told = [notice.code for notice in of_case(conn, Notice, case.id)]
    assert told == [TAKEN_IN]
