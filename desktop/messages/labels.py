"""What fields and fixed choices are called on the screen."""

from collections.abc import Mapping

from casework.values import (
    AssignmentStatus,
    CaseStatus,
    ConsentScope,
    ConsentState,
    OfferState,
    Owner,
    OwnerChange,
    Priority,
    Role,
    Source,
    Standing,
    StepKind,
    TaskStatus,
    TriageOutcome,
)

FIELDS: Mapping[str, str] = {
    "description": "Description",
    "request_type": "Request type",
    "source_name": "Referred by",
    "source_reference": "Their reference",
    "consent": "Consent",
    "title": "Title",
    "first_name": "First name",
    "last_name": "Last name",
    "birth_date": "Date of birth",
    "birth_text": "Date of birth as written",
    "phone": "Phone",
    "mobile": "Mobile",
    "email": "E-mail",
    "preferred_channel": "Best way to reach them",
    "language": "Language",
    "vulnerabilities": "Vulnerabilities",
    "address_1": "Address",
    "address_2": "Address, second line",
    "town": "Town",
    "postcode": "Postcode",
    "uprn": "UPRN",
    "tenure": "Tenure",
    "property_type": "Type of home",
    "epc": "EPC band",
    "heating": "Heating",
    "prepayment": "Meter",
    "access_notes": "Getting in",
    "text": "Text",
    "reason": "Reason",
    "words": "Remark",
    "outcome": "Outcome",
    "caption": "Caption",
    "name": "Name",
    "place": "Place",
    "leftover": "What fitted nowhere else",
    "priority": "Priority",
    "step": "Step",
    "owner": "Owner",
}
ROLES: Mapping[Role, str] = {
    Role.ADVISOR: "Advisor",
    Role.COORDINATOR: "Coordinator",
    Role.LEAD: "Team lead",
    Role.ADMIN: "Admin",
    Role.READER: "Reader",
}
ROLE_HINTS: Mapping[Role, str] = {
    Role.ADVISOR: "Works on their own cases and takes new ones from the waiting list.",
    Role.COORDINATOR: "Sees all cases, decides about the waiting list and gives cases to people.",
    Role.LEAD: "All that a coordinator may, and reviews on behalf of others.",
    Role.ADMIN: "Looks after people and set-up, and may reassign cases.",
    Role.READER: "Sees, and changes nothing.",
}
PRIORITIES: Mapping[Priority, str] = {
    Priority.URGENT: "Urgent",
    Priority.HIGH: "High",
    Priority.NORMAL: "Normal",
}
STATUSES: Mapping[CaseStatus, str] = {
    CaseStatus.NEW: "New",
    CaseStatus.IN_PROGRESS: "In progress",
    CaseStatus.CLOSED: "Closed",
}
STEP_KINDS: Mapping[StepKind, str] = {
    StepKind.WAITING: "Waiting",
    StepKind.ACTIVE: "Active",
    StepKind.FOLLOW_UP: "Follow-up",
    StepKind.CLOSED: "Closed",
}
TASK_STATUSES: Mapping[TaskStatus, str] = {
    TaskStatus.OPEN: "To do",
    TaskStatus.DONE: "Done",
    TaskStatus.CANCELLED: "Cancelled",
}
OUTCOMES: Mapping[TriageOutcome, str] = {
    TriageOutcome.SUPPORTED: "Support this client",
    TriageOutcome.SIGNPOSTED: "Point to another service",
    TriageOutcome.DECLINED: "Decline",
    TriageOutcome.DUPLICATE: "Duplicate",
    TriageOutcome.CANNOT_CONTACT: "Cannot be reached",
    TriageOutcome.OUT_OF_AREA: "Out of our area",
}
OUTCOMES_DONE: Mapping[TriageOutcome, str] = {
    TriageOutcome.SUPPORTED: "Supported",
    TriageOutcome.SIGNPOSTED: "Pointed to another service",
    TriageOutcome.DECLINED: "Declined",
    TriageOutcome.DUPLICATE: "Duplicate of another case",
    TriageOutcome.CANNOT_CONTACT: "Could not be reached",
    TriageOutcome.OUT_OF_AREA: "Out of our area",
}
CLOSED_REASONS: Mapping[str, str] = {
    "advice_completed": "Advice completed",
    "measures_completed": "Measures completed",
    "referred_on": "Referred on",
    "client_withdrew": "Client withdrew",
    "no_contact": "No contact",
    "not_eligible": "Not eligible",
    "moved": "Client moved away",
    "deceased": "Client died",
    "duplicate": "Duplicate of another case",
    "case_voided": "Case Voided",
    "other": "Other reason",
}
SOURCES: Mapping[Source, str] = {Source.PERSON: "Typed in", Source.IMPORT: "Imported"}
CHANNELS: Mapping[str, str] = {
    "call": "Call",
    "visit": "Visit",
    "email": "E-mail",
    "letter": "Letter",
    "text": "Text message",
    "chat": "Chat",
    "in_person": "In person",
}
CONSENT_SCOPES: Mapping[ConsentScope, str] = {
    ConsentScope.CASE_WORK: "working on their case",
    ConsentScope.SHARE_WITH_PARTNER: "sharing with other organisations",
    ConsentScope.SHARE_WITH_FUNDER: "sharing with the funder",
    ConsentScope.PHOTOS: "photographs",
    ConsentScope.PSR_REGISTRATION: "the Priority Services Register",
    ConsentScope.RESEARCH: "research",
    ConsentScope.MARKETING: "news from us",
}
CONSENT_STATES: Mapping[ConsentState, str] = {
    ConsentState.GIVEN: "given",
    ConsentState.REFUSED: "refused",
    ConsentState.WITHDRAWN: "taken back",
}
CONSENT_METHODS: Mapping[str, str] = {
    "signature": "by signature",
    "verbal": "in words",
    "email": "by e-mail",
    "letter": "by letter",
}
# Whose doing a review or a note was, as a mark beside it (OC12).
STANDINGS: Mapping[Standing, str] = {
    Standing.OWNER: "",
    Standing.FORMER_OWNER: "Written by the previous owner",
    Standing.OTHER: "",
}
OWNER_CHANGES: Mapping[OwnerChange, str] = {
    OwnerChange.CREATED: "Opened",
    OwnerChange.IMPORTED: "Imported",
    OwnerChange.ASSIGN: "Assigned",
    OwnerChange.CLAIM: "Taken",
    OwnerChange.RELEASE: "Given back",
    OwnerChange.QUEUE_MOVE: "Moved to a queue",
    OwnerChange.TAKEOVER: "Taken over",
    OwnerChange.TRANSFER: "Accepted",
    OwnerChange.LEAVER: "Left behind",
    OwnerChange.QUEUE_REMOVED: "Queue taken out of use",
}
ASSIGNMENT_STATUSES: Mapping[AssignmentStatus, str] = {
    AssignmentStatus.SENT: "Asked",
    AssignmentStatus.ACCEPTED: "Taken on",
    AssignmentStatus.COMPLETED: "Done",
    AssignmentStatus.RETURNED: "Needs to know more",
    AssignmentStatus.REJECTED: "Turned down",
    AssignmentStatus.WITHDRAWN: "Taken back",
}
OFFER_STATES: Mapping[OfferState, str] = {
    OfferState.OPEN: "Offered",
    OfferState.ACCEPTED: "Accepted",
    OfferState.DECLINED: "Declined",
    OfferState.WITHDRAWN: "Taken back",
    OfferState.EXPIRED: "Ran out",
    OfferState.LAPSED: "No longer stands",
}
MATCHED: Mapping[str, str] = {
    "number": "Case number",
    "name": "Name",
    "postcode": "Postcode",
    "phone": "Phone",
    "address": "Address",
}
# Why another case may matter to this one (questions.around), and why two people may be the same (referrals.likeness).
ALIKE: Mapping[str, str] = {
    "same_client": "Same client",
    "same_home": "Same home",
    "same_uprn": "Same UPRN",
    "same_phone": "Same phone",
    "same_email": "Same e-mail",
    "same_name": "Same name",
    "same_birth_date": "Same date of birth",
    "same_postcode": "Same postcode",
    "said_by_import": "Found when it was imported",
    "reference": "Same reference",
    "name": "Same name",
    "name_near": "Nearly the same name",
    "birth_date": "Same date of birth",
    "birth_date_near": "Nearly the same date of birth",
    "birth_date_differs": "Another date of birth",
    "postcode": "Same postcode",
    "address": "Same address",
    "phone": "Same phone",
    "uprn": "Same UPRN",
}
# The parts of the triage score (domain.md 5.9).
SCORE_REASONS: Mapping[str, str] = {
    "no_heating": "No heating or hot water",
    "off_supply": "Off supply",
    "powered_medical_equipment": "Powered medical equipment",
    "child_under_5_or_pregnant": "Child under 5, or pregnant",
    "over_75": "Over 75",
    "aged_65_to_74": "Aged 65 to 74",
    "respiratory_or_cardiovascular": "Heart or breathing condition",
    "arrears_over_500": "Arrears over £500",
    "severe_damp": "Severe damp or mould",
    "epc_f_or_g": "EPC F or G",
    "epc_e": "EPC E",
    "epc_d": "EPC D",
    "prepayment": "Prepayment meter",
    "lives_alone": "Lives alone",
    "waited": "Waiting",
}
VULNERABILITIES: Mapping[str, str] = {
    "state_pension_age": "State pension age",
    "disability_or_long_term": "Disability or long-term condition",
    "recovering_from_injury": "Recovering from injury",
    "hearing_or_sight": "Hearing or sight",
    "mental_health": "Mental health",
    "pregnant_or_young_children": "Pregnant or young children",
    "communication_needs": "Communication needs",
    "powered_medical_equipment": "Powered medical equipment",
    "poor_sense_of_smell": "Poor sense of smell",
    "cannot_reach_door": "Cannot reach the door",
    "temporary": "Going through a hard time",
    "cardiovascular": "Heart condition",
    "respiratory": "Breathing condition",
    "under_5": "Child under 5",
    "over_65": "Over 65",
    "pregnant": "Pregnant",
    "low_income": "Low income",
    "over_75": "Over 75",
    "lives_alone": "Lives alone",
    "already_on_psr": "On the Priority Services Register",
}
# What is kept as a code in a field of the client or the home; anything else is shown as it was written.
VALUES: Mapping[str, str] = {
    "owner_occupied": "Owner-occupied",
    "rented_social": "Rented, social",
    "rented_private": "Rented, private",
    "house": "House",
    "bungalow": "Bungalow",
    "flat": "Flat",
    "maisonette": "Maisonette",
    "park_home": "Park home",
    "end_terrace": "End terrace",
    "mid_terrace": "Mid terrace",
    "semi_detached": "Semi-detached",
    "detached": "Detached",
    "none": "None",
    "heat_pump": "Heat pump",
    "electric_storage": "Electric storage heaters",
    "room_heaters": "Room heaters",
    "community": "Community heating",
    "boiler": "Boiler",
    "electricity": "Electricity",
    "mains_gas": "Mains gas",
    "heat_network": "Heat network",
    "house_coal": "House coal",
    "wood": "Wood",
    "lpg": "LPG",
    "oil": "Oil",
    "smart_payg": "Smart pay-as-you-go",
    "prepayment": "Prepayment",
    "credit": "Credit",
    "via_someone": "Through somebody else",
    "email": "E-mail",
    "letter": "Letter",
    "text": "Text message",
    "mobile": "Mobile",
    "home_phone": "Home phone",
    "phone": "Phone",
    "visit": "Visit",
    "given": "Given",
    "verbal": "Given in words",
    "written": "Given in writing",
    "refused": "Refused",
    "yes": "Yes",
    "no": "No",
}
NOT_KNOWN = "Not known"
NOBODY = "Nobody"


def field_label(name: str) -> str:
    """What a field is called: `first_name` is "First name"."""
    return FIELDS.get(name) or name.replace("_", " ").capitalize()


def value_words(value: object) -> str:
    """What a field holds, in words: codes by their names, lists with commas, nothing as "Not known"."""
    if isinstance(value, list | tuple):
        return ", ".join(code_words(str(one)) for one in value) or NOT_KNOWN
    return code_words(str(value)) if value not in ("", None) else NOT_KNOWN


def code_words(code: str) -> str:
    """A fixed choice or a vulnerability in words; what is no code of ours stays as it was written."""
    return VALUES.get(code) or VULNERABILITIES.get(code) or code


def closed_reason_words(reason: str) -> str:
    """Why a case was closed: a reason of closing, or the outcome that triage closed it with."""
    if reason in CLOSED_REASONS:
        return CLOSED_REASONS[reason]
    return OUTCOMES_DONE[TriageOutcome(reason)] if reason in list(TriageOutcome) else reason


def owner_words(owner: Owner, names: Mapping[str, str]) -> str:
    """Whose a case is, by name."""
    return names.get(owner.id) or NOBODY


def score_reason_words(code: str, points: int = 0) -> str:
    """One part of the triage score: "No heating or hot water"; waiting says how long."""
    if code == "waited" and points:
        return f"Waited {points} day{'' if points == 1 else 's'}" if points < 20 else "Waited 20 days or more"
    return SCORE_REASONS.get(code, code)


def person_line(name: str, role: Role | None) -> str:
    """A person with their role: `Amy Jones, Advisor`."""
    return f"{name}, {ROLES[role]}" if role else name


def consent_scope_words(scope: str) -> str:
    """What somebody agreed to or not: "sharing with other organisations"."""
    return CONSENT_SCOPES[ConsentScope(scope)] if scope in list(ConsentScope) else scope
