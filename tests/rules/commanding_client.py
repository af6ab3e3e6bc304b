"""Hypothesis strategies: what might be said about the client of the one case: joined, agreed, passed on, asked."""

from typing import Any

from hypothesis import strategies as st

from casework.commands import (
    AnswerForm,
    JoinCase,
    KeepApart,
    PublishForm,
    RemoveStep,
    SendReferral,
    SetConsent,
    WithdrawConsent,
)
from casework.values import ConsentScope, FormQuestion, FormTemplate
from tests.rules.paper import CASE, NINE

FORM = FormTemplate(id="form-1", code="visit", name="Visit", questions=(FormQuestion(key="damp", label="Damp?"),))
case: dict[str, Any] = {"case_id": st.just(CASE)}
words = st.sampled_from(["", " ", "hm", "x" * 201])
scopes = st.sampled_from([ConsentScope.SHARE_WITH_PARTNER, ConsentScope.PHOTOS])
methods = st.sampled_from(["verbal", "email", "pigeon"])
MORE: list[st.SearchStrategy[Any]] = [
    st.builds(JoinCase, **case, into=st.sampled_from([CASE, "twin", "no-such"]), seen=st.just(0), reason=words),
    st.builds(JoinCase, case_id=st.just("twin"), into=st.just(CASE), seen=st.just(0)),
    st.builds(KeepApart, **case, other_id=st.sampled_from([CASE, "twin", "no-such"]), reason=words),
    st.builds(SetConsent, **case, scope=scopes, is_given=st.booleans(), method=methods),
    st.builds(WithdrawConsent, **case, scope=scopes, method=methods, words=words),
    st.builds(
        SendReferral,
        **case,
        referral_id=st.sampled_from(["r1", "r2"]),
        organisation=words,
        service=words,
        method=methods,
    ),
    st.builds(
        AnswerForm,
        **case,
        answers_id=st.sampled_from(["a1", "a2"]),
        template_id=st.sampled_from(["form-1", "no-such"]),
        answers=st.dictionaries(st.sampled_from(["damp", "else"]), st.tuples(words), max_size=2),
        answered_at=st.just(NINE),
    ),
    st.builds(
        PublishForm,
        case_id=st.just(""),
        template=st.builds(
            FormTemplate,
            id=st.sampled_from(["form-1", "form-2"]),
            code=st.just("visit"),
            name=words,
            version=st.integers(1, 3),
            questions=st.just(FORM.questions),
        ),
    ),
    st.builds(RemoveStep, case_id=st.just(""), step_id=st.sampled_from(["s1", "s2", "s3", "no-such"])),
]
