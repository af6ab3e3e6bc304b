"""Words about a partner's referral file: why it cannot be read, what is odd about a cell, what a column means."""

from collections.abc import Mapping

from desktop.messages.words import Words

UNREADABLE: Mapping[str, Words] = {
    "empty_file": Words("The file is empty", "", "Ask the partner to send it again."),
    "not_there": Words("{name} is not there any more", "", "Find it, then choose it again."),
    "cannot_open": Words(
        "{name} cannot be opened", "Another program may be holding it.", "Close it there, then choose it again."
    ),
    "too_big": Words(
        "The file is too big",
        "It has {bytes_size}, and at most {limit_size} are read.",
        "Ask the partner to send it in parts.",
    ),
    "not_a_table": Words(
        "This is not a table",
        "Doorstep reads CSV files and Excel workbooks (.xlsx).",
        "Ask the partner for one of these.",
    ),
    "damaged": Words("The file is damaged", "", "Ask the partner to send it again."),
    "locked_with_password": Words(
        "The file is locked with a password",
        "",
        "Open it in Excel, save it without the password, then choose it again.",
    ),
    "no_such_sheet": Words("There is no such sheet in the workbook", "", "Choose another sheet."),
    "sheet_too_big": Words(
        "The sheet is too big",
        "It reaches far beyond what a list of referrals needs.",
        "Copy the rows into a new workbook, then choose that one.",
    ),
    "suspicious_zip": Words(
        "The workbook unfolds to far more than it should",
        "It may be made to do harm, so it was not opened.",
        "Ask the partner how it was made.",
    ),
    "too_many_columns": Words(
        "The file has too many columns", "At most {limit} are read.", "Take out those that are not needed."
    ),
    "too_many_rows": Words(
        "The file has too many rows",
        "At most {limit} are read at once.",
        "Split it and import the parts one after the other.",
    ),
}
# (code, column, cell) of a row: one short sentence each.
FLAGS: Mapping[str, str] = {
    "name_missing": "There is no name",
    "date_impossible": "There is no such date",
    "date_unreadable": "This date cannot be read",
    "date_order_guessed": "Day and month may be the other way round",
    "date_in_future": "This date is still to come",
    "birth_impossible": "Nobody living was born then",
    "postcode_missing": "There is no postcode",
    "postcode_partial": "Only half of the postcode is there",
    "postcode_odd": "This is not a postcode as they are written",
    "phone_unreadable": "This phone number cannot be read",
    "no_phone_or_email": "There is no phone number and no e-mail address",
    "consent_refused": "Consent was refused",
    "consent_unclear": "Whether consent was given is not clear",
    "extra_cells": "There is something outside the columns",
    "hidden_characters": "There are characters that cannot be seen",
    "too_long": "This is longer than the field; all of it is in the note",
    "not_all_fits": "The row holds more than a case can; the rest is in the file only",
    "year_guessed": "The century of the year was guessed",
    "birth_year_only": "Only the year of birth is given",
    "birth_age_only": "An age is given instead of a date",
    "age_disagrees": "The age and the date of birth do not agree",
    "phone_withheld": "The phone number is withheld",
    "phone_none": "They have no phone",
    "phone_remark": "There is a remark beside the phone number",
    "email_odd": "This e-mail address looks wrong",
    "formula_text": "This looks like a formula and is kept as text",
    "markup_text": "This looks like markup and is kept as text",
    "consent_missing": "Nothing is said about consent",
    "vulnerability_unknown": "These words about vulnerability are kept as written",
    "word_unknown": "This word is kept as written",
    "uprn_odd": "This UPRN looks wrong",
}
EXCLUDED: Mapping[str, str] = {
    "blank": "Empty row",
    "totals": "Totals, not a person",
    "heading_again": "The headings again",
    "not_a_person": "No name and no way to reach anybody",
}
NOTES: Mapping[str, str] = {
    "no_header": "No row of headings was found; the columns go by their letters.",
    "mixed_encodings": "Some lines were written with another character set; both were read.",
    "nul_removed": "Invisible characters were taken out.",
    "quote_left_open": "A quotation mark is never closed; check the rows from line {value} on.",
}
# What an import cannot do without, or would be poor without (columns.Mapping.problems).
MAPPING_PROBLEMS: Mapping[str, Words] = {
    "no_name_column": Words(
        "No column holds a name", "People would come in without one.", "Say below which column has the name."
    ),
    "no_reach_column": Words(
        "No column says how to reach anybody",
        "There is no phone, e-mail or address among them.",
        "Say below which column has one of these.",
    ),
}
COLUMN_MEANS: Mapping[str, str] = {
    "reference": "Their reference",
    "referred_on": "Date of referral",
    "title": "Title",
    "first_name": "First name",
    "last_name": "Last name",
    "full_name": "Full name",
    "birth_date": "Date of birth or age",
    "address_1": "Address",
    "address_2": "Address, second line",
    "address": "Whole address in one cell",
    "town": "Town",
    "postcode": "Postcode",
    "uprn": "UPRN",
    "phone_home": "Home phone",
    "phone_mobile": "Mobile",
    "phone_other": "Phone",
    "email": "E-mail",
    "preferred_channel": "Best way to reach them",
    "language": "Language",
    "tenure": "Tenure",
    "property_type": "Type of home",
    "epc": "EPC band",
    "heating": "Heating",
    "prepayment": "Meter",
    "vulnerabilities": "Vulnerabilities",
    "reason": "Why they were referred",
    "referred_by": "Referred by",
    "consent": "Consent",
    "note": "Keep as a note",
}


def flag_words(code: str) -> str:
    """What is odd about a cell, in a sentence without its full stop."""
    return FLAGS.get(code, code.replace("_", " ").capitalize())


def note_words(code: str, value: str = "") -> str:
    """What is to know about the file as a whole."""
    return NOTES.get(code, code.replace("_", " ").capitalize()).replace("{value}", value)


def mapping_problem_words(code: str) -> Words:
    """What the columns do not give, and what to do about it."""
    return MAPPING_PROBLEMS[code]


def column_words(field: str) -> str:
    """What a column of the file is taken to mean."""
    return COLUMN_MEANS.get(field, field.replace("_", " ").capitalize())
