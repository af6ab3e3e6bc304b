"""Pages of a plain SQLite file into those of an encrypted store, one by one, as SQLCipher 4 lays them down.

    page = AES-256-CBC of its first 8,144 bytes ‖ IV(16) ‖ HMAC-SHA256(32) of both and the page's number (little-endian)

Page 1 begins with the store's salt(16) instead of SQLite's own first words. The HMAC's key is PBKDF2-HMAC-SHA512 of the
store's key over the salt, each byte of it turned over by 0x3A, with two rounds. A plain file is good for this if its
pages end in 48 bytes that SQLite leaves alone. sqlite_file.CIPHER says the same to SQLCipher: the two change together.
(The design page of SQLCipher; a test opens what this makes.)
"""

import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

PAGE = 8192
RESERVED = 48
SALT_SIZE = 16
_IV_SIZE = 16
_BODY = PAGE - RESERVED


class PageCipher:
    """Seals the pages of one store. A fresh store needs a fresh `salt` of 16 random bytes."""

    def __init__(self, key: bytes, salt: bytes) -> None:
        self._salt = salt
        self._cipher = AES(key)
        turned = bytes(byte ^ 0x3A for byte in salt)
        self._mac = hmac.new(hashlib.pbkdf2_hmac("sha512", key, turned, 2, len(key)), digestmod="sha256")

    def seal(self, pages: bytes, first: int) -> bytes:
        """Some pages in a row, of which the first has the number `first` (a file's first page has the number 1)."""
        sealed: list[bytes] = []
        ivs = secrets.token_bytes(len(pages) // PAGE * _IV_SIZE)
        for place in range(len(pages) // PAGE):
            number = first + place
            start = place * PAGE + (SALT_SIZE if number == 1 else 0)
            iv = ivs[place * _IV_SIZE : (place + 1) * _IV_SIZE]
            body = Cipher(self._cipher, CBC(iv)).encryptor().update(pages[start : place * PAGE + _BODY]) + iv
            mac = self._mac.copy()
            mac.update(body)
            mac.update(number.to_bytes(4, "little"))
            sealed += (self._salt, body, mac.digest()) if number == 1 else (body, mac.digest())
        return b"".join(sealed)
