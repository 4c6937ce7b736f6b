"""Dates whose year is counted otherwise: Taiwan's (1912 is 1), Japan's eras, the Buddhist years of Thailand,
and the Persian calendar (1403/01/01 is 20 March 2024), whose months are others too.

A year with no mark of its calendar is taken for one of these only where it can be no other: 113/03/13, 2567,
1403/05/31.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_ERAS = {
    **dict.fromkeys(("令和", "r"), 2018),
    **dict.fromkeys(("平成", "h"), 1988),
    **dict.fromkeys(("昭和", "s"), 1925),
    **dict.fromkeys(("大正",), 1911),
    **dict.fromkeys(("民國", "民国", "中華民國", "中华民国"), 1911),
}
_NAMES = "|".join(sorted((era for era in _ERAS if len(era) > 1), key=len, reverse=True))
_DAY_IN_SIGNS = re.compile(
    rf"({_NAMES})?\s?(\d{{1,4}}|元)\s?[年년]\s?(\d{{1,2}})\s?[月월]\s?(\d{{1,2}})\s?[日일]"
)
_MONTH_IN_SIGNS = re.compile(rf"({_NAMES})?\s?(\d{{1,4}}|元)\s?[年년]\s?(\d{{1,2}})\s?[月월]\s*$")
_ERA_AND_MARKS = re.compile(
    rf"(?<![^\W_])({_NAMES}|[RHSrhs])\s?(\d{{1,3}}|元)\s?([-/.])\s?(\d{{1,2}})\3\s?(\d{{1,2}})(?!\d)"
)
_TAIWAN = re.compile(r"(?<![\d./-])(1[0-2]\d)([-/.])(\d{1,2})\2(\d{1,2})(?![\d./-])")
_TAIWAN_DIGITS = re.compile(r"(1[0-2]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=$|\s)")
_FEWEST_OF_TAIWAN = 60  # a smaller number before 年, of no era, may be the last digits of a common year
_THAI_MONTHS = (
    ("มกราคม", "ม.ค.", "january"),
    ("กุมภาพันธ์", "ก.พ.", "february"),
    ("มีนาคม", "มี.ค.", "march"),
    ("เมษายน", "เม.ย.", "april"),
    ("พฤษภาคม", "พ.ค.", "may"),
    ("มิถุนายน", "มิ.ย.", "june"),
    ("กรกฎาคม", "ก.ค.", "july"),
    ("สิงหาคม", "ส.ค.", "august"),
    ("กันยายน", "ก.ย.", "september"),
    ("ตุลาคม", "ต.ค.", "october"),
    ("พฤศจิกายน", "พ.ย.", "november"),
    ("ธันวาคม", "ธ.ค.", "december"),
)
_THAI_SHORT_YEAR = re.compile(rf"\b({'|'.join(name for *_, name in _THAI_MONTHS)}) (\d\d)(?![\d:])")
_THAI = re.compile("[\u0e00-\u0e7f]")
_THAI_ERA = re.compile(r"พ\.\s?ศ\.|วันที่|เวลา|น\.")
# From 1300 (1921), as far as years of the Islamic calendar are not likelier (1411 is 1990 there).
PERSIAN_DAY = r"(1[34]\d\d)([-/.])(\d{1,2})\2(\d{1,2})|(\d{1,2})([-/.])(\d{1,2})\6(1[34]\d\d)"
_PERSIAN = re.compile(rf"(?<![\d./-])(?:{PERSIAN_DAY})(?![\d/-])")
_LAST_PERSIAN_YEAR = 1410
_LEAP_IN_33 = frozenset((1, 5, 9, 13, 17, 22, 26, 30))  # of the cycle of 33 years: exact for 1244 to 1502
_PERSIAN_EPOCH = date(1921, 3, 21) - timedelta(days=1)  # the day before 1300/01/01
_TO_FIGURES = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
BUDDHIST_YEARS = (2400, 2600)  # of 1857 to 2057: no common year of a file
BUDDHIST_OFFSET = 543


def spell_common_year(text: str) -> str:
    """The text with its date as year-month-day of the common calendar, where another is told by its marks."""
    if not text.isascii():
        text = text.translate(_TO_FIGURES)
    if "13" in text or "14" in text:
        text = _PERSIAN.sub(_from_persian, text)
    if text.isascii():
        if "." in text or "/" in text or "-" in text:
            text = _ERA_AND_MARKS.sub(_from_era, text)
            return _TAIWAN.sub(lambda date: _spell(int(date[1]) + 1911, date[3], date[4]), text)
        return (
            _TAIWAN_DIGITS.sub(lambda d: _spell(int(d[1]) + 1911, d[2], d[3]), text, 1)
            if _starts(text)
            else text
        )
    if _THAI.search(text):
        for whole, short, name in _THAI_MONTHS:
            text = text.replace(whole, f" {name} ").replace(short, f" {name} ")
        return _THAI_SHORT_YEAR.sub(r"\1 25\2", " ".join(_THAI_ERA.sub(" ", text).split()))
    text = _DAY_IN_SIGNS.sub(lambda d: _in_signs(d[0], d[1], d[2], d[3], d[4]), text)
    text = _MONTH_IN_SIGNS.sub(lambda d: _in_signs(d[0], d[1], d[2], d[3], ""), text)
    text = _ERA_AND_MARKS.sub(_from_era, text)
    return _TAIWAN.sub(lambda date: _spell(int(date[1]) + 1911, date[3], date[4]), text)


def common_year(year: int) -> int:
    """A year of four digits, a Buddhist one turned into that of the common calendar."""
    first, last = BUDDHIST_YEARS
    return year - BUDDHIST_OFFSET if first <= year <= last else year


def is_persian_day(text: str) -> bool:
    """Whether a text begins with a day of the Persian calendar: 1403/05/31, or 31/05/1403."""
    found = _PERSIAN.match(text.strip().translate(_TO_FIGURES))
    return found is not None and _from_persian(found) != found[0]


def _from_persian(found: re.Match[str]) -> str:
    """The day of the common calendar; the text as it is where it is no day of the Persian one."""
    year, month, day = (int(found[k]) for k in ((1, 3, 4) if found[1] else (8, 7, 5)))
    longest = 31 if month <= 6 else 30 if month < 12 or _is_persian_leap_year(year) else 29
    if not (year <= _LAST_PERSIAN_YEAR and 1 <= month <= 12 and 1 <= day <= longest):
        return found[0]
    years_before = range(1300, year)
    days = 365 * len(years_before) + sum(map(_is_persian_leap_year, years_before))
    days += 31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day
    return f"{_PERSIAN_EPOCH + timedelta(days=days)} "


def _is_persian_leap_year(year: int) -> bool:
    return year % 33 in _LEAP_IN_33


def _starts(text: str) -> bool:
    return _TAIWAN_DIGITS.match(text.strip()) is not None


def _from_era(date: re.Match[str]) -> str:
    year = 1 if date[2] == "元" else int(date[2])
    return _spell(_ERAS[date[1].lower()] + year, date[4], date[5])


def _in_signs(whole: str, era: str | None, number: str, month: str, day: str) -> str:
    year = 1 if number == "元" else int(number)
    if era:
        year += _ERAS[era]
    elif len(number) < 4:
        if year < _FEWEST_OF_TAIWAN:
            return whole
        year += 1911
    return _spell(year, month, day) if day else f"{year}-{int(month):02}"


def _spell(year: int, month: str, day: str) -> str:
    return f"{year}-{int(month):02}-{int(day):02} "
