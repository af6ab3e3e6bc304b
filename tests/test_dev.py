"""dev.py refuses what cannot work, asks for what is missing, and counts honestly; the mark plugin feeds it."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from tests import covered
from tests.covers import LISTS, TITLES

ROOT = Path(dev.__file__).parent
PLUGIN = ("-p", "tests.kit_covers", "-p", "no:cacheprovider", "-p", "no:randomly")


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_that_a_supported_python_is_accepted(version: tuple[int, int]) -> None:
    assert dev.refusal(version) is None


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14), (4, 0)])
def test_that_another_python_is_refused_with_what_to_do(version: tuple[int, int]) -> None:
    words = dev.refusal(version) or ""
    assert f"this is {version[0]}.{version[1]}" in words
    assert "python3.11 dev.py" in words


def test_that_an_old_python_can_still_read_the_refusal() -> None:
    ast.parse(Path(dev.__file__).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_that_only_what_the_machine_lacks_is_asked_for() -> None:
    lacking = dev.missing("libc.so.6=libc6 sh=dash libnothing.so.9=libnothing9 no-such-command=nothing")
    assert lacking == {"libnothing.so.9": "libnothing9", "no-such-command": "nothing"}


def test_that_each_system_package_is_named_once() -> None:
    assert dev.install_command(["binutils", "dbus", "binutils"])[-2:] == ["binutils", "dbus"]


def test_that_every_need_names_a_package() -> None:
    needs = (dev.QT_NEEDS + dev.BUILD_NEEDS + dev.TEST_NEEDS).split()
    assert all(name and package for name, _, package in (need.partition("=") for need in needs))


def test_that_an_unknown_command_is_answered_with_the_list() -> None:
    done = subprocess.run([sys.executable, "dev.py", "tset"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert all(f"\n  {name} " in done.stdout for name in dev.COMMANDS)


def test_that_the_totals_add_up_over_both_stages() -> None:
    assert dev.totals([(0, {"passed": 40, "failed": 0}), (1, {"passed": 2, "failed": 3})]) == (42, 3)


def test_that_a_stage_without_tests_is_no_failure() -> None:
    assert dev.totals([(0, {"passed": 40, "failed": 0}), (5, {"passed": 0, "failed": 0})]) == (40, 0)


def test_that_a_stage_that_broke_down_is_a_failure() -> None:
    assert dev.totals([(0, {"passed": 40, "failed": 0}), (3, {})]) == (40, 1)


def test_that_what_pytest_calls_a_failure_is_never_counted_as_none() -> None:
    assert dev.totals([(1, {"passed": 40, "failed": 0})]) == (40, 1)


def run_tests(folder: Path, text: str, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run pytest with the plugin alone on one file of tests."""
    (folder / "test_planted.py").write_text("import pytest\n" + text, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = covers(*ids): x\n", encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, *PLUGIN, *options, "test_planted.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("mark", ["'S72'", "'S14', 'OC31'", ""])
def test_that_a_mark_with_an_unknown_id_stops_the_run(tmp_path: Path, mark: str) -> None:
    done = run_tests(tmp_path, f"@pytest.mark.covers({mark})\ndef test_that_it_is(): pass")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "covers names no listed behaviour" in done.stderr


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "with workers"])
def test_that_passes_failures_and_ids_are_written_down(tmp_path: Path, workers: tuple[str, ...]) -> None:
    text = """
@pytest.mark.covers("S14", "OC2")
def test_that_it_holds(): pass
@pytest.mark.covers("S14")
def test_that_it_does_not(): assert False
@pytest.fixture
def torn():
    yield
    raise OSError("torn down badly")
def test_that_tearing_down_counts(torn): pass
"""
    run_tests(tmp_path, text, *workers, "--results=results.json")
    found = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert (found["passed"], found["failed"]) == (1, 2)
    assert found["covered"] == {
        "test_planted.py::test_that_it_holds": {"ids": ["OC2", "S14"], "passed": True},
        "test_planted.py::test_that_it_does_not": {"ids": ["S14"], "passed": False},
    }


def test_that_an_id_counts_as_covered_only_when_all_its_tests_pass() -> None:
    results = {"covered": {"good": {"ids": ["S1", "S2"], "passed": True}, "bad": {"ids": ["S2"], "passed": False}}}
    shown = covered.lines(covered.merged([results]), {"Asked for": {"S1": "one", "S2": "two", "S3": "three"}})
    assert [line.split()[0] for line in shown if " S" in line] == ["yes", "RED", "-"]
    assert shown[-1] == "Asked for: 1 of 3"


def test_that_the_lists_are_whole_and_no_id_stands_twice() -> None:
    assert sum(len(titles) for titles in LISTS.values()) == len(TITLES)
    # the source of the first list skips number 72
    assert [f"S{n}" for n in range(1, 111) if n != 72] == list(LISTS["Asked for"])
    assert [f"R{n}" for n in range(1, 21)] == list(LISTS["Business rules"])
    assert [f"OC{n}" for n in range(1, 31)] == list(LISTS["Ownership clashes"])
