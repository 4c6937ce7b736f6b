"""One form for all writings of a telephone number, an e-mail or another identifier."""

from __future__ import annotations

import phonenumbers

_NOTHING = frozenset(
    {"unknown", "none", "n/a", "na", "nil", "null", "-", "--", ".", "?", "x", "xx", "xxx", "tbc", "tba"}
    | {"not known", "not given"}
)
_NO_ADDRESS = frozenset(
    {"none", "no", "na", "n/a", "nil", "null", "unknown", "noemail", "no-email", "no.email", "nomail"}
    | {"noone", "noreply", "no-reply", "test"}
)


def normalise_identifier(text: object, region: str | None) -> str | None:
    """A telephone number (where `region` says at home where) as E.164, else text in small letters with single
    blanks; None where there is nothing, or what stands for nothing (00000000000, none@none.com)."""
    if not isinstance(text, str) or not (plain := " ".join(text.split()).casefold()):
        return None
    if plain in _NOTHING or plain.partition("@")[0] in _NO_ADDRESS and "@" in plain:
        return None
    if region and len(set(filter(str.isdigit, plain))) == 1:  # one digit, however often
        return None
    if region and "@" not in plain and sum(character.isdigit() for character in plain) >= 7:
        try:
            number = phonenumbers.parse(plain, region)
        except phonenumbers.NumberParseException:
            return plain
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return plain
