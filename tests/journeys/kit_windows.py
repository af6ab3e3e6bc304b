"""Real windows on a real server: several people's desktops in this process, over loopback HTTP.

    def test_that_...(windows):
        case = windows.case_of("Evans", owner="amy")      # taken in by Priya, accepted for Amy, here at both
        amy, priya = windows.seat("amy"), windows.seat("priya")
        amy.cut()
        amy.open_case_of("Evans")

The server and the seats serve all tests of a module, which keep apart by having a client, and so a case, each.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from casework.answers import Accepted
from casework.commands import AnyCommand, SeenOwner, TriageCase
from casework.rows import find, of_case
from casework.values import Case, CaseRecord, Contact, Owner, OwnerKind, TriageOutcome
from desktop.demo.ground import sample_ground
from desktop.demo.seat import Seat
from desktop.entry import Ground
from server.setting_up import default_id
from sync.keyslots import Stretch
from tests.kit_new_case import a_council_opening
from tests.kit_postgres import empty_database
from tests.kit_server import PASSWORD, RunningServer, Trouble, person_id, running_server

C = TypeVar("C", bound=CaseRecord)
QUICK = Stretch(memory=64, passes=1)
ENGAGED = default_id("step/2")


class Windows:
    """The seats of a module's tests; one is opened when it is first asked for."""

    def __init__(self, server: RunningServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self._seats: dict[str, Seat] = {}

    def seat(self, username: str) -> Seat:
        """Somebody's window, which knows all that the server has for them."""
        if username not in self._seats:
            seat = Seat(self.folder, self.server.url, username, password=PASSWORD, ground=_ground)
            self._seats[username] = seat
            seat.wait_until_open()
        return self._seats[username]

    def seats(self, *usernames: str) -> tuple[Seat, ...]:
        """Several people's windows."""
        return tuple(self.seat(username) for username in usernames)

    def case_of(self, client: str, *, owner: str = "", here: tuple[str, ...] = ()) -> str:
        """A case of a client with that last name: Priya took it in and, for an `owner`, accepted it.

        It is at the owner's desk and at those of the people named `here`; answers its id.
        """
        priya = self.seat("priya")
        opening = a_council_opening(client)
        case_id = opening.case_id
        say(priya, opening)
        if owner:
            case = found(priya, case_id)
            base = SeenOwner(case.owner, case.owner_cmd)
            outcome, whom = TriageOutcome.SUPPORTED, Owner(OwnerKind.PERSON, person_id(owner))
            say(priya, TriageCase(case_id=case_id, base=base, outcome=outcome, step_id=ENGAGED, owner=whom))
        priya.sync()
        for username in dict.fromkeys((owner, *here)):
            if username and username != "priya":
                self.seat(username).sync()
        return case_id

    def end_employment(self, username: str) -> None:
        """Somebody stops working here, on the server."""
        self.server.parts.people.change(person_id(username), is_active=False)

    def put_right(self) -> None:
        """Cables in, clocks right, no trouble: as a test finds it."""
        self.server.switch.make(Trouble.NONE)
        for seat in self._seats.values():
            seat.desk.laptop.clock = now
            seat.cut(False)

    def close(self) -> None:
        """Closes all windows."""
        for seat in self._seats.values():
            seat.close()


def say(seat: Seat, command: AnyCommand) -> None:
    """Says something at a desk, without its window."""
    answer = seat.desk.office.do(command)
    assert isinstance(answer, Accepted), f"{command} was refused: {answer}"


def found(seat: Seat, case_id: str) -> Case:
    """A case as a desk has it."""
    with seat.desk.laptop.database.reading() as conn:
        case = find(conn, Case, case_id)
    assert case is not None, f"{seat.who} does not have the case"
    return case


def contact_of(seat: Seat, case_id: str) -> Contact:
    """A case's client as a desk has them."""
    with seat.desk.laptop.database.reading() as conn:
        contact = find(conn, Contact, found(seat, case_id).contact_id)
    assert contact is not None
    return contact


def on_case(seat: Seat, kind: type[C], case_id: str) -> tuple[C, ...]:
    """Rows of a kind on a case, as a desk has them."""
    with seat.desk.laptop.database.reading() as conn:
        return of_case(conn, kind, case_id)


def at_server(windows: Windows, case_id: str) -> Case:
    """A case as the server has it."""
    with windows.server.database.reading() as conn:
        case = find(conn, Case, case_id)
    assert case is not None
    return case


def owner_at_server(windows: Windows, case_id: str) -> str:
    """The user name of the person who owns a case, or the queue's id."""
    owner = at_server(windows, case_id).owner
    names = {person_id(name): name for name in ("amy", "ben", "cara", "priya", "jo", "sam")}
    return names.get(owner.id, owner.id)


def now() -> datetime:
    """The time by a clock that is right."""
    return datetime.now(UTC)


def set_clock(seat: Seat, **off: float) -> None:
    """Sets a laptop's clock wrong by so many `days` or `hours`."""
    seat.desk.laptop.clock = lambda: now() + timedelta(**off)


def _ground(root: Path) -> Ground:
    return msgspec.structs.replace(sample_ground(root), stretch=QUICK)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, qapp: object) -> Iterator[Windows]:
    """A server with the sample organisation, its database the parameter, and people's windows on it."""
    del qapp
    qt = QApplication.instance()
    assert isinstance(qt, QApplication)
    qt.setQuitOnLastWindowClosed(False)
    folder = tmp_path_factory.mktemp("windows")
    with ExitStack() as stack:
        url = ""
        if request.param == "postgres":
            url = stack.enter_context(empty_database(request.getfixturevalue("postgres_cluster")))
        server = stack.enter_context(running_server(folder / "server", database_url=url))
        made = Windows(server, folder)
        stack.callback(made.close)
        yield made


@pytest.fixture
def windows(office: Windows) -> Iterator[Windows]:
    """The module's windows, put right after each test."""
    yield office
    office.put_right()
