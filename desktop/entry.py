"""The way in: from the profiles on this computer, by key or by sign-in, to an opened store."""

from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from casework.store_faults import StoreFault
from desktop.entry_errands import Came, Ground, SignInNeeded, open_store, put_aside, sign_in
from desktop.errands import Errands
from desktop.key_errands import KeyTrouble, key_by_passphrase, key_of, new_key
from desktop.messages import words_for
from desktop.messages.words import Facts
from desktop.views.sign_in import ProfileChoice, SignIn, SignInForm
from desktop.widgets.notice_bar import NoticeKind
from sync import profiles
from sync.central import Central
from sync.faults import SyncFault
from sync.keys import Keys, Ways
from sync.laptop import Laptop
from sync.profiles import Arrival, Profile, ProfileLock


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What a demo, a test or a smoke run would type, so that nobody has to."""

    form: SignInForm | None = None
    passphrase: str = ""


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """An opened profile: its store, the way to its server, and what keeps others out of it."""

    profile: Profile
    laptop: Laptop
    central: Central
    lock: ProfileLock
    keys: Keys


class Entry(QObject):
    """Leads through the sign-in screen; `opened` carries an Opened. Everything slow runs on the errands' thread."""

    opened = Signal(object)
    # the person has to be asked something; until then nothing needs to be on show
    asks = Signal()
    # another window has the profile in this folder
    held_elsewhere = Signal(object)
    # the code of what went wrong
    troubled = Signal(str)

    def __init__(
        self,
        errands: Errands,
        ground: Ground,
        *,
        server: str = "",
        answers: Answers | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._errands = errands
        self._ground = ground
        self._server = server
        self._answers = answers or Answers()
        self._made_view: SignIn | None = None
        self._profile: Profile | None = None
        self._arrival: Arrival | None = None
        self._central: Central | None = None
        self._lock: ProfileLock | None = None
        self._keys: Keys | None = None
        # Of a store that is open for nobody yet: its person has to sign in first.
        self._key: bytes | None = None
        self._is_anew = False

    @property
    def view(self) -> SignIn:
        """The sign-in screen, made when there is something to ask: a known profile opens without it."""
        if self._made_view is None:
            view = self._made_view = SignIn()
            view.profile_chosen.connect(self._choose)
            view.sign_in_asked.connect(self._sign_in)
            view.passphrase_given.connect(self._on_passphrase)
            view.keyring_asked.connect(self._open_key)
            view.anew_asked.connect(self._ask_anew)
            view.other_asked.connect(self._ask_other)
            view.back_asked.connect(self.show_people)
        return self._made_view

    def _set_busy(self, words: str = "") -> None:
        if self._made_view is not None:
            self._made_view.set_busy(True, words)

    def _tell(self, code: str, facts: Facts | None = None, *, kind: NoticeKind = "danger") -> None:
        self.view.show_trouble(words_for(code, facts), kind=kind)
        self.asks.emit()
        self.troubled.emit(code)

    def begin(self) -> None:
        """One profile opens by itself; with none or several the sign-in screen asks."""
        known = profiles.find_profiles(self._ground.root)
        if len(known) == 1:
            self._open(known[0])
            return
        self.show_people()
        if self._answers.form is not None:
            self._sign_in(self._answers.form)

    def show_people(self) -> None:
        """Who has worked here; the form where nobody has."""
        self.let_go()
        known = profiles.find_profiles(self._ground.root)
        if known:
            self.view.show_people([ProfileChoice(one.id, one.display_name, _where(one)) for one in known])
        else:
            self.view.show_form(server=self._server)
        self.asks.emit()

    def open_profile(self, profile: Profile) -> None:
        """Opens a profile as if it had been chosen; a damaged store is looked through and begun anew on the way."""
        self.view.show_arrivals(0, can_start=False)
        self._open(profile)

    def _choose(self, profile_id: str) -> None:
        found = [one for one in profiles.find_profiles(self._ground.root) if one.id == profile_id]
        if found:
            self._open(found[0])

    def _open(self, profile: Profile) -> None:
        self._profile = profile
        if not self._take(profile):
            return
        self._open_key()

    def _take(self, profile: Profile) -> bool:
        """Takes the profile's lock; where another window has it, that one comes to the front."""
        folder = profile.folder(self._ground.root)
        lock = ProfileLock(folder)
        try:
            is_ours = lock.take()
        except StoreFault as fault:
            self._tell(fault.code)
            return False
        if is_ours:
            self._lock = lock
            self._keys = Keys(
                folder, profile=profile.key_name, system=self._ground.keyring, stretch=self._ground.stretch
            )
            return True
        self.held_elsewhere.emit(folder)
        self.show_people()
        self._tell("profile-in-use", kind="info")
        return False

    def _open_key(self) -> None:
        keys = self._keys
        assert keys is not None
        self._set_busy()
        self._errands.run(lambda: key_of(keys), self._on_key)

    def _on_key(self, key: bytes | KeyTrouble | StoreFault) -> None:
        if isinstance(key, bytes):
            self._open_store(key)
        elif isinstance(key, StoreFault):
            self.show_people()
            self._tell(key.code)
        else:
            self._ask_for_key(key.code)

    def _ask_for_key(self, code: str) -> None:
        """The key did not come: the passphrase, another try, or starting anew on this computer."""
        ways = self._keys.ways() if self._keys else None
        is_new = isinstance(ways, Ways) and not ways.keyring and not ways.passphrase
        self.view.show_passphrase(
            make=is_new,
            why=words_for(code),
            keyring=not is_new and (not isinstance(ways, Ways) or ways.keyring),
            anew=not is_new,
            passphrase=isinstance(ways, Ways) and ways.passphrase,
        )
        self.asks.emit()
        if self._answers.passphrase:
            self._on_passphrase(self._answers.passphrase, self._answers.passphrase)

    def _on_passphrase(self, passphrase: str, again: str) -> None:
        keys = self._keys
        assert keys is not None
        if passphrase != again:
            self._tell("passphrases-differ")
            return
        self._set_busy()
        self._errands.run(lambda: key_by_passphrase(keys, passphrase), self._on_passphrase_key)

    def _on_passphrase_key(self, key: bytes | KeyTrouble | StoreFault) -> None:
        if isinstance(key, bytes):
            self._open_store(key)
        else:
            self._tell(key.code)

    def _open_store(self, key: bytes) -> None:
        profile, ground = self._profile, self._ground
        assert profile is not None
        came = (self._arrival, self._central) if self._arrival is not None and self._central is not None else None
        self._key = key
        self._errands.run(lambda: open_store(ground, profile, key, came), self._on_store)

    def _on_store(self, found: tuple[Laptop, Central] | SignInNeeded | StoreFault) -> None:
        if isinstance(found, SignInNeeded):
            self._ask_to_sign_in(found)
            return
        if isinstance(found, StoreFault):
            self.view.show_passphrase(
                make=False, why=words_for(found.code), keyring=True, anew=found.code != "no-room", passphrase=False
            )
            self.asks.emit()
            self.troubled.emit(found.code)
            return
        profile, lock, keys = self._profile, self._lock, self._keys
        assert profile is not None
        assert lock is not None
        assert keys is not None
        self._lock = None
        laptop, central = found
        self.opened.emit(Opened(profile=profile, laptop=laptop, central=central, lock=lock, keys=keys))

    def _ask_to_sign_in(self, needed: SignInNeeded) -> None:
        """A new store in the place of a damaged one has nothing to show, and no way to its server but a password."""
        profile = self._profile
        assert profile is not None
        self.view.show_form(server=profile.server, username=profile.username, can_go_back=True)
        self._tell(needed.code, kind="warning")
        if self._answers.form is not None:
            self._sign_in(self._answers.form)

    def _ask_other(self) -> None:
        self.let_go()
        self.view.show_form(server=self._server or _last_server(self._ground.root), can_go_back=True)

    def _ask_anew(self) -> None:
        """Signs in again as the same person and makes a new store; the old one is put aside, never deleted."""
        profile = self._profile
        assert profile is not None
        self._is_anew = True
        self.view.show_form(server=profile.server, username=profile.username, can_go_back=True, why=ANEW)

    def _sign_in(self, form: SignInForm) -> None:
        problem = _problem_with(form)
        if problem:
            self._tell(problem)
            return
        self._set_busy("Signing in…")
        ground = self._ground
        self._errands.run(lambda: sign_in(ground, form), self._on_signed_in)

    def _on_signed_in(self, found: Came | SyncFault | StoreFault) -> None:
        if isinstance(found, SyncFault | StoreFault):
            facts = found.facts if isinstance(found, SyncFault) else {}
            self._tell(_sign_in_code(found.code), facts)
            return
        before = self._profile
        self._arrival, self._central = found
        self._profile = self._arrival.profile
        if before is not None and before.id != self._profile.id:
            # somebody else came in by the form: what was to become of the first one's store is not theirs to do
            self._release()
        if self._lock is None and not self._take(self._profile):
            return
        if self._is_anew:
            self._start_anew()
        elif self._key is not None:
            self._open_store(self._key)
        else:
            self._key_for_arrival()

    def _start_anew(self) -> None:
        profile, root = self._profile, self._ground.root
        assert profile is not None
        self._release()
        self._errands.run(lambda: put_aside(root, profile), self._on_put_aside)

    def _on_put_aside(self, fresh: Profile | StoreFault) -> None:
        if isinstance(fresh, StoreFault):
            self._tell(fresh.code)
            return
        self._profile = fresh
        if self._take(fresh):
            self._key_for_arrival()

    def _key_for_arrival(self) -> None:
        """A new profile's key is made in the keyring, or under a passphrase where there is none."""
        keys = self._keys
        assert keys is not None
        ways = keys.ways()
        if isinstance(ways, Ways) and not ways.keyring and not ways.passphrase:
            self._errands.run(lambda: new_key(keys), self._on_key)
        else:
            self._open_key()

    def let_go(self) -> None:
        """Forgets who was about to come in, and lets go of the profile."""
        self._release()
        self._profile = self._arrival = self._central = None

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
        self._lock = self._keys = self._key = None
        self._is_anew = False


ANEW = (
    "Your cases are fetched again from the server. What lay on this computer is put aside, not deleted:"
    " your admin can help to recover what had not been sent."
)


def _problem_with(form: SignInForm) -> str:
    if not form.server or not form.username or not form.password:
        return "field-missing"
    return "passwords-differ" if form.password != form.again else ""


def _sign_in_code(code: str) -> str:
    """While signing in, being offline has other words than while working."""
    return "no-server" if code == "offline" else code


def _where(profile: Profile) -> str:
    return profile.organisation or profile.server


def _last_server(root: Path) -> str:
    known = profiles.find_profiles(root)
    return known[0].server if known else ""


__all__ = ["Answers", "Entry", "Ground", "Opened"]
