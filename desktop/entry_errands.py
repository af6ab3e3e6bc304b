"""What the way in does on another thread, as values: opening a store, signing in, putting a profile aside."""

import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from casework.store_faults import StoreFault
from casework.store_file import StoreFile
from desktop.views.sign_in import SignInForm
from sync import mending, profiles
from sync.address import checked_url
from sync.central import Central
from sync.credentials import SystemKeyring
from sync.faults import SyncFault
from sync.keyslots import DEFAULT_STRETCH, Stretch
from sync.laptop import Laptop
from sync.profiles import Arrival, Profile


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What the way in stands on; tests put other things there."""

    root: Path
    upgrade: Callable[[StoreFile], object]
    # called while the store is opened: what it stands on must not be imported for it
    central_of: Callable[[str], Central]
    keyring: SystemKeyring | None = None
    stretch: Stretch = DEFAULT_STRETCH


class SignInNeeded(msgspec.Struct, frozen=True, kw_only=True):
    """The store has nothing to show, and no way to its server but a password; `code` says why."""

    code: str


Came = tuple[Arrival, Central]


def open_store(
    ground: Ground, profile: Profile, key: bytes, came: Came | None
) -> tuple[Laptop, Central] | SignInNeeded | StoreFault:
    """The profile's store and its way to the server; `came` by somebody who has just signed in."""
    try:
        laptop = profiles.open_laptop(ground.root, profile, key, upgrade=ground.upgrade)
    except StoreFault as fault:
        return fault
    try:
        if came is not None:
            profiles.keep_renewal(laptop, came[0].renewal)
        elif (needed := _sign_in_needed(laptop)) is not None:
            laptop.close()
            return needed
        central = came[1] if came is not None else ground.central_of(profile.server)
        central.resume(laptop.device, profiles.renewal_of(laptop), partial(profiles.keep_renewal, laptop))
    except StoreFault as fault:
        laptop.close()
        return fault
    return laptop, central


def sign_in(ground: Ground, form: SignInForm) -> Came | SyncFault | StoreFault:
    """Signs in by what was typed."""
    try:
        server = checked_url(form.server)
        central = ground.central_of(server)
        arrival = profiles.sign_in(
            central,
            ground.root,
            server=server,
            username=form.username,
            password=form.password,
            code=form.code,
            device_name=socket.gethostname(),
        )
    except (SyncFault, StoreFault) as fault:
        return fault
    return arrival, central


def put_aside(root: Path, profile: Profile) -> Profile | StoreFault:
    """The profile begun anew beside its old folder."""
    try:
        return profiles.put_aside(root, profile)
    except StoreFault as fault:
        return fault


def _sign_in_needed(laptop: Laptop) -> SignInNeeded | None:
    with laptop.database.reading() as conn:
        if not mending.must_sign_in(conn, laptop.person_id):
            return None
        begun = mending.begun_anew(conn)
    if begun is None:
        return SignInNeeded(code="sign-in-needed")
    return SignInNeeded(code="begun-anew-sign-in" if begun.is_whole else begun.code)
