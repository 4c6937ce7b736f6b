"""The time zone that a file states of itself: in the name of a column of times, or in a column of its own."""

from __future__ import annotations

import re

from analytics.ingest.columns import Column
from analytics.ingest.name_words import words_of
from analytics.ingest.written_dates import read_written_date

_OFFSET_IN_NAME = re.compile(
    r"(?:UTC|GMT)\s?([+-])\s?(0?\d|1[0-4])(?::?([0-5]\d)|[.,](5|75))?(?!\d)", re.IGNORECASE
)
_PARTS_OF_HOURS = {"5": "30", "75": "45"}
_HALF_ZONES = {
    **{"+3:30": "Asia/Tehran", "+4:30": "Asia/Kabul", "+5:30": "Asia/Kolkata", "+5:45": "Asia/Kathmandu"},
    **{"+6:30": "Asia/Yangon", "+9:30": "Australia/Darwin", "-3:30": "America/St_Johns"},
}
_ZONES = {  # names in capitals beside a column's name; those that mean two zones (IST, BST) are left out
    **dict.fromkeys(("CET", "MEZ", "CEST"), "Europe/Brussels"),
    **dict.fromkeys(("EET", "EEST"), "Europe/Helsinki"),
    **dict.fromkeys(("EST", "EDT", "ET"), "America/New_York"),
    **dict.fromkeys(("CDT",), "America/Chicago"),
    **dict.fromkeys(("MST", "MDT"), "America/Denver"),
    **dict.fromkeys(("PST", "PDT", "PT"), "America/Los_Angeles"),
    **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
    **{"MSK": "Europe/Moscow", "JST": "Asia/Tokyo", "KST": "Asia/Seoul", "HKT": "Asia/Hong_Kong"},
    **{"SGT": "Asia/Singapore", "NZST": "Pacific/Auckland", "SAST": "Africa/Johannesburg"},
    **{"WAT": "Africa/Lagos", "EAT": "Africa/Nairobi", "PKT": "Asia/Karachi"},
}


def names_utc(times: tuple[str, ...]) -> bool:
    """Whether a column's name says that its times are UTC, not a number of hours from it."""
    return any(
        {"utc", "gmt", "zulu"} & set(words_of(name)) and not _OFFSET_IN_NAME.search(name) for name in times
    )


def zone_in_names(times: tuple[str, ...], kind: str) -> str | None:
    """The time zone that a column's name states: Time (CET), Start (UTC+2). The zone of incidents is that of
    their working area."""
    for name in times if kind != "incident" else ():
        if offset := _OFFSET_IN_NAME.search(name):
            hours, half = int(offset[2]), offset[3] or _PARTS_OF_HOURS.get(offset[4] or "", "00")
            sign = "-" if offset[1] == "+" else "+"  # the names of these zones count westwards
            return f"Etc/GMT{sign}{hours}" if half == "00" else _HALF_ZONES.get(f"{offset[1]}{hours}:{half}")
        for word in re.findall(r"\(([A-Z]{2,4}T|MEZ|MSK)\)|\b([A-Z]{2,4}T|MEZ|MSK)$", name):
            if zone := _ZONES.get("".join(word)):
                return zone
    return None


def zone_column(columns: list[Column]) -> str | None:
    """The column that names the zone of each row's time, where it holds names that are read."""
    for column in columns:
        is_named = "".join(column.words) in ("timezone", "tz", "zone") and bool(column.values)
        if is_named and all(read_written_date(f"2024-01-01 10:00 {value}") for value in set(column.values)):
            return column.name
    return None
