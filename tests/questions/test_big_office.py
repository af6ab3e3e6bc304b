"""The office that benchmarks fill holds together: every question that is timed has an answer in it."""

from collections.abc import Iterator

import pytest

from benchmarks import big_office
from benchmarks.known_key import KEY
from casework.questions.cases import cases_count
from casework.questions.sheets import CaseFilter, Which
from casework.store_file import StoreFile
from sync.laptop import prepare_store


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreFile]:
    store = StoreFile(tmp_path_factory.mktemp("big") / "store.db", KEY)
    prepare_store(store)
    big_office.fill(store, 120)
    yield store
    store.close()


def test_that_it_has_as_many_cases_as_asked_for_and_of_every_standing(filled: StoreFile) -> None:
    with filled.reading() as conn:
        counts = {which: cases_count(conn, big_office.viewer(), CaseFilter(which=which)) for which in Which}
    assert counts[Which.ALL] == 120
    assert all(counts.values())


@pytest.mark.parametrize("name", list(big_office.questions()))
def test_that_a_timed_question_is_answered(filled: StoreFile, name: str) -> None:
    first, later = big_office.timed(filled, big_office.questions()[name], rounds=1)
    assert first > 0
    assert later > 0


@pytest.mark.parametrize("name", ["cases, first page", "waiting list", "board"])
def test_that_what_stands_on_a_screen_reads_no_table_from_end_to_end(filled: StoreFile, name: str) -> None:
    assert big_office.plan_problems(filled, big_office.questions()[name]) == []
