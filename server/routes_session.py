"""Coming in and going out: sign-in, renewal, sign-out."""

from fastapi import APIRouter, Request, Response

from casework.wire import Fork, Renew, Reply, SignIn
from server.asking import Anybody, Served, Words, answer, rid_of, understand

public = APIRouter(prefix="/v1/session")
router = APIRouter(prefix="/v1/session")


@public.post("")
def sign_in(request: Request, body: Words, parts: Served) -> Response:
    """Name and password from a device; the first time with a one-time code and the password to set."""
    asked = understand(request, body, SignIn)
    return answer(request, parts.accounts.sign_in(asked))


@public.post("/renew")
def renew(request: Request, body: Words, parts: Served) -> Response:
    """A fresh token without a password."""
    asked = understand(request, body, Renew)
    return answer(request, parts.accounts.renew(asked))


@public.post("/fork")
def fork(request: Request, body: Words, parts: Served) -> Response:
    """A copy of a store goes on as a device of its own; its renewal says whose it is."""
    asked = understand(request, body, Fork)
    return answer(request, parts.accounts.fork(asked))


@router.post("/end")
def sign_out(request: Request, who: Anybody, parts: Served) -> Response:
    """Ends this device's session."""
    parts.accounts.sign_out(who)
    return answer(request, Reply(rid=rid_of(request)))
