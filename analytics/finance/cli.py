"""`achilles finance`: the Finance page's work without a browser."""

from __future__ import annotations

from pathlib import Path

import click
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.finance.leads import Leads
from analytics.finance.precompile import compile_detectors
from analytics.finance.stored_leads import find_stored_leads
from analytics.finance.trace_cli import trace
from analytics.finance.typologies.parameters import FILE, read_parameters
from analytics.oversight import record
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.oversight.exercise import mark_of_sources, mark_table
from analytics.shared.cli_options import store_option
from analytics.shared.safe_csv import write_csv
from analytics.shared.schema import InvalidFile
from analytics.shared.wording import counted
from analytics.store import Store

_COLUMNS = (
    "source_id, row_number, reference, occurred_at, from_account, to_account, amount_minor, "
    "currency, "
    "channel, place, country, merchant_category"
)


@click.group(invoke_without_command=True)
@store_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV: a row for each end of each transaction of each lead.",
)
@click.option(
    "--maximum",
    "--most",
    "maximum",
    type=click.IntRange(1),
    default=500,
    show_default=True,
    help="How many leads, strongest first.",
)
@click.option(
    "--parameters",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=FILE,
    help="The detectors' parameters (default: data/typologies.toml).",
)
@click.pass_context
def finance(
    context: click.Context, store_path: Path | None, out: Path | None, maximum: int, file: Path
) -> None:
    """Leads from the store's transactions, ranked and explained; or one of the commands below. What is found
    is stored: after an import only the stretches of time that it can touch are searched again.

    The file has the columns lead_id, rank, typology, score, account_id, role, transaction_id, reason. The
    transactions of a lead come in order of time, each with two rows: the account that paid and its role, then
    the account that was paid and its role. transaction_id is the reference of the file it came from, or
    source:row."""
    if context.invoked_subcommand:
        return
    if out is None:
        raise click.UsageError("Say where the leads go: --out leads.csv")
    store = open_seen_store(store_path)
    try:
        parameters = read_parameters(file)
    except InvalidFile as error:
        raise click.ClickException(str(error)) from error
    transactions = store.query(f'SELECT {_COLUMNS} FROM "transaction"')
    if not len(transactions):
        raise click.ClickException(
            "The store holds no transactions. Load some: achilles import transactions FILE"
        )
    accounts = store.query("SELECT reference, opened, phone, holder FROM account WHERE reference IS NOT NULL")
    found = find_stored_leads(store, transactions, parameters, accounts=accounts, limit=maximum)
    table = build_leads_table(found, transactions.select(["source_id", "row_number", "reference"]))
    _audit(store, out, len(found.leads), parameters.version)
    write_csv(mark_table(store, table, mark_of_sources(store, table="transaction")), out)
    for line in summary(found):
        click.echo(line)
    click.echo(f"{counted(len(found.leads), 'lead')}, {counted(len(table), 'row')} in {out}")


def build_leads_table(found: Leads, references: pa.Table) -> pd.DataFrame:
    """The rows of the file: for each transaction of each lead, in order, its payer and then its payee.

    `references`: source_id, row_number, reference of every transaction. An end that was not recorded has no
    row."""
    of_leads = pc.is_in(references["row_number"], pa.array(found.evidence.row_number.unique()))
    rows = found.evidence.merge(
        references.filter(of_leads).to_pandas(),
        on=["source_id", "row_number"],
        how="left",
        validate="many_to_one",
    )
    own = rows.source_id.astype(str) + ":" + rows.row_number.astype(str)
    rows["transaction_id"] = rows.reference.where(rows.reference.notna(), own)
    ends = [
        rows.assign(account_id=rows[f"{side}_account"], role=rows[f"{side}_role"], end=end)
        for end, side in enumerate(("from", "to"))
    ]
    table = pd.concat(ends).merge(
        found.leads[["lead_id", "rank", "typology", "score", "reason"]], on="lead_id"
    )
    table = table[table.account_id.notna()].sort_values(["rank", "position", "end"])
    columns = ["lead_id", "rank", "typology", "score", "account_id", "role", "transaction_id", "reason"]
    return table[columns].reset_index(drop=True)


def summary(found: Leads) -> list[str]:
    """What was looked for, found, left out and not done, a line each."""
    lines = []
    for entry in found.tried.itertuples():
        if isinstance(entry.off, str):
            lines.append(f"{entry.typology}: off. {entry.off}")
        else:
            lines.append(
                f"{entry.typology}: {counted(entry.results, 'result')}, {counted(entry.leads, 'lead')}, "
                f"{entry.joined:,} part of another lead, {entry.not_shown:,} weaker than those shown"
            )
    lines += [
        f"left out, {entry.what}: {entry.transactions:,}"
        for entry in found.left_out.itertuples()
        if entry.transactions
    ]
    return [*lines, *found.notes, f"Parameters {found.version}"]


def _audit(store: Store, out: Path, leads: int, version: str) -> None:
    with store.write(changes_data=False) as cursor:
        record(
            cursor,
            find_actor(),
            "export leads",
            f"{leads} financial leads",
            detail={"file": out.name, "parameters": version},
        )


@finance.command("warm")
def compile_ahead() -> None:
    """Compile the detectors, so that the first search need not: under a minute once, a second or two after
    that."""
    compile_detectors()


finance.add_command(trace)
