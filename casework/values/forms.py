"""Forms to fill in with a client: templates in versions that never change, and the answers given under one of them."""

from datetime import datetime
from enum import StrEnum

import msgspec

from casework.values.common import CaseRecord, Record


class AnswerKind(StrEnum):
    """What an answer to a question looks like; all lie in the store as texts."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    DAY = "day"
    ONE_OF = "one_of"
    SOME_OF = "some_of"


class FormQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """One question of a form. `key` is what answers are kept by, `was` the keys it had in earlier versions (OC19)."""

    key: str
    label: str
    kind: AnswerKind = AnswerKind.TEXT
    choices: tuple[str, ...] = ()
    was: tuple[str, ...] = ()


class FormTemplate(Record, frozen=True, kw_only=True):
    """One version of a form; `code` is the form, and the highest `version` of it is the one to fill in."""

    code: str
    name: str
    version: int = 1
    questions: tuple[FormQuestion, ...] = ()


class FormAnswers(CaseRecord, frozen=True, kw_only=True):
    """A form filled in once, kept for good under the version that was on the screen; `answers` is {key: texts}."""

    template_id: str
    code: str
    version: int
    answers: dict[str, tuple[str, ...]] = {}
    task_id: str = ""
    answered_at: datetime
    answered_by: str
