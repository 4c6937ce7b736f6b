"""A bundle taken in: whole or not at all, with the handling its traffic light asks for, from the page and the
command line alike."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from analytics.cli import cli
from analytics.exchange import NotStix, read_stix, received
from analytics.exchange.received import (
    ReceivedBundle,
    ReceivedStatement,
    find_received_before,
    save_received,
)
from analytics.intelligence.reports import load_report
from analytics.oversight import Actor, verify

FOLDER = Path(__file__).parents[3] / "shared/data/reported"
ACTOR = Actor("tester")
DETAILS = {"file_name": "b.json", "sent_by": "Force B", "legal_basis": "law", "purpose": "p"}
DATES = {"retention_group": "3", "review_date": date(2100, 1, 1)}
# file: the text, marking and grade of each line; what is left out; properties set aside
CASES = {
    "stix_20.json": ([("Old version text", "", "2DC (S2)")], {"identity": 1}, 0),
    "stix_custom_props.json": (
        [
            ("Three women seen at the flat", "", "2DC (S2)"),
            ("Source reports cash collected weekly", "", "2DC (S2)"),
        ],
        {"identity": 1},
        4,
    ),
    "stix_micro.json": ([("ok", "", "2DC (S2)")], {"identity": 1}, 0),
    "stix_opencti_ext.json": ([("Three women seen at the flat", "", "2DC (S2)")], {"identity": 1}, 0),
    "stix_sighting.json": (
        [
            ("Seen twice at the flat; 2 times", "", "2DC (S2)"),
            ("Pays the rent of", "", "2DC (S2)"),
            ("Any St 12, GB", "", "2DC (S2)"),
            ("Landlord of the flat", "", "2DC (S2)"),
        ],
        {"observed-data": 1},
        0,
    ),
    "stix_tlp2.json": (
        [("Strictly for the unit", "TLP:AMBER+STRICT", "2DC (S1, S2)")],
        {"identity": 1},
        0,
    ),
    "stix_tlp_absent.json": (
        [("Marked red, definition not sent", "TLP:RED", "2DC (A1, S1, S2)")],
        {"identity": 1},
        0,
    ),
    "stix_tlp_clear.json": ([("Open text", "TLP:CLEAR", "2DP")], {"identity": 1}, 0),
    "stix_mixed_bad_id.json": ([("Good", "", "2DC (S2)")], {}, 0),
    "stix_no_pattern_type.json": ([], {"identity": 1}, 0),
}
REFUSED = {
    "stix_mixed_bad_id.json": "not a valid STIX identifier",
    "stix_no_pattern_type.json": "pattern_type",
}
NO_BUNDLE = ("stix_list.json", "stix_misp_event.json", "stix_taxii_envelope.json")
needs_cases = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the reported cases are not at {FOLDER}")


@needs_cases
@pytest.mark.parametrize("file", CASES)
def test_a_reported_bundle_is_right(file):
    lines, left_out, custom = CASES[file]
    bundle = read_stix((FOLDER / file).read_bytes())
    assert [(said.text, said.marking, str(said.grade)) for said in bundle.statements] == lines
    assert bundle.left_out == left_out and len(bundle.custom) == custom
    reasons = [reason for _, reason in bundle.refused]
    assert len(reasons) == (file in REFUSED) and all(REFUSED[file] in reason for reason in reasons)


@needs_cases
@pytest.mark.parametrize("file", NO_BUNDLE)
def test_a_reported_file_that_is_no_bundle_is_refused(file):
    with pytest.raises(NotStix, match="no STIX bundle"):
        read_stix((FOLDER / file).read_bytes())


def make_bundle(findings: int, **given: object) -> ReceivedBundle:
    finding = {"method": "m", "confidence": "high"}
    statements = tuple(
        ReceivedStatement("note", f"note--{n}", f"t{n}", f"text {n}", "", finding=finding, **given)
        for n in range(findings)
    )
    return ReceivedBundle({"note": findings}, statements, {}, {}, (), ())


def test_a_failure_at_the_third_finding_leaves_nothing_and_the_chain_intact(store, monkeypatch):
    insert, calls = received.insert_finding, []

    def fail_at_third(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return insert(*arguments)

    before = verify(store)
    monkeypatch.setattr(received, "insert_finding", fail_at_third)
    with pytest.raises(KeyboardInterrupt):
        save_received(store, ACTOR, make_bundle(5), **DETAILS, **DATES, with_findings=True)
    for table in ("report", "report_line", "finding", "finding_report"):
        assert store.rows(f"SELECT count(*) AS n FROM {table}") == [{"n": 0}], table
    assert verify(store) == before and before[2] is None
    monkeypatch.undo()
    number, findings = save_received(store, ACTOR, make_bundle(5), **DETAILS, **DATES, with_findings=True)
    assert len(findings) == 5 and len(load_report(store, number)[0].lines) == 5
    (act,) = store.rows("SELECT object, CAST(detail AS VARCHAR) AS detail FROM audit WHERE act = 'receive'")
    assert act["object"] == f"report {number}" and json.loads(act["detail"])["findings"] == findings
    assert verify(store)[2] is None


def test_what_was_received_before_is_left_out_and_said_unless_it_is_wanted_again(store):
    def save(bundle, **given):
        return save_received(store, ACTOR, bundle, **DETAILS, **DATES, with_findings=True, **given)

    first, _ = save(make_bundle(3))
    with pytest.raises(ValueError, match=f"3 of 3 statements were received before, in report {first}: noth"):
        save(make_bundle(3))
    larger = make_bundle(5)
    changed = replace(larger.statements[0], text="text 0, as it is now")
    larger = replace(larger, statements=(changed, *larger.statements[1:]))
    assert find_received_before(store, larger) == {1: first, 2: first}
    second, findings = save(larger)
    texts = [line.original for line in load_report(store, second)[0].lines]
    assert texts == ["t0: text 0, as it is now", "t3: text 3", "t4: text 4"] and len(findings) == 3
    third, _ = save(make_bundle(3), again=True)
    assert len(load_report(store, third)[0].lines) == 3
    acts = store.rows(
        "SELECT CAST(detail AS VARCHAR) AS detail FROM audit WHERE act = 'receive' ORDER BY sequence"
    )
    assert [json.loads(act["detail"])["received before"] for act in acts] == [0, 2, 0]


def test_what_a_platform_adds_stands_in_the_words_as_received_and_never_in_what_leaves(store):
    custom = {"x_opencti_score": 50, "x_long": "y" * 5_000}
    number, _ = save_received(
        store, ACTOR, make_bundle(1, custom=custom, tlp="red"), **DETAILS, **DATES, with_findings=True
    )
    (line,) = load_report(store, number)[0].lines
    assert "[further properties: x_opencti_score: 50; x_long: yyy" in line.original
    assert "x_opencti" not in line.sanitised and str(line.grade) == "2DC (A1, S1, S2)"
    (finding,) = store.rows("SELECT handling FROM finding")
    assert finding["handling"].startswith("C (A1, S1, S2)")


def test_the_command_names_what_is_left_out_and_refuses_in_words(tmp_path):
    file = tmp_path / "b.json"
    identity = {
        "type": "identity",
        "spec_version": "2.1",
        "id": "identity--e1cf2e26-1111-4111-8111-111111111111",
        "created": "2024-03-13T10:00:00.000Z",
        "modified": "2024-03-13T10:00:00.000Z",
        "name": "Partner unit",
        "x_opencti_id": "a",
    }
    file.write_text(json.dumps({"type": "bundle", "objects": [identity, {"type": "note", "id": "n\ud800"}]}))
    done = CliRunner().invoke(cli, ["receive", str(file)])
    assert done.exit_code == 0, done.output
    assert "nothing of their own: identity (1)" in done.output and "x_opencti_id (1)" in done.output
    assert "refused n" in done.output and "lone surrogate" in done.output
    file.write_bytes(b'{"type": "bundle", "objects": [NaN]}')
    done = CliRunner().invoke(cli, ["receive", str(file)])
    assert done.exit_code == 1 and "NaN" in done.output and "Traceback" not in done.output
