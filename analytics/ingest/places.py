"""Where: each distinct pair of coordinates is read and projected once; what cannot be right is kept out.

A place is far from all others when it lies over 20 times the median distance from the median place, and over
100 km. It is refused only where at most one place in 20 is that far: more of them make a file of several
regions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyproj.exceptions import CRSError
from tzfpy import get_tz

from analytics.formats.header import UnreadableFile
from analytics.ingest.area import PlaceSpread, measure_spread, middle_longitude, surrounding_area
from analytics.ingest.coordinates import NO_PLACE, read_coordinate, read_pair
from analytics.ingest.distinct import find_distinct
from analytics.ingest.mapping import Mapping
from analytics.ingest.mending import (
    FAR_AT_LEAST_KM,
    FAR_TIMES_MEDIAN,
    kilometres,
    mend_places,
    stand_for_none,
)
from analytics.ingest.rows import NO_TEXT
from analytics.ingest.sql import RawRows, literal
from analytics.ingest.whole_degrees import are_whole_degrees, set_point
from analytics.shared.projection import find_transformer
from analytics.shared.wording import counted

NO_NUMBER = "CAST(NULL AS DOUBLE)"
_POLAR = 85.0  # degrees of latitude beyond which nobody records crime
FAR_SHARE, FAR_FEWEST_PLACES = 0.05, 20
_REASONS = (
    "the coordinates lie outside the coordinate system",
    "the place lies far from all others in the file",
)
_OUTSIDE, _FAR = range(2)


_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Places:
    """Distinct pairs of coordinates: `table` has them as written (null where that is plain) and read (raw_x,
    raw_y), a `code`, and `rows`, how many rows have the pair. `lon`, `lat` (WGS 84) are NaN where there is no
    place; `fault` is an index of the reasons, -1 for none. `codes`: that of each row of the file, None where
    it has no columns of coordinates."""

    table: pa.Table
    codes: npt.NDArray[np.int64] | None
    lon: _Floats
    lat: _Floats
    fault: npt.NDArray[np.int8]
    notes: tuple[str, ...] = ()

    def good(self) -> npt.NDArray[np.bool_]:
        good: npt.NDArray[np.bool_] = np.isfinite(self.lon) & (self.fault < 0)
        return good

    def middle(self) -> tuple[float, float] | None:
        """The median longitude and latitude of the good places; None where there is none."""
        good = self.good()
        if not good.any():
            return None
        return middle_longitude(self.lon[good]), float(np.median(self.lat[good]))

    def spread(self) -> PlaceSpread | None:
        """How far apart the good places lie; None where there is none."""
        good = self.good()
        return measure_spread(self.lon[good], self.lat[good])


@dataclass(frozen=True)
class LocatedPlaces:
    """SQL of the place of a row of the file: lon, lat, and x, y in the area's CRS, NULL where it has none,
    and the `reason` why it is refused. `some_refused`: whether some row is."""

    lon: str = NO_NUMBER
    lat: str = NO_NUMBER
    x: str = NO_NUMBER
    y: str = NO_NUMBER
    reason: str = NO_TEXT
    some_refused: bool = False


def read_places(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, *, are_near: bool = True
) -> Places:
    """The distinct coordinates of a file, in degrees and judged. Raises UnreadableFile on an unknown EPSG.

    `are_near`: the places of the file lie in one region, so that one far from all others is an error."""
    table, codes = _read_numbers(cursor, raw, _keys(mapping), mapping.decimal)
    x, y = (table.column(name).to_numpy(zero_copy_only=False).astype(float) for name in ("raw_x", "raw_y"))
    given = np.isfinite(x) & np.isfinite(y) & ~stand_for_none(x, y)
    notes: tuple[str, ...] = ()
    if mapping.epsg == 4326 and are_whole_degrees(x[given], y[given]):
        x, y = set_point(x, y)
        notes = ("the degrees are whole numbers: the decimal point that they lack has been set",)
    if mapping.epsg == 4326 and _swapped_throughout(x[given], y[given]):
        x, y = y, x
        notes += ("longitude and latitude were swapped in the whole file and have been put right",)
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    lon[given], lat[given] = _degrees(x[given], y[given], mapping.epsg)
    with np.errstate(invalid="ignore"):
        outside = given & ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    lon[outside] = lat[outside] = np.nan
    withheld = np.zeros(len(x), bool)
    if are_near:
        rows = table.column("rows").to_numpy().astype(float)
        mended = mend_places(x, y, lon, lat, rows, mapping.epsg)
        lon, lat, withheld, notes = mended.lon, mended.lat, mended.withheld, notes + mended.notes
    fault = np.where(given & ~withheld & ~np.isfinite(lon), _OUTSIDE, -1).astype(np.int8)
    lon[withheld] = lat[withheld] = np.nan
    places = Places(table, codes, lon, lat, fault)
    notes += _judge_distances(cursor, places) if are_near else ()
    fault[(fault < 0) & (np.abs(lat) > _POLAR)] = _OUTSIDE
    return replace(places, notes=notes)


def _read_numbers(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, keys: dict[str, str], decimal: str
) -> tuple[pa.Table, npt.NDArray[np.int64] | None]:
    """Each distinct place once: its texts x and y, `rows`, raw_x, raw_y and `code`; and the code of each row.
    The texts are null where all are plain numbers, of which the values alone tell them apart."""
    if not keys:
        one = {"code": [0], "rows": [raw.rows.num_rows], "raw_x": [0.0], "raw_y": [0.0]}
        return pa.table({"x": pa.nulls(1, pa.string()), "y": pa.nulls(1, pa.string()), **one}), None
    columns = [raw.rows.column(name) for name in keys.values()]
    numbers = [_plain_numbers(column) for column in columns] if decimal == "." and "x" in keys else [None]
    plain = [values for values in numbers if values is not None]
    if len(plain) == len(columns):
        distinct = find_distinct([values.to_numpy(zero_copy_only=False) for values in plain])
        texts = pa.nulls(len(distinct.first), pa.string())
        table = pa.table({"x": texts, "y": texts})
        for name, values in zip(("raw_x", "raw_y"), plain, strict=True):
            table = table.append_column(name, values.take(distinct.first))
    else:
        encoded = [column.combine_chunks().dictionary_encode(null_encoding="encode") for column in columns]
        distinct = find_distinct([column.indices.to_numpy(zero_copy_only=False) for column in encoded])
        written = [column.take(distinct.first).cast(pa.string()) for column in encoded]
        table = _read_pairs(written[0]) if len(written) == 1 else _read_texts(cursor, written, decimal)
    codes = np.arange(len(distinct.first), dtype=np.int32)
    table = table.append_column("code", pa.array(codes))
    table = table.append_column("rows", pa.array(np.bincount(distinct.codes, minlength=len(codes))))
    return table, distinct.codes


def _plain_numbers(column: pa.ChunkedArray) -> pa.Array | None:
    """The numbers that a column states, null where it is; None where a text of it is none."""
    try:
        numbers = pc.cast(column, pa.float64()).combine_chunks()
    except pa.ArrowInvalid:
        return None
    return None if pc.any(pc.is_nan(numbers)).as_py() else numbers


def _read_texts(cursor: duckdb.DuckDBPyConnection, texts: list[pa.Array], decimal: str) -> pa.Table:
    """The texts x and y and their numbers, in the same order."""
    cursor.register("distinct_places", pa.table(dict(zip("xy", texts, strict=True))))
    numbers = ", ".join(f"{_number(key, decimal)} AS raw_{key}" for key in "xy")
    table = cursor.sql(f"SELECT x, y, {numbers} FROM distinct_places").to_arrow_table()
    cursor.unregister("distinct_places")
    for key in "xy":
        table = _read_odd_numbers(table, key, decimal)
    return table


def _read_pairs(texts: pa.Array) -> pa.Table:
    """The texts of points and both numbers of each."""
    pairs = [read_pair(text) for text in texts.to_pylist()]
    table = pa.table({"x": texts, "y": pa.nulls(len(texts), pa.string())})
    for k, name in enumerate(("raw_x", "raw_y")):
        numbers = [pair[k] if pair else None for pair in pairs]
        table = table.append_column(name, pa.array(numbers, pa.float64()))
    return table


def _read_odd_numbers(table: pa.Table, key: str, decimal: str) -> pa.Table:
    """Read the texts of an axis that are no plain numbers: degrees and minutes, N and W, thousands."""
    name = f"raw_{key}"
    unread = pc.and_(pc.is_null(table.column(name)), pc.is_valid(table.column(key)))
    if not pc.any(unread).as_py():
        return table
    numbers = table.column(name).to_pylist()
    for row in np.flatnonzero(unread.to_numpy(zero_copy_only=False)):
        numbers[row] = read_coordinate(table.column(key)[int(row)].as_py(), decimal)
    at = table.column_names.index(name)
    return table.set_column(at, name, pa.array(numbers, pa.float64()))


def locate(cursor: duckdb.DuckDBPyConnection, raw: RawRows, places: Places, epsg: int) -> LocatedPlaces:
    """Project the distinct coordinates into the area's CRS, and give each row its own."""
    if places.codes is None:
        return LocatedPlaces()
    good, fault = places.good(), places.fault.copy()
    x, y = np.full(len(good), np.nan), np.full(len(good), np.nan)
    x[good], y[good] = find_transformer(4326, epsg).transform(places.lon[good], places.lat[good])
    lost = good & ~(np.isfinite(x) & np.isfinite(y))
    fault[lost] = _OUTSIDE
    codes, kept = pa.array(places.codes), good & ~lost
    # To look a place up by its number takes a quarter of the time that a join takes.
    axes = (("lon", places.lon), ("lat", places.lat), ("x", x), ("y", y))
    lon, lat, east, north = (
        raw.add(f"{name} of the place", pa.array(values, mask=~kept).take(codes)) for name, values in axes
    )
    reasons = _find_reasons(cursor, places.table, fault)
    if reasons.null_count == len(reasons):
        return LocatedPlaces(lon, lat, east, north)
    reason = raw.add("reason of the place", reasons.take(codes))
    return LocatedPlaces(lon, lat, east, north, reason, some_refused=True)


def _find_reasons(
    cursor: duckdb.DuckDBPyConnection, table: pa.Table, fault: npt.NDArray[np.int8]
) -> pa.Array:
    """Why each distinct place is refused, in the order of their codes; null where it is not."""
    cursor.register("found", table.append_column("fault", pa.array(fault)))
    cases = " ".join(f"WHEN fault = {k} THEN {literal(reason)}" for k, reason in enumerate(_REASONS))
    reasons = cursor.sql(
        f"""SELECT CASE
            WHEN {_stated("found.x")} AND raw_x IS NULL OR {_stated("found.y")} AND raw_y IS NULL
                THEN 'a coordinate is not a number'
            WHEN (raw_x IS NULL) <> (raw_y IS NULL) THEN 'only one of two coordinates is given'
            WHEN NOT (isfinite(raw_x) AND isfinite(raw_y)) THEN {literal(_REASONS[_OUTSIDE])}
            {cases} END AS reason
        FROM found ORDER BY code"""
    ).to_arrow_table()
    cursor.unregister("found")
    return reasons.column("reason").combine_chunks()


def _keys(mapping: Mapping) -> dict[str, str]:
    x, y, point = (mapping.one(role) for role in ("longitude", "latitude", "point"))
    return {"x": x, "y": y} if x and y else {"point": point} if point else {}


def _stated(text: str) -> str:
    """SQL: whether a coordinate is written, and not only a mark that there is none."""
    marks = ", ".join(map(literal, sorted(NO_PLACE)))
    return f"(lower(trim({text})) NOT IN ({marks}))"


def _number(name: str, decimal: str) -> str:
    text = f"trim({name})"
    return f"TRY_CAST({text if decimal == '.' else f'replace({text}, {literal(decimal)}, $$.$$)'} AS DOUBLE)"


def _degrees(x: _Floats, y: _Floats, epsg: int) -> tuple[_Floats, _Floats]:
    """Longitude and latitude. Raises UnreadableFile on an unknown EPSG."""
    if epsg == 4326 or not len(x):
        return x, y
    try:
        lon, lat = find_transformer(epsg, 4326).transform(x, y)
    except CRSError as error:
        raise UnreadableFile(f"EPSG:{epsg} is not a known coordinate system.") from error
    return lon, lat


def _swapped_throughout(x: _Floats, y: _Floats) -> bool:
    """Whether degrees can only have been swapped in most of the file."""
    return bool(len(x) and np.mean(np.abs(y) > _POLAR) > 0.5 and np.mean(np.abs(x) <= _POLAR) > 0.5)


def _judge_distances(cursor: duckdb.DuckDBPyConnection, places: Places) -> tuple[str, ...]:
    """Mark in `places.fault` what lies far from all others; returns notes for the user."""
    middle = places.middle()
    if middle is None:
        return ()
    notes = look_swapped(cursor, *middle)
    good = places.good()
    if good.sum() < FAR_FEWEST_PLACES:
        return notes
    away = kilometres(*middle, places.lon, places.lat)
    limit = max(FAR_TIMES_MEDIAN * float(np.median(away[good])), FAR_AT_LEAST_KM)
    lonely = good & (away > limit)
    if not lonely.any():
        return notes
    rows = places.table.column("rows").to_numpy()
    count = rows[lonely].sum()
    if lonely.sum() > FAR_SHARE * good.sum():
        return (
            *notes,
            f"{counted(count, 'row')} over {limit:,.0f} km from the middle of the others: are they right?",
        )
    places.fault[lonely] = _FAR
    return (
        *notes,
        f"{counted(count, 'row')} refused: more than {limit:,.0f} km from the middle of the others",
    )


def look_swapped(cursor: duckdb.DuckDBPyConnection, lon: float, lat: float) -> tuple[str, ...]:
    """A note where the middle of the places is wrong as it stands and right when exchanged."""
    if abs(lon) > _POLAR:
        return ()
    here, there = surrounding_area(cursor, lon, lat), surrounding_area(cursor, lat, lon)
    exchanged_fits = bool(there) and not here
    if not exchanged_fits and (bool(here) or _policed(lon, lat) or not _policed(lat, lon)):
        return ()
    where = "in a working area already held" if exchanged_fits else "on land"
    return (
        f"the coordinates look swapped: exchanged, they lie {where}; tick 'Exchange the coordinates' if so",
    )


def _policed(lon: float, lat: float) -> bool:
    """Whether a point lies on land outside Antarctica: the sea has no named time zone."""
    return not (get_tz(lon, lat) or "Etc/").startswith(("Etc/", "Antarctica/"))
