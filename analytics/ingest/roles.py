"""What a kind of file is: the roles of its columns, which of them it must fill, and the formats it comes
in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analytics.ingest.column_words import fold_letters


@dataclass(frozen=True)
class Role:
    """A meaning that the user gives to a column. `names`: likeliest first, in lower case with one underscore
    for anything but letters and digits; `*` stands for anything. `several`: more than one column may have
    it."""

    name: str
    label: str
    names: tuple[str, ...]
    several: bool = False
    help: str | None = None


@dataclass(frozen=True)
class Need:
    """What a file must say: at least one of these roles, or `message` is why it is refused."""

    roles: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class ImportKind:
    """A kind of file. `name` is that of the store's table, `plural` that of the page and the command."""

    name: str
    plural: str
    roles: tuple[Role, ...]
    needs: tuple[Need, ...]
    formats: str

    def has(self, role: str) -> bool:
        """Whether a column of this kind can have a role."""
        return any(own.name == role for own in self.roles)


def plain(name: str) -> str:
    """A column name without what differs between one download and the next."""
    return re.sub(r"[\W_]+", "_", fold_letters(name)).strip("_")


IDENTITY_LABEL = "Identity in the file"
PAIR_HELP = "POINT (x y), (latitude, longitude), or an object with both."
JOINED_HELP = "First and last name may stand in two columns: they are read in this order."
ORDERED_HELP = "A date and a time of day, or year, month and day: several columns are read in this order."
NUMBER_HELP = "Digits as written; a number that a spreadsheet rounded is refused."
TABLES = "CSV, Excel, Parquet"
UNNAMED = "Say which column holds the {}: none looks like it."

MAXIMUM_ATTRIBUTES = 20  # columns without a meaning of their own that are stored with each row
ATTRIBUTE = Role(
    "attribute",
    "Further columns",
    (),
    several=True,
    help="Columns without a meaning of their own, such as a weapon or a way of entry: at most "
    f"{MAXIMUM_ATTRIBUTES}. They are shown beside a row and exported with it; personal ones are masked.",
)
PLACED = (
    Role("longitude", "Longitude or easting", ("longitude", "lon", "long", "lng", "x", "easting")),
    Role("latitude", "Latitude or northing", ("latitude", "lat", "y", "northing")),
    Role(
        "point",
        "or both in one column",
        ("point", "coordinates", "lat_long", "latlong", "*lat_lon*", "*coordinates*", "*location*"),
        help=f"{PAIR_HELP} Also 53.8/-1.55 and Lat-53.8; Long-1.55.",
    ),
)
