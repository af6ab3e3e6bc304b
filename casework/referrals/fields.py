"""What a column can mean, and the headings that partners put over it."""

import re

NOTE = "note"

# field -> headings seen in partners' files, in plain letters (see `heading_letters`), parted by bars
_HEADINGS = {
    "reference": (
        "referral ref|referral reference|reference|ref|ref no|reference number|referral id|id|case ref|"
        "our ref|your ref|client id|tenancy no|tenancy ref|tenancy number|cyfeirnod|urn|unique reference|"
        "referral number|case number|case no"
    ),
    "referred_on": (
        "date of referral|referral date|date referred|referred on|date|date passed on|received|date received|"
        "dyddiad|dyddiad atgyfeirio|date of contact|created|submitted|timestamp|date submitted|date sent"
    ),
    "title": "title|salutation|teitl",
    "first_name": (
        "first name|firstname|forename|forenames|given name|given names|christian name|enw cyntaf|first names"
    ),
    "last_name": "surname|last name|lastname|family name|cyfenw|second name",
    "full_name": (
        "name|full name|client|client name|tenant|tenant name|customer|customer name|resident|resident name|"
        "patient|patient name|householder|enw|enw llawn|contact name|name of client|name of person|"
        "person referred|service user"
    ),
    "birth_date": (
        "date of birth|dob|d o b|birth date|birthdate|born|dyddiad geni|dob or age|age|oed|dob age|"
        "year of birth|date of birth dd mm yyyy|dob dd mm yyyy|how old are you"
    ),
    "address_1": (
        "address 1|address1|address line 1|street|address line one|house number and street|"
        "first line of address|number and street|cyfeiriad 1|house"
    ),
    "address_2": (
        "address 2|address2|address line 2|address line two|address 3|address line 3|address3|locality|area|"
        "village|district|flat|flat no|cyfeiriad 2|county|sir"
    ),
    "address": (
        "address|full address|property address|home address|postal address|cyfeiriad|client address|"
        "where do you live|address of property|where"
    ),
    "town": "town|city|town city|town or city|post town|tref|address town",
    "postcode": "postcode|post code|postal code|zip|cod post|p code|pcode|home postcode",
    "uprn": "uprn|unique property reference number|property uprn",
    "phone_home": (
        "tel home|home tel|home phone|home telephone|landline|telephone home|phone home|ffon cartref|"
        "tel landline|daytime tel|daytime phone|evening phone"
    ),
    "phone_mobile": (
        "mobile|mobile phone|mobile number|mobile no|cell|mob|tel mobile|ffon symudol|mobile tel|phone mobile"
    ),
    "phone_other": (
        "telephone|telephone no|telephone number|tel|tel no|phone|phone number|phone no|contact number|"
        "contact no|contact tel|phone 2|tel 2|alternative number|ffon|rhif ffon|other phone|"
        "contact telephone|telephone 2"
    ),
    "email": "email|e mail|email address|e mail address|ebost|mail|contact email",
    "preferred_channel": (
        "best contact|preferred contact|preferred contact method|contact preference|how to contact|"
        "best way to contact|contact method|preferred method of contact"
    ),
    "language": "language|preferred language|first language|language spoken|iaith|main language",
    "tenure": "tenure|tenure type|owner tenant|occupancy|deiliadaeth|housing status|own or rent",
    "property_type": (
        "property|property type|type of property|dwelling type|house type|math o eiddo|dwelling|home type|type of home"
    ),
    "epc": "epc|epc rating|epc band|energy rating|sap|sap rating|epc score|energy performance",
    "heating": (
        "heating|heating type|main heating|heating system|gwresogi|how is the home heated|primary heating|"
        "heating source|heating fuel|how do you heat"
    ),
    "prepayment": (
        "prepayment meter|prepayment|ppm|prepay meter|meter type|fuel meter|pre payment meter|payg|"
        "on a prepayment meter|prepay|meter"
    ),
    "vulnerabilities": (
        "vulnerability|vulnerabilities|health|health conditions|health condition|medical conditions|"
        "health support needs|support needs|psr|psr codes|needs|risk factors|disability|long term condition|"
        "iechyd|vulnerable|psr reasons|household|health needs|medical|lives alone|child under 5|over 75|"
        "pregnant|under 5|respiratory condition|mental health|powered medical equipment|anyone at home"
    ),
    "reason": (
        "reason for referral|reason|referral reason|problem|issue|issues|what s wrong|whats wrong|"
        "presenting issue|details|description|rheswm|rheswm dros atgyfeirio|enquiry|support required|"
        "help needed|what help is needed|situation|concern|concerns|request"
    ),
    "referred_by": (
        "referred by|referrer|source|agency|referring agency|referring organisation|organisation|"
        "referral source|atgyfeiriwyd gan|team|referrer name|organization"
    ),
    "consent": (
        "consent|consent given|consent obtained|consent to share|permission|caniatad|gdpr|data consent|"
        "consent y n|has consent been given|client consent|consent to contact|can we share"
    ),
}
FIELDS: tuple[str, ...] = (*_HEADINGS, NOTE)

# Several columns may go to these; their cells are joined. Any other field takes one column.
JOINABLE = frozenset(
    {
        "first_name", "last_name", "full_name", "address_1", "address_2", "address", "town", "phone_home",
        "phone_mobile", "phone_other", "email", "heating", "vulnerabilities", "reason", "referred_by", NOTE,
    }
)  # fmt: skip

# A heading with one of these is about somebody else: the referrer's phone must not become the client's.
OTHERS_WORDS = frozenset(
    {
        "referrer", "referrers", "worker", "officer", "landlord", "kin", "nok", "carer", "gp", "doctor",
        "surgery", "emergency", "agent", "supplier", "staff", "manager", "next", "partner", "spouse",
        "school", "caseworker", "keyworker", "social",
    }
)  # fmt: skip

FIELD_OF_HEADING = {heading: field for field, headings in _HEADINGS.items() for heading in headings.split("|")}


def heading_letters(heading: str) -> str:
    """A heading for comparing: small letters and figures with single spaces, accents and brackets gone."""
    return _NOT_LETTERS.sub(" ", heading.casefold().translate(_PLAIN)).strip()


_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_PLAIN = str.maketrans("âêîôûŵŷáéíóúàèìòùäëïöüñç", "aeiouwyaeiouaeiouaeiounc")
