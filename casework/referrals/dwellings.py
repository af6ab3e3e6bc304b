"""Where somebody referred lives: address, postcode and what is said about the home, out of the cells of one row."""

import re
from collections.abc import Callable

import msgspec

from casework.referrals import homes
from casework.referrals.one_row import OneRow
from casework.referrals.person import ReferredHome
from casework.referrals.postcodes import PostcodeRead, find_postcode, read_postcode
from casework.referrals.text import one_line, says_nothing


class _Address(msgspec.Struct, frozen=True):
    first: str
    second: str
    town: str
    postcode: PostcodeRead


def read_home(one: OneRow) -> ReferredHome:
    """The home; words without a code are flagged and left for the note."""
    address = _address(one)
    band, score = _epc(one)
    heating = homes.read_heating(one.line_of("heating"))
    return ReferredHome(
        address_1=address.first,
        address_2=address.second,
        town=address.town,
        postcode=address.postcode.value,
        has_whole_postcode=address.postcode.is_whole,
        uprn=_uprn(one),
        tenure=_coded(one, "tenure", homes.tenure_code),
        property_type=_coded(one, "property_type", homes.property_code),
        built_form=homes.built_form_code(one.line_of("property_type")),
        epc_band=band,
        epc_score=score,
        heating=one.line_of("heating"),
        heating_category=heating.category,
        main_fuel=heating.fuel,
        heating_works="no" if _says_no_heating(one) else heating.works,
        prepayment=_coded(one, "prepayment", homes.prepayment_code),
    )


def _says_no_heating(one: OneRow) -> bool:
    """`none` is an answer in a heating column, although elsewhere it says that nothing is known."""
    return any(one_line(cell).casefold() in ("none", "nil", "no") for _, cell in one.cells("heating"))


def _address(one: OneRow) -> _Address:
    first, second = one.line_of("address_1"), one.line_of("address_2")
    town = one.line_of("town")
    column, cell = one.first("postcode")
    postcode = read_postcode(cell)
    whole = "\n".join(text for _, text in one.filled("address"))
    if whole:
        if first or second:
            for address_column, address in one.filled("address"):
                one.leave(address_column, address)
        inside, rest = find_postcode(whole)
        if inside and not postcode.is_whole:
            postcode = read_postcode(inside)
        pieces = [one_line(piece) for piece in re.split(r"[\n\r,]+", rest) if one_line(piece)]
        town = town or (pieces.pop() if len(pieces) > 1 else "")
        first, second = first or ", ".join(pieces[:1]), second or ", ".join(pieces[1:])
    if postcode.code:
        one.flag(postcode.code, column, cell)
    return _Address(
        one.fitted(first, "address"),
        one.fitted(second, "address"),
        one.fitted(town, "address"),
        PostcodeRead(value=one.fitted(postcode.value, "postcode"), code=postcode.code),
    )


def _epc(one: OneRow) -> tuple[str, int | None]:
    column, cell = one.first("epc")
    if says_nothing(cell):
        return "", None
    band, score = homes.read_epc(cell)
    if not band:
        one.flag("word_unknown", column, cell)
        one.leave(column, cell)
    return band, score


def _uprn(one: OneRow) -> str:
    column, cell = one.first("uprn")
    if says_nothing(cell):
        return ""
    digits = one_line(cell).replace(" ", "").removesuffix(".0")
    if digits.isascii() and digits.isdigit() and len(digits) <= 12:
        return digits
    one.flag("uprn_odd", column, cell)
    one.leave(column, cell)
    return ""


def _coded(one: OneRow, field: str, code_of: Callable[[str], str]) -> str:
    """The code for the field's words; words that have none stay words, in the note."""
    column, cell = one.first(field)
    if says_nothing(cell):
        return ""
    code = code_of(cell)
    if not code:
        one.flag("word_unknown", column, cell)
        one.leave(column, cell)
    return code
