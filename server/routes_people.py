"""People: an admin adds them, gives codes and roles, ends and restores access."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from casework.values import Role
from casework.wire import Message, NewPerson, NewPersonReply, Reply
from server.accounts import Session
from server.asking import Served, Who, Words, answer, id_in_path, rid_of, understand
from server.problem import Problem


class ChangePerson(Message, frozen=True, kw_only=True):
    """What an admin changes about somebody; what is None stays."""

    role: Role | None = None
    is_active: bool | None = None


def admin_of(who: Who) -> Session:
    """Who asks, if they are an admin (domain.md 5.5). Raises Problem 403."""
    if who.person.role is not Role.ADMIN:
        raise Problem(403, "not-allowed")
    return who


Admin = Annotated[Session, Depends(admin_of)]
router = APIRouter(prefix="/v1/people")


@router.post("")
def add(request: Request, who: Admin, body: Words, parts: Served) -> Response:
    """Adds somebody (S8, S9)."""
    asked = understand(request, body, NewPerson)
    return answer(request, parts.people.add(asked))


@router.post("/{person_id}/code")
def new_code(request: Request, who: Admin, parts: Served, person_id: str) -> Response:
    """A new one-time code."""
    code = parts.people.new_code(id_in_path(person_id))
    return answer(request, NewPersonReply(rid=rid_of(request), person_id=person_id, code=code))


@router.post("/{person_id}")
def change(request: Request, who: Admin, body: Words, parts: Served, person_id: str) -> Response:
    """Another role, or access ended or restored."""
    asked = understand(request, body, ChangePerson)
    parts.people.change(id_in_path(person_id), role=asked.role, is_active=asked.is_active)
    return answer(request, Reply(rid=asked.rid))
