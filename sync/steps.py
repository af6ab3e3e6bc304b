"""What the machine of a round says and hears: the steps that it asks for, and the events that tell how they went."""

import msgspec

from sync.faults import SyncFault


class Greet(msgspec.Struct, frozen=True):
    """Say hello."""


class BecomeAnother(msgspec.Struct, frozen=True):
    """This store is a copy of another: go on as a device of its own (FE3)."""


class Recover(msgspec.Struct, frozen=True):
    """The server went back in time: find where the histories part, and have what it lost waiting once more (FE1)."""


class PushSome(msgspec.Struct, frozen=True):
    """Hand over the next waiting commands behind the running number `after`, at most so many.

    `to_deposit`: they are only put by, for a device that was reported lost.
    """

    most: int
    after: int
    to_deposit: bool = False


class FetchSome(msgspec.Struct, frozen=True):
    """Fetch and apply the next page; of whole cases of new scopes first, while there are any."""

    new_scopes: tuple[str, ...]


class CompareSome(msgspec.Struct, frozen=True):
    """Go on comparing what is held with the server's list, case by case; `anew` begins where none is under way."""

    anew: bool = False


class CheckSums(msgspec.Struct, frozen=True):
    """Check by sums that all is here and nothing else, if that is due."""


class Carry(msgspec.Struct, frozen=True):
    """Send and fetch documents' bytes, small ones first."""


class Purge(msgspec.Struct, frozen=True):
    """Take off this laptop what its person may not have any more; `is_lost` takes all but what is unsent."""

    is_lost: bool


class Rest(msgspec.Struct, frozen=True):
    """The round is over; the next one is due in so many seconds unless somebody calls sooner."""

    seconds: float
    fault: SyncFault | None = None


Step = Greet | BecomeAnother | Recover | PushSome | FetchSome | CompareSome | CheckSums | Carry | Purge | Rest


class Called(msgspec.Struct, frozen=True):
    """Somebody saved something, the network came back, or it is time."""


class Greeted(msgspec.Struct, frozen=True):
    """The server said hello; these scopes are open to us now, these are whole here.

    The newest waiting command has the number `newest`, 0 where none waits. `is_current` says that there is nothing to
    fetch, `must_compare` that pages alone do not lead to what the server has. `no_pages` is why the server has none
    for this app; sending outlives that (protocol 13). `access` is the server's word: ok, deposit, wipe.
    """

    now: tuple[str, ...]
    held: tuple[str, ...]
    newest: int
    is_current: bool = False
    must_compare: bool = False
    no_pages: SyncFault | None = None
    access: str = "ok"


class Became(msgspec.Struct, frozen=True):
    """The server knows this store as another device now."""


class Recovered(msgspec.Struct, frozen=True):
    """What the server lost waits in the outbox again."""


class PushedSome(msgspec.Struct, frozen=True):
    """The server looked at the commands up to the number `last`; `tried` is how many these were."""

    tried: int
    last: int


class NotTaken(msgspec.Struct, frozen=True):
    """A request with so many commands, up to the number `last`, was turned down as a whole."""

    fault: SyncFault
    tried: int
    last: int


class FetchedSome(msgspec.Struct, frozen=True):
    """A page is in. `now` and `held` as they stand after it; `moved` says whether it led anywhere."""

    more: bool
    now: tuple[str, ...]
    held: tuple[str, ...]
    moved: bool


class HeldBack(msgspec.Struct, frozen=True):
    """A page was not applied: more would go with it than is to be believed at once (FD6)."""

    fault: SyncFault


class ComparedSome(msgspec.Struct, frozen=True):
    """A part of the list, or whole cases, are in; `more` while it is not done, `moved` whether it led anywhere."""

    more: bool
    moved: bool


class Checked(msgspec.Struct, frozen=True):
    """Sums or rows were looked at; `fault` says that they differ, and that what differs is to be compared.

    `more`: somebody asked for a check of all rows, and that is not through.
    """

    fault: SyncFault | None = None
    more: bool = False


class Carried(msgspec.Struct, frozen=True):
    """Documents' bytes were moved as far as they would go."""


class Purged(msgspec.Struct, frozen=True):
    """What may not be here is gone; `fault` says why it had to go."""

    fault: SyncFault


class Failed(msgspec.Struct, frozen=True):
    """The last step did not work."""

    fault: SyncFault


Event = (
    Called
    | Greeted
    | Became
    | Recovered
    | PushedSome
    | NotTaken
    | FetchedSome
    | HeldBack
    | ComparedSome
    | Checked
    | Carried
    | Purged
    | Failed
)
