"""Measures what README claims about speed: `python3 dev.py bench [name ...] [--cases N]`; also into .state/bench.json.

A claim is a ratio to a floor or a peer that is measured beside it in the same run, wherever there is one, so that it
holds on any machine; both figures stand below it. Ends with 1 where a gate is missed, and says which.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import msgspec

from benchmarks import (
    cases_page,
    cost_table,
    documents,
    first_paint,
    first_rows,
    first_snapshot,
    first_sync,
    idle_round,
    local_save,
    peers,
    pulled_page,
    push_speed,
    round_cost,
    storm,
    ui_gap,
    workload,
)
from benchmarks.claim import Claim, Verdict, table

OUT = Path(__file__).resolve().parents[1] / ".state" / "bench.json"
BENCHMARKS: dict[str, Callable[[], list[Claim]]] = {
    "first_paint": first_paint.measure,
    "first_rows": first_rows.measure,
    "local_save": local_save.measure,
    "cases_page": cases_page.measure,
    "pulled_page": pulled_page.measure,
    "idle_round": idle_round.measure,
    "documents": documents.measure,
    "first_sync": first_sync.measure,
    "first_snapshot": first_snapshot.measure,
    "push_speed": push_speed.measure,
    "round_cost": round_cost.measure,
    "ui_gap": ui_gap.measure,
    "storm": storm.measure,
}
# only when they are named: offices of 100,000 take minutes, and the peers install what is no part of the project
ASKED_FOR: dict[str, Callable[[], list[Claim]]] = {"cost_table": cost_table.measure, "peers": peers.measure}


def main(names: list[str]) -> int:
    """Runs the benchmarks of those names, all without one; `--cases N` is how many cases their offices have."""
    if "--cases" in names:
        at = names.index("--cases")
        os.environ[workload.SIZE] = names[at + 1]
        names = names[:at] + names[at + 2 :]
    known = BENCHMARKS | ASKED_FOR
    unknown = set(names) - set(known)
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(known)}")
        return 2
    print(f"{load_words()}. The busier the machine, the less a figure says; ratios bear more.\n", flush=True)
    claims: list[Claim] = []
    for name in names or list(BENCHMARKS):
        began = perf_counter()
        print(f"  {name} ...", flush=True)
        claims += known[name]()
        print(f"    done in {perf_counter() - began:.0f} s", flush=True)
    missed = [claim.name for claim in claims if claim.verdict is Verdict.MISSED]
    outcome = f"Missed: {'; '.join(missed)}" if missed else "No gate is missed"
    print(f"\n{table(claims)}\n\n{load_words()}. {outcome}.")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(msgspec.json.format(msgspec.json.encode(claims)))
    return 1 if missed else 0


def load_words() -> str:
    """How busy the machine is."""
    cores = os.cpu_count() or 1
    if not hasattr(os, "getloadavg"):
        return f"{cores} cores"
    return f"{cores} cores, load {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
