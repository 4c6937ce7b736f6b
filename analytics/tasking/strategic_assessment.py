"""A strategic assessment drafted from the strategic picture and saved with the figures and forecasts it rests
on, so that the next one can say what changed and score them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analytics.basemap.geojson import invented_land_geojson
from analytics.figures.print import print_trend_and_harm
from analytics.figures.print_routes import print_routes
from analytics.finance.geography import load_positions, locate_corridors
from analytics.oversight import Actor
from analytics.oversight.exercise import mark_of_sources
from analytics.store import Store
from analytics.strategic.changes import (
    ASSESSMENT,
    list_figures,
    read_stored_routes,
    read_trend_and_harm,
    store_figures,
)
from analytics.strategic.past_forecasts import store_forecasts, store_scores
from analytics.strategic.picture import find_sources
from analytics.tasking.citations import combine_handling, join_handling, mark_handling
from analytics.tasking.dossier import Drawing
from analytics.tasking.drafts import draft
from analytics.tasking.fillers import DraftMaterial
from analytics.tasking.products import insert_product
from analytics.tasking.saved_sections import build_content


def save_strategic_assessment(
    store: Store,
    actor: Actor,
    title: str,
    material: DraftMaterial,
    report_ids: Sequence[int],
    today: date,
) -> tuple[int, int]:
    """Draft and save an assessment from material with a picture, in one transaction. Returns (product_id,
    version). Raises ValueError without a title or a picture."""
    picture = material.picture
    if picture is None or not title.strip():
        raise ValueError("A strategic assessment needs a title and the strategic picture.")
    finding_ids = [number for number, _, _ in material.findings if number is not None]
    content = build_content(ASSESSMENT, draft(ASSESSMENT, material, today)) | {
        "report_ids": list(report_ids),
        "handling": mark_picture(store, material),
        "area_id": picture.area_id,
    }
    with store.write(changes_data=False) as cursor:
        product_id, version = insert_product(cursor, actor, ASSESSMENT, title.strip(), content, finding_ids)
        store_figures(cursor, product_id, list_figures(picture.problems, picture.routes, picture.drivers))
        store_forecasts(cursor, product_id, picture.area_id, picture.forecasts)
        store_scores(cursor, product_id, picture.area_id, picture.scored)
    return product_id, version


def draw_assessment(store: Store, product_id: int) -> list[tuple[str, Drawing]]:
    """The chart and the map of an assessment for its print, from the figures it was drafted from; empty
    without any."""
    drawings = []
    if (chart := print_trend_and_harm(read_trend_and_harm(store, product_id))) is not None:
        drawings.append(("Trend and harm of each problem", Drawing(trend_svg=chart[0], trend_alt=chart[1])))
    legs, unplaced = locate_corridors(read_stored_routes(store, product_id), "place", load_positions(store))
    if (drawn := print_routes(legs, invented_land_geojson(store))) is not None:
        drawings.append(
            ("Routes", Drawing(map_svg=drawn[0], map_alt=drawn[1], map_caption=_caption(unplaced)))
        )
    return drawings


def _caption(unplaced: Sequence[str]) -> str:
    """What stands below the map of routes."""
    missing = f" Not on it, because their position is not known: {', '.join(unplaced)}." if unplaced else ""
    return f"Those routes of which most domains speak. No route is suspicious by itself.{missing}"


def mark_picture(store: Store, material: DraftMaterial) -> str:
    """Every mark of what an assessment rests on: its sources, findings, reports, drivers, and that of an
    exercise. A source that says nothing in it leaves no mark on it."""
    picture = material.picture
    own = sorted(find_sources(store, picture)) if picture else []
    rows = store.rows(
        "SELECT DISTINCT handling FROM source WHERE list_contains($own::INTEGER[], source_id) ORDER BY 1",
        {"own": own},
    )
    sources = [str(row["handling"]) for row in rows]
    drivers = [mark_handling(item.driver.grade) for item in picture.drivers] if picture else []
    rests_on = combine_handling(
        [finding for _, finding, _ in material.findings], [report for _, report in material.reports]
    )
    return join_handling(
        [mark_of_sources(store, sources=own), rests_on, *drivers, *sources, *_mark_lines(store)]
    )


def _mark_lines(store: Store) -> list[str]:
    """The handling of the graded lines that routes and confidence count."""
    rows = store.rows(
        "SELECT DISTINCT handling, conditions FROM report_line WHERE (report_id, version) IN"
        " (SELECT report_id, max(version) FROM report GROUP BY report_id) ORDER BY ALL"
    )
    conditions = [", ".join(row["conditions"] or ()) for row in rows]
    return [
        f"{row['handling']} ({of})" if of else str(row["handling"])
        for row, of in zip(rows, conditions, strict=True)
    ]
