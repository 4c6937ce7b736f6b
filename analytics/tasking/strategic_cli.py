"""`achilles strategic`: the strategic picture as a drafted assessment, without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from analytics.intelligence.findings import load_finding
from analytics.intelligence.reports import load_report
from analytics.oversight import record
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.shared.cli_options import store_option
from analytics.shared.wording import counted, write_day
from analytics.store import Store, read_today
from analytics.store.area_argument import find_asked_area
from analytics.strategic.changes import ASSESSMENT
from analytics.strategic.picture import draw_picture
from analytics.tasking.dossier import Drawing, draw_findings
from analytics.tasking.material import gather_material
from analytics.tasking.paper import Paper, print_docx, print_pdf
from analytics.tasking.paper_size import PAPER_SIZES, PaperSize, load_paper
from analytics.tasking.products import load_product
from analytics.tasking.saved_sections import join_by_title, list_written_sections
from analytics.tasking.strategic_assessment import draw_assessment, mark_picture, save_strategic_assessment
from analytics.tasking.strategy import find_strategy_in_force


@click.command()
@store_option
@click.option("--area", help="Working area, by name or number; the largest where not given.")
@click.option("--finding", "finding_ids", type=int, multiple=True, help="Findings it draws on too.")
@click.option("--report", "report_ids", type=int, multiple=True, help="Reports it draws on too.")
@click.option("--title", help="Title of the assessment (default: with today's date).")
@click.option("--paper", type=click.Choice(list(PAPER_SIZES)), help="The size of paper.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="FILE.pdf or FILE.docx"
)
def strategic(
    store_path: Path | None,
    area: str | None,
    finding_ids: tuple[int, ...],
    report_ids: tuple[int, ...],
    title: str | None,
    paper: PaperSize | None,
    out: Path,
) -> None:
    """Draft a strategic assessment from the strategic picture, save it and write it as PDF or DOCX.

    The picture has routes, every problem with trend, harm and confidence, the drivers that people wrote, what
    changed since the last assessment, and monthly forecasts. Figures and forecasts are stored: the next
    assessment is compared with them and scores them. Priorities are proposed, never decided."""
    if out.suffix.lower() not in (".pdf", ".docx"):
        raise click.UsageError("--out must end in .pdf or .docx")
    store, actor, today = open_seen_store(store_path), find_actor(), read_today()
    area_id = find_asked_area(store, area)
    strategy = find_strategy_in_force(store, today)
    priorities = [item.title for item in strategy[2].priorities] if strategy else []
    try:
        findings = [load_finding(store, number) for number in finding_ids]
        reports = [(number, load_report(store, number)[0]) for number in report_ids]
    except KeyError as error:
        raise click.ClickException(str(error.args[0])) from error
    picture = draw_picture(store, area_id, priorities)
    material = replace(
        gather_material(store, list(zip(finding_ids, findings, strict=True)), reports), picture=picture
    )
    named = title or f"Strategic assessment, {write_day(today)}"
    product, version = save_strategic_assessment(store, actor, named, material, report_ids, today)
    content = load_product(store, product, version)["content"]
    printed = Paper(
        named,
        mark_picture(store, material),
        f"Strategic assessment {product}, version {version}",
        join_by_title((s.title, s.text) for s in list_written_sections(ASSESSMENT, content)),
        [*draw_assessment(store, product), *_draw_findings(store, list(finding_ids))],
    )
    render = print_pdf if out.suffix.lower() == ".pdf" else print_docx
    out.write_bytes(render(printed, paper or load_paper(store, actor.name)))
    with store.write(changes_data=False) as cursor:
        detail = {"file": out.name}
        record(cursor, actor, "export product", f"product {product} version {version}", detail=detail)
    click.echo(f"{out}: strategic assessment {product}, version {version}")
    click.echo(f"{counted(len(picture.problems), 'problem')}. {picture.comparison.describe()}")
    click.echo(picture.forecasts.refused or picture.forecasts.describe_test())
    click.echo(picture.scored.describe())


def _draw_findings(store: Store, finding_ids: list[int]) -> list[tuple[str, Drawing]]:
    drawings = draw_findings(store, finding_ids)
    return [
        (f"Finding {number}", drawing)
        for number, drawing in zip(finding_ids, drawings, strict=True)
        if drawing.shows_anything
    ]
