"""`achilles erase`: remove for good, with a second person's approval and a certificate."""

from __future__ import annotations

from pathlib import Path

import click

from analytics.oversight.approvals import request_approval
from analytics.oversight.command_line import find_actor
from analytics.oversight.erasure import ErasureRequest, NothingToErase, count_request
from analytics.oversight.erasure_proofs import erase_and_prove
from analytics.oversight.exercise import mark_of_store
from analytics.shared.cli_options import store_option
from analytics.shared.wording import counted
from analytics.store import open_store
from analytics.store.copies import open_private
from analytics.store.gate import StillRead
from analytics.tasking.certificate import build_certificate
from analytics.tasking.paper import print_pdf


def _read_row(text: str) -> tuple[str, int, int]:
    table, _, key = text.partition(":")
    source, _, row = key.partition(":")
    if not (table and source.isdigit() and row.isdigit()):
        raise click.BadParameter(f"{text!r} is not TABLE:SOURCE:ROW, such as advert:3:127.")
    return table, int(source), int(row)


@click.command("erase")
@store_option
@click.option("--source", "sources", type=int, multiple=True, help="A whole source, by its number.")
@click.option("--row", "rows", multiple=True, metavar="TABLE:SOURCE:ROW", help="One row: advert:3:127.")
@click.option("--report", "reports", type=int, multiple=True, help="A report with all its versions.")
@click.option("--reason", required=True, help="Why it must go; it stays in the audit trail.")
@click.option("--legal-basis", required=True, help="The law or decision that asks for it.")
@click.option("--ask", is_flag=True, help="Ask a second person to approve it, and change nothing yet.")
@click.option(
    "--certificate", type=click.Path(path_type=Path, dir_okay=False), help="Write the certificate (PDF) here."
)
def erase_command(
    store_path: Path | None,
    sources: tuple[int, ...],
    rows: tuple[str, ...],
    reports: tuple[int, ...],
    reason: str,
    legal_basis: str,
    ask: bool,
    certificate: Path | None,
) -> None:
    """Erase sources, rows or reports for good: their bytes are gone from the store, and that is proved.

    Ask first (--ask), let a colleague run 'achilles approvals approve NUMBER', then run the same command
    without --ask."""
    store, actor = open_store(store_path, create=False), find_actor()
    request = ErasureRequest(reason, legal_basis, sources, tuple(map(_read_row, rows)), reports)
    try:
        counts = count_request(store, request)
        told = ", ".join(f"{counted(count, 'row')} of {table}" for table, count in sorted(counts.items()))
        if ask:
            number = request_approval(store, actor, "erase", request.object, reason)
            click.echo(f"Request {number}: erase {request.object} ({told}). A colleague must approve it.")
            return
        done = erase_and_prove(store, actor, request)
    except (NothingToErase, StillRead, ValueError) as error:
        raise click.ClickException(str(error)) from error
    proof = done.proof
    click.echo(f"Erased {told}.")
    click.echo(
        f"{counted(proof.searched, 'text')} looked for in {proof.bytes_after:,} bytes: "
        f"{sum(proof.found.values())} found. {counted(proof.elsewhere, 'text')} also stored in other rows."
    )
    for one in proof.quotations:
        click.echo(f"Still quoted in {one.table}: {', '.join(one.where)}")
    if certificate is not None:
        with open_private(certificate) as file:
            file.write(print_pdf(build_certificate(proof, str(done.number), done.code, mark_of_store(store))))
        click.echo(f"Wrote {certificate}")
