"""A pytest plugin: checks `covers` marks, and writes what passed and what it covers to a file."""

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.covers import TITLES


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--results", metavar="FILE", help="write counts and covered ids to FILE as JSON")


def pytest_configure(config: pytest.Config) -> None:
    results = config.getoption("--results")
    # with xdist the workers' reports all reach the controller, so only that one writes
    if results and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results(Path(results), _sayer(config)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("covers"):
            unknown = [name for name in mark.args if name not in TITLES]
            if unknown or not mark.args:
                raise pytest.UsageError(f"{item.nodeid}: covers names no listed behaviour: {unknown or 'empty'}")
            # user_properties travel from worker to controller with every report
            item.user_properties.append(("covers", list(mark.args)))


def _sayer(config: pytest.Config) -> Callable[[str], None]:
    """What writes a line of its own among the dots."""

    def say(line: str) -> None:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write(f"\n{line}\n")

    return say


class Results:
    """Counts each test once, whatever its set-up, call and tear-down report."""

    def __init__(self, file: Path, say: Callable[[str], None]) -> None:
        self._file = file
        self._say = say
        self._passed: set[str] = set()
        self._failed: set[str] = set()
        self._skipped: set[str] = set()
        self._covers: dict[str, set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            # at once, for a run that is broken off comes to no summary
            self._say(f"FAILED {report.nodeid}")
            self._failed.add(report.nodeid)
        elif report.skipped:
            self._skipped.add(report.nodeid)
        elif report.when == "call":
            self._passed.add(report.nodeid)
        for name, ids in report.user_properties:
            if name == "covers" and isinstance(ids, list):
                self._covers[report.nodeid].update(ids)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        passed = self._passed - self._failed
        covered = {test: {"ids": sorted(ids), "passed": test in passed} for test, ids in sorted(self._covers.items())}
        summary = {
            "passed": len(passed),
            "failed": len(self._failed),
            "skipped": len(self._skipped - self._failed),
            "covered": covered,
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(summary, indent=1), encoding="utf-8")
