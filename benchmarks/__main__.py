"""Measures what README claims about speed: `python3 dev.py bench [name ...]`; the figures also go to .state/bench.json.

Every claim is a ratio to a floor that is measured beside it in the same run, so that it holds on any machine. Ends
with 1 where a gate is missed.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import msgspec

from benchmarks import cases_page, first_paint, first_rows, idle_round, local_save, pulled_page
from benchmarks.claim import Claim, Verdict, table

OUT = Path(__file__).resolve().parents[1] / ".state" / "bench.json"
BENCHMARKS: dict[str, Callable[[], list[Claim]]] = {
    "first_paint": first_paint.measure,
    "first_rows": first_rows.measure,
    "local_save": local_save.measure,
    "cases_page": cases_page.measure,
    "pulled_page": pulled_page.measure,
    "idle_round": idle_round.measure,
}


def main(names: list[str]) -> int:
    """Runs the benchmarks of those names, all without one."""
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(BENCHMARKS)}")
        return 2
    print(f"{load_words()}. The busier the machine, the less a figure says; ratios bear more.\n", flush=True)
    claims: list[Claim] = []
    for name in names or list(BENCHMARKS):
        began = perf_counter()
        print(f"  {name} ...", flush=True)
        claims += BENCHMARKS[name]()
        print(f"    done in {perf_counter() - began:.0f} s", flush=True)
    print(f"\n{table(claims)}\n\n{load_words()}.")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(msgspec.json.format(msgspec.json.encode(claims)))
    return 1 if any(claim.verdict is Verdict.MISSED for claim in claims) else 0


def load_words() -> str:
    """How busy the machine is."""
    cores = os.cpu_count() or 1
    if not hasattr(os, "getloadavg"):
        return f"{cores} cores"
    return f"{cores} cores, load {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
