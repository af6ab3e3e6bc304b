"""Forms to fill in, and filled-in ones as the newest version asks, with what no longer fits (OC19)."""

from datetime import datetime

import msgspec

from casework.connection import Connection
from casework.questions.names import Names
from casework.rows import all_of, find, of_case
from casework.rules.forms import newest_version, read_answers
from casework.values import AnswerKind, FormAnswers, FormTemplate
from casework.values.times import sound


class AnswerShown(msgspec.Struct, frozen=True, kw_only=True):
    """A question and its answer; no texts where it was not answered. `kind` is None for what fits no question now."""

    label: str
    key: str
    kind: AnswerKind | None
    texts: tuple[str, ...]


class FormShown(msgspec.Struct, frozen=True, kw_only=True):
    """A filled-in form: `answers` under the newest version's questions, and `left`, what was answered besides."""

    id: str
    case_id: str
    name: str
    code: str
    version: int
    newest: int
    answers: tuple[AnswerShown, ...]
    left: tuple[AnswerShown, ...]
    answered_at: datetime
    answered_by_name: str
    is_unsent: bool


def forms_to_fill_in(conn: Connection) -> tuple[FormTemplate, ...]:
    """The newest version of every form, by name."""
    every = all_of(conn, FormTemplate)
    newest = (newest_version(every, code) for code in {one.code for one in every})
    return tuple(sorted((one for one in newest if one is not None), key=lambda one: (one.name, one.code)))


def filled_in(conn: Connection, answers_id: str, known: Names) -> FormShown | None:
    """One filled-in form, None where it is not on this device."""
    given = find(conn, FormAnswers, answers_id)
    return None if given is None else _shown(given, all_of(conn, FormTemplate), known)


def forms_of_case(conn: Connection, case_id: str, known: Names) -> tuple[FormShown, ...]:
    """The filled-in forms of a case, the newest first."""
    templates = all_of(conn, FormTemplate)
    found = sorted(of_case(conn, FormAnswers, case_id), key=lambda one: (sound(one.answered_at), one.id), reverse=True)
    return tuple(_shown(given, templates, known) for given in found)


def _shown(given: FormAnswers, templates: tuple[FormTemplate, ...], known: Names) -> FormShown:
    then = next((one for one in templates if one.id == given.template_id), None)
    newest = newest_version(templates, given.code) or FormTemplate(id="", code=given.code, name=given.code)
    read = read_answers(given, then, newest)
    return FormShown(
        id=given.id,
        case_id=given.case_id,
        name=newest.name,
        code=given.code,
        version=given.version,
        newest=newest.version,
        answers=tuple(
            AnswerShown(label=question.label, key=question.key, kind=question.kind, texts=texts)
            for question, texts in read.answered
        ),
        left=tuple(AnswerShown(label=label, key=key, kind=None, texts=texts) for label, key, texts in read.left),
        answered_at=given.answered_at,
        answered_by_name=known.person(given.answered_by),
        is_unsent=given.rev == 0,
    )
