"""`achilles brief`: a tasking brief without a browser; `achilles responses`: what may be proposed in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from analytics.intelligence.findings import list_findings, load_finding
from analytics.oversight import record
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.shared.cli_options import store_option
from analytics.store import Store, read_today
from analytics.tasking.brief import Brief, draft_brief
from analytics.tasking.docx import render_docx
from analytics.tasking.dossier import gather_dossier
from analytics.tasking.drafts import draft_profile
from analytics.tasking.paper_size import PAPER_SIZES, PaperSize, load_paper
from analytics.tasking.products import load_product, save_product
from analytics.tasking.render import render_pdf
from analytics.tasking.responses import (
    ChosenResponse,
    keep_response,
    list_offered,
    list_warnings,
    read_responses,
)


@click.command()
@store_option
@click.option("--product", type=int, help="A brief already saved in the app.")
@click.option(
    "--finding", "finding_ids", type=int, multiple=True, help="Findings to draft from (default: the latest)."
)
@click.option(
    "--keep", "codes", multiple=True, help="Responses to propose in the draft: codes of `achilles responses`."
)
@click.option("--owner", help="The role that owns the action.")
@click.option("--action", default="", help="What the meeting is asked to task, in one sentence.")
@click.option("--hours", type=click.FloatRange(0, 1e6), help="Officers' hours it takes.")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="By when.")
@click.option("--review-date", type=click.DateTime(["%Y-%m-%d"]), help="Default: in 28 days.")
@click.option(
    "--paper",
    type=click.Choice(list(PAPER_SIZES)),
    help="The size of paper (default: the one you chose in the app, or a4).",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="FILE.pdf or FILE.docx"
)
def brief(
    store_path: Path | None,
    product: int | None,
    finding_ids: tuple[int, ...],
    codes: tuple[str, ...],
    owner: str | None,
    action: str,
    hours: float | None,
    due: datetime | None,
    review_date: datetime | None,
    paper: PaperSize | None,
    out: Path,
) -> None:
    """Write a tasking brief as PDF or DOCX. What nobody has written yet is named, and
    marked in the brief. It says whether the brief is ready for the meeting, and what is missing if not."""
    if out.suffix.lower() not in (".pdf", ".docx"):
        raise click.UsageError("--out must end in .pdf or .docx")
    if codes and product is not None:
        raise click.UsageError("--keep is for a new draft; a saved brief is changed in the app")
    responses = [_find_response(code).model_dump(mode="json") for code in codes]
    store = open_seen_store(store_path)
    actor = find_actor()
    try:
        if product is not None:
            row = load_product(store, product)
            if row["kind"] != "brief":
                raise click.ClickException(f"Product {product} is a {row['kind']}, not a brief.")
            content, version = Brief(**row["content"]), row["version"]
        else:
            content = _draft(
                store, finding_ids, review_date.date() if review_date else read_today() + timedelta(days=28)
            )
            content = replace(
                content,
                owner=owner or content.owner,
                action=action or content.action,
                hours="" if hours is None else f"{hours:g}",
                due=due.date().isoformat() if due else "",
                responses=responses,
            )
            product, version = save_product(
                store, actor, "brief", content.title, content.__dict__, content.finding_ids
            )
        dossier = gather_dossier(store, content, product, version)
    except KeyError as error:
        raise click.ClickException(str(error.args[0])) from error
    render = render_pdf if out.suffix.lower() == ".pdf" else render_docx
    out.write_bytes(render(dossier, paper or load_paper(store, actor.name)))
    with store.write(changes_data=False) as cursor:
        record(
            cursor, actor, "export brief", f"product {product} version {version}", detail={"file": out.name}
        )
    click.echo(f"{out}: brief {product}, version {version}")
    click.echo(dossier.readiness)
    if content.open_items():
        click.echo(f"Not yet written: {'; '.join(content.open_items())}")


@click.command()
@click.option("--problem", "problems", multiple=True, help="Problem types, such as burglary (default: all).")
def responses(problems: tuple[str, ...]) -> None:
    """List what has been tried against a problem, with how strong the evidence is and which way it points.
    Tried elsewhere, never facts; what harms is named apart and cannot be chosen."""
    file = read_responses()
    if unknown := [problem for problem in problems if problem not in file.problem_types]:
        raise click.UsageError(f"{unknown[0]} is no problem type; there are {', '.join(file.problem_types)}.")
    chosen = problems or tuple(file.problem_types)
    for response in map(keep_response, list_offered(chosen)):
        click.echo(
            f"{response.code}  {response.kind}: {response.what} {response.describe_evidence().capitalize()}."
        )
        click.echo(f"       {'; '.join(response.sources)}")
    for warned in list_warnings(chosen):
        click.echo(f"Not to be chosen: {warned.what} {warned.effect}")


def _find_response(code: str) -> ChosenResponse:
    found = next((item for item in read_responses().responses if item.code == code.upper()), None)
    if found is None:
        raise click.UsageError(f"There is no response {code}: see `achilles responses`.")
    try:
        return keep_response(found)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _draft(store: Store, finding_ids: tuple[int, ...], review: date) -> Brief:
    if not finding_ids:
        latest = list_findings(store).finding_id[:1].tolist()
        if not latest:
            raise click.ClickException("There is no finding yet: save one on the Hotspots page.")
        finding_ids = tuple(latest)
    findings = [load_finding(store, number) for number in finding_ids]
    return draft_brief(findings, list(finding_ids), draft_profile(findings, finding_ids), review)
