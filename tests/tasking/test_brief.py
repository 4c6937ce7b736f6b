import io
import json
import re
import threading
import time
from dataclasses import asdict, fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import pikepdf
import pyarrow as pa
import pytest
import typst
from click.testing import CliRunner
from docx import Document

from analytics.hotspots.catalogue import Request
from analytics.hotspots.catalogue.snapshot import take_snapshot
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.findings.hotspot_finding import FindingContext, build_cell_finding
from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.selection import Selection
from analytics.intelligence.evidence import count_evidence_days, list_evidence_sources, read_evidence_rows
from analytics.intelligence.finding_results import FindingResult, read_result
from analytics.intelligence.findings import list_findings, load_finding, save_finding
from analytics.oversight import Actor, verify
from analytics.store import Store
from analytics.tasking.actions import list_actions
from analytics.tasking.brief import draft_brief, leave_out_figures
from analytics.tasking.cli import brief as brief_command
from analytics.tasking.docx import render_docx
from analytics.tasking.dossier import gather_dossier, list_numbers
from analytics.tasking.drafts import draft_profile
from analytics.tasking.exercise import EXERCISE, rests_on_exercise
from analytics.tasking.products import (
    DecidedMeanwhile,
    SavedMeanwhile,
    list_decisions,
    list_products,
    list_versions,
    load_product,
    record_decision,
    save_product,
)
from analytics.tasking.render import _TEMPLATE, _fit_first_page, render_pdf, render_preview
from tests.tasking.factories import tasked_action
from tests.tasking.printed_text import pdf_pages

ACTOR = Actor("analyst one")
HOSTILE = '#read("/etc/passwd") $x$ <script>alert(1)</script> =cmd|calc \\ @ref *b* 🚔 مرحبا \x07'


@pytest.fixture(scope="module")
def store_and_finding(tmp_path_factory) -> tuple[Path, int]:
    """A store with a real hotspot finding (2,000 incidents, half of them within one cell or so), and the
    finding's number."""
    path = tmp_path_factory.mktemp("brief") / "brief.duckdb"
    store = Store(path)
    number = _hotspot(store)
    store.close()
    return path, number


@pytest.fixture(scope="module")
def store_file(store_and_finding) -> Path:
    return store_and_finding[0]


@pytest.fixture
def finding_id(store_and_finding) -> int:
    return store_and_finding[1]


def _hotspot(store: Store) -> int:
    rng = np.random.default_rng(1)
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO area (name, epsg, time_zone) VALUES ('Testville', 32631, 'UTC')"
        ).fetchall()
        cursor.execute(
            "INSERT INTO source (kind, name, file_name, sha256, importer, area_id, imported_at, imported_by,"
            " legal_basis,"
            " purpose, handling, review_date, rows_in, rows_accepted, rows_quarantined) VALUES ('incident', "
            "'Crimes 2024',"
            " 'crimes.csv', 'abcdef0123456789', 'x', 1, now(), 'a', 'Policing purpose', 'p', 'P', "
            "'2030-01-01', 1, 1, 0)"
        ).fetchall()
        spots = np.where(
            rng.random((2000, 1)) < 0.5, rng.normal(0, 60, (2000, 2)), rng.uniform(-3000, 3000, (2000, 2))
        )
        cursor.register(
            "spots", pa.table({"x": 500_000 + spots[:, 0], "y": 5_400_000 + spots[:, 1], "n": range(2000)})
        )
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
            " time_precision,"
            " local_date, local_hour, local_weekday, place, lon, lat, x, y)"
            " SELECT 1, n + 2, 1, 'Robbery', t, t, 'minute',"
            " CAST(t AS DATE), hour(t), isodow(t), 'Station Road', 3 + (x - 500000) / 73000, 48.75 + (y - "
            "5400000) / 111000,"
            " x, y FROM (SELECT *, TIMESTAMP '2024-01-01 20:00' + INTERVAL 4 HOUR * n AS t FROM spots)"
        ).fetchall()
    workspace = open_workspace(store, 1)
    request = Request(Selection(1, date(2024, 7, 1), date(2024, 11, 30)), Grid("hexagon", 250))
    snapshot = take_snapshot(workspace, request, "week")
    worst = snapshot.cells.sort_values("count").iloc[-1]
    context = FindingContext("Testville", store.data_version(), "week")
    return save_finding(store, ACTOR, *build_cell_finding(workspace, request, snapshot, worst.id, context))


@pytest.fixture
def brief(store, finding_id):
    finding = load_finding(store, finding_id)
    return draft_brief([finding], [finding_id], draft_profile([finding]), date(2026, 1, 31))


def test_a_finding_keeps_its_rows_and_says_when_they_are_gone(store, finding_id):
    listed = list_findings(store).iloc[0]
    focus = load_finding(store, finding_id).result.focus
    assert (
        listed.evidence_rows
        == listed.still_stored
        == focus.count
        == len(read_evidence_rows(store, finding_id, limit=5000))
    )
    with store.write() as cursor:
        cursor.execute("DELETE FROM source").fetchall()
        cursor.execute("DELETE FROM incident").fetchall()
    listed = list_findings(store).iloc[0]
    assert (listed.still_stored, listed.evidence_rows) == (0, focus.count)


def test_a_finding_without_evidence_is_refused(store, finding_id):
    empty = pa.table(
        {
            "table_name": pa.array([], pa.string()),
            "source_id": pa.array([], pa.int32()),
            "row_number": pa.array([], pa.int64()),
        }
    )
    with pytest.raises(ValueError, match="rows it rests on"):
        save_finding(store, ACTOR, load_finding(store, finding_id), empty)


def test_what_the_findings_do_not_say_is_left_open(brief):
    assert (
        brief.who_is_harmed.startswith("Not yet written (analyst): who is harmed")
        and "who is harmed" in brief.open_items()
    )
    assert "what" not in brief.open_items() and "more than chance" in brief.what
    assert "Gi*" not in brief.what  # the figure is in the annex
    assert "owner" not in replace(brief, owner="Neighbourhood inspector").open_items()


def pages(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def test_the_pdf_is_one_page_and_an_annex_tagged_with_alt_text(store, brief):
    dossier = gather_dossier(store, brief)
    pdf = pages(render_pdf(dossier))
    assert len(pdf.pages) == 2
    assert pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang) == "en"
    alts = [str(o.Alt) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
    assert any("outlined in black" in alt for alt in alts) and len(alts) >= 2
    assert first_page_ends(dossier)


def first_page_ends(dossier) -> bool:
    """Whether the annex begins on page 2, and nowhere else, by the PDF's own headings."""
    options = _fit_first_page(dossier)
    return json.loads(typst.query(_TEMPLATE, "<annex>", field="value", **options)) == ["2"]


def test_the_same_brief_gives_the_same_files_later(store, brief):
    dossier = gather_dossier(store, brief)
    first = render_pdf(dossier), render_docx(dossier)
    time.sleep(2.1)  # a PDF states time in seconds, a zip file in twos
    assert (render_pdf(dossier), render_docx(dossier)) == first


def test_the_lead_is_on_page_one_and_every_other_map_in_the_annex(store, finding_id, brief):
    finding = load_finding(store, finding_id)
    evidence = pa.table({"table_name": ["incident"], "source_id": [1], "row_number": [2]})
    focus = finding.result.focus.model_copy(update={"label": "Another Place"})
    other = save_finding(
        store, ACTOR, replace(finding, result=finding.result.model_copy(update={"focus": focus})), evidence
    )
    for order, lead in (([finding_id, other], "Station Road"), ([other, finding_id], "Another Place")):
        dossier = gather_dossier(store, replace(brief, finding_ids=order))
        assert lead in dossier.drawings[0].map_alt
        assert first_page_ends(dossier)
        pdf = pages(render_pdf(dossier))
        alts = [str(o.Alt) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
        assert sum("Another Place" in alt for alt in alts) == sum("Station Road" in alt for alt in alts) == 1
        described = [
            shape._inline.docPr.get("descr")
            for shape in Document(io.BytesIO(render_docx(dossier))).inline_shapes
        ]
        assert len(described) == 6 and lead in described[0]


def test_the_preview_shows_every_page(store, brief):
    dossier = gather_dossier(store, brief)
    previews = render_preview(dossier)
    assert len(previews) == len(pages(render_pdf(dossier)).pages)
    assert all(page.startswith(b"\x89PNG") for page in previews)


@pytest.mark.parametrize("length", [100, 510, 10_000])
def test_every_part_long_still_leaves_one_page_and_loses_nothing(store, brief, length):
    parts = [
        f.name
        for f in fields(brief)
        if f.name not in ("title", "handling", "review_date") and isinstance(getattr(brief, f.name), str)
    ]
    texts = {name: f"{name} " + "word " * (length // 5) + f"end of {name}" for name in parts}
    dossier = gather_dossier(store, replace(brief, **texts))
    assert first_page_ends(dossier)
    data = json.loads(_fit_first_page(dossier)["sys_inputs"]["data"])
    whole = {item["text"] for item in data["long"]}
    cut = {texts[name] for name in parts if name != "alternatives" and len(texts[name]) > data["room"]}
    assert cut <= whole


def test_a_brief_outlives_its_source_and_says_so(store, finding_id, brief):
    with store.write() as cursor:
        cursor.execute("DELETE FROM source").fetchall()
        cursor.execute("DELETE FROM incident").fetchall()
    dossier = gather_dossier(store, brief)
    assert "a source since removed" in dossier.evidence_line
    assert len(pages(render_pdf(dossier)).pages) == 2
    assert (
        "source since removed" in Document(io.BytesIO(render_docx(dossier))).tables[2].rows[1].cells[1].text
    )


def with_focus(result: FindingResult, name: str, value: object) -> FindingResult:
    """The same result with one field of its focus changed, as a store may hold it."""
    saved = result.to_json()
    return read_result(saved | {"focus": saved["focus"] | {name: value}})


@pytest.mark.parametrize("missing", ["label", "ring", "lat", "count", "previous_count"])
def test_a_focus_without_a_field_prints_what_is_there(store, finding_id, missing):
    finding = load_finding(store, finding_id)
    result = with_focus(finding.result, missing, None)
    evidence = pa.table({"table_name": ["incident"], "source_id": [1], "row_number": [2]})
    number = save_finding(store, ACTOR, replace(finding, result=result), evidence)
    finding = load_finding(store, number)
    drafted = draft_brief([finding], [number], draft_profile([finding]), date(2026, 1, 31))
    assert "None" not in drafted.where + drafted.why_now
    dossier = gather_dossier(store, drafted)
    assert "None" not in dossier.drawings[0].map_alt
    assert render_pdf(dossier) and render_docx(dossier)


def test_what_xml_cannot_hold_is_written_out_in_word(store, finding_id, brief):
    finding = load_finding(store, finding_id)
    result = with_focus(finding.result, "label", "bad\x07\ufffeplace")
    evidence = pa.table({"table_name": ["incident"], "source_id": [1], "row_number": [2]})
    number = save_finding(store, ACTOR, replace(finding, result=result, method="a\x00b"), evidence)
    document = Document(io.BytesIO(render_docx(gather_dossier(store, replace(brief, finding_ids=[number])))))
    assert "bad[U+0007][U+FFFE]place" in document.inline_shapes[0]._inline.docPr.get("descr")
    assert any("a[U+0000]b" in p.text for p in document.paragraphs)


def test_the_handling_marks_stand_on_every_page_whoever_took_one_out(store, finding_id, brief):
    bound = replace(load_finding(store, finding_id), handling="C (S2): sharing permitted with conditions")
    evidence = pa.table({"table_name": ["incident"], "source_id": [1], "row_number": [2]})
    number = save_finding(store, ACTOR, bound, evidence)
    freed = replace(brief, finding_ids=[finding_id, number], handling="P: lawful sharing permitted")
    dossier = gather_dossier(store, freed)
    mark = "C (S2): sharing permitted with conditions; P: lawful sharing permitted"
    printed = pdf_pages(render_pdf(dossier))
    assert len(printed) >= 2 and all(page.count(mark) == 2 for page in printed)
    for section in Document(io.BytesIO(render_docx(dossier))).sections:
        assert not section.different_first_page_header_footer
        assert all(mark in part.paragraphs[0].text for part in (section.header, section.footer))


def test_every_statement_of_fact_is_printed_with_its_grading(store, brief):
    dossier = gather_dossier(store, replace(brief, who_is_harmed="Shop staff."))
    told = {part: grading for part, _, grading in dossier.graded_statements}
    assert told["What"] == "finding 1: moderate confidence"
    assert told["Who is harmed"] == "the author's own words, no source given"
    text = " ".join(pdf_pages(render_pdf(dossier)))
    assert text.count("[finding 1: moderate confidence]") >= 5 and "no source given" in text


def test_every_handling_mark_of_the_findings_is_kept(store, finding_id):
    finding = load_finding(store, finding_id)
    strict = replace(finding, handling="C: consult the originator")
    drafted = draft_brief([finding, strict], [1, 2], draft_profile([finding]), date(2026, 1, 31))
    assert finding.handling in drafted.handling and strict.handling in drafted.handling


def test_hostile_and_long_text_is_only_text(store, brief):
    texts = {
        name: HOSTILE * 30
        for name in ("title", "what", "risks", "owner", "handling", "alternatives", "why_now")
    }
    dossier = gather_dossier(store, replace(brief, **(texts | {"handling": HOSTILE, "title": HOSTILE})))
    pdf = pages(render_pdf(dossier))
    assert 2 <= len(pdf.pages) <= 8
    assert b"root:" not in render_pdf(dossier)
    text = "\n".join(p.text for p in Document(io.BytesIO(render_docx(dossier))).paragraphs)
    assert "<script>alert(1)</script>" in text


def test_the_docx_has_headings_picture_and_alt_text(store, brief):
    document = Document(io.BytesIO(render_docx(gather_dossier(store, brief))))
    assert [p.style.name for p in document.paragraphs if p.text == brief.title] == ["Heading 1"]
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert len(described) == 3 and "outlined in black" in described[0]


def test_page_one_says_when_and_why_now_in_words_a_commander_can_task(store, brief):
    assert re.match(r"\d+ of \d+ \(8\d%\) from \d\d:00 to \d\d:59", brief.when)
    assert "the 4 weeks to" in brief.why_now and "expect" in brief.why_now
    page = pdf_pages(render_pdf(gather_dossier(store, brief)))[0]
    heads = ["THE ASK", "WHAT", "WHY NOW", "WHEN", "HOW SURE", "RISKS", "VICTIMS' SAFETY", "DECISION"]
    places = [page.index(head) for head in heads]
    assert places == sorted(places)


def test_figures_of_tests_are_words_on_page_one():
    said = leave_out_figures(
        "More than chance (Gi* z = 11.8, adjusted p = 0.0007). Shuffled (share by chance 1e-22)."
    )
    assert said == "More than chance. Shuffled (practically never by chance)."
    assert leave_out_figures("All (12 of 30) stay.") == "All (12 of 30) stay."


def test_letter_paper_and_the_ask_are_printed(store, brief):
    asked = replace(brief, action="Patrol at eight.", hours="40", due="2026-02-01", agency="Police")
    dossier = gather_dossier(store, asked)
    for size, width in (("a4", 595), ("letter", 612)):
        pdf = pages(render_pdf(dossier, size))
        assert int(pdf.pages[0].MediaBox[2]) == width
    page = pdf_pages(render_pdf(dossier))[0]
    assert "Patrol at eight." in page and "40" in page and "1 Feb 2026" in page


def test_what_rests_on_invented_rows_is_marked_on_every_page(store, finding_id, brief):
    assert not rests_on_exercise(store, [finding_id]) and not rests_on_exercise(store, [])
    with store.write() as cursor:
        cursor.execute("UPDATE source SET is_scenario = true").fetchall()
    assert rests_on_exercise(store, [finding_id]) and rests_on_exercise(store, [])
    dossier = gather_dossier(store, brief)
    assert all(page.count(EXERCISE) == 2 for page in pdf_pages(render_pdf(dossier)))
    sections = Document(io.BytesIO(render_docx(dossier))).sections
    assert all(EXERCISE in part.paragraphs[0].text for s in sections for part in (s.header, s.footer))


def test_row_numbers_are_written_as_runs():
    assert list_numbers([2, 3, 5, 7, 8, 9]) == "2, 3, 5, 7 to 9" and list_numbers([]) == ""
    assert list_numbers(range(1, 2001, 2)).endswith("1199 and 400 more, which the shared case lists")


def test_versions_are_added_and_the_latest_is_listed(store, brief):
    product, first = save_product(store, ACTOR, "brief", "T", {"a": 1}, brief.finding_ids)
    assert save_product(store, ACTOR, "brief", "T2", {"a": 2}, brief.finding_ids, product_id=product) == (
        product,
        2,
    )
    assert load_product(store, product)["content"] == {"a": 2}
    assert load_product(store, product, first)["content"] == {"a": 1}
    assert list_products(store, "brief").title.tolist() == ["T2"]
    assert list_versions(store, product).title.tolist() == ["T2", "T"]
    with pytest.raises(KeyError, match="brief 99"):
        save_product(store, ACTOR, "brief", "T", {}, [], product_id=99)


def test_who_saves_over_an_unseen_version_is_told(store, brief):
    product, seen = save_product(store, ACTOR, "brief", "T", {}, brief.finding_ids)
    save_product(store, ACTOR, "brief", "Theirs", {}, brief.finding_ids, product_id=product, latest_seen=seen)
    with pytest.raises(SavedMeanwhile, match="saved version 2"):
        save_product(
            store, ACTOR, "brief", "Mine", {}, brief.finding_ids, product_id=product, latest_seen=seen
        )
    assert list_versions(store, product).title.tolist() == ["Theirs", "T"]


def test_a_decision_needs_a_brief_that_exists(store, brief):
    product, version = save_product(store, ACTOR, "brief", "T", {}, brief.finding_ids)
    profile, _ = save_product(store, ACTOR, "problem profile", "P", {}, brief.finding_ids)
    for number, which in ((product, version + 1), (product + 9, 1), (profile, 1)):
        with pytest.raises(KeyError, match="no brief"):
            record_decision(store, ACTOR, number, which, "adopted", "harm", "Chair")
    assert list_decisions(store).empty


def test_an_earlier_version_of_a_finding_can_be_read(store, finding_id):
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "INSERT INTO finding SELECT * REPLACE (2 AS version, 'Second' AS title) FROM finding"
        ).fetchall()
        cursor.execute(
            "INSERT INTO finding_evidence VALUES (?, 2, 'incident', 1, 2, NULL)", [finding_id]
        ).fetchall()
    assert load_finding(store, finding_id).title == "Second"
    assert load_finding(store, finding_id, 1).title != "Second"
    assert len(read_evidence_rows(store, finding_id)) == 1
    assert len(read_evidence_rows(store, finding_id, 1)) > 100
    assert list_evidence_sources(store, [finding_id]).rows.tolist() == [1]
    with pytest.raises(KeyError, match="version 3"):
        load_finding(store, finding_id, 3)


def test_a_decision_is_superseded_never_edited(store, brief):
    product, version = save_product(store, ACTOR, "brief", "T", {}, brief.finding_ids)
    due = date(2026, 1, 1)
    first = record_decision(
        store,
        ACTOR,
        product,
        version,
        "adopted",
        "harm",
        "Chair",
        action=tasked_action("patrol", "Insp", due),
    )
    with pytest.raises(DecidedMeanwhile):
        record_decision(store, ACTOR, product, version, "declined", "no", "Chair")
    record_decision(store, ACTOR, product, version, "deferred", "no staff", "Chair", supersedes=first)
    log = list_decisions(store, product)
    assert log.outcome.tolist() == ["deferred", "adopted"] and log.standing.tolist() == [True, False]
    assert list_actions(store).description.tolist() == ["patrol"]
    with pytest.raises(ValueError, match="reason"):
        record_decision(store, ACTOR, product, version, "adopted", " ", "Chair")
    assert verify(store)[2] is None


def test_the_command_writes_a_brief_and_refuses_a_profile(store, brief, tmp_path, monkeypatch):
    product, _ = save_product(store, ACTOR, "brief", "T", asdict(brief), brief.finding_ids)
    profile, _ = save_product(store, ACTOR, "problem profile", "P", {}, brief.finding_ids)
    monkeypatch.setattr("analytics.tasking.cli.open_seen_store", lambda path: store)
    for name, start in (("brief.pdf", b"%PDF"), ("brief.docx", b"PK")):
        out = tmp_path / name
        result = CliRunner().invoke(brief_command, ["--product", str(product), "--out", str(out)])
        assert result.exit_code == 0, result.output
        assert out.read_bytes().startswith(start)
    result = CliRunner().invoke(brief_command, ["--product", str(profile), "--out", str(tmp_path / "no.pdf")])
    assert result.exit_code == 1 and "not a brief" in result.output


def test_of_two_who_decide_at_once_one_is_told(store, brief):
    product, version = save_product(store, ACTOR, "brief", "T", {}, brief.finding_ids)
    results = []

    def decide(outcome):
        try:
            record_decision(store, ACTOR, product, version, outcome, "r", "Chair")
            results.append("recorded")
        except DecidedMeanwhile:
            results.append("told")

    threads = [threading.Thread(target=decide, args=(o,)) for o in ("adopted", "declined")]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(results) == ["recorded", "told"] and len(list_decisions(store, product)) == 1


def test_page_one_has_the_decision_to_be_written_in_or_as_it_stands(store, brief):
    product, _ = save_product(store, ACTOR, "brief", "T", asdict(brief), brief.finding_ids)
    assert "Action and owner" in pdf_pages(render_pdf(gather_dossier(store, brief, product, 1)))[0]
    first = record_decision(store, ACTOR, product, 1, "deferred", "no staff", "Chair")
    page = pdf_pages(render_pdf(gather_dossier(store, brief, product, 1)))[0]
    assert "deferred by Chair" in page and "Action and owner" in page  # it waits again
    record_decision(store, ACTOR, product, 1, "adopted", HOSTILE * 60, "Chair", supersedes=first)
    dossier = gather_dossier(store, brief, product, 1)
    assert first_page_ends(dossier) and "Action and owner" not in pdf_pages(render_pdf(dossier))[0]
    assert f"adopted by Chair (version 1). {HOSTILE}"[:60] in dossier.standing


def test_a_finding_without_hours_or_trend_shows_its_rows_over_time(store, finding_id, brief):
    finding = load_finding(store, finding_id)
    numbers = list(range(2, 60))  # six a day
    evidence = pa.table({"table_name": ["incident"] * 58, "source_id": [1] * 58, "row_number": numbers})
    number = save_finding(store, ACTOR, replace(finding, result=read_result({})), evidence)
    assert gather_dossier(store, replace(brief, finding_ids=[number])).lead.trend_alt == "Incidents over time"
    days = count_evidence_days(store, number)["incident"]
    assert days.sum() == 58 and days.iloc[1] == 6
    alone = save_finding(store, ACTOR, replace(finding, result=read_result({})), evidence[:1])
    assert gather_dossier(store, replace(brief, finding_ids=[alone])).lead.trend_svg is None
