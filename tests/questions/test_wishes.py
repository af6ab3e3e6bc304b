"""What somebody wanted is told in names, whatever the command was."""

import pytest

from casework.commands import (
    AddTask,
    AnyCommand,
    CloseCase,
    EditCase,
    FinishTask,
    ReassignTask,
    SeenOwner,
    SetPriority,
    TriageCase,
)
from casework.questions.names import names
from casework.questions.wishes import wish_of
from casework.values import Owner, OwnerKind, Priority, TriageOutcome
from tests.office_kit import NOW, TODAY, a_case, a_step, a_task, an_id
from tests.questions.conftest import Asked

CASE = a_case("Ann Price", number="25-00007")
RING = a_task("Ring her", CASE)
BASE = SeenOwner(Owner(OwnerKind.PERSON, an_id("amy")), an_id("command"))


@pytest.mark.parametrize(
    ("command", "wish"),
    [
        (
            TriageCase(
                case_id=CASE.id,
                base=BASE,
                outcome=TriageOutcome.SUPPORTED,
                step_id=a_step("Survey"),
                owner=Owner(OwnerKind.QUEUE, an_id("Back office")),
            ),
            {"outcome": "supported", "step": "Survey", "owner": "Back office", "owner_kind": "queue"},
        ),
        (
            TriageCase(case_id=CASE.id, base=BASE, outcome=TriageOutcome.DUPLICATE, duplicate_of=CASE.id),
            {"outcome": "duplicate", "duplicate_of": "25-00007"},
        ),
        (
            ReassignTask(case_id=CASE.id, task_id=RING.id, assignee=(an_id("amy"), an_id("ben"))),
            {"task": "Ring her", "assignee_before": "Amy Jones", "assignee": "Ben Okafor"},
        ),
        (
            ReassignTask(case_id=CASE.id, task_id=an_id("gone"), assignee=("", an_id("ben"))),
            {"assignee_before": "", "assignee": "Ben Okafor"},
        ),
        (
            SetPriority(case_id=CASE.id, priority=(Priority.NORMAL, Priority.URGENT)),
            {"priority_before": "normal", "priority": "urgent"},
        ),
        (
            FinishTask(case_id=CASE.id, task_id=RING.id, outcome="No answer", done_at=NOW),
            {"task": "Ring her", "outcome": "No answer", "done_at": "2025-11-21T10:00:00Z"},
        ),
        (
            CloseCase(case_id=CASE.id, base=BASE, reason="moved", words="To Truro"),
            {"reason": "moved", "words": "To Truro"},
        ),
        (
            EditCase(case_id=CASE.id, changes={"description": ("", "No heating"), "consent": ("", "verbal")}),
            {"description": "No heating", "consent": "verbal"},
        ),
        (
            AddTask(
                case_id=CASE.id,
                task_id=an_id("new"),
                task_type="home_visit",
                title="See the boiler",
                due_on=TODAY,
                assignee_id=an_id("cara"),
            ),
            {
                "task_type": "Home visit",
                "title": "See the boiler",
                "due_on": "2025-11-21",
                "assignee": "Cara Lewis",
            },
        ),
    ],
)
def test_that_a_wish_is_told_in_names(asked: Asked, command: AnyCommand, wish: dict[str, str]) -> None:
    asked.has(CASE, RING)
    with asked.store.reading() as conn:
        assert wish_of(conn, command, names(conn)) == wish
