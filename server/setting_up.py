"""A new organisation: its first journey, task types, teams and queues, and the sample one to try things on."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection

from casework.database import Database
from casework.ids import child_id, new_id
from casework.rows import all_of
from casework.values import Person, Project, Queue, Record, Role, Step, StepKind, TaskType, Team
from server import passwords
from server.clock import Clock, utc_now
from server.facts import EPOCH, ORGANISATION, fact, set_fact
from server.journal import Journal
from server.people import People, lay_down_seed
from server.rescue_keys import make_rescue_keys
from server.sample_form import home_visit_form

# The parent of the ids that every organisation has alike, so that a test, a form or a report can name them.
DEFAULTS = "0" * 32
SAMPLE = "Warmer Homes Advice"
SAMPLE_YEAR = 2026
# of the sample organisation only, and long enough for the rule about passwords
DEMO_PASSWORD = "kettle-on-the-hob"

# domain.md 5.7: name, kind, target in days, tasks on entering as (task type, due after days)
_JOURNEY: tuple[tuple[str, StepKind, int, tuple[tuple[str, int], ...]], ...] = (
    ("Waiting list", StepKind.WAITING, 5, ()),
    ("Customer engaged", StepKind.ACTIVE, 5, (("phone_call", 2), ("send_pack", 3))),
    ("Assessment", StepKind.ACTIVE, 14, (("arrange_visit", 3), ("home_visit", 14), ("remind_resident", 13))),
    (
        "Action plan and referrals",
        StepKind.ACTIVE,
        10,
        (("action_plan", 2), ("benefit_check", 5), ("supplier_call", 5)),
    ),
    ("Implementation of measures", StepKind.ACTIVE, 60, (("referral_chase", 14),)),
    ("Follow up", StepKind.FOLLOW_UP, 28, (("phone_call", 28),)),
    ("Survey", StepKind.FOLLOW_UP, 60, (("outcome_survey", 60),)),
    ("Closed", StepKind.CLOSED, 0, ()),
)
# id, name, whether it is a visit; the first eight are the common ones (L20)
_TASK_TYPES: tuple[tuple[str, str, bool], ...] = (
    ("home_visit", "Home visit", True),
    ("phone_call", "Phone call", False),
    ("send_pack", "Send pack", False),
    ("arrange_visit", "Arrange home visit", False),
    ("remind_resident", "Remind resident", False),
    ("supplier_call", "Three-way supplier call", False),
    ("referral_chase", "Chase referral", False),
    ("action_plan", "Write action plan", False),
    ("psr_registration", "Priority Services Register sign-up", False),
    ("warm_home_discount", "Warm Home Discount help", False),
    ("fuel_voucher", "Fuel voucher", False),
    ("debt_application", "Trust fund or debt application", False),
    ("benefit_check", "Benefit check referral", False),
    ("grant_check", "Grant eligibility check", False),
    ("small_measures", "Install small measures", True),
    ("letter", "Letter or e-mail", False),
    ("safeguarding", "Safeguarding concern", False),
    ("outcome_survey", "Outcome survey", False),
)
_COMMON = 8
_TEAMS: tuple[tuple[str, str, str], ...] = (
    ("Triage", "triage", "Looks at every new referral first"),
    ("Home visits", "visits", "Goes to see people at home"),
    ("Phone advice", "phone", "Advises by telephone"),
    ("Debt and income", "debt", "Fuel debt, benefits and income"),
    ("Grants and retrofit", "grants", "Insulation, heating and who pays for it"),
    ("Safeguarding", "safeguarding", "Worries about somebody's safety"),
    ("Back office", "back_office", "Letters, registers and chasing"),
)
_QUEUES: tuple[tuple[str, str], ...] = (
    ("Waiting list", "waiting_list"),
    ("Back office", "back_office"),
    ("Phone advice", "phone_advice"),
)
_SAMPLE_PEOPLE: tuple[tuple[str, str, Role, str], ...] = (
    ("amy", "Amy Jones", Role.ADVISOR, "visits"),
    ("ben", "Ben Carter", Role.ADVISOR, "visits"),
    ("cara", "Cara Lewis", Role.ADVISOR, "phone"),
    ("priya", "Priya Shah", Role.COORDINATOR, "triage"),
    ("jo", "Jo Evans", Role.LEAD, "visits"),
    ("sam", "Sam Admin", Role.ADMIN, "back_office"),
)
_SAMPLE_PROJECTS = (("Energy Redress", "energy_redress", "Energy Redress fund"),)


def default_id(label: str) -> str:
    """The id of something that every organisation starts with: `queue/waiting_list`, `step/2`, `person/amy`."""
    return child_id(DEFAULTS, label)


JOURNEY = default_id("journey")
WAITING_LIST = default_id("queue/waiting_list")
BACK_OFFICE = default_id("queue/back_office")
WARM_HOMES = default_id("project/warm_homes")


class SettingUp:
    """Makes an organisation in an empty store."""

    def __init__(self, database: Database, journal: Journal, people: People, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._journal = journal
        self._people = people
        self._clock = clock

    def start(self, organisation: str) -> bool:
        """Gives a new store its identity and its defaults; False where it has them already."""
        with self._database.writing() as conn:
            if fact(conn, EPOCH):
                make_rescue_keys(conn)
                lay_down_seed(conn)
                return False
            self._begin(conn, organisation, self._clock().year)
            return True

    def start_sample(self, sign_in: Mapping[str, str]) -> bool:
        """The sample organisation: six people, two projects. `sign_in` is {user name: password}; others have none.

        False, and nothing changed, where there is an organisation already.
        """
        # hashing is slow on purpose, and the sample's people share one password
        hashed = {password: passwords.hash_password(password) for password in set(sign_in.values())}
        hashes = {name: hashed[password] for name, password in sign_in.items()}
        with self._database.writing() as conn:
            if fact(conn, EPOCH):
                return False
            self._begin(conn, SAMPLE, SAMPLE_YEAR)
            for username, name, role, team in _SAMPLE_PEOPLE:
                person = Person(
                    id=default_id(f"person/{username}"),
                    username=username,
                    display_name=name,
                    role=role,
                    team_ids=(default_id(f"team/{team}"),),
                    weekly_capacity=12 if role is Role.ADVISOR else 0,
                )
                self._people.put(conn, person, password_hash=hashes.get(username, ""))
            self._journal.write_down(conn, (*_sample_projects(), *_staffed_queues(conn), home_visit_form(DEFAULTS)))
            return True

    def _begin(self, conn: Connection, organisation: str, year: int) -> None:
        set_fact(conn, EPOCH, new_id())
        set_fact(conn, ORGANISATION, organisation)
        make_rescue_keys(conn)
        lay_down_seed(conn)
        self._journal.write_down(conn, defaults(year))


def defaults(year: int) -> tuple[Record, ...]:
    """The rows that every organisation starts with (domain.md 5.7)."""
    teams = [Team(id=default_id(f"team/{code}"), name=name, code=code, purpose=why) for name, code, why in _TEAMS]
    queues = [
        Queue(id=default_id(f"queue/{code}"), name=name, code=code, is_waiting_list=code == "waiting_list")
        for name, code in _QUEUES
    ]
    steps = [
        Step(
            id=default_id(f"step/{position}"),
            journey_id=JOURNEY,
            name=name,
            position=position,
            kind=kind,
            target_days=days,
            entry_tasks=tasks,
        )
        for position, (name, kind, days, tasks) in enumerate(_JOURNEY, start=1)
    ]
    types = [
        TaskType(id=code, name=name, is_visit=is_visit, is_common=position <= _COMMON, position=position)
        for position, (code, name, is_visit) in enumerate(_TASK_TYPES, start=1)
    ]
    project = Project(
        id=WARM_HOMES,
        name=f"Warm Homes {year}",
        funder="Local council",
        journey_id=JOURNEY,
        waiting_queue_id=WAITING_LIST,
    )
    return (*teams, *queues, *steps, *types, project)


def _sample_projects() -> list[Project]:
    return [
        Project(
            id=default_id(f"project/{code}"),
            name=name,
            funder=funder,
            journey_id=JOURNEY,
            waiting_queue_id=WAITING_LIST,
        )
        for name, code, funder in _SAMPLE_PROJECTS
    ]


def _staffed_queues(conn: Connection) -> list[Queue]:
    """The queues with the sample's advisors at work in them."""
    advisors = tuple(default_id(f"person/{name}") for name, _, role, _ in _SAMPLE_PEOPLE if role is Role.ADVISOR)
    in_queues = {"waiting_list": advisors, "back_office": advisors[2:], "phone_advice": advisors[2:]}
    return [msgspec.structs.replace(queue, member_ids=in_queues[queue.code]) for queue in all_of(conn, Queue)]
