"""The whole cycle once: data in, reports, gaps, findings from three pages, five proposals ranked, a meeting,
print, four weeks, and a results page that finds what was planted and nothing where nothing was."""

import gzip
import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from analytics.adverts.indicator_hits import find_hits, summarise_hits
from analytics.adverts.indicators import load_indicators
from analytics.adverts.operation_finding import Subject, build_finding
from analytics.adverts.pipeline import update
from analytics.adverts.queries import read_operation_adverts, read_operation_links
from analytics.finance.lead_dossier import add_details, open_dossier
from analytics.finance.lead_finding import build_lead_finding
from analytics.finance.leads import find_leads
from analytics.hotspots.catalogue import Request
from analytics.hotspots.catalogue.snapshot import take_snapshot
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.findings.hotspot_finding import FindingContext, build_cell_finding
from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.selection import Selection
from analytics.intelligence.findings import list_findings, load_finding, save_finding
from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, Report, save_report
from analytics.oversight import Actor, verify
from analytics.oversight.masking import mask
from analytics.store import close_store, open_store
from analytics.tasking.actions import list_actions
from analytics.tasking.brief import Brief, draft_brief
from analytics.tasking.citations import combine_handling
from analytics.tasking.dossier import gather_dossier
from analytics.tasking.drafts import draft, draft_profile
from analytics.tasking.fillers import DraftMaterial
from analytics.tasking.meeting import build_minutes_paper, list_agenda, list_meetings
from analytics.tasking.paper import Paper, print_docx, print_pdf
from analytics.tasking.priorities import Score, read_scheme, save_assessment
from analytics.tasking.products import list_decisions, load_product, save_product
from analytics.tasking.render import render_pdf
from analytics.tasking.results import measure
from analytics.tasking.strategy import Priority, Strategy, save_strategy
from analytics.training import advance as training_advance
from analytics.training import generate, load
from analytics.training.cli import scenario
from analytics.training.settings import read_settings
from tests.conftest import SHARED_DATA
from tests.ingest.helpers import run, written
from tests.tasking.printed_text import docx_all, pdf_pages
from ui.shell.single_user import single_user

ANN = Actor("ann")
SEED, SCALE = 30, 0.33  # of the first three actions the first has an effect in this city, the others none
LAST = read_settings()["period"]["last_day"]
REAL = SHARED_DATA / "incidents/chicago_aggravated_assaults_2010_2016.csv.gz"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "walk.duckdb"))
    monkeypatch.setattr(
        "ui.shell.page.find_actor", single_user
    )  # a page run so has no address to be judged by
    monkeypatch.setattr("analytics.training.advance.advance", partial(training_advance.advance, today=LAST))
    opened = open_store()
    generate(SEED, SCALE, tmp_path / "city")
    load(opened, tmp_path / "city", ANN)
    if REAL.is_file():
        with gzip.open(REAL, "rt") as lines:
            assert run(opened, written(tmp_path, "".join(islice(lines, 4001)))).accepted == 4000
    yield opened
    close_store()


def page(screen) -> AppTest:
    app = AppTest.from_function(screen, default_timeout=120).run()
    assert not app.exception
    return app


def report(sentence: str, stage: str, domain: str) -> Report:
    return Report(
        "Seen on the beat",
        "PC 9",
        date(2026, 10, 1),
        "A neighbour",
        "Policing purpose",
        "Prevention",
        "2",
        date(2036, 10, 1),
        (Line(sentence, sentence, Grade("2", "B"), stage, domain),),
    )


def hotspot(store, area: int, days: int, size: int, count: int) -> list[int]:
    """The busiest cells of an area's last `days`, as the Hotspots page saves them."""
    last = store.rows("SELECT max(local_date) AS d FROM incident WHERE area_id = ?", [area])[0]["d"]
    workspace = open_workspace(store, area)
    request = Request(Selection(area, last - timedelta(days=days), last), Grid("square", size))
    snapshot = take_snapshot(workspace, request, "week")
    chosen = snapshot.cells.sort_values("count", ascending=False).id[:count]
    context = FindingContext("city", store.data_version(), "week")
    return [
        save_finding(store, ANN, *build_cell_finding(workspace, request, snapshot, cell, context))
        for cell in chosen
    ]


def operation(store) -> int:
    """The operation of adverts with the highest score, as the Adverts page saves it."""
    update(store, ANN)
    best = store.rows("SELECT operation_id, score FROM operation ORDER BY score DESC, operation_id LIMIT 1")[
        0
    ]
    number, file = best["operation_id"], load_indicators()
    shown = summarise_hits(find_hits(store, file), number, file)
    return save_finding(
        store,
        ANN,
        *build_finding(
            Subject("operation", number, best["score"]),
            read_operation_adverts(store, number),
            shown,
            read_operation_links(store, number),
            [],
            "",
            {},
            store.data_version(),
        ),
    )


def lead(store) -> int:
    """The strongest lead in the money, as the Finance page saves it."""
    transactions = store.query('SELECT * FROM "transaction"')
    accounts = store.query("SELECT * FROM account WHERE reference IS NOT NULL")
    leads = find_leads(transactions, accounts=accounts)
    case = open_dossier(
        leads, add_details(store, leads.evidence), leads.leads.lead_id[0], transactions, accounts, None
    )
    return save_finding(
        store,
        ANN,
        *build_lead_finding(
            case, lambda a: str(mask(a, "account")), data_version=store.data_version(), version="1"
        ),
    )


def propose(store, finding_ids: list[int], reports: list, size: int, serves: str | None) -> int:
    findings = [load_finding(store, number) for number in finding_ids]
    brief = draft_brief(
        findings, finding_ids, draft_profile(findings, finding_ids, reports), date(2026, 12, 1), reports
    )
    number, _ = save_product(store, ANN, "brief", brief.title, asdict(brief), finding_ids)
    scores = {c.code: Score(size, "moderate", "seen in the rows") for c in read_scheme().criteria}
    save_assessment(store, ANN, number, scores, serves)
    return number


def _collection():
    from ui.intelligence.collection import show_collection
    from ui.shell.page import begin

    show_collection(begin("Collection"))


def _meeting():
    from ui.shell.page import begin
    from ui.tasking.meeting import show_meeting

    show_meeting(begin("Meeting"))


def _results():
    from ui.results.screen import show_results
    from ui.shell.page import begin

    show_results(begin("Did it work?"))


def test_from_records_to_what_came_of_them(store, tmp_path):
    reports = [
        report("Two vans wait at night.", "transit", "transportation"),
        report("A flat is let by the hour.", "destination", "premises"),
    ]
    reports = [(save_report(store, ANN, item)[0], item) for item in reports]
    grid = page(_collection)
    assert any("cells are empty: a gap" in said.value for said in grid.caption)

    city = store.rows("SELECT area_id FROM area WHERE name = ?", [read_settings()["area"]["name"]])[0][
        "area_id"
    ]
    spots = hotspot(store, city, 729, 500, 3)
    if REAL.is_file():
        real = store.rows("SELECT max(area_id) AS id FROM area")[0]["id"]
        spots += hotspot(store, real, 60, 1000, 1)
    findings = [*spots, operation(store), lead(store)]
    assert len(set(list_findings(store).method)) == 3

    strategy = Strategy(
        date(2020, 1, 1),
        date(2120, 1, 1),
        (Priority("Violence", "most harm"), Priority("Exploitation", "lives at stake")),
    )
    save_strategy(store, ANN, strategy)
    for number, size in zip(spots[:3], (4, 3, 2), strict=True):
        propose(store, [number], [], size, "Violence")
    propose(store, findings[-2:-1], reports, 1, "Exploitation")
    propose(store, findings[-1:], [], 0, None)
    ranked = list_agenda(store)
    assert len(ranked) == 5 and ranked.priority.is_monotonic_decreasing and ranked.product_id[0] == 2

    meeting = page(_meeting)
    meeting.text_input[0].set_value("Supt. Lee")
    next(button for button in meeting.button if button.label == "Open the meeting").click()
    meeting.run()
    outcomes = ("adopted", "adopted", "amended", "deferred", "declined")
    for product, outcome in zip(ranked.product_id, outcomes, strict=True):
        meeting.session_state["on_the_table"] = product
        meeting.run()
        meeting.text_area(key=f"why-{product}").set_value(f"for reasons of {outcome}")
        if outcome in ("adopted", "amended"):
            meeting.text_input(key=f"action-{product}").set_value(f"Patrol {product}")
            meeting.text_input(key=f"owner-{product}").set_value("Sgt. Day")
            meeting.text_input(key=f"agency-{product}").set_value("Police")
            meeting.text_input(key=f"contact-{product}").set_value("Duty desk")
            meeting.number_input(key=f"hours-{product}").set_value(40.0)
        meeting.button(key=f"decide-{outcome}-{product}").click().run()
        assert not meeting.exception
    log = list_decisions(store)
    assert log.outcome.tolist()[::-1] == list(outcomes) and len(list_actions(store)) == 3

    pages = pdf_pages(render_pdf(gather_dossier(store, Brief(**load_product(store, 2)["content"]), 2, 1)))
    assert "Serves the priority Violence" in pages[0] and "[finding 1: " in pages[0]
    assert all(text.count("P: lawful sharing permitted") == 2 for text in pages)
    material = DraftMaterial(
        [(n, load_finding(store, n), frozenset({"incident"})) for n in spots],
        reports,
        list_actions(store),
        list_agenda(store),
        strategy=strategy,
    )
    paper = Paper(
        "Tactical assessment",
        combine_handling([], [item for _, item in reports]),
        "Product 9",
        draft("tactical assessment", material, LAST),
    )
    assert f"Two vans wait at night. [report {reports[0][0]}, line 1: 2BP]" in " ".join(
        pdf_pages(print_pdf(paper))
    )
    assert "Patrol 2" in docx_all(print_docx(build_minutes_paper(store, list_meetings(store)[0])))

    with store.write(changes_data=False) as cursor:  # the meeting was held on the last day of the records
        cursor.execute(
            "UPDATE decision SET decided_at = ?", [datetime.combine(LAST, datetime.min.time())]
        ).fetchall()
    ran = CliRunner().invoke(
        scenario,
        ["--advance", "28d", "--seed", str(SEED), "--scale", str(SCALE), "--out", str(tmp_path / "next")],
    )
    assert ran.exit_code == 0, ran.output
    (truth,) = (tmp_path / "next/truth").glob("effects-to-*.json")
    planted = {effect["action_id"]: effect["left"] for effect in json.loads(truth.read_text())}
    assert planted == {1: 0.25, 2: 1.0, 3: 1.0}
    for action, left in planted.items():
        _, effect = measure(store, action)
        assert effect.verdict == ("fewer than expected" if left < 1 else "no detectable effect"), action
    results = page(_results)
    said = " ".join(item.value for item in (*results.success, *results.info, *results.warning))
    assert "Fewer than expected" in said
    assert verify(store)[2] is None
