"""A new organisation can start work at once: a journey, task types, teams and queues are there."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from casework.rows import all_of, find
from casework.values import Person, Project, Queue, Role, Step, StepKind, TaskType, Team
from server.config import Config
from server.facts import EPOCH, fact, peek_number, use_number
from server.ledger import head_of
from server.parts import Parts, open_parts
from server.setting_up import BACK_OFFICE, JOURNEY, WAITING_LIST, default_id, defaults
from tests.kit_server import person_id


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    parts = open_parts(Config(data=tmp_path))
    yield parts
    parts.close()


@pytest.mark.covers("S17", "S31", "S33")
def test_that_the_default_journey_has_eight_steps_and_every_task_that_they_bring_has_a_type() -> None:
    rows = defaults(2026)
    steps = [row for row in rows if isinstance(row, Step)]
    types = {row.id: row for row in rows if isinstance(row, TaskType)}
    assert [step.position for step in steps] == list(range(1, 9))
    assert [step.kind for step in steps].count(StepKind.WAITING) == 1
    assert (steps[0].kind, steps[1].name, steps[-1].kind) == (StepKind.WAITING, "Customer engaged", StepKind.CLOSED)
    assert {code for step in steps for code, _ in step.entry_tasks} <= types.keys()
    assert [types[code].name for code in ("home_visit", "phone_call", "send_pack")] == [
        "Home visit",
        "Phone call",
        "Send pack",
    ]


@pytest.mark.covers("S31")
def test_that_eighteen_task_types_are_there_the_common_ones_first() -> None:
    types = sorted((row for row in defaults(2026) if isinstance(row, TaskType)), key=lambda row: row.position)
    assert len(types) == 18
    assert [one.is_common for one in types] == [True] * 8 + [False] * 10
    assert all(re.fullmatch(r"[a-z_]+", one.id) for one in types)
    assert types[0].is_visit


@pytest.mark.covers("S14", "S25")
def test_that_new_cases_have_a_waiting_list_to_land_on(parts: Parts) -> None:
    assert parts.setting_up.start("Ours")
    with parts.database.reading() as conn:
        (project,) = all_of(conn, Project)
        queue = find(conn, Queue, project.waiting_queue_id)
        assert project.journey_id == JOURNEY
        assert len(all_of(conn, Team)) == 7
        assert all_of(conn, Person) == ()
    assert queue is not None
    assert (queue.id, queue.is_waiting_list) == (WAITING_LIST, True)


def test_that_setting_up_twice_changes_nothing(parts: Parts) -> None:
    assert parts.setting_up.start("Ours")
    with parts.database.reading() as conn:
        head, epoch = head_of(conn), fact(conn, EPOCH)
    assert not parts.setting_up.start("Theirs")
    assert not parts.setting_up.start_sample({})
    with parts.database.reading() as conn:
        assert (head_of(conn), fact(conn, EPOCH)) == (head, epoch)


@pytest.mark.covers("S10", "S69")
def test_that_the_samples_queues_are_staffed_and_its_projects_have_names(parts: Parts) -> None:
    parts.setting_up.start_sample({})
    with parts.database.reading() as conn:
        people = {person.username: person for person in all_of(conn, Person)}
        waiting, back = find(conn, Queue, WAITING_LIST), find(conn, Queue, BACK_OFFICE)
        projects = sorted(project.name for project in all_of(conn, Project))
    assert waiting is not None
    assert back is not None
    assert set(waiting.member_ids) == {person_id(name) for name in ("amy", "ben", "cara")}
    assert back.member_ids
    assert projects == ["Energy Redress", "Warm Homes 2026"]
    assert people["jo"].role is Role.LEAD
    assert people["amy"].team_ids == (default_id("team/visits"),)


def test_that_case_numbers_start_anew_each_year_and_are_given_once(parts: Parts) -> None:
    with parts.database.writing() as conn:
        given = []
        for year in (2026, 2026, 2027, 2026):
            given.append(peek_number(conn, year))
            use_number(conn, year)
    assert given == ["26-00001", "26-00002", "27-00001", "26-00003"]


def test_that_every_row_of_a_new_organisation_is_in_the_log_in_order(parts: Parts) -> None:
    parts.setting_up.start_sample({})
    with parts.database.reading() as conn:
        revs = conn.exec_driver_sql("SELECT rev, chain FROM commit_log ORDER BY rev").all()
        newest = conn.exec_driver_sql("SELECT max(rev) FROM queue").scalar_one()
    assert all(later[0] == earlier[0] + 1 for earlier, later in pairwise(revs))
    assert len({chain for _, chain in revs}) == len(revs)
    assert newest <= revs[-1][0]
