"""Responses to choose from: the file that ships, what is offered, what a brief keeps, prints and hands on."""

from collections import Counter
from dataclasses import asdict, replace
from datetime import date

import pytest
from click.testing import CliRunner

from analytics.exchange import Sharing, gather_case, write_case
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import load_finding
from analytics.shared.codes import code_table
from analytics.shared.schema import InvalidFile
from analytics.tasking.brief import Brief, draft_brief
from analytics.tasking.cli import brief as brief_command
from analytics.tasking.cli import responses as responses_command
from analytics.tasking.docx import render_docx
from analytics.tasking.dossier import gather_dossier
from analytics.tasking.drafts import draft_profile
from analytics.tasking.operation import draft_plan
from analytics.tasking.products import load_product, record_decision, save_product
from analytics.tasking.release import read_release_rules
from analytics.tasking.release.original import load_original
from analytics.tasking.render import render_pdf
from analytics.tasking.responses import (
    ANY,
    FILE,
    UNCHECKED,
    find_problem_types,
    keep_response,
    list_offered,
    list_warnings,
    read_responses,
)
from analytics.tasking.sentence_sources import list_traced_rows, trace_product
from tests.tasking.factories import ACTOR, finding
from tests.tasking.printed_text import docx_all, pdf_pages

FILE_READ = read_responses()
BY_CODE = {response.code: response for response in FILE_READ.responses}


def test_there_are_a_hundred_responses_and_each_says_what_is_known_of_it():
    assert len(BY_CODE) >= 100 and sum(response.is_offered for response in BY_CODE.values()) >= 100
    for response in BY_CODE.values():
        assert response.sources and response.needs and response.risks and response.success and response.effect
        named = [FILE_READ.sources[source] for source in response.sources]
        assert all(named) and (UNCHECKED in response.sources) != response.checked


def test_every_problem_type_is_covered_by_what_may_be_chosen():
    groups = Counter(problem.group for problem in FILE_READ.problem_types.values())
    assert groups["crime"] == 1 + 10  # the ten commonest, and what fits any
    assert {*code_table("commercial_domains").codes} - {"advertising"} <= {*FILE_READ.problem_types}
    assert {*code_table("network_kinds").codes} <= {*FILE_READ.problem_types}
    for code in FILE_READ.problem_types:
        assert len(list_offered([code])) >= 2, code


def test_what_harms_or_nobody_checked_is_never_offered():
    every = [*FILE_READ.problem_types]
    offered, warned = list_offered(every), list_warnings(every)
    assert not [response.code for response in offered if response.direction == "harms" or response.warn]
    assert all(response.checked for response in [*offered, *warned])
    assert {"GEN7", "GEN9", "DRU4", "ADV3", "LAB3", "SEX1"} <= {response.code for response in warned}
    for code in ("SEX1", "GEN10", "VEH6"):
        with pytest.raises(ValueError, match="may not be chosen"):
            keep_response(BY_CODE[code])


def test_every_source_is_one_that_a_response_names():
    used = {source for response in BY_CODE.values() for source in response.sources}
    assert used | set(FILE_READ.trade_caution_sources) == set(FILE_READ.sources)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('sources = ["s18"]', "sources = []"), "BUR1.*sources must be a list of 1 or more entries"),
        (('sources = ["s18"]', 'sources = ["s999"]'), "BUR1 names s999 under sources"),
        (('sources = ["s18"]', 'sources = ["general"]'), "BUR1 must be either checked"),
        (("[problem_types.any]", "[problem_types.other]"), "problem_types needs any"),
        (('code = "BUR1"', 'code = "BUR2"'), "the code BUR2 occurs twice"),
        (('code = "BUR1"', 'code = "BUR1"\nproof = 1'), "proof is not a known key"),
    ],
)
def test_a_mistake_in_a_replaced_file_is_refused_in_words(tmp_path, change, message):
    path = tmp_path / "responses.toml"
    text = FILE.read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(InvalidFile, match=message):
        read_responses(path)


def test_a_finding_is_offered_what_fits_its_categories_or_its_evidence(store):
    found = load_finding(store, finding(store, "Kiln Row"))
    categories = [
        {"category": "BURGLARY dwelling", "count": 3},
        {"category": "Theft from vehicle", "count": 1},
    ]
    place = replace(found, result=read_result({"categories": categories}))
    assert find_problem_types([(place, frozenset({"incident"}))]) == ["burglary", "vehicle"]
    assert find_problem_types([(found, frozenset({"incident"}))]) == [ANY]
    assert find_problem_types([(found, frozenset({"advert", "premises"}))]) == ["advertising", "premises"]
    assert find_problem_types([]) == [ANY]
    kinds = [response.kind for response in list_offered(["burglary"])]
    assert kinds == sorted(kinds, key=["prevention", "intelligence", "enforcement"].index)


@pytest.fixture
def saved(store) -> int:
    """A brief that keeps a proposal against burglary and one against trafficking."""
    number = finding(store, "Kiln Row")
    found = [load_finding(store, number)]
    brief = draft_brief(found, [number], draft_profile(found), date(2026, 12, 31))
    kept = [keep_response(BY_CODE[code]).model_dump(mode="json") for code in ("BUR3", "MON6")]
    brief = replace(brief, enforcement="Visit the houses.", responses=kept, struck=["GEN1"])
    return save_product(store, ACTOR, "brief", brief.title, asdict(brief), [number])[0]


def test_what_is_kept_is_printed_as_a_proposal_with_its_source_and_strength(store, saved):
    brief = Brief(**load_product(store, saved)["content"])
    line = "Proposed: Gate the alleys (evidence moderate, effect: helps)."
    assert brief.read_part("prevention") == line and "proposed action: prevention" not in brief.open_items()
    assert brief.read_part("enforcement").startswith("Visit the houses.\nProposed: Restrain early")
    assert "proposed action: intelligence" in brief.open_items()
    dossier = gather_dossier(store, brief, saved, 1)
    pages = [" ".join(page.split()) for page in pdf_pages(render_pdf(dossier))]
    assert "Proposed: Gate the alleys (evidence moderate" in pages[
        0
    ] and "Sidebottom and others 2018" in " ".join(pages[1:])
    assert "Never rank on arrests alone" in " ".join(pages[1:])
    document = docx_all(render_docx(dossier))
    assert line in document and "Keys for residents" in document and "Never rank on arrests" in document


def test_what_is_kept_is_traced_planned_and_handed_on(store, saved):
    traced = list_traced_rows(store, trace_product(store, saved)).set_index("says")
    state = traced.state["Proposed: Gate the alleys (evidence moderate, effect: helps)."]
    assert state.startswith("response BUR3 of 2026-1: Sidebottom")
    case = gather_case(store, saved, 1, Sharing())
    assert "Sidebottom and others 2018" in str(write_case(case, "stix"))
    parts = {part.code: part.text for part in load_original(store, saved, 1).parts}
    assert parts["prevention"].startswith("Proposed: Gate the alleys")
    assert {"proposed", "gate"} <= read_release_rules().words.ordinary
    decision = record_decision(store, ACTOR, saved, 1, "adopted", "harm", "Chair")
    assert "Gate the alleys" in draft_plan(store, decision).texts["strategies"]


def test_a_brief_saved_before_there_were_responses_opens_as_it_was(store, saved):
    content = load_product(store, saved)["content"]
    del content["responses"], content["struck"]
    brief = Brief(**content)
    assert brief.chosen_responses() == [] and brief.read_part("enforcement") == "Visit the houses."
    assert gather_dossier(store, brief).responses == []


def test_the_command_line_lists_responses_and_keeps_those_that_may_be_chosen(store, tmp_path, monkeypatch):
    number, out = finding(store, "Kiln Row"), tmp_path / "brief.docx"
    monkeypatch.setattr("analytics.tasking.cli.open_seen_store", lambda path: store)
    listed = CliRunner().invoke(responses_command, ["--problem", "drugs"]).output
    assert "DRU1  prevention: Work on one place together" in listed and "Mazerolle and others 2006" in listed
    assert "Not to be chosen: Sweeps" in listed and "VEH6" not in CliRunner().invoke(responses_command).output
    assert "no problem type" in CliRunner().invoke(responses_command, ["--problem", "x"]).output
    begin = ["--finding", str(number), "--out", str(out), "--keep"]
    for wrong, message in (("DRU4", "may not be chosen"), ("NONE", "no response NONE")):
        refused = CliRunner().invoke(brief_command, [*begin, wrong])
        assert refused.exit_code == 2 and message in refused.output and not out.exists()
    result = CliRunner().invoke(brief_command, [*begin, "bur3"])
    assert result.exit_code == 0 and "Not ready. Missing: owner" in result.output
    assert "Proposed: Gate the alleys" in docx_all(out.read_bytes())
