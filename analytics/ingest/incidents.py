"""Recorded crime into the store: one transaction, every refused row kept with its number and reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from pyproj import Transformer
from pyproj.exceptions import CRSError

from analytics.ingest.area import choose_area
from analytics.ingest.mapping import FORMATS, Mapping
from analytics.ingest.readers import RawTable, UnreadableFile, read_file
from analytics.oversight import Actor, record
from analytics.store import Store

Progress = Callable[[str, float], None]


class Cancelled(RuntimeError):
    """The user stopped the import; nothing of it was kept."""


@dataclass(frozen=True)
class SourceDetails:
    """What is asked for once per source."""

    name: str
    legal_basis: str
    purpose: str
    handling: str
    review_date: date


@dataclass(frozen=True)
class ImportReport:
    """What became of a file. `unplaced`: accepted rows whose place is withheld or not recorded."""

    source_id: int
    rows_in: int
    accepted: int
    quarantined: int
    unplaced: int
    already_imported: bool
    area_id: int | None
    notes: tuple[str, ...] = ()


def import_incidents(
    store: Store, actor: Actor, path: Path, mapping: Mapping, details: SourceDetails, *,
    area: str | None = None, progress: Progress | None = None, cancelled: Callable[[], bool] = lambda: False,
) -> ImportReport:  # fmt: skip
    """Import a file of incidents. The same content twice adds nothing.

    `area` names the working area (made if new); without it an area that holds the file's places is used, or
    one is made. Raises UnreadableFile, also recorded as a failed import, or Cancelled; either way nothing is kept.
    """
    step = _Steps(progress, cancelled)
    try:
        step("Reading the file", 0.05)
        raw = read_file(path)
        return _import(store, actor, Path(path).name, raw, mapping, details, area, step)
    except (UnreadableFile, duckdb.Error, OSError) as error:
        with store.write(changes_data=False) as cursor:
            failure = [Path(path).name, "incident", _now(), actor.name, str(error)[:500]]
            cursor.execute("INSERT INTO import_failure VALUES (?, ?, ?, ?, ?)", failure).fetchall()
            record(cursor, actor, "import failed", Path(path).name, detail={"reason": str(error)[:500]})
        raise


@dataclass(frozen=True)
class _Steps:
    progress: Progress | None
    cancelled: Callable[[], bool]

    def __call__(self, text: str, share: float) -> None:
        if self.cancelled():
            raise Cancelled("The import was stopped; nothing of it was kept.")
        if self.progress:
            self.progress(text, share)


def _import(store, actor, file_name, raw: RawTable, mapping: Mapping, details, area, step) -> ImportReport:
    check_mapping(raw, mapping)
    if held := already_held(store, "incident", raw.sha256):
        return held
    with store.write() as cursor:
        step("Reading dates and coordinates", 0.3)
        cursor.register("raw_file", raw.table)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE staged AS {staging_query(mapping)}").fetchall()
        cursor.unregister("raw_file")
        step("Locating", 0.5)
        points, notes = to_degrees(cursor, mapping)
        area_id, epsg, time_zone = choose_area(cursor, area or None, details.name, points, mapping.time_zone)
        _project(cursor, points, epsg)
        step("Writing", 0.75)
        ((source_id,),) = cursor.execute("SELECT nextval('source_id_sequence')").fetchall()
        accepted, quarantined, unplaced = _write_rows(cursor, raw, mapping, source_id, area_id, time_zone)
        rows_in = raw.table.num_rows + len(raw.refused)
        if accepted == 0:
            reasons = cursor.execute(
                "SELECT reason, count(*) AS n FROM quarantine WHERE source_id = ? GROUP BY 1 ORDER BY n DESC LIMIT 1",
                [source_id],
            ).fetchall()
            raise UnreadableFile(
                f"No row could be accepted; most often: {reasons[0][0] if reasons else 'no rows'}."
            )
        cursor.execute(
            "INSERT INTO source VALUES (?, 'incident', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false)",
            [
                source_id, details.name, file_name, raw.sha256, raw.format, json.dumps(asdict(mapping)), area_id,
                _now(), actor.name, details.legal_basis, details.purpose, details.handling, details.review_date,
                rows_in, accepted, quarantined,
            ],
        ).fetchall()  # fmt: skip
        record(
            cursor, actor, "import", f"source {source_id}", details.purpose,
            {"file": file_name, "sha256": raw.sha256, "accepted": accepted, "quarantined": quarantined},
        )  # fmt: skip
        cursor.execute("DROP TABLE staged").fetchall()
        cursor.execute("DROP TABLE located").fetchall()
        step("Committing", 0.95)
    return ImportReport(
        source_id, rows_in, accepted, quarantined, unplaced, False, area_id, (*raw.notes, *notes)
    )


def already_held(store: Store, kind: str, sha256: str) -> ImportReport | None:
    """The report of the source of this kind with the same content, or None where it is new."""
    rows = store.rows("SELECT * FROM source WHERE kind = ? AND sha256 = ?", [kind, sha256])
    if not rows:
        return None
    row = rows[0]
    counts = (row["rows_in"], row["rows_accepted"], row["rows_quarantined"])
    return ImportReport(row["source_id"], *counts, unplaced=0, already_imported=True, area_id=row["area_id"])


def check_mapping(raw: RawTable, mapping: Mapping) -> None:
    """Raise UnreadableFile where the mapping lacks a date or category or names a column the file has not."""
    named = [
        *mapping.start,
        mapping.end,
        mapping.category,
        mapping.longitude,
        mapping.latitude,
        mapping.place,
        mapping.reference,
    ]
    missing = [name for name in named if name and name not in raw.columns]
    if missing:
        raise UnreadableFile(
            f"The file has no column {missing[0]!r}. Its columns: {', '.join(raw.columns)[:300]}."
        )
    if not mapping.start:
        raise UnreadableFile("Say which column holds the date: none looks like one.")
    if not mapping.category and not (mapping.category_constant or "").strip():
        raise UnreadableFile("Say which column holds the category, or name one category for all rows.")
    if mapping.start_format not in FORMATS:
        raise UnreadableFile(f"The date format {mapping.start_format!r} is not known.")
    if mapping.longitude and mapping.epsg == 0:
        raise UnreadableFile(
            "The coordinates are not degrees. Say which coordinate system they are in (its EPSG number)."
        )


def staging_query(mapping: Mapping) -> str:
    """SQL over raw_file: row_number, category, place, reference, start, finish (local), x, y as numbers, texts kept."""
    start = " || ' ' || ".join(f"trim({_quoted(name)})" for name in mapping.start)
    end = f"trim({_quoted(mapping.end)})" if mapping.end else "CAST(NULL AS VARCHAR)"
    category = (
        f"nullif(trim({_quoted(mapping.category)}), '')"
        if mapping.category
        else _literal(mapping.category_constant)
    )
    return f"""
        SELECT row_number, {category} AS category, {_optional(mapping.place)} AS place,
            {_optional(mapping.reference)} AS reference, {start} AS start_text, {end} AS end_text,
            try_strptime(start_text, {_literal(mapping.start_format)}) AS start,
            try_strptime(end_text, {_literal(mapping.start_format)}) AS finish,
            {_coordinate(mapping.longitude, mapping.decimal)} AS raw_x, {_optional(mapping.longitude)} AS x_text,
            {_coordinate(mapping.latitude, mapping.decimal)} AS raw_y, {_optional(mapping.latitude)} AS y_text
        FROM raw_file"""


def _coordinate(name: str | None, decimal: str) -> str:
    if not name:
        return "CAST(NULL AS DOUBLE)"
    text = f"trim({_quoted(name)})"
    return f"TRY_CAST({text if decimal == '.' else f'replace({text}, {_literal(decimal)}, $$.$$)'} AS DOUBLE)"


def _optional(name: str | None) -> str:
    return f"nullif(trim({_quoted(name)}), '')" if name else "CAST(NULL AS VARCHAR)"


def _quoted(name: str) -> str:
    """A column name of the file as an identifier: quotes doubled, so that no name can be SQL."""
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def to_degrees(cursor, mapping: Mapping) -> tuple[pa.Table, tuple[str, ...]]:
    """Each distinct coordinate once, in degrees: raw_x, raw_y, lon, lat (WGS 84)."""
    points = cursor.sql(
        "SELECT DISTINCT raw_x, raw_y FROM staged WHERE isfinite(raw_x) AND isfinite(raw_y) AND (raw_x <> 0 OR raw_y <> 0)"
    ).to_arrow_table()
    x, y = (points.column(name).to_numpy() for name in ("raw_x", "raw_y"))
    notes: tuple[str, ...] = ()
    if mapping.epsg == 4326:
        lon, lat = x, y
        if len(x) and np.mean(np.abs(y) > 90) > 0.5 and np.mean(np.abs(x) <= 90) > 0.5:
            lon, lat = y, x
            notes = ("longitude and latitude were swapped in the whole file and have been put right",)
    else:
        try:
            lon, lat = Transformer.from_crs(mapping.epsg, 4326, always_xy=True).transform(x, y)
        except CRSError as error:
            raise UnreadableFile(f"EPSG:{mapping.epsg} is not a known coordinate system.") from error
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    good = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 85)
    table = pa.table({"raw_x": x, "raw_y": y, "lon": lon, "lat": lat})
    return table.filter(pa.array(good)), notes


def _project(cursor, points: pa.Table, epsg: int) -> None:
    """Temp table `located`: the distinct coordinates with x, y in the area's CRS."""
    x, y = Transformer.from_crs(4326, epsg, always_xy=True).transform(
        points.column("lon").to_numpy(), points.column("lat").to_numpy()
    )
    cursor.register("points", points.append_column("x", pa.array(x)).append_column("y", pa.array(y)))
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE located AS SELECT * FROM points WHERE isfinite(x) AND isfinite(y)"
    ).fetchall()
    cursor.unregister("points")


def _write_rows(
    cursor, raw: RawTable, mapping: Mapping, source_id: int, area_id: int, time_zone: str
) -> tuple[int, int, int]:
    """Insert the good rows and quarantine the rest; returns accepted, quarantined, unplaced."""
    precision = FORMATS[mapping.start_format]
    step = {"minute": "INTERVAL 0 MINUTE", "day": "INTERVAL 1 DAY", "month": "INTERVAL 1 MONTH"}[precision]
    zone = "UTC" if mapping.times_are_utc else time_zone
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE judged AS
        SELECT staged.*, located.lon, located.lat, located.x, located.y,
            coalesce(finish, start) + {step} AS ending,
            CASE
                WHEN nullif(start_text, '') IS NULL THEN 'no date'
                WHEN start IS NULL THEN 'the date cannot be read as ' || {_literal(mapping.start_format)}
                WHEN start < TIMESTAMP '1900-01-01' THEN 'the date is before 1900'
                WHEN start > now()::TIMESTAMP + INTERVAL 2 DAY THEN 'the date lies in the future'
                WHEN nullif(end_text, '') IS NOT NULL AND finish IS NULL THEN 'the end date cannot be read'
                WHEN finish < start THEN 'it ends before it starts'
                WHEN category IS NULL THEN 'no category'
                WHEN x_text IS NOT NULL AND raw_x IS NULL OR y_text IS NOT NULL AND raw_y IS NULL
                    THEN 'a coordinate is not a number'
                WHEN (raw_x IS NULL) <> (raw_y IS NULL) THEN 'only one of two coordinates is given'
                WHEN raw_x IS NOT NULL AND (raw_x <> 0 OR raw_y <> 0) AND located.x IS NULL
                    THEN 'the coordinates lie outside the coordinate system'
            END AS reason
        FROM staged LEFT JOIN located USING (raw_x, raw_y)"""
    ).fetchall()
    cursor.execute(
        """INSERT INTO incident
        SELECT ?, row_number, ?, reference, category, CAST(timezone(zone, start) AS TIMESTAMP) AS occurred_from,
            CAST(timezone(zone, ending) AS TIMESTAMP), ?, CAST(local_start AS DATE),
            if(within_hour, hour(local_start), NULL), if(within_day, isodow(local_start), NULL),
            place, lon, lat, x, y, NULL
        FROM (
            SELECT *, if(shifted, timezone(local_zone, timezone('UTC', start)), start) AS local_start,
                ? = 'minute' AND epoch(ending - start) < 3600 AND date_trunc('hour', start) = date_trunc('hour', ending)
                    AS within_hour,
                ending - INTERVAL 1 MICROSECOND < date_trunc('day', start) + INTERVAL 1 DAY AS within_day
            FROM (SELECT *, ? AS zone, ? AS local_zone, zone <> local_zone AS shifted FROM judged WHERE reason IS NULL)
        ) ORDER BY row_number""",
        [source_id, area_id, precision, precision, zone, time_zone],
    ).fetchall()
    cursor.execute(
        """INSERT INTO quarantine
        SELECT ?, row_number, reason, to_json(struct_pack(date := start_text, "end" := end_text, category := category,
            x := x_text, y := y_text, place := place, reference := reference)) FROM judged WHERE reason IS NOT NULL""",
        [source_id],
    ).fetchall()
    for number, reason, text in raw.refused:
        cursor.execute(
            "INSERT INTO quarantine VALUES (?, ?, ?, ?)",
            [source_id, number, reason, json.dumps({"text": text[:1000]})],
        ).fetchall()
    counts = cursor.execute(
        "SELECT count(*) FILTER (reason IS NULL), count(*) FILTER (reason IS NOT NULL),"
        " count(*) FILTER (reason IS NULL AND x IS NULL) FROM judged"
    ).fetchall()[0]
    cursor.execute("DROP TABLE judged").fetchall()
    return counts[0], counts[1] + len(raw.refused), counts[2]


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
