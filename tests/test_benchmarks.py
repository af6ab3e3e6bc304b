"""The benchmarks measure what they say: each program under the clock still shows what it is timed for."""

from pathlib import Path

import pytest

from benchmarks import big_office, first_snapshot, first_sync, office_profile
from benchmarks.__main__ import main
from benchmarks.claim import Claim, Verdict, table
from benchmarks.floor import floor
from benchmarks.starting import start
from server.config import Config
from server.parts import open_parts
from server.sums import are_right
from tests.kit_server import server_process

FEW = 400


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [(1.5, Verdict.GOOD), (1.6, Verdict.ABOVE_AIM), (1.875, Verdict.ABOVE_AIM), (1.9, Verdict.MISSED)],
)
def test_that_a_figure_is_held_against_its_aim_and_its_gate(figure: float, verdict: Verdict) -> None:
    claim = Claim(name="first paint", figure=figure, unit="x", aim=1.5, gate=1.875, n=9)
    assert claim.verdict is verdict
    assert str(verdict) in table([claim])


def test_that_a_benchmark_that_is_not_there_is_said_to_be_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no_such"]) == 2
    assert "no_such" in capsys.readouterr().out


def test_that_the_real_app_shows_rows_of_an_office_with_nothing_heavy_before_its_first_paint() -> None:
    with office_profile.profile_folder(FEW) as root:
        shown = start("benchmarks.real_app", "--profile-root", str(root))
    assert list(shown) == ["painted", "rows"]
    assert 0 < shown["painted"].wall < shown["rows"].wall


def test_that_the_bare_window_is_painted() -> None:
    assert list(start("benchmarks.bare_window")) == ["painted"]


def test_that_the_busy_advisor_of_the_office_is_one_of_its_people() -> None:
    assert big_office.viewer().person == big_office.advisor(10)


def test_that_the_workload_is_what_a_server_would_have_written_and_a_laptop_gets_all_of_it(tmp_path: Path) -> None:
    first_sync.filled_server(tmp_path, 60)
    parts = open_parts(Config(data=tmp_path))
    with parts.database.reading() as conn:
        assert are_right(conn)
        counted = {name: conn.exec_driver_sql(f"SELECT count(*) FROM {name}") for name in ("task", "activity")}
        held = {name: answer.scalar_one() for name, answer in counted.items()}
    parts.close()
    with server_process(tmp_path) as server:
        seen = first_sync.first_sync(server.url, tmp_path / "laptop", "jo")
    assert seen["cases"] == 60
    assert {name: seen[name] for name in held} == held
    assert floor(tmp_path / "server.db") > (0, 0)


def test_that_a_laptop_that_starts_from_a_snapshot_has_the_servers_rows_by_their_digests(tmp_path: Path) -> None:
    first_sync.filled_server(tmp_path, 60)
    parts = open_parts(Config(data=tmp_path))
    parts.snapshots.make()
    parts.close()
    with server_process(tmp_path) as server:
        first_sync.first_sync(server.url, tmp_path / "laptop", "jo")
        assert first_snapshot.snapshots_given(tmp_path) == 1
    here = dict(first_snapshot.digests_here(tmp_path / "laptop" / "store" / "store.db"))
    assert here == dict(first_snapshot.digests_there(tmp_path / "server.db"))
