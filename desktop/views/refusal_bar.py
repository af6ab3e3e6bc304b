"""A refused answer as a notice beside the work: what happened, why, what to do next."""

from casework.questions.names import names
from desktop.messages import words_of
from desktop.office import Office, Refused
from desktop.widgets.notice_bar import NoticeBar


def refusal_bar(office: Office, refused: Refused) -> NoticeBar:
    """The notice for a refused answer, with people, queues and steps by their names."""
    words = words_of(refused, office.read(names).ids)
    return NoticeBar(words.title, text=words.text, kind="warning")
