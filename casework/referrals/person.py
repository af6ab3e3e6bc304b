"""One row of a partner's file as somebody to advise: everything cleaned, and everything as it was written."""

from datetime import date

import msgspec

from casework.referrals.flags import Flag
from casework.referrals.phones import Phone


class ReferredContact(msgspec.Struct, frozen=True, kw_only=True):
    """Who. `birth_text` is what was written where no full date could be read; `age` is the best there is to know.

    `phone` and `mobile` are as people dial them; `phones` has every number in the row, also in +44 form.
    `preferred_channel` is one of mobile, home_phone, phone, text, email, letter, visit, via_someone or empty.
    """

    title: str = ""
    first_name: str = ""
    last_name: str = ""
    birth_date: date | None = None
    birth_text: str = ""
    age: int | None = None
    phone: str = ""
    mobile: str = ""
    phones: tuple[Phone, ...] = ()
    email: str = ""
    preferred_channel: str = ""
    language: str = ""
    vulnerabilities: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """First and last name as one would say them."""
        return f"{self.first_name} {self.last_name}".strip()


class ReferredHome(msgspec.Struct, frozen=True, kw_only=True):
    """Where. Codes are domain.md 5.8's and empty where the words are not known; `heating` keeps the partner's words.

    `postcode` may be half a postcode or odd text; `has_whole_postcode` says whether it names one place.
    """

    address_1: str = ""
    address_2: str = ""
    town: str = ""
    postcode: str = ""
    has_whole_postcode: bool = False
    uprn: str = ""
    tenure: str = ""
    property_type: str = ""
    built_form: str = ""
    epc_band: str = ""
    epc_score: int | None = None
    heating: str = ""
    heating_category: str = ""
    main_fuel: str = ""
    heating_works: str = ""
    prepayment: str = ""


class ReferredPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody referred: who, where and why.

    `letter` is every filled cell (column, cell) verbatim, in the file's order: read in full it is the referral itself.
    `leftover` is the text of a note with the cells that fit nowhere or could not be read.
    `consent` is given, verbal, written, refused or empty (not said, or unclear).
    """

    line: int
    reference: str = ""
    contact: ReferredContact = ReferredContact()
    home: ReferredHome = ReferredHome()
    referred_on: date | None = None
    referred_by: str = ""
    reason: str = ""
    consent: str = ""
    letter: tuple[tuple[str, str], ...] = ()
    leftover: str = ""
    flags: tuple[Flag, ...] = ()

    @property
    def flag_codes(self) -> tuple[str, ...]:
        """The codes of its flags, each once, in the columns' order."""
        return tuple(dict.fromkeys(flag.code for flag in self.flags))
