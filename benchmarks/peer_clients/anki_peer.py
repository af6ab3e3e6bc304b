"""Anki's own client and built-in server, run by a Python that has Anki: one note a document, a field each.

python anki_peer.py DOCUMENTS.jsonl FOLDER PORT
"""

import json
import os
import resource
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from anki.collection import AddNoteRequest, Collection
from anki.notes import NoteId
from anki.sync import SyncAuth

CHANGED, EDITED = 2000, 500
PEOPLE = "office:office"
PATIENCE = 30.0


def main(documents: Path, folder: Path, port: int) -> None:
    """Times the first sync, what others changed, and what was changed here, and tells the figures as JSON."""
    url = f"http://127.0.0.1:{port}/"
    environment = {**os.environ, "SYNC_USER1": PEOPLE, "SYNC_BASE": str(folder / "server"), "SYNC_PORT": str(port)}
    command = [sys.executable, "-m", "anki.syncserver"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _until_it_answers(url)
            figures = _measure(documents, folder, url)
        finally:
            server.terminate()
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures |= {"cpu": used.ru_utime + used.ru_stime, "rss": _most_memory()}
    sys.stdout.write(json.dumps(figures) + "\n")


def _measure(documents: Path, folder: Path, url: str) -> dict[str, float]:
    there = Collection(str(folder / "there.anki2"))
    at_office = there.sync_login(*PEOPLE.split(":"), url)
    _fill(there, documents)
    _whole(there, at_office, upload=True)
    here = Collection(str(folder / "here.anki2"))
    at_home = here.sync_login(*PEOPLE.split(":"), url)
    first = _timed(lambda: _whole(here, at_home, upload=False))
    ids = sorted(there.find_notes(""))
    _edit(there, ids[:CHANGED], "there")
    there.sync_collection(at_office, False)
    delta = _timed(lambda: here.sync_collection(at_home, False))
    _edit(here, ids[-EDITED:], "here")
    push = _timed(lambda: here.sync_collection(at_home, False))
    count = here.note_count()
    there.close()
    here.close()
    return {"first": first, "delta": delta, "push": push, "count": count, "pushed": EDITED}


def _fill(collection: Collection, documents: Path) -> None:
    lines = documents.read_text("utf-8").splitlines()
    names = list(json.loads(lines[0]))
    kind = collection.models.new("case")
    for name in names:
        collection.models.add_field(kind, collection.models.new_field(name))
    template = collection.models.new_template("card")
    template["qfmt"], template["afmt"] = "{{id}}", "{{description}}"
    collection.models.add_template(kind, template)
    collection.models.add_dict(kind)
    known = collection.models.by_name("case")
    assert known is not None
    deck = collection.decks.id("office")
    assert deck is not None
    asked = []
    for line in lines:
        note = collection.new_note(known)
        note.fields = [str(value) for value in json.loads(line).values()]
        asked.append(AddNoteRequest(note=note, deck_id=deck))
    collection.add_notes(asked)


def _edit(collection: Collection, ids: Sequence[NoteId], words: str) -> None:
    notes = [collection.get_note(note_id) for note_id in ids]
    for note in notes:
        for name in ("description", "status", "priority"):
            note[name] = f"{words} {note[name]}"[:300]
    collection.update_notes(notes)


def _whole(collection: Collection, auth: SyncAuth, *, upload: bool) -> None:
    said = collection.sync_collection(auth, False)
    collection.close_for_full_sync()
    collection.full_upload_or_download(auth=auth, server_usn=said.server_media_usn, upload=upload)
    collection.reopen(after_full_sync=True)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _most_memory() -> float:
    """In MB. The process's own high-water mark: what the system counts for a child begins with its parent's."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _until_it_answers(url: str) -> None:
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            continue
        return
    raise TimeoutError("Anki's server does not answer")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
