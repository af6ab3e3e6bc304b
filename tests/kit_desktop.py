"""`Desk`, a real Office over a real encrypted store in which things can be made to happen, and no network.

    def test_that_...(desk, qtbot):            # Amy's (advisor) desk with an ordinary week on it (kit_week.py)
        screen = Today(desk.office)
        qtbot.addWidget(screen)
        desk.happened("ben", ChangeOwner(...))     # as if it had come from the server: rev > 0, not ours
        desk.say(AddNote(case_id=desk.case("evans").id, text="..."))    # Amy says it: in the outbox, kept here

`desk.case("evans")` is a case by its handle.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from casework.answers import Accepted, Changes, Done, Late, Verdict
from casework.carry_out import carry_out, write_all
from casework.commands import (
    AddTask,
    AnyCommand,
    ChangeOwner,
    OpenCase,
    Said,
    SeenOwner,
    TriageCase,
)
from casework.connection import Connection
from casework.ids import new_id
from casework.rows import RowDesk, all_of, find, write
from casework.rules.access import queues_of
from casework.rules.keeping import keep
from casework.rules.moment import Moment, Side
from casework.values import (
    Case,
    Contact,
    Owner,
    OwnerKind,
    Person,
    Project,
    Property,
    Queue,
    Record,
    Role,
    Source,
    Step,
    StepKind,
    TaskType,
    TriageOutcome,
)
from desktop.bridge import Bridge
from desktop.office import Office
from sync.central import Cable, Central
from sync.laptop import Laptop
from tests.kit_nowhere import Nowhere


def an_id(name: str) -> str:
    """The same 32 hex digits for the same name, so that tests can tell things by name."""
    return name.encode().hex()[:32].rjust(32, "0")


PEOPLE = {
    "amy": ("Amy Jones", Role.ADVISOR),
    "ben": ("Ben Carter", Role.ADVISOR),
    "cara": ("Cara Lewis", Role.ADVISOR),
    "priya": ("Priya Shah", Role.COORDINATOR),
    "lena": ("Lena Novak", Role.LEAD),
    "adam": ("Adam Field", Role.ADMIN),
    "rhys": ("Rhys Powell", Role.READER),
}
STEPS = (
    ("Waiting list", StepKind.WAITING, 5, ()),
    ("Customer engaged", StepKind.ACTIVE, 10, (("phone_call", 2),)),
    ("Home visit", StepKind.ACTIVE, 15, ()),
    ("Measures", StepKind.ACTIVE, 30, ()),
    ("Follow-up", StepKind.FOLLOW_UP, 60, ()),
    ("Closed", StepKind.CLOSED, 0, ()),
)
WAITING, ENGAGED, VISIT, MEASURES, FOLLOW_UP, CLOSED = (an_id(f"step{at}") for at in range(len(STEPS)))
WARM_HOMES, ROOFS = an_id("warm-homes"), an_id("roofs")
WAITING_LIST, BACK_OFFICE = an_id("waiting-list"), an_id("back-office")


def person(name: str) -> Owner:
    """A person as an owner, by first name in lower case."""
    return Owner(OwnerKind.PERSON, an_id(name))


def queue(queue_id: str = WAITING_LIST) -> Owner:
    """A queue as an owner."""
    return Owner(OwnerKind.QUEUE, queue_id)


def reference_rows() -> list[Record]:
    """People, queues, projects, the journey and the kinds of task, as a server hands them out."""
    rows: list[Record] = [
        Person(id=an_id(name), rev=1, username=name, display_name=shown, role=role, email=f"{name}@warmth.example")
        for name, (shown, role) in PEOPLE.items()
    ]
    advisors = tuple(an_id(name) for name in ("amy", "ben", "cara"))
    rows += [
        Queue(id=WAITING_LIST, rev=1, name="Waiting list", code="waiting", member_ids=advisors, is_waiting_list=True),
        Queue(id=BACK_OFFICE, rev=1, name="Back office", code="back", member_ids=(an_id("cara"), an_id("priya"))),
        Project(
            id=WARM_HOMES, rev=1, name="Warm Homes", funder="City fund", journey_id="j", waiting_queue_id=WAITING_LIST
        ),
        Project(id=ROOFS, rev=1, name="Better Roofs", journey_id="j", waiting_queue_id=WAITING_LIST),
        TaskType(id="home_visit", rev=1, name="Home visit", is_visit=True, is_common=True, position=1),
        TaskType(id="phone_call", rev=1, name="Phone call", is_common=True, position=2),
        TaskType(id="send_pack", rev=1, name="Send pack", is_common=True, position=3),
    ]
    rows += [
        Step(
            id=an_id(f"step{at}"),
            rev=1,
            journey_id="j",
            name=name,
            position=at,
            kind=kind,
            target_days=days,
            entry_tasks=tasks,
        )
        for at, (name, kind, days, tasks) in enumerate(STEPS)
    ]
    return rows


class _Stamping:
    """A Book that stamps rows with a number of the server's, as rows have that were pulled."""

    rev = 1

    def before_write(self, conn: Connection, record: Record, current: Record | None) -> Record:
        del conn, current
        self.rev += 1
        return msgspec.structs.replace(record, rev=self.rev)


class Desk:
    """One person's desk: `office`, `laptop`, `cable`, and ways to make things happen. Call `close()` at the end."""

    def __init__(self, folder: Path, who: str = "amy", *, central: Central | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.who = who
        self.laptop = Laptop(folder, bytes(range(32)), person_id=an_id(who), device=an_id(f"{who}-laptop"))
        self.laptop.prepare()
        self.cable = Cable(central or Nowhere())
        self.bridge = Bridge(self.laptop, self.cable)
        self.office = Office(self.laptop, self.cable, self.bridge)
        self._stamping = _Stamping()
        self._number = 1040
        self._cases: dict[str, str] = {}
        with self.laptop.database.writing() as conn:
            for row in reference_rows():
                write(conn, row)

    def close(self) -> None:
        """Lets go of the store."""
        self.office.drain()
        self.laptop.close()

    def case(self, handle: str) -> Case:
        """The case as it stands here now, by its handle (the client's last name in lower case)."""
        with self.laptop.database.reading() as conn:
            found = find(conn, Case, self._cases[handle])
        assert found is not None
        return found

    def base(self, handle: str) -> SeenOwner:
        """The ownership that somebody who looks at the case now sees."""
        case = self.case(handle)
        return SeenOwner(case.owner, case.owner_cmd)

    def say(self, command: AnyCommand) -> Accepted:
        """The desk's own person says it, through the office; it must be accepted."""
        answer = self.office.do(command)
        assert isinstance(answer, Accepted), answer
        return answer

    def happened(self, who: str, command: AnyCommand, *, days_ago: float = 0, under: str | None = None) -> Verdict:
        """Somebody said it and the server decided: the rows are here as if just pulled, and the office says so.

        `under` is the id of the owner-command that the author saw, by default the one that stands; a late one is kept
        as decisions, as the server does.
        """
        at = datetime.now(UTC) - timedelta(days=days_ago)
        with self.laptop.database.writing() as conn:
            author = find(conn, Person, an_id(who))
            assert author is not None
            case = find(conn, Case, command.case_id)
            said = Said(
                id=new_id(),
                at=at,
                say=command,
                under=(case.owner_cmd if case else "") if under is None else under,
                epoch=case.owner_epoch if case else 0,
            )
            moment = Moment(
                command_id=said.id,
                who=author,
                queue_ids=queues_of(author, all_of(conn, Queue)),
                said_at=at,
                now=at,
                under=said.under,
                epoch=said.epoch,
                side=Side.DECIDING,
                number=f"26-{self._number:05}",
            )
            self._number += isinstance(command, OpenCase)
            verdict, changes = carry_out(conn, said, moment, self._stamping)
            if not isinstance(verdict, Done):
                changes |= write_all(conn, keep(RowDesk(conn), said, verdict, case, moment), self._stamping)
            conn.exec_driver_sql(
                "INSERT OR REPLACE INTO held_case (case_id, scopes, is_leaving) VALUES (?, '[\"all\"]', 0)",
                (command.case_id,),
            )
        self.office.changed.emit(changes | Changes(kinds=frozenset({"case_file"})))
        return verdict

    def referral(self, handle: str, *, days_ago: float = 3, by: str = "priya", **more: object) -> Case:
        """A referral that came in by import: waiting, owned by the waiting list."""
        title, first, last, address, town, postcode, phone = _CLIENTS[handle]
        case_id, contact_id, home_id = new_id(), new_id(), new_id()
        self._cases[handle] = case_id
        command = OpenCase(
            case_id=case_id,
            contact_id=contact_id,
            property_id=home_id,
            project_id=WARM_HOMES,
            contact=Contact(id=contact_id, title=title, first_name=first, last_name=last, mobile=phone),
            home=Property(id=home_id, address_1=address, town=town, postcode=postcode),
            source=Source.IMPORT,
            source_name="City council",
            source_reference=f"CC-{handle}",
            referred_on=(datetime.now(UTC) - timedelta(days=days_ago)).date(),
        )
        self.happened(by, msgspec.structs.replace(command, **more), days_ago=days_ago)
        return self.case(handle)

    def supported(
        self, handle: str, owner: str, *, step: str = ENGAGED, days_ago: float = 2, by: str = "priya"
    ) -> Case:
        """Triaged by Priya: given to somebody, at a step."""
        case = self.case(handle)
        self.happened(
            "priya",
            TriageCase(
                case_id=case.id,
                base=self.base(handle),
                outcome=TriageOutcome.SUPPORTED,
                step_id=step,
                owner=person(owner),
            ),
            days_ago=days_ago,
        )
        return self.case(handle)

    def given_to(self, handle: str, owner: Owner, *, by: str = "priya", days_ago: float = 0) -> Case:
        """Somebody changed the owner."""
        case = self.case(handle)
        self.happened(by, ChangeOwner(case_id=case.id, base=self.base(handle), owner=owner), days_ago=days_ago)
        return self.case(handle)

    def task(
        self,
        handle: str,
        title: str,
        *,
        by: str = "priya",
        to: str = "amy",
        kind: str = "phone_call",
        due: date | None = None,
        **more: object,
    ) -> str:
        """A task on the case; answers its id."""
        task_id = new_id()
        command = AddTask(
            case_id=self.case(handle).id,
            task_id=task_id,
            task_type=kind,
            title=title,
            due_on=due,
            assignee_id=an_id(to) if to else "",
        )
        self.happened(by, msgspec.structs.replace(command, **more), days_ago=1)
        return task_id

    def kept_clash(self, handle: str, *, by: str = "ben") -> Late:
        """Somebody claimed the case late: kept work that waits for its author (OC1)."""
        case = self.case(handle)
        command = ChangeOwner(case_id=case.id, base=SeenOwner(queue(), "another command"), owner=person(by))
        verdict = self.happened(by, command, under="another command")
        assert isinstance(verdict, Late), verdict
        return verdict


_CLIENTS = {
    "evans": ("Mrs", "Margaret", "Evans", "12 Ffordd Penrhyn", "Swansea", "SA1 5PJ", "07700 900123"),
    "khan": ("", "Patricia", "Khan", "47 Church Lane", "Wrexham", "LL11 4HG", "07700 900456"),
    "nowak": ("Mr", "Tomasz", "Nowak", "49 Albert Place", "Truro", "TR1 8ZG", "07700 900789"),
    "griffiths": ("", "Harpreet", "Griffiths", "72a Ffordd Penrhyn", "Swansea", "SA1 5PJ", "07700 900321"),
    "thomas": ("", "Jean-Luc", "Thomas", "Flat 3, 108a Station Road", "Bristol", "BS5 7HA", "07700 900654"),
    "pritchard": ("Miss", "Dilys", "Pritchard", "3 Bryn Terrace", "Bangor", "LL57 2AB", "07700 900987"),
    "adeyemi": ("", "Oluwaseun", "Adeyemi-Richardson", "Flat 11, Loudoun House", "Cardiff", "CF10 5HW", "07700 900111"),
    "price": ("", "Ann", "<b>Price</b>", "Usage <50 kWh Lane", "Newport", "NP20 1AA", "07700 900222"),
}
