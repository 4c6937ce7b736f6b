"""What the columns of a file hold, told from a sample of their values, and the words of their names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from analytics.formats.readers import SAMPLED_ROWS, RawTable, sample_neighbours
from analytics.ingest.column_words import column_words
from analytics.ingest.coordinates import LETTERED_PAIR, NO_PLACE
from analytics.ingest.grid_references import MGRS, UTM
from analytics.ingest.name_words import words_of
from analytics.ingest.written_dates import WrittenDate
from analytics.ingest.written_intervals import read_start

# Where two parts could share the same blanks or figures, the first keeps them all (*+, (?>...)): a long text
# that does not fit is then read once.
_NUMBER = re.compile(r"\s*[+\-−]?\d[\d.,' ]*+\s*")
_PLAIN_NUMBER = re.compile(r"\s*[+-]?\d+([.,]\d*)?\s*")
_DEGREES = re.compile(r"\s*[+\-−]?\d{1,3}([.,]\d+)?\s*")
_CLOCK = re.compile(
    r"\s*((ore|klo|kl\.?|um)\s+)?\d{1,2}([:.hu]\d{2}){1,2}(\.\d+)?\s*+([ap]\.?\s?m\.?|uhr|h|hrs?|uur)?"
    r"\s*+(\(?(utc|gmt)([+-]\d{1,2}(:?\d{2})?)?\)?)?\s*",
    re.IGNORECASE,
)
_CLOCK_TO_CLOCK = re.compile(
    r"\s*\d{1,2}(?:[:.h]\d{2})?\s*(?:-|–|to|a|bis|à|~|～|/)\s*\d{1,2}(?:[:.h]\d{2})?\s*", re.IGNORECASE
)
PLAIN_CLOCK = re.compile(r"\s*(?:[01]?\d|2[0-3])[:.hu][0-5]\d(?:[:.][0-5]\d)?\s*")  # 21:15, 21h15
_HHMM = re.compile(r"\s*\d{1,4}(\.0)?\s*")
_PART_OF_DAY = re.compile(r"\s*0?[.,]\d{3,}\s*|0|0?[.,]\d{1,2}")  # as a spreadsheet keeps a time
OBJECT = re.compile(r"\s*(?:\[.*\]|\{.*\})\s*", re.DOTALL)  # its parts are columns of their own
_PAIR = re.compile(
    r"(?s).*\bPOINT\s*+Z?\s*+\(|.*\(\s*-?\d+\.\d+\s*,\s*-?\d+\.\d+\s*\)"
    r"|\s*\{((?>.*?latitude).*longitude|(?>.*?longitude).*latitude)"
    r"|(?>.*?\blat(itude)?[-:= ])(?>.*?\d).*lon(g|gitude)?[-:= ]"
    r"|\s*-?\d{1,2}\.\d{3,}\s*[/;, ]\s*-?\d{1,3}\.\d{3,}\s*$"
    r"|\s*-?\d{1,2},\d{3,}\s*[/; ]\s*-?\d{1,3},\d{3,}\s*$"
    r"|https?://\S*?[=@/]-?\d{1,2}\.\d{3,},\s*-?\d{1,3}\.\d{3,}"
    r"|\s*[2-9CFGHJMPQRV][2-9CFGHJMPQRVWX]{7}\+[2-9CFGHJMPQRVWX]{2}"
    r"|\s*0[01]0[1-9A-F]0000[02]0[0-9A-F]{32,}\s*$",
    re.IGNORECASE,
)
_NATIONAL_GRID = re.compile(  # of Great Britain
    r"\s*[HJNOST][A-HJ-Z]\s?(\d{3}\s?\d{3}|\d{4}\s?\d{4}|\d{5}\s?\d{5})\s*", re.IGNORECASE
)
_GEOHASH = re.compile(r"\s*[0-9b-hjkmnp-z]{5,12}\s*", re.IGNORECASE)
_GRID_WORDS = frozenset(
    (
        "mgrs",
        "usng",
        "utm",
        "grid",
        "gridref",
        "coordinates",
        "coordinate",
        "coords",
        "coord",
        "position",
        "location",
    )
)
_GRID_REFERENCE = re.compile(rf"\s*(?:{MGRS.pattern}|{UTM.pattern})\s*", re.IGNORECASE)
_DATE_WORDS = frozenset(
    ("date", "datetime", "time", "timestamp", "dt", "dat", "ts", "datum", "fecha", "data", "stamp", "epoch")
    + ("dob", "birth", "std", "sta", "etd", "eta", "atd", "ata")
)
_DATE_ENDINGS = ("datum", "dato", "zeit", "zeitpunkt", "tidspunkt", "tijdstip")  # of words in one
_DATE_SIGNS = frozenset("日期時时")
_TRIED = 200  # values whose dates are read; the rest of the sample is like them


@dataclass
class Column:
    """A column of a file: its name and a sample of the values that are written in it. `cells`: those of every
    row of the sample, '' where nothing is written."""

    name: str
    cells: list[str]
    rows: int
    values: list[str] = field(init=False)
    words: list[str] = field(init=False)
    _shares: dict[re.Pattern[str], float] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.words = words_of(self.name)
        self.values = [cell for cell in self.cells if cell]

    def share(self, pattern: re.Pattern[str]) -> float:
        """How many of the values fit a pattern."""
        if pattern not in self._shares:
            fitting = sum(bool(pattern.fullmatch(v)) for v in self.values)
            self._shares[pattern] = fitting / max(len(self.values), 1)
        return self._shares[pattern]

    @cached_property
    def filled(self) -> float:
        """How many of the rows have a value."""
        return len(self.values) / max(self.rows, 1)

    @cached_property
    def distinct(self) -> int:
        return len(set(self.values))

    @cached_property
    def numeric(self) -> float:
        return self.share(_NUMBER)

    @cached_property
    def dates(self) -> list[WrittenDate]:
        """The dates among the values, in whichever order of day and month reads more of them."""
        some = self.values[:_TRIED]
        names_date = (
            set(self.words) & _DATE_WORDS
            or set(self.name) & _DATE_SIGNS
            or any(word.endswith(_DATE_ENDINGS) for word in self.words)
        )
        if self.share(_PLAIN_NUMBER) > 0.8 and not names_date:
            return []  # a number is a stamp or a serial only where the column says so
        orders = [
            [date for value in some if (date := read_start(value, day_first=order))]
            for order in (True, False)
        ]
        return max(orders, key=len)

    @cached_property
    def dated(self) -> float:
        """How many of the values are dates."""
        return len(self.dates) / max(len(self.values[:_TRIED]), 1)

    @cached_property
    def has_clock(self) -> bool:
        """Whether some date has a time of day that is not midnight."""
        return any(date.precision == "minute" and (date.at.hour or date.at.minute) for date in self.dates)

    @cached_property
    def tells_the_hour(self) -> bool:
        """Whether the dates have times of day of their own: not midnights, nor those of another zone."""
        clocks = {date.at.time() for date in self.dates if date.precision == "minute"}
        return len(clocks) > 2 or self.has_clock and not any(date.is_utc for date in self.dates)

    @cached_property
    def is_clock(self) -> bool:
        """Whether the values are times of day: 21:15, 2115, 945, 7, or from one to another: 21:00-23:30."""
        if self.share(_CLOCK) > 0.6 or self.share(_CLOCK_TO_CLOCK) > 0.6:
            return True
        if self.share(_PART_OF_DAY) == 1 and any(len(value.strip()) > 5 for value in self.values):
            return True
        if self.share(_HHMM) < 0.8:
            return False
        numbers = [int(float(v)) for v in self.values if _HHMM.fullmatch(v)]
        return all(number <= 2400 and number % 100 < 60 for number in numbers)

    @cached_property
    def is_degrees(self) -> bool:
        """Whether the values can be degrees, and some are not 0."""
        if self.share(_DEGREES) < 0.7:
            return False
        numbers = [
            abs(float(v.replace(",", ".").replace("−", "-"))) for v in self.values if _DEGREES.fullmatch(v)
        ]
        return any(numbers) and max(numbers) <= 180

    @cached_property
    def is_pair(self) -> bool:
        """Whether a value is both coordinates: POINT (x y), (lat, lon), lat/lon or an object with both."""
        if {"geohash"} & {*self.words, "".join(self.words)}:
            return self.share(_GEOHASH) > 0.8
        if _GRID_WORDS & set(self.words) and self.share(_GRID_REFERENCE) > 0.8:  # else the number of a case
            return True
        is_number = set(self.words) & (column_words("number") | column_words("reference"))
        is_grid = _GRID_WORDS & set(self.words) or not is_number
        if is_grid and self.share(_NATIONAL_GRID) > 0.5:  # JH000100 may be the number of a case
            return True
        return (
            sum(bool(_PAIR.match(v) or LETTERED_PAIR.fullmatch(v)) for v in self.values)
            > 0.5 * len(self.values)
            > 0
        )

    @cached_property
    def is_text(self) -> bool:
        """Whether the values are words rather than numbers, dates or coordinates."""
        return bool(self.values) and self.numeric < 0.5 and self.dated < 0.5 and not self.is_pair


def columns_of(raw: RawTable) -> list[Column]:
    """The columns of a file that hold text."""
    texts = [name for name in raw.columns if pa.types.is_string(raw.table.schema.field(name).type)]
    rows = min(raw.table.num_rows, SAMPLED_ROWS)
    some = sample_neighbours(raw.table.select(texts), SAMPLED_ROWS)
    return [Column(name, [_written(cell) for cell in some.column(name).to_pylist()], rows) for name in texts]


def _written(cell: str | None) -> str:
    return "" if cell is None or cell.strip().lower() in NO_PLACE else cell
