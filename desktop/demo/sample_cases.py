"""The sample's last three weeks: the council's referrals, thirty clients with owners, steps, tasks and notes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casework.commands import AddNote, AddTask, FinishTask, LogInteraction, MoveStep, OpenCase, SeenOwner, TriageCase
from casework.ids import new_id
from casework.referrals.columns import guess_mapping
from casework.referrals.dry_run import dry_run
from casework.referrals.intake import commands_of, mark_of
from casework.referrals.reading import read_table
from casework.rows import all_of, find, of_case
from casework.values import (
    Case,
    Contact,
    Owner,
    OwnerKind,
    Person,
    Project,
    Step,
    StepKind,
    Task,
    TaskStatus,
    TriageOutcome,
)
from desktop.demo.hand import Hand, long_ago

SENDER = "Council Housing Options"
CAME_DAYS_AGO = 21
SUPPORTED = 30
# owners and how far along the journey, again and again
OWNERS = ("amy", "ben", "amy", "cara", "ben")
STEPS_GONE = (0, 1, 1, 2, 0, 3, 1, 4)
NOTES = (
    "The boiler was condemned in March; a fan heater is all there is.",
    "Prepayment meter, tops up at the shop by the bridge. Ran out twice last week.",
    "Prefers to be rung after four, when her son is home.",
    "Mould behind the wardrobe in the back bedroom. Landlord told in writing.",
    "Left the leaflet on the Warm Home Discount, and went through last year's bills.",
    "Single glazing at the back, draughts under the front door. Draught strips ordered.",
    "Two children under five. Asked the supplier about the Priority Services Register.",
    "Payment plan agreed with the supplier: 18 a week from the first of the month.",
    "Loft insulation is about 50 mm. Eligible for the grant on the EPC alone.",
    "Wants to keep the gas fire; explained the carbon monoxide alarm.",
)
CALLS = (
    "Nobody in, left a message.",
    "Confirmed the visit and how to find the house.",
    "Supplier will send an engineer within five days.",
    "She has found the bills and will have them ready.",
)


def seed(root: Path, url: str, file: Path, progress: Callable[[int, int], None]) -> str:
    """Fills a new server through Priya's and Amy's own stores; answers the name of a client of Amy's to try things on.

    `progress` hears how many of the referrals are in, and of how many.
    """
    with Hand(root, url, "priya") as priya:
        opened = _take_in(priya, file, progress)
        priya.sync()
        cases = _support(priya, opened)
        priya.sync()
    with Hand(root, url, "amy") as amy:
        return _amys_days(amy, cases)


def _take_in(priya: Hand, file: Path, progress: Callable[[int, int], None]) -> list[OpenCase]:
    table = read_table(file)
    mapping, _ = guess_mapping(table)
    found = dry_run(table, mapping, (), datetime.now(UTC).astimezone().date())
    project = next(one for one in priya.read(lambda conn: all_of(conn, Project)) if "Warm Homes" in one.name)
    commands = list(commands_of(found, project.id, SENDER, mark=mark_of(table)))
    when = long_ago(CAME_DAYS_AGO, 9, 12)
    for done, command in enumerate(commands):
        if done % 40 == 0:
            progress(done, len(commands))
        priya.say(command, when + timedelta(milliseconds=done * 400))
    progress(len(commands), len(commands))
    return commands


def _support(priya: Hand, opened: Sequence[OpenCase]) -> list[str]:
    """Thirty of the more pressing ones, decided about over two weeks; answers their ids."""
    people = {one.username: one.id for one in priya.read(lambda conn: all_of(conn, Person))}
    first = _journey(priya)[0]
    pressing = sorted(opened, key=lambda command: -command.triage_score)
    chosen = [command.case_id for command in pressing[1 : 2 * SUPPORTED : 2]]
    for number, case_id in enumerate(chosen):
        case = _case(priya, case_id)
        owner = Owner(OwnerKind.PERSON, people[OWNERS[number % len(OWNERS)]])
        decided = long_ago(17 - number // 2, 10, 5 + number)
        priya.say(
            TriageCase(
                case_id=case_id,
                base=SeenOwner(case.owner, case.owner_cmd),
                outcome=TriageOutcome.SUPPORTED,
                step_id=first.id,
                owner=owner,
            ),
            decided,
        )
        if owner.id != people["amy"]:
            _work_on(priya, case_id, number, 17 - number // 2)
    return chosen


def _amys_days(amy: Hand, cases: Sequence[str]) -> str:
    # of colleagues' cases her laptop knows nothing
    owners = {case.id: case.owner_id for case in amy.read(lambda conn: all_of(conn, Case))}
    mine = [number for number, case_id in enumerate(cases) if owners.get(case_id) == amy.person_id]
    for number in mine:
        _work_on(amy, cases[number], number, 17 - number // 2)
    visited, rung, tried = (cases[number] for number in mine[1:4])
    now = datetime.now(UTC).astimezone()
    two = now.replace(hour=14, minute=0, second=0, microsecond=0)
    _plan(amy, visited, "home_visit", "Home visit", two)
    _plan(amy, rung, "phone_call", "Ring about the meter reading", None)
    _plan(amy, tried, "home_visit", "Home visit", two.replace(hour=10) + timedelta(days=1))
    amy.sync()
    return _client(amy, visited)


def _work_on(hand: Hand, case_id: str, number: int, days: int) -> None:
    """What happened on a case from `days` ago on: calls, notes, tasks done, steps gone."""
    steps = _journey(hand)
    gone = STEPS_GONE[number % len(STEPS_GONE)]
    when = _moments(days, 3 + gone)
    call = CALLS[number % len(CALLS)]
    at = next(when)
    hand.say(LogInteraction(case_id=case_id, channel="call", happened_at=at, minutes=4 + number % 9, text=call), at)
    hand.say(AddNote(case_id=case_id, text=NOTES[number % len(NOTES)]), next(when))
    for before, after in zip(steps[:gone], steps[1:], strict=False):
        at = next(when)
        _finish_open(hand, case_id, at)
        hand.say(MoveStep(case_id=case_id, step=(before.id, after.id)), at + timedelta(minutes=3))
    if number % 5:
        _finish_open(hand, case_id, next(when), until=datetime.now(UTC))


def _moments(days: int, count: int) -> Iterator[datetime]:
    """So many moments between then and yesterday."""
    for place in range(count):
        yield long_ago(max(1, days - place * days // count), 10 + place % 6, 7 + place * 11 % 50)


def _finish_open(hand: Hand, case_id: str, at: datetime, until: datetime | None = None) -> None:
    """Ticks what is open, or only what was due before a day."""
    for task in hand.read(lambda conn: of_case(conn, Task, case_id)):
        is_due = until is None or (task.due_on is not None and task.due_on < until.date())
        if task.status is TaskStatus.OPEN and is_due:
            hand.say(FinishTask(case_id=case_id, task_id=task.id, done_at=at), at)


def _plan(amy: Hand, case_id: str, kind: str, title: str, start: datetime | None) -> None:
    amy.say(
        AddTask(
            case_id=case_id,
            task_id=new_id(),
            task_type=kind,
            title=title,
            due_on=(start or datetime.now(UTC).astimezone()).date(),
            start_at=start.astimezone(UTC) if start else None,
            end_at=(start + timedelta(hours=1)).astimezone(UTC) if start else None,
            assignee_id=amy.person_id,
        )
    )


def _journey(hand: Hand) -> list[Step]:
    """The steps from the first after the waiting list to the last before the end."""
    steps = sorted(hand.read(lambda conn: all_of(conn, Step)), key=lambda step: step.position)
    return [step for step in steps if step.kind not in (StepKind.WAITING, StepKind.CLOSED)]


def _case(hand: Hand, case_id: str) -> Case:
    case = hand.read(lambda conn: find(conn, Case, case_id))
    assert case is not None
    return case


def _client(hand: Hand, case_id: str) -> str:
    """The name of a case's client, as screens say it without the title."""
    shown = hand.read(lambda conn: find(conn, Contact, _case(hand, case_id).contact_id))
    assert shown is not None
    return shown.full_name
