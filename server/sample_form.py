"""The form that the sample organisation begins with: a short piece of the home visit (domain.md 5.8)."""

from casework.ids import child_id
from casework.values import AnswerKind, FormQuestion, FormTemplate

_YES_NO = ("yes", "no")
# key, what is asked, what an answer looks like, what there is to choose from
_QUESTIONS: tuple[tuple[str, str, AnswerKind, tuple[str, ...]], ...] = (
    ("who_is_present", "Who is present?", AnswerKind.TEXT, ()),
    ("tenure", "Tenure", AnswerKind.ONE_OF, ("owner_occupied", "rented_social", "rented_private")),
    (
        "main_fuel",
        "Main fuel",
        AnswerKind.ONE_OF,
        ("mains_gas", "electricity", "oil", "lpg", "house_coal", "wood", "none"),
    ),
    ("heating_works", "Does the heating work?", AnswerKind.ONE_OF, ("yes", "partly", "no")),
    ("damp", "Damp or mould", AnswerKind.ONE_OF, ("none", "some", "severe")),
    ("living_room_temperature", "Temperature in the living room, °C", AnswerKind.NUMBER, ()),
    ("payment", "How do they pay?", AnswerKind.ONE_OF, ("direct_debit", "on_receipt", "prepayment", "fuel_direct")),
    ("self_disconnected", "Without gas or electricity in the last 3 months?", AnswerKind.YES_NO, _YES_NO),
    (
        "vulnerabilities",
        "What makes the cold dangerous for them?",
        AnswerKind.SOME_OF,
        ("cardiovascular", "respiratory", "under_5", "over_65", "mental_health", "disability_or_long_term", "pregnant"),
    ),
    ("warmth", "How warm is the home, 0 to 10?", AnswerKind.NUMBER, ()),
    ("worry", "How worried are they about bills, 0 to 10?", AnswerKind.NUMBER, ()),
    ("done_on_the_visit", "What was done on the visit?", AnswerKind.TEXT, ()),
)


def home_visit_form(parent_id: str) -> FormTemplate:
    """Its first version, under an id that follows from the given one."""
    return FormTemplate(
        id=child_id(parent_id, "form/home_visit/1"),
        code="home_visit",
        name="Home visit",
        questions=tuple(
            FormQuestion(key=key, label=label, kind=kind, choices=choices) for key, label, kind, choices in _QUESTIONS
        ),
    )
