"""An admin sees what came of a restore: how much was sent again, from how many devices, and what of it waits."""

from datetime import UTC, datetime

import msgspec
import pytest
from typer.testing import CliRunner, Result

from casework.commands import EditCase, Said, SettleKept
from server.__main__ import app
from server.check import restored_words
from server.restores import Restore, begin_restore, last_restore
from tests.kit_server import PASSWORD
from tests.server.kit_central import Central, Visitor, a_note, said
from tests.server.test_backups import Place, recover
from tests.server.test_backups import place as place
from tests.server.test_journal import spoil

NOW = datetime(2026, 11, 3, 18, 0, tzinfo=UTC)


def told(central: Central) -> Restore | None:
    with central.database.reading() as conn:
        return last_restore(conn)


def counts(central: Central) -> tuple[int, int, int]:
    restore = told(central)
    assert restore is not None
    return restore.changes, restore.devices, restore.waiting


def again(visitor: Visitor, *commands: Said) -> None:
    visitor.push(*(msgspec.structs.replace(command, again=True) for command in commands))


def check(place: Place) -> Result:
    return CliRunner().invoke(app, ["check"], env={"DOORSTEP_DATA": str(place.data), "COLUMNS": "500"})


def test_that_what_is_sent_again_is_counted_once_by_device(central: Central) -> None:
    amy, ben = central.visitor("amy"), central.visitor("ben")
    mine, his = central.opened(amy), central.opened(ben)
    with central.database.writing() as conn:
        begin_restore(conn, datetime.now(UTC))
    lost = [said(a_note(mine, f"Note {number}.")) for number in range(3)]
    refused = said(EditCase(case_id=his.id, changes={"number": ("", "26-1")}))
    here = said(a_note(mine, "Not lost."))
    amy.push(here)
    again(amy, *lost, here, lost[0])
    again(amy, *lost)
    again(ben, refused)
    assert counts(central) == (4, 2, 1)
    ben.say(SettleKept(case_id=his.id, kept_id=refused.id, how="leave"))
    assert counts(central) == (4, 2, 0)


def test_that_what_breaks_the_server_when_it_comes_again_is_counted_once_too(central: Central) -> None:
    amy = central.visitor("amy")
    case, spoilt = central.opened(amy), central.opened(amy)
    spoil(central, spoilt)
    again(amy, said(a_note(case)), said(a_note(spoilt)))
    assert counts(central) == (2, 1, 1)


def test_that_the_next_restore_is_counted_from_nothing(central: Central) -> None:
    amy = central.visitor("amy")
    case = central.opened(amy)
    assert told(central) is None
    again(amy, said(a_note(case)), said(EditCase(case_id=case.id, changes={"number": ("", "26-1")})))
    assert counts(central) == (2, 1, 1)
    with central.database.writing() as conn:
        begin_restore(conn, datetime.now(UTC))
    assert counts(central) == (0, 0, 0)


@pytest.mark.covers("OC26")
@pytest.mark.parametrize(
    ("says_so", "words"), [(True, "The server was restored to"), (False, "The server was found restored, ")]
)
def test_that_check_tells_an_admin_what_came_of_a_restore(place: Place, says_so: bool, words: str) -> None:
    amy, ben = place.central.visitor("amy"), place.central.visitor("ben")
    case, other = place.central.opened(amy), place.central.opened(ben)
    amy.sync()
    ben.sync()
    assert "restore" not in check(place).output
    backup = place.back_up()
    lost = [said(a_note(case, f"Note {number}.")) for number in range(3)]
    refused = said(EditCase(case_id=other.id, changes={"number": ("", "26-1")}))
    amy.push(*lost)
    ben.push(refused)
    for visitor in (amy, ben):
        visitor.sync()
    place.restore(backup, amy, ben, says_so=says_so)
    recover(amy, lost)
    recover(ben, [refused])
    result = check(place)
    assert result.exit_code == 0, result.output
    assert words in result.output
    assert "4 changes from 2 devices were sent again; 1 needs a look" in result.output
    assert "Devices reported lost, access ended and passwords set between the backup and then" in result.output
    assert PASSWORD not in result.output


def test_that_the_time_restored_to_is_that_of_the_last_change_in_the_backup(place: Place) -> None:
    amy = place.central.visitor("amy")
    before = datetime.now(UTC)
    place.central.opened(amy)
    between = datetime.now(UTC)
    place.restore(place.back_up(), amy)
    restore = told(place.central)
    assert restore is not None
    assert restore.to is not None
    assert before <= restore.to <= between <= restore.at


def test_that_check_tells_how_many_changes_the_server_broke_over(place: Place) -> None:
    amy = place.central.visitor("amy")
    case = place.central.opened(amy, client="Mrs Canary")
    assert check(place).exit_code == 0
    spoil(place.central, case)
    amy.say(a_note(case, "canary 1"), a_note(case, "canary 2"))
    result = check(place)
    assert result.exit_code == 1
    assert "PROBLEM  changes: 2 changes could not be taken in, the first at" in result.output
    assert "canary" not in result.output.lower()


@pytest.mark.parametrize(
    ("restore", "words"),
    [
        (
            Restore(at=NOW, to=NOW, changes=214, devices=9, waiting=3),
            "The server was restored to 3 Nov 2026 18:00 UTC. 214 changes from 9 devices were sent again;"
            " 3 need a look",
        ),
        (
            Restore(at=NOW, to=NOW, changes=1, devices=1, waiting=0),
            "The server was restored to 3 Nov 2026 18:00 UTC. 1 change from 1 device was sent again; none needs a look",
        ),
        (
            Restore(at=NOW, to=NOW, changes=0, devices=0, waiting=0),
            "The server was restored to 3 Nov 2026 18:00 UTC. Nothing was sent again so far",
        ),
    ],
    ids=["many", "one", "none"],
)
def test_that_a_restore_is_told_in_plain_words(restore: Restore, words: str) -> None:
    assert restored_words(restore) == words
