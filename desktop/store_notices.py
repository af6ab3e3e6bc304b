"""What is said of the store itself: the disk would not take a change, a file is damaged, a new one was begun for it."""

from PySide6.QtCore import QObject, Signal, Slot

from casework.answers import Refused
from casework.store_faults import StoreDamaged
from desktop.messages import words_for
from desktop.messages.troubles import STORE
from desktop.messages.words import Words
from desktop.office import Office
from desktop.views.main_window import MainWindow
from desktop.widgets.notice_bar import NoticeBar
from sync import mending

DAMAGED = StoreDamaged.code


class StoreNotices(QObject):
    """`anew_asked` when the person wants a damaged store put aside and a new one begun, which is done on the way in."""

    anew_asked = Signal()
    # said on whichever thread met the damage
    _met = Signal()

    def __init__(self, office: Office, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self._laptop = office.laptop
        self._window = window
        self._is_told = False
        self._met.connect(self._tell_damage)
        self._laptop.database.met_damage = self._met.emit
        office.refused.connect(self._on_refused)

    def close(self) -> None:
        """Hears nothing any more."""
        self._laptop.database.met_damage = lambda: None

    def show(self) -> None:
        """Says that the store was begun anew, at each start until that is put away."""
        words = self.words()
        if words is not None:
            bar = NoticeBar(words.title, text=words.text, kind="warning")
            bar.dismissed.connect(self._forget)
            self._window.notice("begun-anew", bar)

    def words(self) -> Words | None:
        """What is to be said of a store that was begun anew, None where it was not or that is put away."""
        with self._laptop.database.reading() as conn:
            begun = mending.begun_anew(conn)
        return None if begun is None or begun.is_told else words_for(begun.code)

    @Slot(object)
    def _on_refused(self, answer: Refused) -> None:
        """What a rule refuses is said beside the work; a full disk concerns everything. Damage tells itself."""
        if answer.code in STORE and answer.code != DAMAGED:
            words = words_for(answer.code, answer.facts)
            self._window.notice("store", NoticeBar(words.title, text=words.text, kind="danger"))

    @Slot()
    def _tell_damage(self) -> None:
        if self._is_told:
            return
        self._is_told = True
        words = words_for(DAMAGED)
        bar = NoticeBar(
            words.title,
            text=words.text,
            kind="danger",
            actions=[("begin-anew", "Do that now")],
            dismissible=False,
        )
        bar.acted.connect(lambda _: self.anew_asked.emit())
        self._window.notice("store-damaged", bar)

    def _forget(self) -> None:
        # without room for it, it is said at the next start once more
        self._office.keep(mending.note_told, lambda _: None)
