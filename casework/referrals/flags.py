"""What the import has to say about a cell: a code, the column, and the cell as it was written."""

import msgspec

# A person has to look at the row before it can be relied on.
NEEDS_AN_EYE = frozenset(
    {
        "name_missing",
        "date_impossible",
        "date_unreadable",
        "date_order_guessed",
        "date_in_future",
        "birth_impossible",
        "postcode_missing",
        "postcode_partial",
        "postcode_odd",
        "phone_unreadable",
        "no_phone_or_email",
        "consent_refused",
        "consent_unclear",
        "extra_cells",
        "hidden_characters",
        "too_long",
        "not_all_fits",
    }
)
# Worth counting and showing; the row can go on without anybody.
GOOD_TO_KNOW = frozenset(
    {
        "year_guessed",
        "birth_year_only",
        "birth_age_only",
        "age_disagrees",
        "phone_withheld",
        "phone_none",
        "phone_remark",
        "email_odd",
        "formula_text",
        "markup_text",
        "consent_missing",
        "vulnerability_unknown",
        "word_unknown",
        "uprn_odd",
    }
)


class Flag(msgspec.Struct, frozen=True):
    """Something to know about one cell; `column` is the partner's own heading."""

    code: str
    column: str
    value: str

    @property
    def needs_an_eye(self) -> bool:
        """Whether a person has to look before the row can be relied on."""
        return self.code in NEEDS_AN_EYE
