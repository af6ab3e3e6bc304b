"""The running numbers of the server's changes: handed out inside a write transaction, each with a chained hash."""

import hashlib
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from casework.connection import Connection as AnyConnection
from casework.ids import noise
from casework.kinds import case_of
from casework.tables import TABLES
from casework.values import Case, CaseAssignment, CaseRecord, Contact, Contributor, KeptWork, Property, Record, Task
from casework.wire import START, Stamp
from server.kept_left import note_left
from server.prepared import Prepared, given
from server.tables import commit_log

_CASES = TABLES[Case]
_HEAD = Prepared(select(commit_log.c.rev, commit_log.c.chain).order_by(commit_log.c.rev.desc()).limit(1))
_CHAIN = Prepared(select(commit_log.c.chain).where(commit_log.c.rev == given("which")))
_PUT_LINE = Prepared(commit_log.insert())
_REFERRING: dict[type[Record], Prepared] = {
    kind: Prepared(select(_CASES.c.id).where(column == given("which")).order_by(_CASES.c.id))
    for kind, column in ((Contact, _CASES.c.contact_id), (Property, _CASES.c.property_id))
}
# Whose rows decide who may see a case (server/scope.py).
_DECIDING = (Case, CaseAssignment, Contributor, Task)


def head_of(conn: Connection) -> Stamp:
    """The newest stamp; START where nothing was ever committed."""
    row = _HEAD.first(conn)
    return START if row is None else (row[0], row[1])


def is_ours(conn: Connection, stamp: Stamp) -> bool:
    """Whether this history ever gave out that very stamp (protocol 8): numbers alone come again after a restore."""
    if stamp == START:
        return True
    row = _CHAIN.first(conn, which=stamp[0])
    return row is not None and bool(row[0] == stamp[1])


class Ledger:
    """Gives out numbers in one write transaction.

    Writers take turns (decisions/005), so a number is given in the order in which transactions become visible, and a
    reader who has seen number n has seen all below it (FC1).
    """

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.head = head_of(conn)
        self._lines: list[dict[str, Any]] = []

    def take(self, cmd_id: str, case_id: str | None) -> Stamp:
        """The next number, noted down for that command and case."""
        rev = self.head[0] + 1
        parts = (self.head[1], str(rev), case_id or "", cmd_id)
        hashed = hashlib.blake2b("/".join(parts).encode() + noise(8), digest_size=8)
        self.head = (rev, hashed.hexdigest())
        self._lines.append({"rev": rev, "chain": self.head[1], "case_id": case_id, "cmd_id": cmd_id})
        return self.head

    def back_to(self, head: Stamp) -> None:
        """Takes back the numbers given since, as a savepoint takes back the rows."""
        del self._lines[len(self._lines) - (self.head[0] - head[0]) :]
        self.head = head

    def put_down(self) -> None:
        """Writes the log's lines; the transaction must not end without it."""
        _PUT_LINE.run_each(self.conn, self._lines)
        self._lines = []


class StampBook:
    """The book (casework.carry_out.Book) of one command on the server: each row gets the number of its case.

    A case gets one number per command. A client or a home gets the last number of the cases that refer to it, and each
    of these cases counts as touched.
    """

    def __init__(self, ledger: Ledger, cmd_id: str, own_case: str | None) -> None:
        self._ledger = ledger
        self._cmd_id = cmd_id
        self._own_case = own_case
        self.stamps: dict[str | None, Stamp] = {}
        # Cases that rows were taken out of, as when two are joined: what stays of them has to be sent whole.
        self.torn: set[str] = set()
        # Cases of which something was written that decides who may see them.
        self.decided: set[str] = set()

    def before_write(self, conn: AnyConnection, record: Record, current: Record | None) -> Record:
        """See casework.carry_out.Book."""
        if isinstance(record, CaseRecord) and isinstance(current, CaseRecord) and current.case_id != record.case_id:
            self.torn.add(current.case_id)
            self.touch(current.case_id)
        if isinstance(record, _DECIDING):
            self.decided.add(case_of(record) or "")
        rev = max(self.touch(case_id) for case_id in self._cases_of(record))
        if isinstance(record, KeptWork) and isinstance(current, KeptWork):
            note_left(self._ledger.conn, current, record, rev)
        return msgspec.structs.replace(record, rev=rev)

    def touch(self, case_id: str | None) -> int:
        """The case's number in this command, taken at the first touch."""
        if case_id not in self.stamps:
            self.stamps[case_id] = self._ledger.take(self._cmd_id, case_id)
        return self.stamps[case_id][0]

    @property
    def touched_cases(self) -> tuple[str, ...]:
        """The cases that this command has touched so far."""
        return tuple(case_id for case_id in self.stamps if case_id)

    def _cases_of(self, record: Record) -> list[str | None]:
        if not isinstance(record, Contact | Property):
            return [case_of(record)]
        referring = _REFERRING[type(record)].column(self._ledger.conn, which=record.id)
        return list(dict.fromkeys([self._own_case, *referring]))
