"""One profile per server and person on this computer: a folder of its own, and signing in to make or reopen one.

    <root>/<profile id>/profile.json   who and where, nothing secret
                        lock           held while the profile is open
                        keys.json ...  ways into the store (sync/keys.py)
                        store.db ...   the encrypted store (sync/laptop.py)

What belongs to one person is never opened for another: each store has a key of its own (FE8).
"""

import hashlib
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from casework.disk import write_whole
from casework.ids import new_id
from casework.sqlite_file import Behind
from casework.store_faults import StoreDamaged, StoreFault, WrongKey, fault_of_os
from casework.store_file import StoreFile
from casework.wire import SignIn
from sync import mending, state
from sync.central import Central
from sync.greeting import APP
from sync.laptop import Laptop

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FILE = "profile.json"
LOCK = "lock"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on some server, as this computer knows them. Nothing in here is secret."""

    id: str
    server: str
    username: str
    person_id: str
    display_name: str
    role: str
    organisation: str
    device: str
    # another one after starting anew, so that the old key stays in the keyring for the store that was put aside
    key_name: str

    def folder(self, root: Path) -> Path:
        """Where all that is theirs lies."""
        return root / self.id


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has just signed in: their profile, and the renewal to keep inside the encrypted store."""

    profile: Profile
    renewal: str


def find_profiles(root: Path) -> tuple[Profile, ...]:
    """All profiles on this computer, by name. One whose file cannot be read comes back by signing in again."""
    found = (_read(path) for path in sorted(root.glob(f"*/{FILE}")))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.display_name.casefold()))


def sign_in(
    central: Central, root: Path, *, server: str, username: str, password: str, code: str = "", device_name: str = ""
) -> Arrival:
    """Signs in online and keeps the profile; the first time by one-time code with the password to set.

    Raises sync.faults for the network and the server's answer, NoRoom and DiskFault for the profile's folder. The
    profile of somebody who was here before is the same one, with their unsent work in it.
    """
    known = next((one for one in find_profiles(root) if _is_of(one, server, username)), None)
    device = known.device if known else new_id()
    signed_in = central.sign_in(
        SignIn(
            rid=new_id(),
            username=username,
            password=password,
            code=code,
            device=device,
            device_name=device_name,
            app=APP,
        )
    )
    same = profile_id(server, signed_in.person_id)
    profile = Profile(
        id=same,
        server=server,
        username=username.strip(),
        person_id=signed_in.person_id,
        display_name=signed_in.display_name,
        role=signed_in.role,
        organisation=signed_in.organisation,
        device=device,
        key_name=_key_name(root, same),
    )
    _write(root, profile)
    return Arrival(profile=profile, renewal=signed_in.renewal)


def open_laptop(root: Path, profile: Profile, key: bytes, *, upgrade: Callable[[StoreFile], object]) -> Laptop:
    """The profile's store, made now if it is new, and if it is older brought up to date. Raises StoreFaults.

    A damaged store whose key is at hand is put aside, and a new one takes over what was not sent (sync/mending.py).
    `upgrade` is handed in, for what it stands on (Alembic) is too heavy to be imported before it is needed.
    """
    folder = profile.folder(root)
    mending.go_on(folder)
    try:
        return _opened(root, profile, key, upgrade)
    except StoreDamaged:
        mending.begin_anew(folder, key)
    except WrongKey:
        # the mark by which the two are told apart may be damaged itself
        if not mending.is_key_of(folder, key):
            raise
        mending.begin_anew(folder, key)
    return _opened(root, profile, key, upgrade)


def _opened(root: Path, profile: Profile, key: bytes, upgrade: Callable[[StoreFile], object]) -> Laptop:
    laptop = Laptop(profile.folder(root), key, person_id=profile.person_id, device=profile.device)
    try:
        if isinstance(laptop.prepare(), Behind):
            upgrade(laptop.database)
            laptop.prepare()
        laptop.renamed = lambda device: _write(root, msgspec.structs.replace(profile, device=device))
        if laptop.device != profile.device:
            laptop.renamed(laptop.device)
    except BaseException:
        laptop.close()
        raise
    return laptop


def keep_renewal(laptop: Laptop, renewal: str) -> None:
    """Keeps the session's renewal inside the encrypted store, if there is room: the one before works once more."""
    with suppress(StoreFault), laptop.database.writing() as conn:
        state.put(conn, state.RENEWAL, renewal)


def renewal_of(laptop: Laptop) -> str:
    """The renewal kept here, empty where there is none."""
    with laptop.database.reading() as conn:
        return state.get(conn, state.RENEWAL, str, "")


def put_aside(root: Path, profile: Profile) -> Profile:
    """Moves all of a profile out of the way, whole, and begins it anew; returns the new one. Raises DiskFault.

    Nothing is deleted: what had not been sent may still be got out of it.
    """
    aside = root / f"{profile.id}.aside-{secrets.token_hex(4)}"
    with _our_folder():
        profile.folder(root).rename(aside)
    fresh = msgspec.structs.replace(profile, key_name=_key_name(root, profile.id))
    _write(root, fresh)
    return fresh


def _key_name(root: Path, same: str) -> str:
    """What a profile's key is called in the keyring: never as that of one that was put aside.

    Where the file that says so is gone, because the disk was full or the process was killed when it was to be written,
    the folder that was put aside last tells: by it the next one was named.
    """
    known = _read(root / same / FILE)
    if known is not None:
        return known.key_name
    with _our_folder():
        aside = max(root.glob(f"{same}.aside-*"), key=lambda folder: folder.stat().st_ctime_ns, default=None)
    return same if aside is None else f"{same}-{aside.name.rpartition('-')[2]}"


class ProfileLock:
    """Held while a profile is open: the system lets go of it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._handle: int | None = None

    def take(self) -> bool:
        """Whether the profile is ours now; False while another process, or another window, has it. Raises DiskFault."""
        if self._handle is not None:
            return True
        with _our_folder():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _locked(handle):
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Lets the profile go."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _locked(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def profile_id(server: str, person_id: str) -> str:
    """The same server and person have the same profile, whatever happened to the file about it."""
    return hashlib.blake2b(f"{server.casefold()}\n{person_id}".encode(), digest_size=12).hexdigest()


def _is_of(profile: Profile, server: str, username: str) -> bool:
    same_name = " ".join(profile.username.casefold().split()) == " ".join(username.casefold().split())
    return same_name and profile.server.casefold() == server.casefold()


def _read(path: Path) -> Profile | None:
    try:
        profile = msgspec.json.decode(path.read_bytes(), type=Profile)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return profile if profile.id == path.parent.name else None


def _write(root: Path, profile: Profile) -> None:
    folder = profile.folder(root)
    with _our_folder():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(folder / FILE, msgspec.json.encode(profile))


@contextmanager
def _our_folder() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise fault_of_os(error) from error


__all__ = [
    "Arrival",
    "Profile",
    "ProfileLock",
    "find_profiles",
    "keep_renewal",
    "open_laptop",
    "profile_id",
    "put_aside",
    "renewal_of",
    "sign_in",
]
