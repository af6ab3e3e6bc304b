"""Passwords and one-time codes: what is good enough, how it is kept, and checking it at a cost that stays the same."""

import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST, MOST = 12, 1024
# argon2id at 19 MiB and two passes (promises.md 5.1); no more than two at a time, so that sync is never starved
_AT_A_TIME = threading.BoundedSemaphore(2)
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# What is written on a slip of paper and typed in: no letter that looks like another.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _GROUP = 4, 4

# The long passwords that people take most often, and what anybody would try here; compared without digits at the end.
_COMMON = frozenset(
    {
        "password",
        "passwordpassword",
        "passwordword",
        "letmeinletmein",
        "letmeinplease",
        "qwertyuiop",
        "qwertyuiopasdf",
        "qwertyuiopasdfgh",
        "qwertyqwerty",
        "asdfghjkl",
        "asdfghjklzxcvbnm",
        "iloveyou",
        "iloveyouiloveyou",
        "iloveyousomuch",
        "welcome",
        "welcomewelcome",
        "welcomeback",
        "administrator",
        "adminadmin",
        "adminadminadmin",
        "changeme",
        "changemeplease",
        "changemenow",
        "doorstep",
        "doorstepdoorstep",
        "doorstepadmin",
        "correcthorsebatterystaple",
        "trustnooneelse",
        "liverpoolfc",
        "manchesterunited",
        "footballfootball",
        "sunshinesunshine",
        "princessprincess",
        "monkeymonkey",
        "dragondragon",
        "secretsecret",
        "abcdefghijkl",
        "abcdefghijklmnop",
        "abcabcabcabc",
        "warmhomes",
        "energyadvice",
    }
)


def problem_with(password: str, username: str = "") -> str | None:
    """The code of what is wrong with a new password; None where it will do. No rule about signs, only about length."""
    text = _plain(password)
    if len(text) < LEAST:
        return "password-too-short"
    if len(text) > MOST:
        return "password-too-long"
    low = text.lower()
    core = low.rstrip("0123456789!?.*-_ ")
    name = username.lower()
    if core in _COMMON or len(set(low)) < 4 or low.isdigit() or (name and core in {name, name * 2}):
        return "password-too-common"
    return None


def hash_password(password: str) -> str:
    """The password as it is kept."""
    with _AT_A_TIME:
        return _hasher.hash(_plain(password))


def fits(password: str, kept: str) -> bool:
    """Whether this is the password kept; `kept` empty stands for nobody's, at the same cost."""
    if len(password) > MOST:
        return False
    with _AT_A_TIME:
        try:
            _hasher.verify(kept or _NOBODYS, _plain(password))
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def new_code() -> str:
    """A one-time code, in groups that can be read out over the telephone: 78 bits."""
    signs = [secrets.choice(_ALPHABET) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(signs[start : start + _GROUP]) for start in range(0, len(signs), _GROUP))


def hash_code(code: str) -> str:
    """A code as it is kept, however it was typed."""
    typed = "".join(sign for sign in code.upper() if sign.isalnum())
    return hash_secret(f"code/{typed}")


def new_secret() -> str:
    """A fresh secret of 256 bits, for a token or a renewal."""
    return secrets.token_urlsafe(32)


def secret_after(secret: str, seed: str) -> str:
    """The secret that takes a secret's place: always the same one, and only who has both can tell it."""
    made = hmac.digest(seed.encode(), secret.encode(), "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def hash_secret(secret: str) -> str:
    """A secret of full strength as it is kept: it cannot be guessed, so a plain hash will do."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


# Names that nobody has cost the same work as names that somebody has.
_NOBODYS = hash_password(secrets.token_hex(16))
