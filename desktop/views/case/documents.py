"""The Documents tab: files by drag and drop, file chooser or paste; each says where its bytes are (S58, S59, R17)."""

import mimetypes
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from casework.disk import TooFull
from casework.questions.sheets import CaseSheet
from casework.rules.fields import LINE
from casework.store_faults import StoreFault, our_disk
from desktop.messages import count_words, words_for
from desktop.models.document_list import DocumentLine, DocumentList
from desktop.office import Answer, Office, Refused
from desktop.thumbnails import Thumbnails
from desktop.views.case.document_tile import DocumentTile
from desktop.views.case.pasting import kept_for_a_moment, throw_away
from desktop.widgets.drop_zone import DropZone
from desktop.widgets.empty_state import EmptyState
from desktop.widgets.fields import TextField
from desktop.widgets.flow import FlowRow
from desktop.widgets.labels import Caption
from desktop.widgets.notice_bar import NoticeBar, NoticeStack
from desktop.widgets.surfaces import ScrollColumn
from sync.carrying import paper_of
from sync.central import Central
from sync.faults import SyncFault
from sync.one_paper import fetch
from sync.opened_papers import Unreadable
from sync.paper_room import drop_broken, note_used
from sync.papers import Paper

DROP_WORDS = "Drop photos, letters and bills anywhere on this page, or press Ctrl+V to paste a picture"


class DocumentsTab(QFrame):
    """`add(paths)` takes files in, `paste(image)` a picture; `counted(int)` says how many there are."""

    counted = Signal(int)

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case-documents")
        self.setProperty("surface", "plain")
        self._office = office
        self._case_id = ""
        self._may_add = False
        self._coming = 0
        self._opened = office.laptop.opened
        self.thumbnails = Thumbnails(office, self)
        self.thumbnails.ready.connect(self._on_picture)
        self.model = DocumentList(lambda sha256: paper_of(office.laptop, sha256) is not None, self)
        self._tiles: dict[str, DocumentTile] = {}
        self.zone = DropZone(DROP_WORDS)
        self.zone.files.connect(self.add)
        self._caption = TextField(
            name="Caption for the next files", placeholder="Caption for what you add next (optional)"
        )
        self._caption.setObjectName("document-caption")
        self._caption.setMaxLength(LINE)
        self._busy = Caption()
        self._busy.setObjectName("documents-busy")
        self._notices = NoticeStack()
        self._notices.setObjectName("document-notices")
        self._grid = FlowRow(spacing=12)
        self._none = EmptyState("No documents yet. Photos, letters and bills of this case go here.", icon="paperclip")
        self._build()

    def _build(self) -> None:
        scroll = ScrollColumn(padding=16, spacing=12)
        scroll.column.addWidget(self.zone)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self._caption, 1)
        line.addWidget(self._busy)
        scroll.column.addLayout(line)
        scroll.column.addWidget(self._notices)
        scroll.column.addWidget(self._grid)
        scroll.column.addWidget(self._none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        self._busy.hide()

    def show_case(self, sheet: CaseSheet) -> None:
        """Show the case's documents."""
        if sheet.case.id != self._case_id:
            self._case_id = sheet.case.id
            for key in list(self._notices.keys()):  # noqa: SIM118 - no mapping
                self._notices.take(key)
            self._caption.clear()
        self._may_add = "document.attach" in sheet.offers
        self.zone.setVisible(self._may_add)
        self._caption.setVisible(self._may_add)
        self.model.show(sheet.documents)
        self._fill()

    def add(self, paths: list[str]) -> None:
        """Take files in, one by one; each that cannot be taken says why, the others go on."""
        if not self._may_add:
            return
        caption = self._caption.value()
        for path in paths:
            self._take_in(Path(path), caption)
        self._caption.clear()

    def paste(self, image: QImage) -> None:
        """Take in a picture from the clipboard."""
        if not self._may_add or image.isNull():
            return
        name = f"Pasted {datetime.now(UTC).astimezone():%d %b %Y %H.%M.%S}.png"
        try:
            with our_disk():
                held = kept_for_a_moment(self._office.laptop.folder, name, image)
        except StoreFault as fault:
            self._say(Refused(fault.code), name)
            return
        self._take_in(held, self._caption.value(), is_ours=True)
        self._caption.clear()

    def choose(self) -> None:
        """Open the file chooser."""
        if self._may_add:
            self.zone.choose()

    def tiles(self) -> list[DocumentTile]:
        """The tiles, newest first."""
        return [self._tiles[line.shown.id] for line in self.model.lines()]

    def open_document(self, line: DocumentLine) -> None:
        """Open a copy in the system's own program; fetched first where the bytes are not here."""
        paper = paper_of(self._office.laptop, line.shown.sha256)
        if paper is not None:
            self._open_copy(paper, line)
            return
        shown, laptop = line.shown, self._office.laptop

        def bring(central: Central) -> Paper | Refused:
            return fetch(laptop, central, sha256=shown.sha256, size=shown.size, case_id=shown.case_id)

        self._busy.setText(f"Fetching {shown.name[:60]}…")
        self._busy.show()
        self._office.online(bring, lambda got: self._on_fetched(got, line))

    def _take_in(self, path: Path, caption: str, *, is_ours: bool = False) -> None:
        self._coming += 1
        self._show_busy()
        mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"

        def then(answer: Answer) -> None:
            self._coming -= 1
            self._show_busy()
            if is_ours:
                throw_away(path)
            if isinstance(answer, Refused):
                self._say(answer, path.name)

        self._office.attach(path, case_id=self._case_id, mime=mime, caption=caption, then=then)

    def _say(self, refused: Refused, name: str) -> None:
        words = words_for(refused.code, {"name": name, **refused.facts})
        bar = NoticeBar(words.title, text=words.text, kind="warning")
        self._notices.put(f"{refused.code} {name}", bar)

    def _show_busy(self) -> None:
        self._busy.setText(f"Adding {count_words(self._coming, 'file')}…" if self._coming else "")
        self._busy.setVisible(self._coming > 0)

    def _fill(self) -> None:
        lines = self.model.lines()
        before = [line.shown.id for line in lines] == list(self._tiles)
        if not before:
            self._tiles = {line.shown.id: self._new_tile(line) for line in lines}
            self._grid.put(*self._tiles.values())
        for line in lines:
            shown = line.shown
            if line.is_here or shown.preview_sha256:
                self.thumbnails.forget_missing(shown.sha256)
                self.thumbnails.want(shown.sha256, shown.mime, shown.size, preview=shown.preview_sha256)
            self._tiles[line.shown.id].show_document(line, self.thumbnails.picture(line.shown.sha256))
        self._none.setVisible(not lines)
        self.counted.emit(len(lines))

    def _new_tile(self, line: DocumentLine) -> DocumentTile:
        tile = DocumentTile()
        document_id = line.shown.id
        tile.clicked.connect(lambda: self._on_clicked(document_id))
        return tile

    def _on_clicked(self, document_id: str) -> None:
        line = next((line for line in self.model.lines() if line.shown.id == document_id), None)
        if line is not None:
            self.open_document(line)

    def _on_picture(self, sha256: str) -> None:
        for line in self.model.lines():
            if line.shown.sha256 == sha256:
                self._tiles[line.shown.id].show_document(line, self.thumbnails.picture(sha256))

    def _on_fetched(self, got: Paper | Refused | SyncFault, line: DocumentLine) -> None:
        self._show_busy()
        if isinstance(got, Paper):
            self._fill_again()
            self._open_copy(got, line)
        elif isinstance(got, Refused):
            self._say(got, line.shown.name)
        else:
            self._say(Refused("document-not-here", {"name": line.shown.name}), line.shown.name)

    def _open_copy(self, paper: Paper, line: DocumentLine) -> None:
        name, laptop = line.shown.name, self._office.laptop

        def copy() -> Path | Refused | None:
            try:
                note_used(laptop, paper)
                made = self._opened.open_copy(paper, name)
                if isinstance(made, Unreadable) and drop_broken(laptop, paper):
                    return None
            except StoreFault as fault:
                return Refused(fault.code)
            if isinstance(made, Path):
                return made
            return Refused(made.code, {"free": str(made.free)} if isinstance(made, TooFull) else {})

        def show(made: Path | Refused | None) -> None:
            if made is None:
                # Our own copy was damaged, and the server has another.
                self.open_document(line)
            else:
                self._show_copy(made, name)

        self._office.in_background(copy, show)

    def _show_copy(self, made: Path | Refused, name: str) -> None:
        if isinstance(made, Refused):
            self._say(made, name)
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(made))):
            text = f"No program on this computer opens {name[:80]}. Ask your admin for one that does."
            self._notices.put(name, NoticeBar("This file could not be opened", text=text, kind="warning"))

    def _fill_again(self) -> None:
        self.model.show([line.shown for line in self.model.lines()])
        self._fill()
