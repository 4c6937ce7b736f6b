"""A date as people and programs write it, where no plain format reads it: month names of Europe's languages,
clocks such as 21.15 or 21h15, bare hours, epochs, Excel's serial numbers, offsets and zone names.

Nothing is guessed: what is left over, or could be two dates, is not read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analytics.ingest.column_words import fold_letters
from analytics.ingest.written_calendars import common_year, spell_common_year
from analytics.store import now

_MONTHS = (
    "январь января янв січня янв ιανουαριος ιανουαριου ιαν "
    "january jan januar janv janvier enero ene gennaio gen janeiro styczen stycznia sty januari leden ledna "
    "sijecanj sijecnja tammikuu tammikuuta tammi ianuarie ian ocak januarja jaanuar janvaris sausis januara",
    "февраль февраля фев лютого φεβρουαριος φεβρουαριου φεβ "
    "february feb februar fevrier fevr fev febrero febbraio fevereiro luty lutego lut februari unor unora "
    "veljaca veljace helmikuu helmikuuta helmi februarie subat februarja veebruar vasaris februara",
    "март марта мар березня μαρτιος μαρτιου μαρ "
    "march mar marz maerz mars marzo marco marzec marca maart mrt brezen brezna ozujak ozujka maaliskuu "
    "maaliskuuta maalis martie mart marts marec marts kovas mrz",
    "апрель апреля апр квітня απριλιος απριλιου απρ "
    "april apr avril avr abril abr aprile kwiecien kwietnia kwi duben dubna travanj travnja huhtikuu "
    "huhtikuuta huhti aprilie nisan aprilis balandis aprila",
    "май мая маи травня μαιος μαιου μαι "
    "may mai mayo maggio mag maio maj maja mei kveten kvetna svibanj svibnja toukokuu toukokuuta touko mayis "
    "maijs geguze",
    "июнь июня июн червня ιουνιος ιουνιου ιουν "
    "june jun juni juin junio giugno giu junho czerwiec czerwca cze cerven cervna lipanj lipnja kesakuu "
    "kesakuuta kesa iunie iun haziran juuni junijs birzelis junija",
    "июль июля июл липня ιουλιος ιουλιου ιουλ "
    "july jul juli juillet juil julio luglio lug julho lipiec lipca lip cervenec cervence srpanj srpnja "
    "heinakuu heinakuuta heina iulie iul temmuz juuli julijs liepa julija",
    "август августа авг серпня αυγουστος αυγουστου αυγ "
    "august aug aout agosto ago sierpien sierpnia sie augustus srpen srpna kolovoz kolovoza elokuu elokuuta "
    "elo agustos augusts rugpjutis avgust avgusta",
    "сентябрь сентября сен сент вересня σεπτεμβριος σεπτεμβριου σεπ "
    "september sep sept septembre septiembre set settembre setembro wrzesien wrzesnia wrz zari rujan rujna "
    "syyskuu syyskuuta syys septembrie eylul septembris rugsejis septembra",
    "октябрь октября окт жовтня οκτωβριος οκτωβριου οκτ "
    "october oct oktober okt octobre octubre ottobre ott outubro out pazdziernik pazdziernika paz rijen "
    "rijna listopada lokakuu lokakuuta loka octombrie ekim oktobris spalis oktobra",
    "ноябрь ноября ноя листопада νοεμβριος νοεμβριου νοε "
    "november nov novembre noviembre novembro listopad lis studeni studenoga marraskuu marraskuuta marras "
    "noiembrie noi kasim novembris lapkritis novembra",
    "декабрь декабря дек грудня δεκεμβριος δεκεμβριου δεκ "
    "december dec dezember dez decembre diciembre dic dicembre dezembro grudzien grudnia gru prosinec "
    "prosince prosinac prosinca joulukuu joulukuuta joulu decembrie aralik decembris gruodis decembra",
)
_MONTH_OF = {
    fold_letters(name): number for number, names in enumerate(_MONTHS, start=1) for name in names.split()
}
_FILLERS = (
    "posted on at the of de del di da du le el il um uhr klo kl om à o dia alle ore hora h a clock "
    "hrs hr hours uur "
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag mo di mi do fr sa so "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves "
    "viernes sabado domingo lunedi martedi mercoledi giovedi venerdi sabato domenica "
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"
)
_IGNORED = frozenset(_FILLERS.split())
_OFFSETS = {  # hours; names that mean two zones (IST, say) are left out
    "utc": 0,
    "gmt": 0,
    "wet": 0,
    "bst": 1,
    "west": 1,
    "cet": 1,
    "mez": 1,
    "cest": 2,
    "mesz": 2,
    "eet": 2,
    "eest": 3,
    "msk": 3,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2})(?:[:.h](\d{2})(?:[:.m](\d{2})(?:[.,]\d{1,9})?)?|h)?\s*(a\.?\s?m\.?|p\.?\s?m\.?)?(?![\d:])",
)
_ISO = re.compile(r"(?<![\d./-])(\d{4})([-/. ]|\. )(\d{1,2})\2(\d{1,2})(?!\d)\.?")
_YEAR_THEN_DAY = re.compile(r"(?<![\d./-])(\d{4}) (\d{1,2})[-/.](\d{1,2})(?![\d:])")  # a column of each
_SHORT = re.compile(r"(?<!\d)(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})(?!\d)\.?")
_DAY_NAME = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?[-/. ,]*(?:de )?#(\d+)#[-/. ,']*(?:de )?(\d{4}|\d{2})(?!\d)"
)
_NAME_DAY = re.compile(r"#(\d+)#[-/. ]*(\d{1,2})(?:st|nd|rd|th)?[-/, ]+(\d{4})(?!\d)")
_YEAR_NAME = re.compile(r"(?<!\d)(\d{4})[-/. ]*#(\d+)#[-/. ]*(\d{1,2})(?!\d)")
_NAME_YEAR = re.compile(r"^\W*#(\d+)#[-/. ,]*(?:de )?(\d{4})\W*$")
_YEAR_MONTH = re.compile(r"(\d{4})[-/ ](\d{1,2})|(\d{1,2})[-/](\d{4})")
_YEAR_NAME_ALONE = re.compile(r"^(\d{4})[-/. ]+#(\d+)#\W*$")
_NET_DATE = re.compile(r"\\?/Date\((-?\d{8,14})(?:[+-]\d{4})?\)\\?/", re.IGNORECASE)  # as .NET writes a time
_ZONE_IN_WORDS = re.compile(r"((?:gmt|utc)[+-]\d{2}:?\d{2})\s*\(.*\)$")  # as browsers write a time
_OFFSET_AND_NAME = re.compile(r"( [+-]\d{4}) [a-z]{3,4}$")  # 21:15:00 +0000 UTC
_DATE_OBJECT = re.compile(r'\{"\$date":\s*"?([^"{}]*)"?\}')  # as MongoDB exports a time
_ABOUT = re.compile(  # after a date or a time of the Far East: about, or the day of the week
    r"頃|ごろ|左右|(?:星期|周|週)[一二三四五六日天]|[月火水木金土日]曜日?"
    r"|[(（](?:[月火水木金土日一二三四五六]|[월화수목금토일])[)）]"
)
_DUTCH_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[uU](\d{2})(?!\d)")  # 21u15
_SIGN_OF_HOUR = re.compile("[時时시]")
_HALF_OF_DAY = re.compile(r"(上午|午前|오전|下午|午後|오후)\s*(\d{1,2}(?::\d{2}){0,2})")
_MORNINGS = ("上午", "午前", "오전")
_SERIAL_AND_PART = re.compile(r"(\d{5})(?:\.0+)? (0?\.\d+|0)")  # a spreadsheet's day, and its time of day
_MILITARY = re.compile(r"(\d{2})(\d{2})(\d{2})z ?([a-z]{3}) ?(\d{2})")  # 132115Z MAR 24
_STAMP_WITH_ZONE = re.compile(
    r"((?:19|20)\d{12})([ecmp][sd])"
)  # as dispatch in North America: ES, ED, CS, CD
_HOURS_BEHIND = {"e": 5, "c": 6, "m": 7, "p": 8}  # in winter
_WORD = re.compile(r"[^\W\d_]+\.?")
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2}):?(\d{2})?\s*\)?$")
_DAY_BEFORE = re.compile(r"(?<!\d)\d{1,2}\s?[-–]\s?$")
_FARTHEST_OFFSET = timedelta(hours=14)
_EXCEL_EPOCH = datetime(1899, 12, 30)


@dataclass(frozen=True)
class WrittenDate:
    """`at`: as the clock on the wall shows it, or in UTC where `is_utc`. `precision`: minute, hour, day,
    month."""

    at: datetime
    precision: str
    is_utc: bool = False


def is_month(text: str) -> bool:
    """Whether a text is the name of a month."""
    return fold_letters(text.strip().rstrip(".")) in _MONTH_OF


def read_written_date(
    text: str, *, day_first: bool = True, bare_is_hour: bool = False, z_is_utc: bool = False
) -> WrittenDate | None:
    """The date that a text states, None where it states none or may state two.

    `day_first`: of 03/04/2024. `bare_is_hour`: a number after the date is an hour, not hours and minutes such
    as 945. `z_is_utc`: a trailing Z is meant."""
    if net := _NET_DATE.fullmatch(text.strip()):
        text = net[1]
    wrapped = _DATE_OBJECT.fullmatch(text.strip())
    plain = _fold(wrapped[1] if wrapped else text)
    z_is_utc = z_is_utc or wrapped is not None
    try:
        return _read_number(plain, day_first) or _read_words(plain, day_first, bare_is_hour, z_is_utc)
    except (ValueError, OverflowError, KeyError):
        return None


def _fold(text: str) -> str:
    """Lower case, without accents, odd blanks and marks that spreadsheets put before a text."""
    bare = text.strip().lstrip("'\u200b\ufeff")
    far_east = spell_common_year(bare if bare.isascii() else _ABOUT.sub(" ", bare).strip())
    far_east = re.sub(r"(\d)\s?[時时시]\s?", r"\1:", re.sub(r"(\d)\s?[分분]", r"\1", far_east))
    far_east = re.sub(r"(\d:)(\d)(?!\d)", r"\g<1>0\2", far_east) if _SIGN_OF_HOUR.search(text) else far_east
    far_east = _HALF_OF_DAY.sub(lambda half: f"{half[2]} {'am' if half[1] in _MORNINGS else 'pm'}", far_east)
    far_east = _DUTCH_CLOCK.sub(r"\1:\2", far_east)
    folded = re.sub(r"(?<=\d)\s*([ap])\.\s?m\.?(?!\w)", r" \1m", " ".join(fold_letters(far_east).split()))
    return _OFFSET_AND_NAME.sub(r"\1", _ZONE_IN_WORDS.sub(r"\1", folded))


def _read_number(text: str, day_first: bool) -> WrittenDate | None:
    """Stamps without a mark, epochs, Excel's serial numbers, and the groups of date and time of radio."""
    if found := _SERIAL_AND_PART.fullmatch(text):
        return _read_number(f"{int(found[1]) + float(found[2]):.9f}", day_first)
    if found := _MILITARY.fullmatch(text):
        at = datetime(_year(found[5]), _MONTH_OF[found[4]], int(found[1]), int(found[2]), int(found[3]))
        return WrittenDate(at, "minute", is_utc=True)
    if found := _STAMP_WITH_ZONE.fullmatch(text):
        behind = timedelta(hours=_HOURS_BEHIND[found[2][0]] - (found[2][1] == "d"))
        return WrittenDate(datetime.strptime(found[1], "%Y%m%d%H%M%S") + behind, "minute", is_utc=True)
    if re.fullmatch(r"1\d{15}", text):
        text = text[:13]  # microseconds
    text = re.sub(r"^(\d{5}),(?=\d+$)", r"\1.", text)  # a serial number with the decimal sign of its country
    if not re.fullmatch(r"\d{5,14}(\.\d+)?", text):
        return None
    digits, _, part = text.partition(".")
    value = float(text)
    for length, form, precision in (
        (14, "%Y%m%d%H%M%S", "minute"),
        (12, "%Y%m%d%H%M", "minute"),
        (8, "%Y%m%d", "day"),
    ):
        if len(digits) == length and not part and digits[:2] in ("19", "20"):
            return WrittenDate(datetime.strptime(digits, form), precision)
    if len(digits) == 8 and not part and digits[4:6] in ("19", "20"):
        day, month = (digits[:2], digits[2:4]) if day_first else (digits[2:4], digits[:2])
        return WrittenDate(datetime(int(digits[4:]), int(month), int(day)), "day")
    if len(digits) == 13:
        value /= 1000
    if len(digits) in (10, 13):
        at = datetime.fromtimestamp(value, UTC).replace(tzinfo=None)
        if (
            len(digits) == 10 and not part and at > now() + timedelta(days=2)
        ):  # no epoch: it is not reached yet
            return WrittenDate(datetime.strptime(digits, "%y%m%d%H%M"), "minute")
        return WrittenDate(at.replace(microsecond=0), "minute", is_utc=True)
    if len(digits) == 5 and 30_000 <= value < 60_000:
        at = _EXCEL_EPOCH + timedelta(seconds=round(value * 86_400))
        return WrittenDate(at, "minute" if part else "day")
    return None


def _read_words(text: str, day_first: bool, bare_is_hour: bool, z_is_utc: bool) -> WrittenDate | None:
    named = _WORD.sub(_number_of_month, text)
    if found := _YEAR_MONTH.fullmatch(text):
        year, month = int(found[1] or found[4]), int(found[2] or found[3])
        return WrittenDate(datetime(common_year(year), month, 1), "month")
    found = _NAME_YEAR.match(named)
    if found:
        return WrittenDate(datetime(common_year(int(found[2])), int(found[1]), 1), "month")
    if found := _YEAR_NAME_ALONE.match(named):
        return WrittenDate(datetime(common_year(int(found[1])), int(found[2]), 1), "month")
    dated = _take_date(named, day_first)
    if dated is None:
        return None
    day, rest = dated
    offset, rest = _take_offset(rest, z_is_utc)
    clock = _take_clock(rest, bare_is_hour)
    if clock is None:
        return None
    after_midnight, precision = clock
    if precision == "day":
        return WrittenDate(day, "day")
    at = day + after_midnight
    return WrittenDate(at, precision) if offset is None else WrittenDate(at - offset, precision, is_utc=True)


def _number_of_month(word: re.Match[str]) -> str:
    name = word[0].rstrip(".")
    number = _MONTH_OF.get(name)
    within = word.string[max(word.start() - 1, 0) : word.start()].isdigit()  # 21h15, 2024-03-13T10:15
    return f"#{number}#" if number else "" if name in _IGNORED and not within else word[0]


def _take_date(text: str, day_first: bool) -> tuple[datetime, str] | None:
    """The day of a text, and what is left of it."""
    if found := _ISO.search(text):
        parts = int(found[1]), int(found[3]), int(found[4])
    elif found := _YEAR_THEN_DAY.search(text):
        first, second = int(found[2]), int(found[3])
        parts = int(found[1]), *((second, first) if first > 12 else (first, second))
    elif found := _YEAR_NAME.search(text):
        parts = int(found[1]), int(found[2]), int(found[3])
    elif found := _DAY_NAME.search(text):
        parts = _year(found[3]), int(found[2]), int(found[1])
    elif found := _NAME_DAY.search(text):
        parts = int(found[3]), int(found[1]), int(found[2])
    elif found := _SHORT.search(text):  # last: beside the name of a month it is a time of day, as 09.15.00
        first, second = int(found[1]), int(found[3])
        parts = _year(found[4]), *((second, first) if day_first else (first, second))
    else:
        return None
    if _DAY_BEFORE.search(text[: found.start()]):
        raise ValueError("the last day of an interval, 13-15 March 2024")
    before, after = text[: found.start()].strip(" ,:-"), text[found.end() :]
    year, month, day = parts
    return datetime(common_year(year), month, day), f"{before} {after}".strip(" ,")


def _year(text: str) -> int:
    """Two digits are 1969 to 2068."""
    number = int(text)
    return number if len(text) == 4 else number + (2000 if number < 69 else 1900)


def _take_offset(text: str, z_is_utc: bool) -> tuple[timedelta | None, str]:
    """The offset from UTC that a text ends with, None where it has none, and what is left."""
    if text.endswith("z") and not text[-2:-1].isalpha():
        return (timedelta(0) if z_is_utc else None), text[:-1]
    if found := _OFFSET.search(text):
        if not text[: found.start()].strip("( "):  # of a day without a time it says nothing
            return None, "" if found[3] and ":" in found[0] else text
        size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        if size > _FARTHEST_OFFSET:
            raise ValueError("the end of an interval, no offset")
        return (size if found[1] == "+" else -size), text[: found.start()].rstrip("( ")
    name = re.search(r"\(?([a-z]{3,4})\)?$", text)
    if name and name[1] in _OFFSETS:
        return timedelta(hours=_OFFSETS[name[1]]), text[: name.start()]
    return None, text


def _take_clock(text: str, bare_is_hour: bool) -> tuple[timedelta, str] | None:
    """The time since midnight and its precision. Of two clocks the first must be midnight: a date column of
    midnights stands before a column of times."""
    rest = text.strip(" ,t-")
    times: list[tuple[timedelta, str]] = []
    if part := re.fullmatch(r"0?[.,](\d{3,})", rest):
        return timedelta(seconds=round(float(f"0.{part[1]}") * 86_400)), "minute"
    while rest:
        found = _CLOCK.match(rest)
        if found and (found[2] or found[4] or "h" in found[0]):
            times.append((_since_midnight(found), "minute" if found[2] else "hour"))
        elif bare := re.match(r"(\d{1,4})(?![\d:.])", rest):
            times.append(_bare(bare[1], bare_is_hour))
            found = bare
        else:
            return None
        rest = rest[found.end() :].strip(" ,")
    if not times:
        return timedelta(0), "day"
    if len(times) == 2 and times[0][0] == timedelta(0):
        times = times[1:]
    return times[0] if len(times) == 1 else None


def _since_midnight(clock: re.Match[str]) -> timedelta:
    hour, minute, second = int(clock[1]), int(clock[2] or 0), int(clock[3] or 0)
    if clock[4]:
        if not 1 <= hour <= 12:
            raise ValueError("no hour of twelve")
        hour = hour % 12 + (12 if clock[4].startswith("p") else 0)
    if hour > 24 or minute > 59 or second > 59 or hour == 24 and (minute or second):
        raise ValueError("no time of day")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _bare(digits: str, is_hour: bool) -> tuple[timedelta, str]:
    if is_hour:
        hour, minute = int(digits), 0
    else:
        hour, minute = divmod(int(digits), 100)
    if hour > 24 or minute > 59 or hour == 24 and minute:
        raise ValueError("no time of day")
    return timedelta(hours=hour, minutes=minute), "hour" if is_hour else "minute"
