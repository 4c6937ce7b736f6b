"""`achilles finance trace`: follow the money without a browser."""

from __future__ import annotations

from pathlib import Path

import click
import pandas as pd

from analytics.finance.currency_conversion import ConversionParameters
from analytics.finance.queries import read_transactions
from analytics.finance.trace import ORDERS, Trace, TraceParameters, trace_money
from analytics.oversight import record
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.oversight.exercise import mark_of_sources, mark_table
from analytics.shared.cli_options import store_option
from analytics.shared.currency import written
from analytics.shared.safe_csv import write_csv
from analytics.shared.wording import counted
from analytics.store import Store

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--from", "source", required=True, help="The account whose money is followed.")
@click.option("--to", "target", help="List the paths to this account.")
@click.option(
    "--out", required=True, type=_FILE, help="CSV: one row a payment of a path, or of the money followed."
)
@click.option("--hops", default=6, show_default=True, type=click.IntRange(1, 12))
@click.option("--gap-days", default=14.0, show_default=True, help="Money that rests longer is not followed.")
@click.option(
    "--hub", default=100, show_default=True, help="An account with more counterparties is not passed."
)
@click.option(
    "--same-time", is_flag=True, help="A path may go on with a payment of the same time (dates only)."
)
@click.option("--order", default=ORDERS[0], show_default=True, type=click.Choice(ORDERS))
@click.option(
    "--rates", "rate_file", type=_FILE, help="CSV with date, currency, rate: units of --into for one unit."
)
@click.option("--into", default="GBP", show_default=True, help="The currency that the rates lead to.")
@store_option
def trace(
    source: str,
    target: str | None,
    out: Path,
    hops: int,
    gap_days: float,
    hub: int,
    same_time: bool,
    order: str,
    rate_file: Path | None,
    into: str,
    store_path: Path | None,
) -> None:
    """Follow money outward from one account, or to another, in time order."""
    store = open_seen_store(store_path)
    try:
        rates = pd.read_csv(rate_file, dtype=str) if rate_file else None
        parameters = TraceParameters(hops, gap_days, hub, same_time=same_time, order=order)
        payments = read_transactions(store)
        found = trace_money(
            payments, source, target, parameters, rates=rates, conversion=ConversionParameters(into)
        )
    except (KeyError, ValueError, OSError) as error:
        raise click.ClickException(str(error.args[0] if error.args else error)) from error
    table = build_path_table(payments.to_pandas(), found, target is not None)
    _audit(store, source, target, len(table))
    write_csv(mark_table(store, table, mark_of_sources(store, table="transaction")), out)
    for line in summary(found, target):
        click.echo(line)
    click.echo(f"{counted(len(table), 'row')} in {out}")


def build_path_table(payments: pd.DataFrame, found: Trace, to_target: bool) -> pd.DataFrame:
    """The rows of the file: the payments of the paths, or those that carry the money followed, with the row
    of the source each rests on."""
    table = found.path_payments if to_target else found.payments
    own = payments.iloc[table.row]
    columns = ["reference", "source_id", "row_number"]
    return table.drop(columns="row").assign(**{name: own[name].to_numpy() for name in columns})


def summary(found: Trace, target: str | None) -> list[str]:
    """What was found, what ended where, and what was bounded, in words."""
    lines = [
        f"{written(end.amount_minor, end.currency)} {end.currency}: {end.reason}"
        for end in found.ends.groupby(["reason", "currency"], as_index=False).amount_minor.sum().itertuples()
    ]
    lines.append(f"Within these bounds the money may have reached {found.reach:.1%} of all accounts.")
    if target is not None:
        cut = "" if found.complete else " (a bound was met: there may be more)"
        lines.append(f"{counted(len(found.paths), 'path')}{cut}.")
    if len(found.hubs):
        lines.append(f"Not followed beyond {counted(len(found.hubs), 'account')} with many counterparties.")
    if found.no_rate:
        lines.append(f"{counted(found.no_rate, 'payment')} left out: no rate in force.")
    return lines


def _audit(store: Store, source: str, target: str | None, rows: int) -> None:
    with store.write(changes_data=False) as cursor:
        record(
            cursor,
            find_actor(),
            "export trace",
            f"account {source}",
            detail={"to": target, "rows": rows},
        )
