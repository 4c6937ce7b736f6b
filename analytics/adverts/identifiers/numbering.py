"""Which digits are a telephone number, country by country, after Google's libphonenumber (the `phonenumbers`
package).

libphonenumber calls some ranges invalid that regulators reserve for film and print. Training data and the
built-in scenario use them, so they count as numbers here, and say that they are reserved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata

# Ofcom's numbers for drama; 555-01xx of North America; ACMA (Australia), ARCEP (France), the
# Bundesnetzagentur.
_RESERVED = {
    44: re.compile(
        r"(?:113|114|115|116|117|118|121|131|141|151|161)4960\d{3}|1914980\d{3}|1632960\d{3}|2079460\d{3}|2896496\d{3}"
        r"|2920180\d{3}|7700900\d{3}|8081570\d{3}|9098790\d{3}|3069990\d{3}"
    ),
    1: re.compile(r"[2-9]\d{2}55501\d{2}"),
    61: re.compile(r"[2378](?:5550|7010)\d{4}|491570(?:006|156|157|158|159|110|313|737)|180016040[12]"),
    33: re.compile(r"(?:19900|26191|35301|46571|53649|63998)\d{4}"),
    49: re.compile(r"(?:3023125|6990009|4066969|2214710|8999998)\d{3}|17139200\d{2}|176040690\d{2}"),
}
_TYPES = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "uan",
    "pager",
    "voicemail",
)


@dataclass(frozen=True)
class NumberingPlan:
    """One country code's numbers: `trunk` is dialled before a national number inside the country ('' for
    none)."""

    code: int
    trunk: str
    lengths: frozenset[int]
    number: re.Pattern[str]
    mobile: re.Pattern[str]


class PhoneNumber(NamedTuple):
    """A number in E.164, and whether its range is reserved for fiction."""

    e164: str
    code: int
    reserved: bool

    @property
    def mobile(self) -> bool:
        """Whether it is a mobile one; fiction's count as such: adverts give either."""
        digits = self.e164[len(str(self.code)) + 1 :]
        return self.reserved or bool(load_plan(self.code).mobile.fullmatch(digits))


@cache
def load_plan(code: int) -> NumberingPlan:
    """The numbers of a country code, over all regions that share it. Raises KeyError for a code not in
    use."""
    regions = phonenumbers.region_codes_for_country_code(code)
    if not regions or regions == ("001",):
        raise KeyError(code)
    patterns: list[str] = []
    mobiles: list[str] = []
    lengths: set[int] = set()
    for region in regions:
        metadata = _metadata(region)
        general = metadata.general_desc.national_number_pattern if metadata.general_desc else ""
        kinds: list[str] = []
        for kind in _TYPES:
            described = getattr(metadata, kind)
            if described is not None and described.national_number_pattern:
                kinds.append(described.national_number_pattern)
                lengths.update(n for n in described.possible_length if n > 0)
                if kind == "mobile":
                    mobiles.append(f"(?={general}$)(?:{kinds[-1]})")
        if kinds:  # a region's general pattern is asked once, not once for each kind
            patterns.append(f"(?={general}$)(?:{'|'.join(kinds)})")
    trunk = _metadata(regions[0]).national_prefix or ""
    # Italy has no trunk digit; Hungary's and Russia's are two digits and 8; Mexico's was withdrawn.
    return NumberingPlan(
        code,
        trunk,
        frozenset(lengths),
        re.compile("|".join(patterns)),
        re.compile("|".join(mobiles) or r"\b\B"),
    )


def _metadata(region: str) -> PhoneMetadata:
    found = PhoneMetadata.metadata_for_region(region)
    if found is None:
        raise KeyError(region)
    return found


@lru_cache(maxsize=1 << 18)
def read_national(digits: str, code: int) -> PhoneNumber | None:
    """A national significant number (no trunk digit) of a country code, where it is valid or reserved."""
    try:
        rules = load_plan(code)
    except KeyError:
        return None
    reserved = _RESERVED.get(code)
    fiction = bool(reserved and reserved.fullmatch(digits))
    if not fiction and (len(digits) not in rules.lengths or not rules.number.fullmatch(digits)):
        return None
    return PhoneNumber(f"+{code}{digits}", code, fiction)


@lru_cache(maxsize=1 << 18)
def read_international(digits: str) -> PhoneNumber | None:
    """Digits that begin with a country code; a trunk digit left in after the code ('+44 (0)7700') is
    dropped."""
    for length in (1, 2, 3):
        code = int(digits[:length] or 0)
        if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            rest = digits[length:]
            found = read_national(rest, code)
            if found is None:
                trunk = _trunk(code)
                if trunk and rest.startswith(trunk):
                    found = read_national(rest[len(trunk) :], code)
            return found
    return None


def as_mobile(number: PhoneNumber) -> PhoneNumber:
    """The mobile number of Argentina that a number written like any other is; itself where there is none."""
    digits = number.e164.removeprefix(f"+{number.code}")
    return read_national(f"9{digits}", number.code) or number


@lru_cache(maxsize=1 << 18)
def read_dialled(digits: str, region: str) -> tuple[PhoneNumber, bool] | None:
    """Digits as dialled within a region, and whether a trunk digit that its people always write is
    missing."""
    code, trunk = _dialling(region)
    if not code:
        return None
    if trunk and digits.startswith(trunk):
        found = read_national(digits[len(trunk) :], code)
        if found:
            return found, False
    if changed := _without_prefix(digits, region):
        found = read_national(changed, code)
        if found:
            return found, False
    found = read_national(digits, code)
    return (found, trunk == "0" and _writes_trunk(region, found.mobile)) if found else None


def _without_prefix(digits: str, region: str) -> str:
    """Digits after what a region dials before or within a number, where that changes it: the 15 of an
    Argentine mobile number, the carrier of a Brazilian one. '' where nothing of the kind stands there."""
    pattern, rule = _prefix(region)
    match = pattern.match(digits) if pattern else None
    if match is None or not match.end() or not match.lastindex or match[match.lastindex] is None:
        return ""
    return match.expand(rule) + digits[match.end() :]


@cache
def _prefix(region: str) -> tuple[re.Pattern[str] | None, str]:
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None or not metadata.national_prefix_transform_rule:
        return None, ""
    return re.compile(metadata.national_prefix_for_parsing or ""), str(
        metadata.national_prefix_transform_rule
    )


@cache
def country_code(region: str) -> int:
    """The country code of a region; 0 where it has none."""
    return int(phonenumbers.country_code_for_region(region))


@cache
def _dialling(region: str) -> tuple[int, str]:
    code = phonenumbers.country_code_for_region(region)
    return code, _trunk(code)


@cache
def _writes_trunk(region: str, mobile: bool) -> bool:
    """Whether a region's people write the trunk digit: China's do, but not before mobile numbers."""
    kind = phonenumbers.PhoneNumberType.MOBILE if mobile else phonenumbers.PhoneNumberType.FIXED_LINE
    sample = phonenumbers.example_number_for_type(region, kind)
    if sample is None:
        return True
    written = phonenumbers.format_number(sample, phonenumbers.PhoneNumberFormat.NATIONAL)
    return written.lstrip("(").startswith("0")


@cache
def _trunk(code: int) -> str:
    try:
        return load_plan(code).trunk
    except KeyError:
        return ""
