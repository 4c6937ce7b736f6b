"""`achilles evidence`: what every sentence of a brief rests on, down to the rows, without a browser."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from analytics.intelligence.evidence_state import list_removals, read_stated_rows
from analytics.oversight import record
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.oversight.exercise import mark_table
from analytics.shared.cli_options import store_option
from analytics.shared.safe_csv import safe_csv
from analytics.shared.wording import counted, write_moment
from analytics.store import Store
from analytics.tasking.sentence_sources import CitedFinding, TracedProduct, list_traced_rows, trace_product


@click.command()
@store_option
@click.argument("product", metavar="BRIEF", type=int)
@click.option("--version", type=int, help="Which version of it (default: the latest).")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV: a line for each row behind each mark of each sentence.",
)
def evidence(store_path: Path | None, product: int, version: int | None, out: Path | None) -> None:
    """What every sentence of a brief, profile or assessment rests on: its source marks, the findings with
    method, parameters and data version, their rows, and whether each row is unchanged. BRIEF is its
    number."""
    store = open_seen_store(store_path)
    try:
        traced = trace_product(store, product, version)
    except KeyError as error:
        raise click.ClickException(str(error.args[0])) from error
    row = traced.product
    if out:
        table = mark_table(store, list_traced_rows(store, traced))
        out.write_bytes(safe_csv(table))
    with store.write(changes_data=False) as cursor:
        what = f"product {product} version {row['version']}"
        record(
            cursor,
            find_actor(),
            "list evidence",
            what,
            detail={"file": out.name if out else None},
        )
    for line in list_evidence(store, traced):
        click.echo(line)
    if out:
        click.echo(f"{counted(len(table), 'line')} written to {out}.")


def list_evidence(store: Store, traced: TracedProduct) -> Iterable[str]:
    """The listing: sentences with their marks, then each finding with its method and rows."""
    row = traced.product
    yield f"{row['kind'].capitalize()} {row['product_id']}, version {row['version']}: {row['title']}"
    part = ""
    for sentence in traced.sentences:
        if sentence.part != part:
            part = sentence.part
            yield f"\n{part}"
        yield f"  {sentence.number}. {sentence.statement.words}"
        for mark in sentence.statement.marks:
            line = f", line {mark.line}" if mark.line is not None else ""
            yield f"     [{mark.kind} {mark.number}{line}] {traced.about(mark)}"
        if not sentence.statement.marks:
            yield "     no mark: the author's own words"
    for cited in traced.findings.values():
        yield from _finding(store, cited)


def _finding(store: Store, cited: CitedFinding) -> Iterable[str]:
    finding = cited.finding
    newer = f" (version {cited.latest} has been saved since)" if cited.latest > cited.version else ""
    yield f"\nFinding {cited.finding_id}, version {cited.version}{newer}: {finding.title}"
    yield f"  method: {finding.method}; data version {finding.data_version}; {finding.confidence} confidence"
    yield "  parameters: " + "; ".join(f"{name}: {value}" for name, value in finding.parameters.items())
    yield f"  evidence: {cited.state}"
    rows = read_stated_rows(store, cited.finding_id, cited.version)
    for (table, source), part in rows.groupby(["table_name", "source_id"]):
        name = part.source.iloc[0] if isinstance(part.source.iloc[0], str) else "source removed"
        which = "report" if table == "report" else f"{table}, source"
        yield f"  {which} {source} ({name})"
        for state, numbers in part.groupby("state").row_number:
            yield f"    {state}: {'lines' if table == 'report' else 'rows'} {format_ranges(numbers)}"
    gone = rows[(rows.state == "removed") & (rows.table_name != "report")].source_id.unique().tolist()
    for row in list_removals(store, gone).itertuples():
        yield (
            f"  source {row.source_id} was removed by {row.actor} on {write_moment(row.recorded_at)} "
            f"UTC: "
            f"{row.why}"
        )


def format_ranges(numbers: Iterable[int]) -> str:
    """Whole numbers in short: 2-5, 9."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
