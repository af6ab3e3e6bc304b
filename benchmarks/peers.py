"""Our sync beside others' on the same documents: `python3 dev.py bench peers` sets them up and prints the table.

Ours is whole: a server process with rights, rules and outcomes on SQLite with synchronous=FULL, an encrypted store, a
judged and durable outcome for every command. The others are at their best: RxDB in memory, WatermelonDB and PowerSync
with a server that costs nothing, PouchDB with its own server in memory, Anki with its own server, whose first sync
copies a file. One process a run, in turns. They are installed under .state/peers, from the registries that npm and pip
are set up for, and are no part of Doorstep. DOORSTEP_PEER_CASES sets how many documents (100,000 unless it is set).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import msgspec

from benchmarks import workload
from benchmarks.claim import Claim
from benchmarks.timing import median
from casework.rows import all_of, fetch
from casework.values import Case
from server.config import Config
from server.parts import Parts, open_parts
from tests.kit_server import PASSWORD, PEOPLE, ServerProcess, free_port

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / ".state" / "peers"
CLIENTS = Path(__file__).resolve().parent / "peer_clients"
ANKI = "anki==26.9.3"
CASES = int(os.environ.get("DOORSTEP_PEER_CASES", "100000"))
CHANGED = 2_000
ROUNDS = 3
STAGES = ("first", "delta", "push")
# what each stage may take at most, as a multiple of the peer's (performance.md, G4, G5, G7)
AIMS = {
    ("powersync", "first"): 0.65, ("rxdb", "first"): 0.5, ("watermelon", "first"): 0.4, ("pouch", "first"): 0.1,
    ("powersync", "delta"): 0.5, ("anki", "delta"): 1.0, ("anki", "push"): 1.0,
}  # fmt: skip
# what a case has beside its own row, which the peers' documents do not have
_NOT_THEIRS = ("task", "activity", "document", "ownership_event", "contact", "property")
Figures = dict[str, float]


def measure() -> list[Claim]:
    """Each stage of ours as a multiple of each peer's."""
    python = _set_up()
    with tempfile.TemporaryDirectory(prefix="doorstep-peers-") as made:
        folder = Path(made)
        _fill(folder / "filled")
        documents = folder / "documents.jsonl"
        _write_documents(folder / "filled", documents)
        runs: dict[str, list[Figures]] = {}
        for number in range(ROUNDS):
            for name in ("ours", "anki", "powersync", "rxdb", "watermelon", "pouch"):
                place = folder / f"{name}-{number}"
                place.mkdir()
                runs.setdefault(name, []).append(_run(name, place, documents, folder / "filled", python))
                shutil.rmtree(place)
    return _claims({name: _medians(of_one) for name, of_one in runs.items()})


def _claims(found: dict[str, Figures]) -> list[Claim]:
    ours = found.pop("ours")
    claims = []
    for name, peer in found.items():
        for stage in STAGES:
            aim = AIMS.get((name, stage))
            how = f"ours {ours[stage]:.2f} s, {peer[stage]:.2f} s; processor {ours['cpu']:.1f} and {peer['cpu']:.1f} s"
            claims.append(
                Claim(
                    name=f"{stage}: ours / {name}",
                    figure=ours[stage] / peer[stage],
                    unit="x",
                    aim=aim,
                    gate=None if aim is None else aim * 1.25,
                    n=ROUNDS,
                    how=f"{how}; memory {ours['rss']:.0f} and {peer['rss']:.0f} MB; {CASES:,} documents",
                )
            )
    return claims


def _medians(runs: Sequence[Figures]) -> Figures:
    return {name: median([run[name] for run in runs]) for name in (*STAGES, "cpu", "rss")}


def _set_up() -> Path:
    """Installs the peers where they are not; returns the Python that has Anki."""
    PLACE.mkdir(parents=True, exist_ok=True)
    wanted = (CLIENTS / "package.json").read_text("utf-8") + ANKI
    python = PLACE / "anki" / ("Scripts" if os.name == "nt" else "bin") / "python"
    mark = PLACE / "installed"
    if not mark.is_file() or mark.read_text("utf-8") != wanted:
        print("    installing the peers ...", flush=True)
        shutil.copy(CLIENTS / "package.json", PLACE)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=PLACE, check=True)
        venv.create(PLACE / "anki", with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", ANKI], check=True)
        mark.write_text(wanted, "utf-8")
    for script in CLIENTS.glob("*.mjs"):
        # Node looks for packages beside the script
        shutil.copy(script, PLACE)
    return python


def _fill(folder: Path) -> None:
    """A server's data with so many cases, and of each its own row alone, as the peers' documents are."""
    parts = open_parts(Config(data=folder))
    parts.setting_up.start_sample(dict.fromkeys(PEOPLE, PASSWORD))
    workload.fill(parts.database, CASES)
    with parts.database.writing() as conn:
        for table in _NOT_THEIRS:
            conn.exec_driver_sql(f"DELETE FROM {table}")
    parts.close()


def _write_documents(folder: Path, to: Path) -> None:
    parts = open_parts(Config(data=folder))
    with parts.database.reading() as conn, to.open("w", encoding="utf-8") as file:
        for row in fetch(conn, "SELECT * FROM case_file ORDER BY id"):
            # Anki's first field is what it tells notes apart by, and no peer needs a null
            plain = {"id": row["id"], **{name: "" if value is None else value for name, value in row.items()}}
            file.write(json.dumps(plain) + "\n")
    parts.close()


def _run(name: str, place: Path, documents: Path, filled: Path, anki: Path) -> Figures:
    if name == "ours":
        return _run_ours(place, filled)
    if name == "anki":
        command: list[Any] = [anki, CLIENTS / "anki_peer.py", documents, place, free_port()]
    else:
        command = ["node", "--max-old-space-size=4096", PLACE / f"{name}.mjs", documents, place / "store"]
    done = subprocess.run([str(part) for part in command], capture_output=True, check=True, cwd=place)
    return _checked(name, done.stdout)


def _run_ours(place: Path, filled: Path) -> Figures:
    shutil.copytree(filled, place / "server")
    config = Config(data=place / "server", port=free_port())
    server = ServerProcess(config)
    command = [sys.executable, "-m", "benchmarks.peer_clients.ours", server.url, str(place)]
    try:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as client:
            out, into = _pipe(client.stdout), _pipe(client.stdin)
            out.readline()
            parts = open_parts(config)
            _change(parts)
            parts.close()
            into.write(b"go\n")
            into.flush()
            return _checked("ours", out.read())
    finally:
        server.kill()


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    assert end is not None
    return end


def _change(parts: Parts) -> None:
    """What others changed meanwhile: three fields of 2,000 cases, each case a change of its own."""
    with parts.database.writing() as conn:
        for case in all_of(conn, Case)[:CHANGED]:
            words = f"there {case.description}"[:300]
            new = msgspec.structs.replace(case, description=words, request_type="changed", consent="written")
            parts.journal.write_down(conn, (new,), case_id=case.id)


def _checked(name: str, said: bytes) -> Figures:
    """The figures, once it is sure that everything came in and went out."""
    found: Figures = json.loads(said.splitlines()[-1])
    assert (found["count"], found["pushed"]) == (CASES, 500), f"{name}: {found}"
    return found
