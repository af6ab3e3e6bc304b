"""Two cases that a lead joins, on paper."""

from typing import Any

from casework.answers import Late, Refused
from casework.commands import JoinCase
from casework.rules.merging import lines_by_others
from casework.values import Case, Record
from tests.rules.paper import CASE, OTHER, Server, an_active_case, another_case, person


def a_server(*records: Record, owner: Any = None) -> Server:
    """A server with both cases; the one that will be closed is Amy's unless somebody else is named."""
    return Server(*an_active_case(owner or person("amy")), *another_case(), *records)


def join(server: Server, case_id: str = CASE, into: str = OTHER, *, by: str = "lena", reason: str = "") -> JoinCase:
    """The command as somebody says it who sees all that the server has."""
    case = server.desk.one(Case, case_id)
    return JoinCase(case_id=case_id, into=into, seen=lines_by_others(server.desk, case, by), reason=reason)


def case_of(server: Server, case_id: str) -> Case:
    """A case as the server has it."""
    return server.desk.one(Case, case_id)


def code_of(verdict: object) -> str:
    """Why not, or the verdict's name."""
    return verdict.code if isinstance(verdict, Refused | Late) else type(verdict).__name__
