"""What can go wrong between a laptop and the server, told apart by what comes next.

SyncFault
├── Offline        nothing answers: carry on, try again later
├── NotOurServer   something answers that is not ours: a network's sign-in page, another address (FI1)
├── SignedOut      the session is over: sign in to send; nothing here is touched
├── Locked         this person or device may not sync any more
├── AccessEnded    what had to be sent is sent, and what may not be here any more is gone
├── OutOfDate      the app is too old to fetch; sending still works
├── Diverged       the server's history is not the one that this store knows: recover (FE1)
├── Forked         this store is a copy of another one: become a device of its own (FE3)
├── TooFarBack     the server's log does not reach back to this store's cursor: compare case by case
├── TooMuchGoes    more would leave this laptop at once than the server has confirmed (FD6)
├── NotInStep      the sums say that something here differs from the server, and comparing did not help
├── TooLarge       the request was too big on the way: halve it (FI6)
├── Busy           the server asks for patience (`after` seconds)
├── ServerFault    the server failed at its own work
├── Rejected       the request was refused for what it says; `code` has its words
├── BadPaper       a document arrived broken
│   └── PaperDamaged   this laptop's copy of one to send is: the same file has to be added again
├── NotShown       our own code broke over something that waits here (`where`); it is sent all the same
├── StoreTrouble   this laptop's own store or disk stopped the round; `code` is the StoreFault's
└── Stopped        the app is closing in the middle of a round
"""

from casework.answers import Facts


class SyncFault(Exception):
    """The world's fault, never ours; `code` has its words on the screen."""

    code = "sync-fault"

    def __init__(self, why: str = "", facts: Facts | None = None) -> None:
        super().__init__(why)
        self.facts = facts or {}


class Offline(SyncFault):
    code = "offline"


class NotOurServer(SyncFault):
    code = "not-our-server"


class SignedOut(SyncFault):
    code = "signed-out"


class Locked(SyncFault):
    code = "locked-out"


class OutOfDate(SyncFault):
    code = "out-of-date"


class Diverged(SyncFault):
    code = "diverged"


class Forked(SyncFault):
    code = "forked"


class TooFarBack(SyncFault):
    code = "too-far-back"


class TooMuchGoes(SyncFault):
    code = "too-much-goes"


class NotInStep(SyncFault):
    code = "not-in-step"


class AccessEnded(SyncFault):
    """`code` is `access-ended`, or `device-lost` for a device that was reported lost."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooLarge(SyncFault):
    code = "too-large"


class Busy(SyncFault):
    code = "server-busy"

    def __init__(self, why: str = "", *, after: float = 5.0) -> None:
        super().__init__(why)
        self.after = after


class ServerFault(SyncFault):
    code = "server-fault"


class Rejected(SyncFault):
    def __init__(self, code: str, facts: Facts | None = None) -> None:
        super().__init__(code, facts)
        self.code = code


class BadPaper(SyncFault):
    code = "document-broken"


class PaperDamaged(BadPaper):
    code = "paper-unreadable"


class NotShown(SyncFault):
    code = "not-shown"


class StoreTrouble(SyncFault):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Stopped(SyncFault):
    code = "stopped"
