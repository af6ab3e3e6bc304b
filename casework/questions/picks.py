"""What pickers and the search offer: owners, people, cases."""

import msgspec

from casework.values import CaseStatus, Owner, OwnerKind, Role


class OwnerChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, or a queue, that may be made the owner (S10, S65), with the open cases that they have."""

    kind: OwnerKind
    id: str
    name: str
    role: Role | None
    open_cases: int
    is_me: bool
    is_waiting_list: bool

    @property
    def owner(self) -> Owner:
        """The owner as commands name it."""
        return Owner(self.kind, self.id)


class PersonChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may be given a task or be mentioned, with the open tasks that they have."""

    id: str
    name: str
    username: str
    role: Role
    open_tasks: int
    is_me: bool


class JumpHit(msgspec.Struct, frozen=True, kw_only=True):
    """A case that the search found. `matched` says by what: number, name, postcode, phone or address."""

    case_id: str
    number: str
    client: str
    address: str
    postcode: str
    status: CaseStatus
    step_name: str
    owner_name: str
    matched: str
