"""What a desktop does with a profile's key at its start, for the tests with a real keyring: prints what came of it."""

import hashlib
import sys
from pathlib import Path

from sync.keys import Keys
from sync.keyslots import Stretch

QUICK = Stretch(memory=64, passes=1)
PASSPHRASE = "blue door, cold boiler"


def main(what: str, folder: Path) -> None:
    keys = Keys(folder, profile="test", stretch=QUICK)
    answer: object
    if what == "make":
        answer = keys.make_in_keyring()
    elif what == "open":
        answer = keys.open_from_keyring()
    elif what == "erase":
        answer = keys.erase()
    elif what == "make with a passphrase":
        answer = keys.make_with_passphrase(PASSPHRASE)
    else:
        answer = keys.open_with_passphrase(PASSPHRASE)
    if isinstance(answer, bytes):
        answer = "key " + hashlib.sha256(answer).hexdigest()
    sys.stdout.write(f"{getattr(answer, 'code', answer)}\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
