"""Every code's words: the one place where facts from below become sentences on the screen. No Qt in here.

words_for("owner-only", {"owner": "Ben"})           Words(title, sentence, next_step) for any refusal or fault
words_of(answer, names)                             the same for a Refused, ids looked up in {id: name}
story(card), settled_words(card)                    a decision as a story with its buttons' words
notice_sentence(notice), feed_sentence(line), feed_marks(line)
chip(state, now), where_things_stand(state, now)    the sync
deed_title(command, wish)                           what a command does, in words
field_label(name), ROLES, PRIORITIES, ...           what fields and fixed choices are called
clock_words, date_words, near_date_words, stamp_words, moment_words     times in the reader's zone
"""

from casework.answers import Refused
from desktop.messages.deeds import deed, deed_title, quoted
from desktop.messages.feed import KEPT_HERE, feed_marks, feed_sentence
from desktop.messages.imports import EXCLUDED, UNREADABLE, column_words, flag_words, note_words
from desktop.messages.kept import Story, author_words, story
from desktop.messages.labels import (
    ALIKE,
    CHANNELS,
    CLOSED_REASONS,
    MATCHED,
    NOBODY,
    NOT_KNOWN,
    OUTCOMES,
    OUTCOMES_DONE,
    OWNER_CHANGES,
    PRIORITIES,
    ROLE_HINTS,
    ROLES,
    SCORE_REASONS,
    SOURCES,
    STANDINGS,
    STATUSES,
    STEP_KINDS,
    TASK_STATUSES,
    VULNERABILITIES,
    closed_reason_words,
    code_words,
    field_label,
    owner_words,
    person_line,
    score_reason_words,
    value_words,
)
from desktop.messages.notices import notice_sentence
from desktop.messages.refusals import REFUSALS
from desktop.messages.settled import settled_words
from desktop.messages.syncing import (
    Chip,
    chip,
    is_in_decisions,
    last_in_sync_words,
    next_try_words,
    paper_words,
    receipt_ticks,
    receipt_words,
    trouble_step,
    where_things_stand,
)
from desktop.messages.times import (
    ago_words,
    clock_off_words,
    clock_words,
    date_words,
    moment_words,
    near_date_words,
    stamp_words,
)
from desktop.messages.troubles import TROUBLES
from desktop.messages.words import Facts, Words, count_words, fill, size_words

UNKNOWN = Words(
    "This could not be done",
    "The reason is one that this version of Doorstep does not know.",
    "Update Doorstep, then try again. Nothing that you typed is lost.",
)


def words_for(code: str, facts: Facts | None = None, names: Facts | None = None) -> Words:
    """The words of any refusal, fault or trouble by its code; ids in its facts are looked up in `names`."""
    template = REFUSALS.get(code) or TROUBLES.get(code) or UNREADABLE.get(code) or UNKNOWN
    return fill(template, facts or {}, names)


def words_of(answer: Refused, names: Facts | None = None) -> Words:
    """The words of a refused answer."""
    return words_for(answer.code, answer.facts, names)


__all__ = [
    "ALIKE",
    "CHANNELS",
    "CLOSED_REASONS",
    "EXCLUDED",
    "KEPT_HERE",
    "MATCHED",
    "NOBODY",
    "NOT_KNOWN",
    "OUTCOMES",
    "OUTCOMES_DONE",
    "OWNER_CHANGES",
    "PRIORITIES",
    "REFUSALS",
    "ROLES",
    "ROLE_HINTS",
    "SCORE_REASONS",
    "SOURCES",
    "STANDINGS",
    "STATUSES",
    "STEP_KINDS",
    "TASK_STATUSES",
    "TROUBLES",
    "UNREADABLE",
    "VULNERABILITIES",
    "Chip",
    "Story",
    "Words",
    "ago_words",
    "author_words",
    "chip",
    "clock_off_words",
    "clock_words",
    "closed_reason_words",
    "code_words",
    "column_words",
    "count_words",
    "date_words",
    "deed",
    "deed_title",
    "feed_marks",
    "feed_sentence",
    "field_label",
    "flag_words",
    "is_in_decisions",
    "last_in_sync_words",
    "moment_words",
    "near_date_words",
    "next_try_words",
    "note_words",
    "notice_sentence",
    "owner_words",
    "paper_words",
    "person_line",
    "quoted",
    "receipt_ticks",
    "receipt_words",
    "score_reason_words",
    "settled_words",
    "size_words",
    "stamp_words",
    "story",
    "trouble_step",
    "value_words",
    "where_things_stand",
    "words_for",
    "words_of",
]
