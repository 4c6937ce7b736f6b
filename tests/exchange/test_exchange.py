"""A case handed on: valid by the standards' own readers, nothing lost, nothing more than may leave, hostile
text harmless."""

import json
from dataclasses import replace
from datetime import date, datetime

import geopandas as gpd
import pyarrow as pa
import pytest
from click.testing import CliRunner
from prov.model import ProvDocument
from stix2validator import ValidationOptions, validate_string

from analytics.cli import cli
from analytics.exchange import (
    NotStix,
    Sharing,
    describe_bulk,
    gather_case,
    has_places,
    read_stix,
    record_export,
    write_case,
)
from analytics.exchange.provenance import format_ranges, to_prov, write_json, write_notation
from analytics.exchange.received import draft_report
from analytics.intelligence.evidence import read_evidence_lines
from analytics.intelligence.evidence_state import read_evidence_states
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding, load_finding, revise_finding, save_finding
from analytics.intelligence.grading import Grade
from analytics.intelligence.reports import Line, Report, load_report, save_report
from analytics.oversight import Actor, Refused
from analytics.oversight.approvals import UNMASKED, approve_request, request_approval
from analytics.store import close_store, open_store
from analytics.tasking.products import record_decision, save_product
from analytics.tasking.results import save_result
from tests.sources import insert_source_row
from tests.tasking.factories import tasked_action

ACTOR = Actor("tester")
HOSTILE = "<script>alert(1)</script> =cmd|' /C calc'!A0 \u202egnp.exe 'x'); DROP TABLE audit;--"
PHONE, OTHER, HOLDER = "+44 20 7946 0103", "+44 161 496 0103", "Maria Silva"


@pytest.fixture
def case_store(store):
    """A brief on incidents, an advert, payments and reports, decided, acted on and measured."""
    _insert_records(store)
    numbers = _save_report_and_findings(store)
    content = {"what": f"Seen [report 1, line 2: 2CC]. {HOSTILE}", "handling": "P: lawful sharing permitted"}
    save_product(store, ACTOR, "brief", "Kiln Row", content, numbers)
    record_decision(
        store,
        ACTOR,
        1,
        1,
        "adopted",
        "harm",
        "Supt. Day",
        action=tasked_action("Visit", "PC 9", date(2026, 7, 1)),
    )
    save_result(store, ACTOR, 1, {"arrests": 1}, "no detectable effect", {}, "too few")
    with store.write(
        changes_data=False
    ) as cursor:  # a time of its own, so that the same bytes can be asked for
        cursor.execute("UPDATE product SET created_at = ?", [datetime(2026, 6, 1)]).fetchall()
    return store


def _insert_records(store) -> None:
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('Grid', 32630, 'UTC')").fetchall()
        for number, kind in ((1, "incident"), (2, "advert"), (3, "transaction"), (4, "account")):
            insert_source_row(cursor, number, kind, area_id=1)
        cursor.execute("UPDATE source SET sha256 = sha256 || source_id").fetchall()
        for row, lat in ((2, 53.4), (3, None)):
            cursor.execute(
                "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
                " time_precision, local_date,"
                " place, lon, lat, x, y) VALUES (1, ?, 1, ?, '2026-05-01 10:00', '2026-05-01 11:00', "
                "'minute', '2026-05-01', ?, ?, ?, 1, 1)",
                [row, HOSTILE, HOSTILE, -2.2 if lat else None, lat],
            ).fetchall()
        cursor.execute(
            "INSERT INTO advert (source_id, row_number, title, body, posted_at, place, contact)"
            " VALUES (2, 2, 't', ?, '2026-05-02', 'X', ?)",
            [f"Call {PHONE} {HOSTILE}", f"{PHONE}\n{OTHER}"],
        ).fetchall()
        cursor.execute(
            'INSERT INTO "transaction" (source_id, row_number, occurred_at, from_account, to_account,'
            " amount_minor, currency)"
            " VALUES (3, 2, '2026-05-03', 'GB82WEST12345698765432', 'GB00ELSE99995698765432', 12300, 'GBP')"
        ).fetchall()
        cursor.execute(
            "INSERT INTO account (source_id, row_number, reference, holder, phone)"
            " VALUES (4, 2, 'GB82WEST12345698765432', ?, ?)",
            [HOLDER, PHONE],
        ).fetchall()


def _save_report_and_findings(store) -> list[int]:
    """A finding that may leave and one that may not."""
    lines = (
        Line("as told by X", "A van comes on Fridays.", Grade("1", "B")),
        Line("o", "Covert.", Grade("2", "C", "C", ("A1",))),
    )
    report = Report("r", "PC 9", date(2026, 5, 1), "informant 7", "law", "p", "3", date(2027, 5, 1), lines)
    save_report(store, ACTOR, report)
    finding = Finding(
        "Two of one hand",
        f"At 53.40000, -2.20000 call {PHONE}. {HOSTILE}",
        "Gi*",
        {"cells": 250, "nothing": None},
        1,
        1,
        date(2026, 5, 1),
        date(2026, 5, 31),
        read_result(
            {"focus": {"label": "Kiln Row", "ring": [[0, 0], [0, 1], [1, 1], [0, 0]], "z": float("nan")}}
        ),
        "moderate",
        "counts",
        "none",
        [{"explanation": "chance", "how to tell": "wait"}],
    )
    rows = [
        ("incident", 1, 2),
        ("incident", 1, 3),
        ("advert", 2, 2),
        ("transaction", 3, 2),
        ("account", 4, 2),
    ]
    evidence = pa.table(
        dict(zip(("table_name", "source_id", "row_number"), map(list, zip(*rows, strict=True)), strict=True))
    )
    numbers = [save_finding(store, ACTOR, finding, evidence, lines=[(1, 1)])]
    secret = Finding(
        **{**finding.__dict__, "title": "Secret", "handling": "C (A1): sharing permitted with conditions"}
    )
    numbers.append(save_finding(store, ACTOR, secret, evidence))
    return numbers


def objects(text: bytes | str, kind: str) -> list[dict]:
    return [item for item in json.loads(text)["objects"] if item["type"] == kind]


def test_a_bundle_passes_the_standards_validator_offline_and_keeps_every_row(case_store):
    text = write_case(
        gather_case(case_store, 1, sharing=Sharing("for the court", "originator consulted")), "stix"
    )
    checked = validate_string(text.decode(), ValidationOptions(version="2.1"))
    assert checked.is_valid and not checked.errors
    received = read_stix(text)
    assert received.refused == ()
    rows = {(kind, source["row_number"]): content for kind, source, content in received.records if source}
    assert len(rows) == 5 and rows["transaction", 2]["amount_minor"] == 12300
    assert rows["account", 2]["holder"] == HOLDER and rows["advert", 2]["contact"] == f"{PHONE}\n{OTHER}"
    assert rows["incident", 3]["category"] == HOSTILE and "lat" not in rows["incident", 3]
    assert {source["sha256"] for _, source, _ in received.records if source} == set(
        gather_case(case_store, 1).sources.sha256
    )
    finding = next(content for kind, _, content in received.records if kind == "finding")
    assert (
        finding["parameters"] == {"cells": 250, "nothing": None} and finding["result"]["focus"]["z"] is None
    )
    assert received.counts["note"] == 2 + 2 + 3  # findings, lines, decision, action and result
    assert objects(text, "note")[0]["confidence"] == 50
    assert (
        write_case(
            gather_case(case_store, 1, sharing=Sharing("for the court", "originator consulted")), "stix"
        )
        == text
    )


def test_what_a_result_holds_in_words_is_masked(case_store):
    result = {
        "kind": "money",
        "profile": {"Who": f"{HOLDER}, {PHONE}"},
        "narrative": f"From GB82WEST12345698765432; call {PHONE}.",
        "trend": [{"period": "2026-05-01", "count": 3}],
    }
    finding = replace(load_finding(case_store, 1), result=read_result(result))
    revise_finding(case_store, ACTOR, 1, finding, latest_seen=1, change_reason="money")
    save_product(case_store, ACTOR, "brief", "Money", {"handling": "P: lawful sharing permitted"}, [1])
    (shared,) = gather_case(case_store, 2).findings
    assert shared.finding.result.trend == finding.result.trend
    text = write_case(gather_case(case_store, 2), "stix").decode()
    assert "12345698765432" not in text and PHONE not in text and HOLDER not in text
    open_text = write_case(
        gather_case(case_store, 2, sharing=Sharing(personal="court order")), "stix"
    ).decode()
    assert PHONE in open_text and "GB82WEST12345698765432" in open_text


def test_a_result_that_cannot_be_judged_is_handed_on_with_its_reason(case_store):
    why = "There is no fair comparison. A similar place had 1.4 incidents on average before, against 62 here."
    save_result(case_store, ACTOR, 1, {}, "cannot be judged", {"why": why}, "as it was")
    case = gather_case(case_store, 1)
    notes = [note["content"] for note in objects(write_case(case, "stix"), "note")]
    assert f"Cannot be judged: {why} as it was" in notes and "No detectable effect. too few" in notes
    results = [
        entity
        for entity in json.loads(write_case(case, "prov"))["entity"].values()
        if "ach:verdict" in entity
    ]
    assert [(each["ach:verdict"], each.get("ach:reason")) for each in results] == [
        ("no detectable effect", None),
        ("cannot be judged", why),
    ]


def test_what_is_marked_with_conditions_and_personal_data_stay_behind_unless_a_reason_is_given(case_store):
    case = gather_case(case_store, 1)
    assert [found.finding.title for found in case.findings] == ["Two of one hand"]
    assert case.withheld == {"finding": 1, "line of a report": 1}
    assert [line.text for line in case.lines] == ["A van comes on Fridays."]
    for form in ("stix", "prov", "provn"):
        text = write_case(case, form).decode()
        for secret in ("7946", "496 0103", "Maria", "GB82", "98765432", "Covert", "informant", "as told by"):
            assert secret not in text, (form, secret)
    text = write_case(case, "stix").decode()
    assert "53.40000, -2.20000" in text  # a place is no telephone
    marks = {item["id"]: item["definition"]["statement"] for item in objects(text, "marking-definition")}
    assert all(
        marks[note["object_marking_refs"][0]].startswith("3x5x2 handling P") for note in objects(text, "note")
    )
    # Two numbers with the same end stay two, and one stays one wherever it stands.
    accounts = {item["user_id"] for item in objects(text, "user-account")}
    assert len([name for name in accounts if name.endswith("103")]) == 3 and len(accounts) == 5
    with pytest.raises(ValueError, match="five letters"):
        Sharing("x")
    whole = gather_case(case_store, 1, sharing=Sharing(conditions="originator consulted"))
    assert len(whole.findings) == 2 and len(whole.lines) == 2 and not whole.withheld


def test_rows_of_a_source_and_a_brief_under_conditions_are_withheld(case_store):
    with case_store.write(changes_data=False) as cursor:
        cursor.execute("UPDATE source SET handling = 'This unit only' WHERE source_id = 1").fetchall()
    case = gather_case(case_store, 1)
    assert "incident" not in case.rows and case.withheld["row"] == 2
    with case_store.write(changes_data=False) as cursor:
        cursor.execute("UPDATE source SET handling = 'Training only' WHERE source_id = 1").fetchall()
    assert (
        len(gather_case(case_store, 1).rows["incident"]) == 2
    )  # the rules of release count these words as P
    with case_store.write(changes_data=False) as cursor:
        cursor.execute(
            """UPDATE product SET content = '{"handling": "C (S2): with conditions"}'"""
        ).fetchall()
    with pytest.raises(ValueError, match="how its conditions are met"):
        gather_case(case_store, 1)
    with pytest.raises(KeyError):
        gather_case(case_store, 99)


def test_the_evidence_chain_is_read_back_the_same_and_leads_from_the_result_to_the_file(case_store):
    document = to_prov(gather_case(case_store, 1))
    again = ProvDocument.deserialize(content=write_json(document), format="json")
    assert again == document
    assert sorted(write_notation(again).splitlines()) == sorted(write_notation(document).splitlines())
    written = json.loads(write_json(document))
    links = [
        (item["prov:generatedEntity"], item["prov:usedEntity"]) for item in written["wasDerivedFrom"].values()
    ]
    for step in (
        ("ach:product-1-version-1", "ach:finding-1-version-1"),
        ("ach:finding-1-version-1", "ach:finding-1-version-1-rows-incident-1"),
        ("ach:finding-1-version-1-rows-incident-1", "ach:source-1"),
        ("ach:product-1-version-1", "ach:report-1-version-1-line-1"),
    ):
        assert step in links
    made = {item["prov:entity"]: item["prov:activity"] for item in written["wasGeneratedBy"].values()}
    used = [(item["prov:activity"], item["prov:entity"]) for item in written["used"].values()]
    assert made["ach:result-1-version-1"] == "ach:action-1" and ("ach:action-1", "ach:decision-1") in used
    assert written["entity"]["ach:finding-1-version-1-rows-incident-1"]["ach:row_numbers"] == "2-3"
    assert format_ranges([9, 2, 3, 4, 3]) == "2-4, 9"


def test_the_places_are_read_back_by_another_reader(case_store, tmp_path):
    case = gather_case(case_store, 1)
    (tmp_path / "case.gpkg").write_bytes(write_case(case, "gpkg"))
    incidents = gpd.read_file(tmp_path / "case.gpkg", layer="incident")
    assert len(incidents) == 1 and incidents.crs == "EPSG:4326"  # the other has no place
    assert (incidents.geometry.x[0], incidents.geometry.y[0]) == (-2.2, 53.4)
    assert (incidents.category[0], incidents.row_number[0]) == (HOSTILE, 2) and "handling" in incidents
    finding = gpd.read_file(tmp_path / "case.gpkg", layer="finding")
    assert finding.total_bounds.tolist() == [0, 0, 1, 1] and PHONE not in finding.statement[0]
    assert has_places(case)


def test_what_others_send_becomes_lines_to_be_graded_and_what_is_no_stix_is_named(case_store):
    data = write_case(gather_case(case_store, 1), "stix")
    received = read_stix(data)
    what = {
        "title": "Received",
        "sent_by": "Force B",
        "legal_basis": "law",
        "purpose": "p",
        "retention_group": "3",
    }
    report = draft_report(received, received_on=date(2026, 6, 1), review_date=date(2027, 6, 1), **what)
    number, _ = save_report(case_store, ACTOR, report)
    lines = load_report(case_store, number)[0].lines
    assert {str(line.grade) for line in lines} == {"2DC (S2)"} and any(
        HOSTILE in line.sanitised for line in lines
    )
    assert "marked: 3x5x2 handling P" in lines[0].original
    bundle = json.loads(data)
    bundle["objects"] += [{"type": "malware", "id": "malware--1"}, "text", {"type": "x-own", "id": 7}, None]
    worse = read_stix(json.dumps(bundle).encode())
    assert len(worse.refused) == 4 and worse.counts == received.counts
    assert worse.refused[0][0] == "malware--1" and worse.refused[1][0].startswith("object ")
    for bad in (b"\xff\xfe", b"[1, 2]", b"{}", b"[" * 100_000, b'{"type": "bundle", "objects": {}}'):
        with pytest.raises(NotStix):
            read_stix(bad)
    with pytest.raises(NotStix, match="no statement"):
        draft_report(
            read_stix(b'{"type": "bundle", "objects": []}'),
            received_on=date(2026, 6, 1),
            review_date=date(2027, 6, 1),
            **what,
        )


def test_many_rows_with_personal_data_leave_once_a_second_person_approved(case_store, monkeypatch):
    monkeypatch.setattr("analytics.exchange.files.BULK_ROWS", 4)
    case = gather_case(case_store, 1, sharing=Sharing("for the court"))
    what = describe_bulk(case)
    assert what == f"product 1 version 1, {case.row_count} rows" and case.row_count > 4
    assert describe_bulk(gather_case(case_store, 1)) == ""  # masked
    asking, second = (
        Actor("Ana", "senior analyst", "investigation", "s1"),
        Actor("Cora", "commander", "investigation", "s2"),
    )
    with pytest.raises(Refused, match="takes two persons"):
        record_export(case_store, asking, case, "prov")
    approve_request(case_store, second, request_approval(case_store, asking, UNMASKED, what, "for the court"))
    record_export(case_store, asking, case, "prov")
    with pytest.raises(Refused):  # an approval is for one use
        record_export(case_store, asking, case, "prov")
    assert case_store.rows("SELECT count(*) AS n FROM audit WHERE act = 'export case'") == [{"n": 1}]


def test_the_commands_write_audit_and_take_in(case_store, tmp_path):
    path = case_store.path
    record_export(case_store, ACTOR, gather_case(case_store, 1, sharing=Sharing("for the court")), "prov")
    row = case_store.rows(
        "SELECT purpose, CAST(detail AS VARCHAR) AS detail FROM audit WHERE act = 'export case'"
    )[0]
    assert row["purpose"] == "for the court" and json.loads(row["detail"])["withheld"] == {
        "finding": 1,
        "line of a report": 1,
    }
    case_store.close()
    run, out, where = CliRunner(), str(tmp_path / "case.json"), ["--store", str(path)]
    done = run.invoke(cli, ["exchange", "1", "--format", "stix", "--out", out, *where])
    assert (
        done.exit_code == 0
        and "5 rows, 1 line of a report. Withheld by their handling: 1 finding, 1 line of a report."
        in done.output
    )
    done = run.invoke(cli, ["exchange", "7", "--format", "stix", "--out", out, *where])
    assert done.exit_code == 1 and "no product 7" in done.output
    done = run.invoke(cli, ["receive", out, "--save", *where])
    assert done.exit_code == 2 and "--sent-by" in done.output
    given = ["--sent-by", "Force B", "--legal-basis", "law", "--purpose", "p", "--review-date", "2030-01-01"]
    done = run.invoke(cli, ["receive", out, "--save", "--with-findings", *given, *where])
    assert done.exit_code == 0 and "until an analyst grades them" in done.output, done.output
    assert "1 finding received: 3." in done.output
    store = open_store(path)
    found = load_finding(store, 3)
    assert (found.method, found.confidence) == ("Received from Force B: Gi*", "low")
    assert (
        found.handling.startswith("C (S2)") and "Force B states moderate confidence" in found.confidence_basis
    )
    assert (
        found.period_from == date(2026, 5, 1) and found.parameters["cells"] == "250" and found.recipe is None
    )
    audited = store.rows("SELECT object FROM audit WHERE act = 'receive'")
    assert len(audited) == 1
    assert len(read_evidence_lines(store, 3, 1)) == 1 and read_evidence_states(store)[3].intact
    close_store(path)
