"""Documents that come broken: thrown away, told, and asked for again after a rest that grows."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from casework.bundle import Small
from sync import paper_retries, paper_rows
from sync.carrying import paper_of
from sync.one_paper import fetch
from sync.papers import Paper
from tests.journeys import saying
from tests.kit_near import Desk, NearCentral, NearWorld
from tests.sync.paper_kit import LARGE, case_of, content_of, files, put


class Lying(NearCentral):
    """A server, or something on the way, that sends other bytes."""

    answer: bytes = b""

    def fetch(self, sha256: str, case_id: str, start: int) -> Iterator[bytes]:
        """Sends what it is told to."""
        self.requests.append("fetch")
        yield self.answer[start:]

    def fetch_small(self, documents: Sequence[Small]) -> list[bytes]:
        """The same for all."""
        self.requests.append("wanted")
        return [self.answer for _ in documents]


@pytest.mark.covers("FI9")
@pytest.mark.parametrize("content", [b"a photograph", LARGE], ids=["small", "large"])
@pytest.mark.parametrize(
    "lie", [lambda right: right[:-1] + b"X", lambda right: right + b" more"], ids=["other", "more"]
)
def test_that_a_broken_document_is_thrown_away_told_and_asked_for_again_after_a_rest(
    amy: Desk, priya: Desk, tmp_path: Path, content: bytes, lie: Callable[[bytes], bytes]
) -> None:
    sha256 = put(priya, tmp_path, content, case_id=case_of(amy))
    priya.sync()
    lying = Lying(amy.world.server, amy.person_id, amy.device)
    lying.answer = lie(content)
    amy.engine.central = lying
    assert amy.try_to_sync().fault is None
    assert paper_of(amy.laptop, sha256) is None
    assert files(amy) == 0
    assert amy.look(paper_rows.stuck) == {sha256: "document-broken"}
    lying.requests.clear()
    for _ in range(3):
        amy.sync()
    assert not {"fetch", "wanted"} & set(lying.requests), "not in every round"
    assert not amy.engine.look().all_sent
    for number in range(4):
        amy.clock.pass_time(hours=7)
        amy.sync()
        assert len([one for one in lying.requests if one in {"fetch", "wanted"}]) == number + 1
    amy.engine.central = amy.cable
    amy.clock.pass_time(hours=7)
    amy.sync()
    assert content_of(amy, sha256) == content
    assert amy.engine.look().all_sent


def test_that_the_rests_grow_and_a_clock_set_back_does_not_prolong_them(amy: Desk) -> None:
    now = amy.clock.now
    rests = []
    for _ in range(12):
        with amy.laptop.database.writing() as conn:
            paper_retries.note(conn, {"hash": "document-broken"}, well=(), known=("hash",), now=now)
            rests.append(paper_retries.stuck(conn)["hash"].again_at - now)
    assert rests == sorted(rests)
    assert (rests[0], rests[-1]) == (paper_retries.FIRST_REST, paper_retries.LONGEST_REST)
    assert amy.look(lambda conn: paper_retries.resting(conn, now)) == {"hash"}
    assert amy.look(lambda conn: paper_retries.resting(conn, now + timedelta(hours=6))) == frozenset()
    assert amy.look(lambda conn: paper_retries.resting(conn, now - timedelta(days=400))) == frozenset()


def test_that_who_opens_a_document_need_not_wait_for_its_rest(amy: Desk, priya: Desk, tmp_path: Path) -> None:
    sha256 = put(priya, tmp_path, LARGE, case_id=case_of(amy))
    priya.sync()
    lying = Lying(amy.world.server, amy.person_id, amy.device)
    amy.engine.central = lying
    lying.answer = b"X" * len(LARGE)
    amy.sync()
    got = fetch(amy.laptop, amy.cable, sha256=sha256, size=len(LARGE), case_id=case_of(amy))
    assert isinstance(got, Paper)
    amy.sync()
    assert amy.engine.look().all_sent


def test_that_a_document_of_a_case_that_another_has_now_is_not_called_stuck(
    world: NearWorld, priya: Desk, tmp_path: Path
) -> None:
    """The office goes on seeing the case; what it may look at on request is nothing that it waits for."""
    case_id, elsewhere = saying.a_case_of(priya, "priya"), world.desk("priya", number=2)
    priya.sync()
    elsewhere.sync()
    sha256 = put(elsewhere, tmp_path, b"a photograph", case_id=case_id)
    elsewhere.sync()
    lying = Lying(world.server, priya.person_id, priya.device)
    lying.answer = b"another one."
    priya.engine.central = lying
    priya.sync()
    assert priya.look(paper_rows.stuck) == {sha256: "document-broken"}
    saying.give(elsewhere, case_id, saying.person("ben"))
    elsewhere.sync()
    priya.sync()
    assert priya.look(paper_rows.stuck) == {}
    assert priya.engine.look().all_sent
