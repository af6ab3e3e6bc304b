"""What a newer server says that this app does not know is kept word for word, and is there when the app knows it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from casework.commands import EditContact
from casework.connection import Connection
from casework.rows import find
from casework.values import Contact
from casework.wire import Page, Pull, Rows
from sync import leaving, taking_in
from sync.apply import PageWork
from sync.taking_in import KNOWN
from tests.journeys import saying
from tests.kit_near import Desk, Makes, NearCentral, NearWorld
from tests.sync.alike import require_alike

FIELD = "language"
OLD = {**KNOWN, "contact": KNOWN["contact"] - {FIELD}}


class OlderApp(PageWork):
    """An app from before contacts had a language."""

    known = OLD


class NewerServer(NearCentral):
    """A server that says of each person something, and of some cases a kind of row, that nobody here knows."""

    def pull(self, pull: Pull) -> Page:
        """With a column and a table more."""
        page = super().pull(pull)
        people = page.rows.get("person")
        more: dict[str, Rows] = {}
        if people is not None:
            more["person"] = Rows((*people.c, "pronouns"), tuple((*row, "she/her") for row in people.r))
        plans = tuple((f"{number:032x}", 1, case_id, "Insulate") for number, case_id in enumerate(page.whole))
        if plans:
            more["plan"] = Rows(("id", "rev", "case_id", "what"), plans)
        return msgspec.structs.replace(page, rows={**page.rows, **more})


@pytest.fixture
def old_world(tmp_path: Path) -> Iterator[NearWorld]:
    made = NearWorld(tmp_path, makes=Makes(pages=OlderApp))
    yield made
    made.close()


@pytest.fixture
def older(old_world: NearWorld) -> Iterator[Callable[[str], Desk]]:
    """Laptops with the older app: the column is there, as this code needs it, and nothing ever puts a word in it."""
    made: list[Desk] = []

    def make(name: str) -> Desk:
        desk = Desk(old_world, name)
        made.append(desk)
        with desk.laptop.database.writing() as conn:
            conn.exec_driver_sql(f"ALTER TABLE contact DROP COLUMN {FIELD}")
            conn.exec_driver_sql(f"ALTER TABLE contact ADD COLUMN {FIELD} TEXT NOT NULL DEFAULT ''")
        desk.sync()
        return desk

    yield make
    for desk in made:
        desk.laptop.close()


def upgrade(desk: Desk) -> None:
    """The newer app's first start."""
    desk.world.makes = Makes()
    desk.restart()


def extras(conn: Connection) -> list[dict[str, Any]]:
    return [json.loads(body) for body in conn.exec_driver_sql("SELECT body FROM extra ORDER BY row_id").scalars()]


def a_welsh_client(world: NearWorld) -> tuple[Desk, str, str]:
    """Priya's laptop with the newer app, a case of Amy's, and its client, who wants Welsh."""
    makes, world.makes = world.makes, Makes()
    priya = world.desk("priya")
    case_id = saying.a_case_of(priya, "amy")
    contact_id = saying.the_case(priya, case_id).contact_id
    priya.say(EditContact(case_id=case_id, contact_id=contact_id, changes={FIELD: ("", "Cymraeg")}))
    priya.sync()
    world.makes = makes
    return priya, case_id, contact_id


@pytest.mark.covers("FH1")
def test_that_a_field_from_a_newer_server_is_there_after_an_upgrade_without_a_network(
    old_world: NearWorld, older: Callable[[str], Desk]
) -> None:
    _, _, contact_id = a_welsh_client(old_world)
    amy = older("amy")
    assert amy.look(extras) == [{FIELD: "Cymraeg"}]
    amy.cable.is_cut = True
    upgrade(amy)
    contact = saying.look(amy, Contact, contact_id)
    assert contact is not None
    assert contact.language == "Cymraeg"
    assert amy.look(extras) == []


@pytest.mark.covers("FH1")
def test_that_an_upgrade_finds_the_field_beneath_what_waits_to_be_sent(
    old_world: NearWorld, older: Callable[[str], Desk]
) -> None:
    _, case_id, contact_id = a_welsh_client(old_world)
    amy = older("amy")
    amy.say(EditContact(case_id=case_id, contact_id=contact_id, changes={"mobile": ("", "07700 900999")}))
    upgrade(amy)
    contact = saying.look(amy, Contact, contact_id)
    assert contact is not None
    assert (contact.language, contact.mobile) == ("Cymraeg", "07700 900999")
    amy.sync()
    contact = saying.look(amy, Contact, contact_id)
    assert contact is not None
    assert (contact.language, contact.mobile) == ("Cymraeg", "07700 900999")


@pytest.mark.covers("FH2")
def test_that_an_older_apps_edit_leaves_what_it_does_not_know_as_it_is(
    old_world: NearWorld, older: Callable[[str], Desk]
) -> None:
    priya, case_id, contact_id = a_welsh_client(old_world)
    amy = older("amy")
    amy.say(EditContact(case_id=case_id, contact_id=contact_id, changes={"mobile": ("", "07700 900999")}))
    amy.sync()
    with old_world.server.database.reading() as conn:
        contact = find(conn, Contact, contact_id)
    assert contact is not None
    assert (contact.language, contact.mobile) == ("Cymraeg", "07700 900999")
    assert amy.look(extras) == [{FIELD: "Cymraeg"}]
    priya.sync()
    require_alike(priya)


@pytest.mark.covers("FH1")
def test_that_the_newest_of_an_unknown_field_is_kept(old_world: NearWorld, older: Callable[[str], Desk]) -> None:
    priya, case_id, contact_id = a_welsh_client(old_world)
    amy = older("amy")
    priya.say(EditContact(case_id=case_id, contact_id=contact_id, changes={FIELD: ("Cymraeg", "English")}))
    priya.sync()
    amy.sync()
    assert amy.look(extras) == [{FIELD: "English"}]


@pytest.mark.covers("FH1")
def test_that_kinds_of_rows_that_nobody_here_knows_are_kept_and_leave_with_their_case(tmp_path: Path) -> None:
    world = NearWorld(tmp_path, makes=Makes(wire=NewerServer))
    priya = world.desk("priya")
    case_id = saying.a_case_of(priya, "amy")
    priya.sync()
    amy = world.desk("amy")
    kept = amy.look(extras)
    assert {"pronouns": "she/her"} in kept
    assert [one for one in kept if one.get("case_id") == case_id]
    known = {**KNOWN, "person": KNOWN["person"] | {"pronouns"}}
    with amy.laptop.database.writing() as conn:
        conn.exec_driver_sql("ALTER TABLE person ADD COLUMN pronouns TEXT NOT NULL DEFAULT ''")
        assert taking_in.promote(conn, known) == kept.count({"pronouns": "she/her"})
        assert set(conn.exec_driver_sql("SELECT pronouns FROM person").scalars()) == {"she/her"}
    saying.give(priya, case_id, saying.person("ben"))
    priya.sync()
    amy.sync()
    assert not [one for one in amy.look(extras) if one.get("case_id") == case_id]
    world.close()


def test_that_what_is_kept_is_looked_through_once_however_many_cases_go(priya: Desk) -> None:
    """It can be a line for every row here, and the window waits meanwhile."""
    case_ids = [saying.referral(priya, last_name=f"Client {number}") for number in range(8)]
    asked: list[list[str]] = []
    with priya.laptop.database.writing() as conn:
        body = "INSERT INTO extra (table_name, row_id, body) VALUES ('unheard_of', ?, json_object('case_id', ?))"
        conn.exec_driver_sql(body, [(case_id, case_id) for case_id in case_ids])
        for some in (case_ids[:1], case_ids[1:7]):
            asked.append([])
            conn.raw.set_trace_callback(asked[-1].append)
            leaving.delete_trees(conn, some)
        conn.raw.set_trace_callback(None)
        assert extras(conn) == [{"case_id": case_ids[7]}]
    assert len(asked[0]) == len(asked[1])


@pytest.mark.covers("FH1")
def test_that_a_table_that_a_newer_app_knows_is_filled_from_what_was_kept(world: NearWorld) -> None:
    """What was a stranger's table is one's own after the upgrade; columns that are unknown still wait on."""
    priya = world.desk("priya")
    row = {"id": "f" * 32, "rev": 7, "name": "Retrofit", "code": "RF", "purpose": "", "colour": "green"}
    with priya.laptop.database.writing() as conn:
        conn.exec_driver_sql(
            "INSERT INTO extra (table_name, row_id, body) VALUES ('team', ?, ?)", (row["id"], json.dumps(row))
        )
    priya.restart()
    query = "SELECT name, rev FROM team WHERE id = ?"
    assert priya.look(lambda conn: conn.exec_driver_sql(query, (row["id"],)).one()) == ("Retrofit", 7)
    assert priya.look(extras) == [{"colour": "green"}]


def test_that_an_older_servers_row_keeps_what_is_here_of_a_field_that_it_does_not_know(world: NearWorld) -> None:
    """FH2: not said is not the same as emptied."""
    priya, _, contact_id = a_welsh_client(world)
    with priya.laptop.database.writing() as conn:
        kept = conn.exec_driver_sql("SELECT * FROM contact WHERE id = ?", (contact_id,)).mappings().all()[0]
        columns = tuple(name for name in kept if name != FIELD)
        values = tuple({**kept, "mobile": "07700 900555", "rev": kept["rev"] + 1}[name] for name in columns)
        new = tuple({**kept, "id": "e" * 32}[name] for name in columns)
        page = Page(rid="", now=(), cur=(0, ""), rows={"contact": Rows(columns, (values, new))})
        taking_in.take_in(conn, page)
    here = saying.look(priya, Contact, contact_id)
    assert here is not None
    assert (here.mobile, here.language) == ("07700 900555", "Cymraeg")
    fresh = saying.look(priya, Contact, "e" * 32)
    assert fresh is not None
    assert fresh.language == ""


@pytest.mark.covers("FH1")
def test_that_a_row_of_which_too_little_is_known_waits_on_and_keeps_nobody_from_work(world: NearWorld) -> None:
    priya = world.desk("priya")
    with priya.laptop.database.writing() as conn:
        conn.exec_driver_sql(
            "INSERT INTO extra (table_name, row_id, body) VALUES ('case_file', 'x', ?)", (json.dumps({"id": "x"}),)
        )
    priya.restart()
    assert priya.look(extras) == [{"id": "x"}]
