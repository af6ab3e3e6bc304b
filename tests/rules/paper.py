"""A desk on paper for the rules: rows in a dict, a small office, one server and as many laptops as a story needs."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from casework.answers import Done, Late, Refused, Verdict
from casework.commands import AnyCommand, ChangeOwner, Command, OpenCase, Said, SeenOwner
from casework.rules import judge
from casework.rules.access import queues_of
from casework.rules.keeping import keep
from casework.rules.moment import Moment, Side
from casework.values import (
    Activity,
    Case,
    CaseStatus,
    Contact,
    Contributor,
    KeptWork,
    Notice,
    Owner,
    OwnerChange,
    OwnerKind,
    OwnershipEvent,
    Person,
    Project,
    Property,
    Queue,
    Record,
    Role,
    Source,
    Step,
    StepKind,
    Task,
    TaskType,
    Team,
    TriageOutcome,
)
from tests.paper_desk import PaperDesk

R = TypeVar("R", bound=Record)

# ids in the order in which things are said, so that a test can name the first and the second
_COUNT = itertools.count(1)
NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CASE, CLIENT, HOME = "case", "client", "home"
OTHER, OTHER_CLIENT = "other", "other-client"
WAITING, BACK_OFFICE = Owner(OwnerKind.QUEUE, "waiting"), Owner(OwnerKind.QUEUE, "back-office")
OFFICE = (
    Person(id="amy", username="amy", display_name="Amy"),
    Person(id="ben", username="ben", display_name="Ben"),
    Person(id="cara", username="cara", display_name="Cara"),
    Person(id="dan", username="dan", display_name="Dan", team_ids=("grants",)),
    Person(id="eve", username="eve", display_name="Eve", team_ids=("grants", "resolution")),
    Person(id="priya", username="priya", display_name="Priya", role=Role.COORDINATOR),
    Person(id="quinn", username="quinn", display_name="Quinn", role=Role.COORDINATOR),
    Person(id="lena", username="lena", display_name="Lena", role=Role.LEAD),
    Person(id="adam", username="adam", display_name="Adam", role=Role.ADMIN),
    Person(id="rhys", username="rhys", display_name="Rhys", role=Role.READER),
    Person(id="gone", username="gone", display_name="Gone", is_active=False),
    Team(id="grants", name="Grants", code="GR"),
    Team(id="resolution", name="Resolution", code="RS", voids_when_returned=True),
    Team(id="old-team", name="Old", code="OT", is_active=False),
    Queue(id="waiting", name="Waiting list", code="WL", member_ids=("amy", "ben"), is_waiting_list=True),
    Queue(id="back-office", name="Back office", code="BO", member_ids=("cara",)),
    Queue(id="old-queue", name="Old", code="OLD", is_active=False),
    Project(id="warm", name="Warm homes", journey_id="journey", waiting_queue_id="waiting"),
    Project(id="ended", name="Ended", journey_id="journey", waiting_queue_id="waiting", is_active=False),
    Project(id="stepless", name="Stepless", journey_id="nothing", waiting_queue_id="waiting"),
    Step(id="s1", journey_id="journey", name="Waiting list", position=1, kind=StepKind.WAITING),
    Step(
        id="s2",
        journey_id="journey",
        name="Customer engaged",
        position=2,
        entry_tasks=(("phone_call", 2), ("send_pack", 3), ("unheard_of", 4)),
    ),
    Step(id="s3", journey_id="journey", name="Assessment", position=3),
    Step(id="s4", journey_id="journey", name="Follow up", position=4, kind=StepKind.FOLLOW_UP),
    Step(id="s8", journey_id="journey", name="Closed", position=8, kind=StepKind.CLOSED),
    Step(id="elsewhere", journey_id="another", name="Another journey's", position=2),
    TaskType(id="home_visit", name="Home visit", is_visit=True, is_common=True),
    TaskType(id="phone_call", name="Phone call", is_common=True),
    TaskType(id="send_pack", name="Send pack", is_common=True),
)


def person(name: str) -> Owner:
    return Owner(OwnerKind.PERSON, name)


class CaseDesk(PaperDesk):
    """The desk, with what the tests of rules ask about the one case on it."""

    def copy(self) -> "CaseDesk":
        return CaseDesk(self._rows.values())

    def rows(self) -> dict[tuple[type[Record], str], Record]:
        return dict(self._rows)

    @property
    def case(self) -> Case:
        return self.one(Case, CASE)

    def one(self, kind: type[R], record_id: str) -> R:
        found = self.find(kind, record_id)
        assert found is not None, f"no {kind.__name__} {record_id}"
        return found

    @property
    def seen(self) -> SeenOwner:
        """What somebody who looks at this desk now sees as the owner."""
        return SeenOwner(self.case.owner, self.case.owner_cmd)

    def told(self, name: str) -> list[str]:
        return [notice.code for notice in self.of_case(Notice, CASE) if notice.person_id == name]

    def feed(self) -> list[str]:
        return [line.kind.value for line in self.of_case(Activity, CASE)]

    def line(self, kind: str) -> Activity:
        found = [line for line in self.of_case(Activity, CASE) if line.kind == kind]
        assert len(found) == 1, self.feed()
        return found[0]

    def kept(self) -> tuple[KeptWork, ...]:
        return self.of_case(KeptWork, CASE)

    def let_in(self, now: datetime) -> set[str]:
        return {one.person_id for one in self.of_case(Contributor, CASE) if one.until > now}

    def tasks(self) -> dict[str, Task]:
        return {task.id: task for task in self.of_case(Task, CASE)}


class Laptop:
    """One person's copy of the server's rows, and what they said there while they were away."""

    def __init__(self, server: "Server", name: str, *, clock_off: timedelta = timedelta()) -> None:
        self.server, self.name, self.clock_off = server, name, clock_off
        self.outbox: list[Said] = []
        self.pull()

    def pull(self) -> None:
        """The server's rows as they are now, and what waits here said again on top."""
        self.desk = self.server.desk.copy()
        for said in self.outbox:
            moment = self._moment(said, Side.REPLAYING)
            verdict = judge(self.desk, said.say, moment)
            self.desk.put(*(verdict.shown if isinstance(verdict, Late) else rows_of(verdict)))

    def try_to_say(self, command: AnyCommand) -> Verdict:
        said = envelope(self.desk, command, self.server.now + self.clock_off)
        verdict = judge(self.desk, command, self._moment(said, Side.SAYING))
        if isinstance(verdict, Done):
            self.desk.put(*verdict.puts)
            self.outbox.append(said)
        return verdict

    def say(self, command: AnyCommand) -> Said:
        verdict = self.try_to_say(command)
        assert isinstance(verdict, Done), verdict
        return self.outbox[-1]

    def send(self) -> list[Verdict]:
        verdicts = [self.server.take(said, self.name, clock_off=self.clock_off) for said in self.outbox]
        self.outbox = []
        self.pull()
        return verdicts

    def _moment(self, said: Said, side: Side) -> Moment:
        return a_moment(self.desk, self.name, said, side=side, now=self.server.now + self.clock_off)


class Server:
    """The deciding side on paper: what casework.carry_out and the server's journal do with a verdict."""

    def __init__(self, *records: Record) -> None:
        self.desk = CaseDesk(OFFICE, records)
        self.now = NINE
        self.verdicts: dict[str, Verdict] = {}

    def take(
        self,
        said: Said,
        name: str,
        *,
        could_see: bool = True,
        clock_off: timedelta = timedelta(),
        let_in_until: datetime | None = None,
    ) -> Verdict:
        """One command, once: what came of it before is what comes of it again (OC23)."""
        if said.id in self.verdicts:
            return self.verdicts[said.id]
        self.now += timedelta(minutes=1)
        moment = a_moment(self.desk, name, said, now=self.now, could_see=could_see, clock_off=clock_off)
        moment = msgspec.structs.replace(moment, let_in_until=let_in_until)
        case = self.desk.find(Case, said.say.case_id)
        verdict = judge(self.desk, said.say, moment)
        self.desk.put(*rows_of(verdict))
        if not isinstance(verdict, Done):
            self.desk.put(*keep(self.desk, said, verdict, case, moment))
        self.verdicts[said.id] = verdict
        return verdict

    def hear(self, name: str, command: AnyCommand, **more: Any) -> Verdict:
        """Somebody in the office, online: seen, said and decided at once."""
        return self.take(envelope(self.desk, command, self.now), name, **more)

    def done(self, name: str, command: AnyCommand) -> None:
        verdict = self.hear(name, command)
        assert isinstance(verdict, Done), verdict

    def given_to(self, name: str, *, by: str = "lena") -> None:
        self.done(by, give(self.desk, person(name)))

    def number_lines(self) -> None:
        """The server's numbers on the lines of the feed, from 1 in their order."""
        for rev, line in enumerate(self.desk.of_case(Activity, CASE), start=1):
            self.desk.put(msgspec.structs.replace(line, rev=rev))


def rows_of(verdict: Verdict) -> tuple[Record, ...]:
    return () if isinstance(verdict, Refused) else verdict.puts


def envelope(desk: CaseDesk, command: Command, at: datetime) -> Said:
    case = desk.find(Case, command.case_id)
    return Said(
        id=f"{next(_COUNT):032x}",
        at=at,
        say=command,  # type: ignore[arg-type]
        under=case.owner_cmd if case else "",
        epoch=case.owner_epoch if case else 0,
    )


def a_moment(
    desk: CaseDesk,
    name: str,
    said: Said,
    *,
    now: datetime,
    side: Side = Side.DECIDING,
    could_see: bool = True,
    clock_off: timedelta = timedelta(),
) -> Moment:
    who = desk.one(Person, name)
    return Moment(
        command_id=said.id,
        who=who,
        queue_ids=queues_of(who, desk.all_of(Queue)),
        said_at=said.at,
        now=now,
        under=said.under,
        epoch=said.epoch,
        side=side,
        could_see=could_see,
        number="26-00001" if side is Side.DECIDING and isinstance(said.say, OpenCase) else "",
        clock_off=round(clock_off.total_seconds()) if side is Side.DECIDING else 0,
    )


def a_case(owner: Owner = WAITING, **more: Any) -> tuple[Record, ...]:
    """A referred case with its client and home, waiting unless told otherwise, owned since command `first`."""
    case = Case(
        id=CASE,
        number="26-00042",
        contact_id=CLIENT,
        property_id=HOME,
        project_id="warm",
        step_id="s1",
        owner_kind=owner.kind,
        owner_id=owner.id,
        owner_cmd="first",
        owner_since=NINE - timedelta(days=3),
        owner_by="priya",
        source=Source.IMPORT,
        created_at=NINE - timedelta(days=3),
        created_by="priya",
        step_since=NINE - timedelta(days=3),
    )
    event = OwnershipEvent(
        id="first",
        case_id=CASE,
        epoch=1,
        kind=OwnerChange.IMPORTED,
        to_kind=owner.kind,
        to_id=owner.id,
        by="priya",
        at=case.created_at,
    )
    contact = Contact(id=CLIENT, first_name="Joan", last_name="Webb", phone="01642 1", vulnerabilities=("asthma",))
    return contact, Property(id=HOME, postcode="TS1 1AA"), event, msgspec.structs.replace(case, **more)


def an_active_case(owner: Owner, **more: Any) -> tuple[Record, ...]:
    """One that triage took on: in progress at the second step."""
    told: dict[str, Any] = {
        "status": CaseStatus.IN_PROGRESS,
        "step_id": "s2",
        "triage_outcome": TriageOutcome.SUPPORTED,
    }
    return a_case(owner, **told | more)


def another_case(owner: Owner | None = None, case_id: str = OTHER, **more: Any) -> tuple[Record, ...]:
    """The same client taken in once more: a case of Ben's with a client row and a home of its own."""
    contact, home, event, case = an_active_case(owner or person("ben"))
    told = {"number": f"26-{case_id}", "contact_id": OTHER_CLIENT, "property_id": "other-home", **more}
    return (
        msgspec.structs.replace(contact, id=OTHER_CLIENT, phone="", mobile="07700 1", vulnerabilities=("over_75",)),
        msgspec.structs.replace(home, id="other-home", postcode="TS9 9ZZ"),
        msgspec.structs.replace(event, id=f"first-{case_id}", case_id=case_id),
        msgspec.structs.replace(case, id=case_id, owner_cmd=f"first-{case_id}", **told),
    )


def a_closed_case(owner: Owner, *, by: str, **more: Any) -> tuple[Record, ...]:
    told: dict[str, Any] = {
        "status": CaseStatus.CLOSED,
        "closed_at": NINE - timedelta(days=1),
        "closed_by": by,
        "closed_reason": "advice_completed",
    }
    return an_active_case(owner, **told | more)


def an_opening(**more: Any) -> OpenCase:
    """The words that open the case, for a client and a home that are there already unless they are given whole."""
    command = OpenCase(case_id=CASE, contact_id=CLIENT, property_id=HOME, project_id="warm")
    return msgspec.structs.replace(command, **more)


def a_task(task_id: str = "visit", assignee: str = "amy", **more: Any) -> Task:
    task = Task(
        id=task_id,
        case_id=CASE,
        type="home_visit",
        title="Home visit",
        assignee_id=assignee,
        created_at=NINE,
        created_by="priya",
    )
    return msgspec.structs.replace(task, **more)


def give(desk: CaseDesk, owner: Owner, *, reason: str = "so it goes", with_tasks: bool = False) -> AnyCommand:
    return ChangeOwner(case_id=CASE, base=desk.seen, owner=owner, reason=reason, with_tasks=with_tasks)
