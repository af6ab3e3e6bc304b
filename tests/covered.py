"""Prints which listed behaviours have a passing test, from the results that `dev.py test` left behind."""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.covers import LISTS

# id -> test -> whether it passed
Found = Mapping[str, Mapping[str, bool]]


def merged(results: Iterable[Mapping[str, Any]]) -> Found:
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for result in results:
        for test, mark in result["covered"].items():
            for listed in mark["ids"]:
                found[listed][test] = mark["passed"]
    return found


def lines(found: Found, lists: Mapping[str, Mapping[str, str]] = LISTS) -> list[str]:
    """`yes` where all tests of an id pass, `RED` where one fails, `-` where there is none; then totals."""
    shown, sums = [], []
    for name, titles in lists.items():
        shown.append(f"\n{name}")
        covered = 0
        for listed, title in titles.items():
            tests = found.get(listed, {})
            good = bool(tests) and all(tests.values())
            covered += good
            word = "yes" if good else "RED" if tests else "-"
            shown.append(f"  {word:<3} {listed:<5} {title}")
            shown += [f"{'':12}{'' if passed else 'fails: '}{test}" for test, passed in tests.items()]
        sums.append(f"{name}: {covered} of {len(titles)}")
    return [*shown, "", *sums]


def main(files: list[str]) -> None:
    results = [json.loads(Path(file).read_text(encoding="utf-8")) for file in files if Path(file).exists()]
    print("\n".join(lines(merged(results))))


if __name__ == "__main__":
    main(sys.argv[1:])
