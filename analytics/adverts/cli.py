"""`achilles adverts`: the Adverts page's work without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.csv as pacsv

from analytics.adverts import pipeline
from analytics.adverts.identifiers.kinds import known_kinds
from analytics.adverts.positions import read_positions_file, save_positions
from analytics.oversight import record
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.oversight.exercise import COLUMN, mark_of_sources
from analytics.oversight.masking import HIDDEN
from analytics.shared.cli_options import store_option
from analytics.shared.safe_csv import defuse_table
from analytics.shared.wording import counted
from analytics.store import Store

# What a spreadsheet would run as a formula gets an apostrophe in front; numbers (+44...) and handles (@name)
# cannot run.
_SAFE = """CASE WHEN regexp_matches({0}, '^[=+@\\t\\r-]')
    AND NOT regexp_full_match({0}, '\\+\\d{{7,15}}|@[\\w.-]+') THEN chr(39) || {0} ELSE {0} END"""
_ADVERT = _SAFE.format("coalesce(a.reference, a.source_id || ':' || a.row_number)")
_CAMPAIGNS = f"""
    SELECT {_ADVERT} AS advert_id, campaign_id, operation_id,
           coalesce(c.score, 0) AS score
    FROM advert a LEFT JOIN campaign_advert USING (source_id, row_number)
    LEFT JOIN campaign c USING (campaign_id) LEFT JOIN operation_advert USING (source_id, row_number)
    ORDER BY a.source_id, a.row_number
"""
_IDENTIFIERS = f"""
    SELECT {_ADVERT} AS advert_id, i.kind,
           CASE WHEN list_contains(?::VARCHAR[], i.kind) THEN {_SAFE.format("value")}
                ELSE '{HIDDEN * 4}' END AS value,
           CASE WHEN field = 'body' THEN span_start END AS span_start,
           CASE WHEN field = 'body' THEN span_end END AS span_end,
           confidence
    FROM advert_identifier i JOIN advert a USING (source_id, row_number)
    ORDER BY a.source_id, a.row_number, span_start NULLS LAST, i.kind, value
"""


def _out(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="FILE.csv")(command)


@click.group(invoke_without_command=True)
@store_option
@_out
@click.option(
    "--rebuild", "--anew", "rebuild", is_flag=True, help="Compare all texts again, not only the new ones."
)
@click.pass_context
def adverts(context: click.Context, store_path: Path | None, out: Path | None, rebuild: bool) -> None:
    """Adverts to campaigns and operations: advert_id, campaign_id, operation_id, score.

    Adverts not read yet are read first. An advert without a campaign or operation has an
    empty one."""
    if context.invoked_subcommand:
        context.obj = store_path
        return
    if out is None:
        raise click.UsageError("name the file to write: --out campaigns.csv", context)
    store = open_seen_store(store_path)
    outcome = _bring_up_to_date(store, rebuild)
    rows = _export(store, _CAMPAIGNS, out, "export campaigns")
    click.echo(f"{out}: {counted(rows, 'advert')}, {outcome}")


@adverts.command()
@store_option
@_out
@click.pass_obj
def identifiers(group_store: Path | None, store_path: Path | None, out: Path | None) -> None:
    """Every identifier: advert_id, kind, value, span_start, span_end, confidence.

    A span counts characters of the advert's text, its end not included; a title's and a declared contact's is
    empty. The value of a kind that Achilles does not know is masked."""
    if out is None:
        raise click.UsageError("name the file to write: --out identifiers.csv")
    store = open_seen_store(store_path or group_store)
    _bring_up_to_date(store, rebuild=False)
    rows = _export(store, _IDENTIFIERS, out, "export identifiers", [list(known_kinds())])
    click.echo(f"{out}: {counted(rows, 'identifier')}")


@adverts.command()
@store_option
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def places(group_store: Path | None, store_path: Path | None, file: Path) -> None:
    """Put places that no gazetteer has on the map: FILE is a CSV with name, lon, lat (degrees, WGS 84)."""
    try:
        positions = read_positions_file(file)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    save_positions(open_seen_store(store_path or group_store), find_actor(), positions)
    click.echo(f"{counted(len(positions), 'place is', 'places are')} on the map")


def _bring_up_to_date(store: Store, rebuild: bool) -> str:
    state = pipeline.read_state(store)
    if not state.adverts:
        raise click.ClickException(
            "The store holds no adverts. Import some with: achilles import adverts FILE"
        )
    if state.stale or state.finished_at is None or rebuild:
        with click.progressbar(
            length=100, label="Adverts", show_eta=False, item_show_func=lambda text: text
        ) as bar:
            done = pipeline.update(
                store,
                find_actor(),
                lambda text, share: bar.update(int(100 * share) - bar.pos, text),
                rebuild=rebuild,
            )
        return f"{_count_groups(done.campaigns, done.operations)} in {done.seconds:.1f} s"
    counts = store.rows("SELECT (SELECT count(*) FROM campaign) AS c, (SELECT count(*) FROM operation) AS o")[
        0
    ]
    return f"{_count_groups(counts['c'], counts['o'])}, up to date"


def _count_groups(campaigns: int, operations: int) -> str:
    return f"{counted(campaigns, 'campaign')}, {counted(operations, 'operation')}"


def _export(store: Store, sql: str, out: Path, act: str, parameters: list[list[str]] | None = None) -> int:
    """Write a query as CSV, and the export in the audit trail. Returns how many rows."""
    rows: pa.Table = store.query(sql, parameters or [])
    if mark := mark_of_sources(store, table="advert"):
        rows = rows.append_column(COLUMN, pa.array([mark] * len(rows), pa.string()))
    pacsv.write_csv(defuse_table(rows), out, pacsv.WriteOptions(quoting_style="needed"))
    with store.write(changes_data=False) as cursor:
        record(cursor, find_actor(), act, out.name, detail={"rows": len(rows)})
    return len(rows)
