"""`achilles brief`: a tasking brief without a browser."""

from __future__ import annotations

import getpass
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from analytics.intelligence.findings import list_findings, load_finding
from analytics.oversight import Actor, record
from analytics.shared.cli_options import store_option
from analytics.store import Store, open_store
from analytics.tasking.brief import Brief, draft_brief
from analytics.tasking.docx import render_docx
from analytics.tasking.dossier import gather_dossier
from analytics.tasking.drafts import draft_profile
from analytics.tasking.products import load_product, save_product
from analytics.tasking.render import render_pdf


@click.command()
@store_option
@click.option("--product", type=int, help="A brief already saved in the app.")
@click.option(
    "--finding", "finding_ids", type=int, multiple=True, help="Findings to draft from (default: the latest)."
)
@click.option("--owner", help="The role that owns the action.")
@click.option("--review-date", type=click.DateTime(["%Y-%m-%d"]), help="Default: in 28 days.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="FILE.pdf or FILE.docx"
)
def brief(
    store_path: Path | None,
    product: int | None,
    finding_ids: tuple[int, ...],
    owner: str | None,
    review_date: datetime | None,
    out: Path,
) -> None:
    """Write a tasking brief as PDF or DOCX. What nobody has written yet is named, and
    marked in the brief. It says whether the brief is ready for the meeting, and what is missing if not."""
    if out.suffix.lower() not in (".pdf", ".docx"):
        raise click.UsageError("--out must end in .pdf or .docx")
    store = open_store(store_path, create=False)
    actor = Actor(getpass.getuser())
    try:
        if product is not None:
            row = load_product(store, product)
            if row["kind"] != "brief":
                raise click.ClickException(f"Product {product} is a {row['kind']}, not a brief.")
            content, version = Brief(**row["content"]), row["version"]
        else:
            content = _draft(
                store, finding_ids, review_date.date() if review_date else date.today() + timedelta(days=28)
            )
            content = replace(content, owner=owner) if owner else content
            product, version = save_product(
                store, actor, "brief", content.title, content.__dict__, content.finding_ids
            )
        dossier = gather_dossier(store, content, product, version)
    except KeyError as error:
        raise click.ClickException(str(error.args[0])) from error
    out.write_bytes(render_pdf(dossier) if out.suffix.lower() == ".pdf" else render_docx(dossier))
    with store.write(changes_data=False) as cursor:
        record(
            cursor, actor, "export brief", f"product {product} version {version}", detail={"file": out.name}
        )
    click.echo(f"{out}: brief {product}, version {version}")
    click.echo(dossier.readiness)
    if content.open_items():
        click.echo(f"Not yet written: {'; '.join(content.open_items())}")


def _draft(store: Store, finding_ids: tuple[int, ...], review: date) -> Brief:
    if not finding_ids:
        latest = list_findings(store).finding_id[:1].tolist()
        if not latest:
            raise click.ClickException("There is no finding yet: save one on the Hotspots page.")
        finding_ids = tuple(latest)
    findings = [load_finding(store, number) for number in finding_ids]
    return draft_brief(findings, list(finding_ids), draft_profile(findings, finding_ids), review)
