"""Back-fill over a network: pages as large as the line carries in a moment, the next one fetched while one goes in."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

import msgspec

from casework.ids import new_id
from casework.wire import Fill, Hello, HelloReply, Page, Pull
from sync.central import Central, PassedOn, Remember

# Bytes of a page before packing. A larger one would hold up the window while it is decoded.
SMALLEST, LARGEST = 250_000, 4_000_000
# A page that took longer is followed by a smaller one: what is broken off half-way is fetched again (FG1).
LONG_SECONDS, SHORT_SECONDS = 8.0, 2.0


class ReadingAhead(PassedOn):
    """A Central whose back-fill goes on while the laptop writes; everything else is passed on as it is.

    A page is the answer to what the store asked even if it was asked for a moment earlier: nothing of the store's
    that the server is told has changed since.
    """

    def __init__(self, central: Central, *, clock: Callable[[], float] = monotonic) -> None:
        self._central = central
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading ahead")
        self._coming: tuple[Pull, Future[Page]] | None = None
        self._bytes = 1_000_000

    @property
    def _other_end(self) -> Central:
        return self._central

    def resume(self, device: str, renewal: str, remember: Remember) -> None:
        """See Central."""
        self._central.resume(device, renewal, remember)

    def hello(self, hello: Hello) -> HelloReply:
        """See Central. What was fetched ahead in an earlier round is forgotten."""
        self._coming = None
        return self._central.hello(hello)

    def pull(self, pull: Pull) -> Page:
        """See Central."""
        if pull.fill is None:
            return self._central.pull(pull)
        page = self._fetched(pull)
        if page.fill_after:
            fill = Fill(scopes=pull.fill.scopes, after=page.fill_after)
            asked = msgspec.structs.replace(pull, rid=new_id(), cur=page.cur, fill=fill)
            self._coming = asked, self._thread.submit(self._fetch, asked)
        return page

    def close(self) -> None:
        """Fetches nothing more; a page under way is nobody's."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _fetched(self, pull: Pull) -> Page:
        coming, self._coming = self._coming, None
        if coming is None:
            return self._fetch(pull)
        asked, page = coming
        is_it = (asked.cur, asked.held, asked.fill) == (pull.cur, pull.held, pull.fill)
        return page.result() if is_it else self._fetch(pull)

    def _fetch(self, pull: Pull) -> Page:
        began = self._clock()
        page = self._central.pull(msgspec.structs.replace(pull, max_bytes=self._bytes))
        took = self._clock() - began
        if took > LONG_SECONDS:
            self._bytes = max(SMALLEST, self._bytes // 2)
        elif took < SHORT_SECONDS:
            self._bytes = min(LARGEST, self._bytes * 2)
        return page
