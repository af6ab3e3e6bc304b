"""The keys of documents that are to be sent or in no backup yet, kept beside the store too, sealed under its key.

    file = nonce(12) ‖ AES-256-GCM of the document's paper and its case, with its tag(16); bound to the file's name

The journal has the words of what was not sent when a store is lost; without this the bytes would lie here unreadable.
One goes with its document, or when a backup has that.
"""

import secrets
from collections.abc import Collection
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework.disk import write_whole
from casework.store_faults import our_disk
from sync.papers import Paper

_ENDING = ".key"
_NONCE_SIZE = 12


class Unsent(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was put on a case here and that the server has not verified, or no backup has."""

    paper: Paper
    case_id: str


class PaperKeys:
    """A folder with one small file for each document to send. All methods may raise NoRoom or DiskFault."""

    def __init__(self, folder: Path, store_key: bytes) -> None:
        self._folder = folder
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, b"doorstep paper keys 1").derive(store_key))
        with our_disk():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, paper: Paper, case_id: str) -> None:
        """Keeps a document's key; it is on the disk itself when this returns."""
        nonce = secrets.token_bytes(_NONCE_SIZE)
        body = msgspec.json.encode(Unsent(paper=paper, case_id=case_id))
        path = self._path(paper.name)
        write_whole(path, nonce + self._cipher.encrypt(nonce, body, paper.name.encode()))

    def forget(self, paper: Paper) -> None:
        """A backup has the document, or nobody wants it."""
        with our_disk():
            self._path(paper.name).unlink(missing_ok=True)

    def found(self) -> tuple[Unsent, ...]:
        """All that can be read; what is damaged, or under another store's key, is passed over."""
        with our_disk():
            read = [(path.stem, path.read_bytes()) for path in sorted(self._folder.glob(f"*{_ENDING}"))]
        opened = (self._opened(name, content) for name, content in read)
        return tuple(unsent for unsent in opened if unsent is not None)

    def keep_only(self, names: Collection[str]) -> None:
        """Removes what belongs to none of those documents, as a kill may leave it. Call at start only."""
        with our_disk():
            for path in self._folder.iterdir():
                if path.suffix != _ENDING or path.stem not in names:
                    path.unlink()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{_ENDING}"

    def _opened(self, name: str, content: bytes) -> Unsent | None:
        nonce, sealed = content[:_NONCE_SIZE], content[_NONCE_SIZE:]
        if len(nonce) < _NONCE_SIZE:
            return None
        try:
            return msgspec.json.decode(self._cipher.decrypt(nonce, sealed, name.encode()), type=Unsent)
        except (InvalidTag, msgspec.MsgspecError):
            return None
