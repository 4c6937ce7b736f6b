"""Generate the scenario's files, and load them into a store. The truth is written separately and never
loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from analytics.ingest import SourceDetails, propose_mapping, read_file
from analytics.intelligence.report_import import grade_reports
from analytics.intelligence.reports import insert_report
from analytics.oversight import Actor, record
from analytics.shared.progress import Progress, ignore_progress, part_of
from analytics.store import Store, now
from analytics.training import background, crime
from analytics.training.city import City, build_city
from analytics.training.exploitation import build_schemes
from analytics.training.laundering_patterns import build_patterns
from analytics.training.mixed_lives import borrow_looks, scale_sums, spread_lives
from analytics.training.network_traces import build_traces
from analytics.training.networks import build_networks
from analytics.training.people import People, build_people
from analytics.training.reports import build_reports, write_reports
from analytics.training.schemes import collect_account_facts
from analytics.training.settings import TABLES, Row, read_settings, scale_row_counts, seed_stream
from analytics.training.truth_files import BEHIND, Label, TruthFiles

Parts = Iterable[tuple[pa.Table, list[Label | None]]]  # rows, and what was planted in each
_KINDS = dict(
    zip(
        TABLES,
        ("incident", "boundary", "advert", "account", "transaction", "premises", "journey", "communication"),
        strict=True,
    )
)
_REPORTS = "reports.csv"
_MAP_MARK = "EXERCISE: Vellmouth is an invented city"
_BASIS, _PURPOSE, _HANDLING = "Training data, invented", "Training and demonstration", "Training only"


def generate(
    seed: int, scale: float, out: Path, progress: Progress = ignore_progress, *, mixed: bool = False
) -> None:
    """Write one Parquet file a table and a CSV file of reports to `out`, and what was planted to `out/truth`.

    The same seed and scale give the same content; in a `mixed` world innocent people live across the same
    towns as the networks do (`mixed_lives`). No more than a chunk of rows is in memory at once. Raises
    ValueError for a scale outside 0 to 1000.
    """
    counts = scale_row_counts(scale)
    truth = Path(out) / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    progress("Drawing the city", 0.0)
    city, people = build_city(seed), build_people(seed, scale)
    city.boundaries.to_parquet(Path(out) / "boundaries.parquet", index=False)
    networks = build_networks(seed, scale, people)
    planted: dict[str, list[tuple[Row, Label]]] = {}
    traces = {network.name: build_traces(seed, network, people, city, mixed=mixed) for network in networks}
    for network in networks:
        for table, rows in traces[network.name].items():
            planted.setdefault(table, []).extend((row, Label(network.name, row.get(BEHIND))) for row in rows)
    fit = partial(scale_sums, seed) if mixed else lambda planted, rows: rows
    patterns = build_patterns(seed, scale, people, networks)
    rng = seed_stream(seed, "payments")
    for pattern in patterns:
        label = Label(pattern.name, innocent=pattern.innocent)
        planted["transactions"].extend((row, label) for row in fit(pattern, pattern.rows(people, rng)))
    schemes = build_schemes(seed, scale, people, networks)
    for scheme in schemes:
        label = Label(scheme.name, innocent=scheme.network is None)
        planted["transactions"].extend((row, label) for row in fit(scheme, scheme.rows(people)))
    people = people.with_facts(collect_account_facts(schemes))
    reports, report_truth = build_reports(seed, networks, traces, schemes, people, city)
    write_reports(reports, Path(out) / _REPORTS)
    with TruthFiles(truth) as labels:
        progress("Writing incidents", 0.2)
        parts = _label_incidents(crime.generate_incidents(seed, counts["incidents"], city))
        _write(Path(out), "incidents", parts, labels)
        for number, table in enumerate(background.SCHEMAS, 1):
            progress(f"Writing {table}", 0.2 + 0.8 * number / (len(background.SCHEMAS) + 1))
            parts = _mix(seed, table, counts[table], planted.get(table, []), people, city, mixed)
            _write(Path(out), table, parts, labels)
        observed = {row["reference"]: date.fromisoformat(row["observed_on"]) for row in reports}
        for report in report_truth:
            if report["true"]:
                number = report["reference"]
                labels.write("reports", [(number, Label(report["about"]), observed[number])])
    facts = {
        "seed": seed,
        "scale": scale,
        "hotspots": crime.place_hotspots(seed, city),
        "near_repeats": read_settings()["near_repeats"],
        "centre": list(city.centre),
        "streets": city.sample_middles(seed_stream(seed, "random places")).round(1).tolist(),
        "networks": [network.truth(people) for network in networks],
        "typologies": [pattern.truth(people) for pattern in patterns if not pattern.innocent],
        "lookalikes": [pattern.truth(people) for pattern in patterns if pattern.innocent],
        "exploitation": [scheme.truth(people) for scheme in schemes if scheme.network],
        "ordinary": [scheme.truth(people) for scheme in schemes if not scheme.network],
        "reports": report_truth,
    }
    ahead = crime.list_ahead(seed, counts["incidents"], city)
    (truth / "ahead.json").write_text(json.dumps(ahead), encoding="utf-8")
    (truth / "truth.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")


def _label_incidents(parts: Iterable[tuple[pa.Table, list[str | None]]]) -> Parts:
    for rows, names in parts:
        yield rows, [Label(name) if name else None for name in names]


def _write(out: Path, table: str, parts: Parts, labels: TruthFiles) -> None:
    column = background.TIME.get(table, "occurred_from")
    with ExitStack() as stack:
        writer = None
        for rows, planted in parts:
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(out / f"{table}.parquet", rows.schema))
            writer.write_table(rows)
            at = [position for position, label in enumerate(planted) if label]
            if at:
                own = rows.take(pa.array(at))
                days = pc.cast(own[column], pa.date32(), safe=False).to_pylist()
                named = [label for label in planted if label]
                labels.write(table, zip(own["reference"].to_pylist(), named, days, strict=True))


def _mix(
    seed: int,
    table: str,
    count: int,
    planted: list[tuple[Row, Label]],
    people: People,
    city: City,
    mixed: bool,
) -> Parts:
    """Background and planted rows mixed in every chunk, so that neither place nor order gives one away."""
    order = seed_stream(seed, "mix" + table).permutation(len(planted))
    innocent, limit = max(0, count - len(planted)), read_settings()["chunk_rows"]
    pieces = np.array_split(order, max(1, -(-innocent // limit)))
    schema, written = pa.schema(list(background.SCHEMAS[table].items())), 0
    for chunk, piece in enumerate(pieces):
        start = chunk * limit
        rng = seed_stream(seed, table, chunk)
        rows = background.generate_background(table, rng, min(limit, innocent - start), start, people, city)
        names: list[Label | None] = [None] * len(rows) + [planted[at][1] for at in piece]
        own = [planted[at][0] for at in piece]
        if mixed:
            rng = seed_stream(seed, "mixed" + table, chunk)
            rows = spread_lives(table, rng, rows, people)
            own = borrow_looks(table, rng, own, rows)
        rows = pa.concat_tables([rows, pa.Table.from_pylist(own, schema)])
        if table in background.TIME:
            at = np.argsort(rows[background.TIME[table]].to_numpy(), kind="stable")
            rows, names = rows.take(pa.array(at)), [names[i] for i in at]
        prefix = "ACC-" if table == "accounts" else table[:2].upper() + "-"
        references = pa.array([f"{prefix}{written + i + 1:07d}" for i in range(len(rows))])
        written += len(rows)
        yield rows.add_column(0, "reference", references), names


_KINDS_WITH_PLACES = ("advert", "transaction")  # what names towns and countries


def load(
    store: Store,
    directory: Path,
    actor: Actor,
    progress: Progress = ignore_progress,
    *,
    without: Collection[str] = (),
) -> None:
    """Load every table of a generated scenario in one transaction, one source a file, marked as invented;
    those of `without` are left for later (`reports` too).

    A file whose content the store already has (by SHA-256) is left out, so that loading twice adds nothing.
    Raises FileNotFoundError when a table's file is missing; the store is then unchanged."""
    area = read_settings()["area"]
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO area (name, epsg, time_zone) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING",
            [area["name"], area["epsg"], area["time_zone"]],
        ).fetchall()
        area_id = cursor.execute("SELECT area_id FROM area WHERE name = ?", [area["name"]]).fetchall()[0][0]
        for number, table in enumerate(TABLES):
            if table in without:
                continue
            share, path = number / (len(TABLES) + 1), Path(directory) / f"{table}.parquet"
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if cursor.execute(
                "SELECT 1 FROM source WHERE kind = ? AND sha256 = ?", [_KINDS[table], digest]
            ).fetchall():
                progress(f"{table} were loaded before; nothing added", share)
                continue
            progress(f"Loading {table}", share)
            source_id, rows = load_file(cursor, path, digest, table, area_id, actor)
            record(
                cursor,
                actor,
                "import",
                f"source {source_id}",
                _PURPOSE,
                {"file": f"{table}.parquet", "rows": rows, "scenario": True},
            )
        if "reports" in without:
            return
        load_reports(
            cursor,
            Path(directory) / _REPORTS,
            area_id,
            actor,
            part_of(progress, len(TABLES) / (len(TABLES) + 1), 1.0),
        )


def load_reports(
    cursor: duckdb.DuckDBPyConnection, path: Path, area_id: int, actor: Actor, progress: Progress
) -> None:
    details = SourceDetails("Scenario: reports", _BASIS, _PURPOSE, _HANDLING, _review_date())
    raw = read_file(path)
    if cursor.execute("SELECT 1 FROM source WHERE kind = 'report' AND sha256 = ?", [raw.sha256]).fetchall():
        progress("reports were loaded before; nothing added", 0.0)
        return
    progress("Loading reports", 0.0)
    reports, refused = grade_reports(raw, propose_mapping(raw, "report"), details)
    if refused:
        raise ValueError(f"Row {refused[0][0]} of {path.name}: {refused[0][1]}")
    rows = raw.table.num_rows
    source_id = _insert_source(cursor, "report", "reports", path, raw.sha256, area_id, actor, rows)
    for report in reports:
        insert_report(cursor, actor, report, change_reason="scenario", source_id=source_id)
    record(
        cursor,
        actor,
        "import",
        f"source {source_id}",
        _PURPOSE,
        {"file": path.name, "rows": rows, "scenario": True},
    )


def _review_date() -> date:
    today = now().date()
    return today.replace(year=today.year + 1, day=1)


def _insert_source(
    cursor: duckdb.DuckDBPyConnection,
    kind: str,
    table: str,
    path: Path,
    digest: str,
    area_id: int,
    actor: Actor,
    rows: int,
) -> int:
    inserted = cursor.execute(
        "INSERT INTO source (kind, name, file_name, sha256, importer, area_id, imported_at, imported_by,"
        " legal_basis, "
        "purpose, handling, review_date, rows_in, rows_accepted, rows_quarantined, is_scenario) "
        "VALUES (?, ?, ?, ?, 'scenario', ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, true) RETURNING source_id",
        [
            kind,
            f"Scenario: {table}",
            path.name,
            digest,
            area_id,
            now(),
            actor.name,
            _BASIS,
            _PURPOSE,
            _HANDLING,
            _review_date(),
            rows,
            rows,
        ],
    ).fetchall()
    return int(inserted[0][0])


def load_file(
    cursor: duckdb.DuckDBPyConnection, path: Path, digest: str, table: str, area_id: int, actor: Actor
) -> tuple[int, int]:
    """Load one file of rows as a source of its own; returns the source and how many rows."""
    kind = _KINDS[table]
    with pq.ParquetFile(path) as file:
        rows = file.metadata.num_rows
        source_id = _insert_source(cursor, kind, table, path, digest, area_id, actor, rows)
        start = 2  # as a spreadsheet numbers rows: the header is row 1
        for batch in file.iter_batches(batch_size=100_000):
            numbered = pa.table(batch).append_column("row_number", pa.array(range(start, start + len(batch))))
            start += len(batch)
            _insert(cursor, kind, numbered, source_id, area_id)
    if kind in _KINDS_WITH_PLACES:
        _save_positions(cursor, source_id)
    return source_id, rows


def _save_positions(cursor: duckdb.DuckDBPyConnection, source_id: int) -> None:
    """Where the invented towns and countries lie, because they are on no map."""
    rows = [
        (source_id, level, name, *at)
        for level, positions in (
            ("place", read_settings()["towns"]),
            ("country", read_settings()["countries"]),
        )
        for name, at in positions.items()
    ]
    for row in rows:
        cursor.execute("INSERT INTO place_position VALUES (?, ?, ?, ?, ?)", list(row)).fetchall()


def _insert(
    cursor: duckdb.DuckDBPyConnection, kind: str, rows: pa.Table, source_id: int, area_id: int
) -> None:
    if kind == "incident":
        rows = add_metres(rows)
    cursor.register("scenario_rows", rows)
    if kind == "incident":
        cursor.execute(
            _INCIDENTS, {"source": source_id, "area": area_id, "zone": read_settings()["area"]["time_zone"]}
        ).fetchall()
    elif kind == "boundary":
        cursor.execute(
            "INSERT INTO boundary BY NAME SELECT ?::INTEGER AS source_id, ?::INTEGER AS area_id, *"
            " FROM scenario_rows",
            [source_id, area_id],
        ).fetchall()
        _describe_map(cursor, rows, source_id, area_id)
    else:
        # The table's name is one of this module's own constants.
        cursor.execute(
            f'INSERT INTO "{kind}" BY NAME SELECT ?::INTEGER AS source_id, * FROM scenario_rows', [source_id]
        ).fetchall()
    cursor.unregister("scenario_rows")


_FINE = 0.12  # degrees about the centre in which the map is a city's; beyond it is a region's


def _describe_map(cursor: duckdb.DuckDBPyConnection, rows: pa.Table, source_id: int, area_id: int) -> None:
    """The outlines as a base map, whose attribution marks every picture of it; districts are none of it."""
    area = read_settings()["area"]
    lon, lat = area["longitude"], area["latitude"]
    cursor.execute(
        "INSERT INTO base_map VALUES (?, ?, 'invented', ?, 'made for training', NULL, ?, ?, ?, ?,"
        """ '{"outside": {}, "unusable": {}}')""",
        [source_id, area_id, _MAP_MARK, lon - _FINE, lat - _FINE, lon + _FINE, lat + _FINE],
    ).fetchall()
    features = rows.filter(pc.not_equal(rows["role"], "area"))
    west, south, east, north = shapely.bounds(shapely.from_wkb(features["geometry"].to_numpy())).T
    table = features.select(["row_number", "code"]).append_column("west", pa.array(west))
    for side, values in (("south", south), ("east", east), ("north", north)):
        table = table.append_column(side, pa.array(values))
    cursor.register("scenario_features", table)
    cursor.execute(
        "INSERT INTO base_feature SELECT ?, row_number, code, 0, west, south, east, north"
        " FROM scenario_features",
        [source_id],
    ).fetchall()
    cursor.unregister("scenario_features")


def add_metres(rows: pa.Table) -> pa.Table:
    from pyproj import Transformer

    to_metres = Transformer.from_crs(4326, read_settings()["area"]["epsg"], always_xy=True)
    x, y = to_metres.transform(rows["lon"].to_numpy(), rows["lat"].to_numpy())
    return rows.append_column("x", pa.array(x)).append_column("y", pa.array(y))


_INCIDENTS = """
    INSERT INTO incident BY NAME
    WITH local AS (
        SELECT *, timezone($zone, timezone('UTC', occurred_from)) AS began,
               timezone($zone, timezone('UTC', occurred_to)) AS ended
        FROM scenario_rows
    )
    SELECT $source::INTEGER AS source_id, $area::INTEGER AS area_id, * EXCLUDE (began, ended),
           began::DATE AS local_date,
           CASE WHEN date_trunc('hour', began) = date_trunc('hour', ended)
                THEN hour(began) END::TINYINT AS local_hour,
           CASE WHEN began::DATE = ended::DATE THEN isodow(began) END::TINYINT AS local_weekday
    FROM local
"""
