"""Forms: published in versions that never change, answered under one of them, read under the newest (OC19)."""

from collections.abc import Iterable

import msgspec

from casework.answers import Done, Refused, Verdict
from casework.commands import AnswerForm, PublishForm
from casework.rules import feed
from casework.rules.fields import LINE, too_long
from casework.rules.moment import Desk, Moment
from casework.values import ActivityKind, Case, FormAnswers, FormQuestion, FormTemplate


class ReadAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """Answers as the newest version asks: each of its questions with what was answered, and what fits none of them.

    `left` are (what the question was called then, its key, the answer).
    """

    answered: tuple[tuple[FormQuestion, tuple[str, ...]], ...]
    left: tuple[tuple[str, str, tuple[str, ...]], ...]


def answer_form(desk: Desk, command: AnswerForm, case: Case, moment: Moment) -> Verdict:
    """Keeps a filled-in form under the version that its author had, however many newer ones there are by now (OC19).

    Answers to no question of that version are kept too: only reading sorts them.
    """
    template = desk.find(FormTemplate, command.template_id)
    if template is None:
        return Refused("form-gone")
    if not any(text.strip() for answer in command.answers.values() for text in answer):
        return Refused("form-is-empty")
    known = desk.find(FormAnswers, command.answers_id)
    if known is not None:
        same = (known.case_id, known.template_id, known.answers) == (case.id, template.id, command.answers)
        return Done() if same else Refused("not-valid", {"field": "answers_id", "why": "taken"})
    answers = FormAnswers(
        id=command.answers_id,
        case_id=case.id,
        template_id=template.id,
        code=template.code,
        version=template.version,
        answers=command.answers,
        task_id=command.task_id,
        answered_at=command.answered_at,
        answered_by=moment.who.id,
    )
    facts = {"answers": answers.id, "form": template.name, "version": str(template.version)}
    newest = newest_version(desk.all_of(FormTemplate), template.code)
    if newest is not None and newest.version > template.version:
        facts["newest"] = str(newest.version)
    line = feed.line(desk, case, moment, kind=ActivityKind.FORM, facts=facts)
    return Done((answers, line, *feed.new_facts_on_closed(desk, case, moment)))


def publish_form(desk: Desk, command: PublishForm, moment: Moment) -> Verdict:
    """Gives everybody a form, or its next version. One that was published stays as it is: answers hang on it."""
    del moment
    template = command.template
    if not (template.code.strip() and template.name.strip() and template.questions):
        return Refused("form-is-empty")
    problem = too_long("name", template.name, LINE)
    if problem is not None:
        return problem
    keys = [key for question in template.questions for key in (question.key, *question.was)]
    if len(keys) != len(set(keys)) or not all(key.strip() for key in keys):
        return Refused("form-asks-twice")
    template = msgspec.structs.replace(template, rev=0)
    known = desk.find(FormTemplate, template.id)
    if known is not None:
        return Done() if msgspec.structs.replace(known, rev=0) == template else Refused("form-is-out")
    newest = newest_version(desk.all_of(FormTemplate), template.code)
    if template.version != (newest.version + 1 if newest is not None else 1):
        return Refused("form-version-taken", {"version": str(newest.version if newest is not None else 0)})
    return Done((template,))


def newest_version(templates: Iterable[FormTemplate], code: str) -> FormTemplate | None:
    """The version of a form to fill in now, None where there is no such form."""
    return max((one for one in templates if one.code == code), key=lambda one: one.version, default=None)


def read_answers(given: FormAnswers, then: FormTemplate | None, newest: FormTemplate) -> ReadAnswers:
    """Answers under the newest version's questions, by key and by the keys that a question had before (OC19).

    What fits no question is shown too, with the words of the version that it was answered under.
    """
    taken: set[str] = set()
    answered = []
    for question in newest.questions:
        key = next((key for key in (question.key, *question.was) if key in given.answers), "")
        taken.add(key)
        answered.append((question, given.answers.get(key, ())))
    labels = {question.key: question.label for question in then.questions} if then is not None else {}
    left = [(labels.get(key, key), key, answer) for key, answer in given.answers.items() if key not in taken]
    return ReadAnswers(answered=tuple(answered), left=tuple(left))
