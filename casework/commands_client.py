"""What a person can say about a client: found twice, consent, passed on, forms; and an admin about forms and steps."""

from datetime import date, datetime

from casework.command import Command
from casework.values import ConsentScope, FormTemplate


class JoinCase(Command, frozen=True, kw_only=True, tag="case.join"):
    """Say that this case and `into` are one that was taken in twice: this one closes, its facts go there (OC14, OC15).

    `seen` is how many lines by others than the author the author saw in this case's feed: where there are more by then,
    somebody changed it meanwhile, and the author is asked again.
    """

    into: str
    seen: int
    reason: str = ""


class KeepApart(Command, frozen=True, kw_only=True, tag="case.apart"):
    """Say that this case and `other_id`, which look alike, are about two people or two matters (OC14)."""

    other_id: str
    reason: str = ""


class SetConsent(Command, frozen=True, kw_only=True, tag="consent.set"):
    """Note down that the client gave or refused consent for one scope; `seen` is the `set_by_cmd` that stood there."""

    scope: ConsentScope
    is_given: bool
    method: str
    seen: str = ""
    text_version: str = ""
    evidence_document_id: str = ""
    expires_on: date | None = None


class WithdrawConsent(Command, frozen=True, kw_only=True, tag="consent.withdraw"):
    """Note down that the client takes back their consent for one scope; holds whatever the author saw (OC21)."""

    scope: ConsentScope
    method: str
    words: str = ""


class SendReferral(Command, frozen=True, kw_only=True, tag="referral.send"):
    """Pass the client on to another organisation, which needs their consent to sharing with partners (OC21)."""

    referral_id: str
    organisation: str
    service: str
    method: str
    words: str = ""
    chase_on: date | None = None


class AnswerForm(Command, frozen=True, kw_only=True, tag="form.answer"):
    """Hand in a form that was filled in, under the version of it that was on the screen (OC19)."""

    answers_id: str
    template_id: str
    answers: dict[str, tuple[str, ...]]
    task_id: str = ""
    answered_at: datetime


class PublishForm(Command, frozen=True, kw_only=True, tag="form.publish"):
    """Give everybody a form, or the next version of one; about no case, so `case_id` is empty."""

    template: FormTemplate


class RemoveStep(Command, frozen=True, kw_only=True, tag="step.remove"):
    """Take a step out of its journey; its cases go to `to_id`, or to the nearest step; about no case (OC20)."""

    step_id: str
    to_id: str = ""
