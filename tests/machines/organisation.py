"""A small organisation that a random story is played in: three laptops, one server, and a recorder outside them all."""

import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from casework.answers import Accepted
from casework.commands import (
    AddNote,
    AddTask,
    AnyCommand,
    ChangeOwner,
    CloseCase,
    EditCase,
    EditContact,
    FinishTask,
    LogInteraction,
    LogReview,
    MoveStep,
    ReassignTask,
    ReopenCase,
    SeenOwner,
    SettleKept,
    TriageCase,
)
from casework.database import Database
from casework.ids import new_id
from casework.rows import all_of, find, of_case
from casework.tables import TABLES
from casework.values import (
    Case,
    Contact,
    KeptState,
    KeptWork,
    Owner,
    OwnerKind,
    Step,
    Task,
    TriageOutcome,
)
from server.setting_up import BACK_OFFICE, WAITING_LIST, default_id
from tests.journeys import saying
from tests.kit_near import Desk, NearWorld, person_id

NAMES = ("amy", "ben", "priya")
CASES = 3


class Spoken(msgspec.Struct, frozen=True):
    """Something that a screen called saved: who said it, under which id, and what."""

    name: str
    id: str
    command: AnyCommand


def _shelf() -> Path:
    """Where the stores lie: in memory where the system has such a place, for these runs ask for thousands of commits."""
    shelf = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="doorstep-story-", dir=shelf if shelf.is_dir() else None))


class Story:
    """One random life of the organisation. Laptops are named; every act takes its choices from `pick`."""

    _template: Path | None = None

    def __init__(self) -> None:
        self.folder = _shelf()
        shutil.copytree(self._made_before(), self.folder, dirs_exist_ok=True)
        self.world = NearWorld(self.folder)
        self.desks = {name: Desk(self.world, name) for name in NAMES}
        self.spoken: list[Spoken] = []
        self.case_ids = self._cases()

    @classmethod
    def _made_before(cls) -> Path:
        """The organisation as every story begins, made once: three cases, three laptops in step."""
        if cls._template is None:
            cls._template = _shelf()
            world = NearWorld(cls._template)
            desks = {name: Desk(world, name) for name in NAMES}
            desks["priya"].sync()
            case_ids = [saying.referral(desks["priya"], last_name=f"Client {number}") for number in range(CASES)]
            _support(desks["priya"], case_ids[0], "amy")
            for name in ("priya", "amy", "ben", "priya"):
                desks[name].sync()
            for desk in desks.values():
                desk.laptop.close()
            world.close()
        return cls._template

    def end(self) -> None:
        """Takes the story's files away."""
        for desk in self.desks.values():
            desk.laptop.close()
        self.world.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def say(self, name: str, case_number: int, verb: str, pick: random.Random) -> bool:
        """Lets somebody say something about a case as their screen shows it; False where there was nothing to say."""
        desk = self.desks[name]
        case_id = self.case_ids[case_number]
        with desk.laptop.database.reading() as conn:
            case = find(conn, Case, case_id)
            command = VERBS[verb](conn, case, desk, pick) if case is not None else None
        if command is None:
            return False
        answer = desk.laptop.say(command)
        if isinstance(answer, Accepted) and answer.changes:
            self.spoken.append(Spoken(name, answer.command_id, command))
        return isinstance(answer, Accepted)

    def restart_server(self) -> None:
        """Closes the server's store and opens it again."""
        self.world.server.database.close()
        self.world.server.reopen(Database.plain(self.folder / "server.db"))

    def settle_down(self) -> None:
        """Gives everybody a network until nothing is left to say (I9: that must be soon)."""
        for desk in self.desks.values():
            desk.cable.is_cut = False
            desk.wire.lose_pushes = desk.wire.lose_replies = 0
        for _ in range(3):
            for desk in self.desks.values():
                desk.sync()

    def _cases(self) -> list[str]:
        with self.world.server.database.reading() as conn:
            return [case.id for case in all_of(conn, Case)]


def snapshot(conn: Connection) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Every shared row of a store, table by table and id by id."""
    found: dict[str, dict[str, tuple[Any, ...]]] = {}
    for table in TABLES.values():
        rows = conn.exec_driver_sql(f"SELECT * FROM {table.name}").all()
        place = [column.name for column in table.columns].index("id")
        found[table.name] = {str(row[place]): tuple(row) for row in rows}
    return found


def _support(desk: Desk, case_id: str, owner: str) -> None:
    case = saying.the_case(desk, case_id)
    desk.say(
        TriageCase(
            case_id=case_id,
            base=SeenOwner(case.owner, case.owner_cmd),
            outcome=TriageOutcome.SUPPORTED,
            step_id=saying.ENGAGED,
            owner=saying.person(owner),
        )
    )


Verb = Callable[[Connection, Case, Desk, random.Random], AnyCommand | None]


def _note(conn: Connection, case: Case, desk: Desk, pick: random.Random) -> AnyCommand:
    mentions = (person_id(pick.choice(NAMES)),) if pick.random() < 0.3 else ()
    return AddNote(case_id=case.id, text=f"note {pick.randrange(1 << 30)}", mentions=mentions)


def _call(conn: Connection, case: Case, desk: Desk, pick: random.Random) -> AnyCommand:
    return LogInteraction(case_id=case.id, channel="call", happened_at=desk.clock(), text="rang")


def _task(conn: Connection, case: Case, desk: Desk, pick: random.Random) -> AnyCommand:
    assignee = pick.choice((desk.person_id, "", person_id("ben")))
    return AddTask(case_id=case.id, task_id=new_id(), task_type="phone_call", title="Ring", assignee_id=assignee)


def _finish(conn: Connection, case: Case, desk: Desk, pick: random.Random) -> AnyCommand | None:
    tasks = of_case(conn, Task, case.id)
    return (
        FinishTask(case_id=case.id, task_id=pick.choice(tasks).id, outcome="done", done_at=desk.clock())
        if tasks
        else None
    )


def _hand_task(conn: Connection, case: Case, desk: Desk, pick: random.Random) -> AnyCommand | None:
    tasks = of_case(conn, Task, case.id)
    if not tasks:
        return None
    task = pick.choice(tasks)
    return ReassignTask(case_id=case.id, task_id=task.id, assignee=(task.assignee_id, person_id(pick.choice(NAMES))))


def _phone(conn: Connection, case: Case, desk: Desk, pick: random.Random) -> AnyCommand | None:
    contact = find(conn, Contact, case.contact_id)
    assert contact is not None
    new = f"07700 {pick.randrange(3)}"
    return EditContact(case_id=case.id, contact_id=contact.id, changes={"phone": (contact.phone, new)})


def _describe(conn: Connection, case: Case, desk: Desk, pick: random.Random) -> AnyCommand:
    return EditCase(case_id=case.id, changes={"description": (case.description, f"words {pick.randrange(3)}")})


def _owner(conn: Connection, case: Case, desk: Desk, pick: random.Random) -> AnyCommand:
    owner = pick.choice(
        (
            Owner(OwnerKind.PERSON, desk.person_id),
            Owner(OwnerKind.PERSON, person_id(pick.choice(NAMES))),
            Owner(OwnerKind.QUEUE, BACK_OFFICE),
            Owner(OwnerKind.QUEUE, WAITING_LIST),
        )
    )
    base = SeenOwner(case.owner, case.owner_cmd)
    return ChangeOwner(case_id=case.id, base=base, owner=owner, with_tasks=pick.random() < 0.5)


def _triage(conn: Connection, case: Case, desk: Desk, pick: random.Random) -> AnyCommand:
    base = SeenOwner(case.owner, case.owner_cmd)
    if pick.random() < 0.2:
        return TriageCase(case_id=case.id, base=base, outcome=TriageOutcome.DECLINED, reason="Not for us")
    owner = Owner(OwnerKind.PERSON, desk.person_id)
    return TriageCase(case_id=case.id, base=base, outcome=TriageOutcome.SUPPORTED, step_id=saying.ENGAGED, owner=owner)


def _step(conn: Connection, case: Case, desk: Desk, pick: random.Random) -> AnyCommand:
    steps = [step.id for step in all_of(conn, Step)]
    return MoveStep(case_id=case.id, step=(case.step_id, pick.choice(steps)))


def _review(conn: Connection, case: Case, desk: Desk, pick: random.Random) -> AnyCommand:
    return LogReview(case_id=case.id, text=f"review {pick.randrange(1 << 30)}")


def _close(conn: Connection, case: Case, desk: Desk, pick: random.Random) -> AnyCommand:
    if case.is_closed:
        return ReopenCase(case_id=case.id, reason="More to do")
    base = SeenOwner(case.owner, case.owner_cmd)
    return CloseCase(case_id=case.id, base=base, reason="advice_completed")


def _settle(conn: Connection, case: Case, desk: Desk, pick: random.Random) -> AnyCommand | None:
    waiting = [kept for kept in of_case(conn, KeptWork, case.id) if kept.state is KeptState.OPEN]
    if not waiting:
        return None
    kept = pick.choice(waiting)
    how = pick.choice(("use", "leave", "note", "fields" if kept.fields else "leave"))
    fields: dict[str, object] = {}
    if how == "fields":
        fields = {name: msgspec.json.decode(values[1]) for name, values in kept.fields.items()}
    return SettleKept(case_id=case.id, kept_id=kept.id, how=how, fields=fields)


VERBS: dict[str, Verb] = {
    "note": _note,
    "call": _call,
    "task": _task,
    "finish": _finish,
    "hand task": _hand_task,
    "phone": _phone,
    "describe": _describe,
    "owner": _owner,
    "triage": _triage,
    "step": _step,
    "review": _review,
    "close": _close,
    "settle": _settle,
}

__all__ = ["CASES", "NAMES", "VERBS", "Spoken", "Story", "default_id", "snapshot"]
