"""Who may see what, worked out from the server's bare rows alone: the oracle that every answer is held against (I7)."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from casework.kinds import NAMES, SHARED_KINDS, TREE_KINDS
from casework.values import OFFICE_ROLES, Case, KeptWork, Notice, Sighting
from casework.wire import Page, ReconcileReply, Reply, Rows
from tests.machines.invariants import COLUMNS

_OFFICE = {role.value for role in OFFICE_ROLES}
_TREES = {NAMES[kind]: "id" if kind is Case else "case_id" for kind in TREE_KINDS}
_SHARED = tuple(NAMES[kind] for kind in SHARED_KINDS)


class Sight:
    """What one person may see at one moment."""

    def __init__(self, raw: Any, person_id: str, now: datetime) -> None:
        self._raw = raw
        self.person_id = person_id
        ((role, is_active, teams),) = raw.execute(
            "SELECT role, is_active, team_ids FROM person WHERE id = ?", (person_id,)
        )
        self.is_active = bool(is_active)
        self.is_office = self.is_active and role in _OFFICE
        staffed = raw.execute("SELECT id, member_ids FROM queue").fetchall()
        self.queues = {queue_id for queue_id, members in staffed if person_id in json.loads(members)}
        self.teams = set(json.loads(teams))
        self.cases = self._cases(now) if self.is_active else set()

    @property
    def scopes(self) -> set[str]:
        """The names under which the server keeps what this person may see."""
        if not self.is_active:
            return set()
        mine = {f"user:{self.person_id}", *(f"queue:{queue_id}" for queue_id in self.queues)}
        mine |= {f"team:{team_id}" for team_id in self.teams}
        return mine | {"all"} if self.is_office else mine

    def _cases(self, now: datetime) -> set[str]:
        seen = set()
        for case_id, kind, owner in self._raw.execute("SELECT id, owner_kind, owner_id FROM case_file").fetchall():
            mine = owner == self.person_id if kind == "person" else owner in self.queues
            if self.is_office or mine:
                seen.add(case_id)
        tasks = "SELECT case_id FROM task WHERE status = 'open' AND assignee_id = ?"
        seen |= {row[0] for row in self._raw.execute(tasks, (self.person_id,)).fetchall()}
        asked = "SELECT case_id, team_id FROM case_assignment WHERE status IN ('sent', 'accepted')"
        seen |= {case_id for case_id, team_id in self._raw.execute(asked).fetchall() if team_id in self.teams}
        guests = self._raw.execute("SELECT case_id, until FROM contributor WHERE person_id = ?", (self.person_id,))
        return seen | {row[0] for row in guests.fetchall() if datetime.fromisoformat(row[1]) > now}

    def check(self, answer: Reply) -> None:
        """Nothing in an answer that this person may not see. Raises AssertionError."""
        if isinstance(answer, ReconcileReply):
            assert {mark.id for mark in answer.cases} <= self.cases, "a list names cases that are not theirs (I7)"
        if not isinstance(answer, Page):
            return
        assert self.is_active, "a page for somebody who does not work here (I7)"
        assert set(answer.whole) | set(answer.stamps) <= self.cases, "a case that is not theirs (I7)"
        for name, rows in answer.rows.items():
            for row in _by_name(rows):
                assert self._may(name, row), f"a row of {name} that is not theirs: {row} (I7)"

    def _may(self, name: str, row: dict[str, Any]) -> bool:
        if name in _TREES:
            return row[_TREES[name]] in self.cases
        if name in _SHARED:
            found = self._raw.execute(f"SELECT id FROM case_file WHERE {name}_id = ?", (row["id"],)).fetchall()
            return any(case_id in self.cases for (case_id,) in found)
        if name == NAMES[Notice]:
            return bool(row["person_id"] == self.person_id)
        if name == NAMES[Sighting]:
            return self.person_id in (row["person_id"], row["author_id"])
        return name != NAMES[KeptWork] or self._may_decide(row)

    def may_have(self, name: str, row: Sequence[Any]) -> bool:
        """Whether a row of one of the tables of personal rows is theirs, as it lies in the store."""
        return self._may(name, dict(zip(COLUMNS[name], row, strict=True)))

    def _may_decide(self, row: dict[str, Any]) -> bool:
        """Its author, whom it waits for, who owns the case, and the office (protocol 9)."""
        waits_for_me = row["for_id"] == self.person_id if row["for_kind"] == "person" else row["for_id"] in self.queues
        owner = "SELECT 1 FROM case_file WHERE id = ? AND owner_kind = 'person' AND owner_id = ?"
        is_owner = self._raw.execute(owner, (row["case_id"], self.person_id)).fetchone() is not None
        is_asked = self.person_id in (row["author_id"], row["asked_id"])
        return self.is_office or is_asked or waits_for_me or is_owner


class Eyes:
    """Looks at the server's file over its own connection."""

    def __init__(self, path: Path) -> None:
        self.raw = sqlcipher.connect(str(path), isolation_level=None)

    def of(self, person_id: str, now: datetime) -> Sight:
        """What that person may see now."""
        return Sight(self.raw, person_id, now)

    def close(self) -> None:
        """Lets go of the file."""
        self.raw.close()


def _by_name(rows: Rows) -> list[dict[str, Any]]:
    return [dict(zip(rows.c, row, strict=True)) for row in rows.r]
