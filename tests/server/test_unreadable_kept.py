"""One piece of kept work that cannot be read, left by another release, stops nothing else that was written."""

from datetime import UTC, datetime

import pytest

from casework.answers import Status
from casework.commands import FinishTask, SeeNotices
from casework.ids import new_id
from casework.rows import of_case, write
from casework.values import KeptKind, KeptWork, Notice, OwnerKind
from tests.server.kit_central import Central, Visitor, a_note, given_to, said
from tests.server.test_deposit import let_go
from tests.server.test_journal import kept, notes


def leave_unreadable(central: Central, author: Visitor, case_id: str) -> None:
    """Kept work of theirs in a state that this release does not know."""
    now = datetime.now(UTC)
    left = KeptWork(
        id=new_id(),
        case_id=case_id,
        kind=KeptKind.REFUSED,
        code="case-gone",
        said="{}",
        command="note.add",
        author_id=author.id,
        said_at=now,
        kept_at=now,
        for_kind=OwnerKind.PERSON,
        for_id=author.id,
    )
    with central.database.writing() as conn:
        write(conn, left)
        conn.exec_driver_sql(f"UPDATE kept_work SET state = 'of-a-later-release' WHERE id = '{left.id}'")


def lines_for_the_lead(central: Central, case_id: str) -> list[Notice]:
    with central.database.reading() as conn:
        return [one for one in of_case(conn, Notice, case_id) if one.code == "left-unsent"]


@pytest.mark.covers("OC10")
def test_that_all_that_somebody_left_unsent_comes_in_though_one_kept_row_cannot_be_read(central: Central) -> None:
    amy = central.visitor("amy")
    case, other = central.opened(amy), central.opened(amy)
    leave_unreadable(central, amy, case.id)
    let_go(central, amy)
    # a task that is not there is looked for in kept work: what cannot be read is met
    breaking = [said(FinishTask(case_id=case.id, task_id=new_id(), done_at=datetime.now(UTC))) for _ in range(2)]
    acks = amy.push(*breaking, said(a_note(other, "She has no heating.")))
    assert [ack.st for ack in acks] == [Status.ERROR_KEPT, Status.ERROR_KEPT, Status.APPLIED]
    assert notes(central, other.id) == ["She has no heating."]
    assert all(kept(central, one.id) is not None for one in breaking)


@pytest.mark.covers("OC10")
def test_that_a_lead_has_one_line_for_all_of_it_and_a_new_one_only_once_they_saw_that(central: Central) -> None:
    amy, ben, jo = central.visitor("amy"), central.visitor("ben"), central.visitor("jo")
    case = central.opened(ben)
    let_go(central, amy)
    wishes = [said(given_to(case, "amy")) for _ in range(3)]
    amy.push(*wishes[:2])
    (line,) = lines_for_the_lead(central, case.id)
    assert (line.person_id, line.facts["kept"], line.is_seen) == (jo.id, wishes[0].id, False)
    jo.say(SeeNotices(case_id="", notice_ids=(line.id,)))
    assert [one.is_seen for one in lines_for_the_lead(central, case.id)] == [True]
    amy.push(wishes[2])
    (line,) = lines_for_the_lead(central, case.id)
    assert (line.facts["kept"], line.is_seen) == (wishes[2].id, False)
