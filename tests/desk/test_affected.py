"""After an import or a removal, findings whose rows or verdict changed are named."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from analytics.desk import affected
from analytics.desk.affected import count_unchecked, list_affected, recheck_findings
from analytics.desk.cli import findings_command
from analytics.intelligence.findings import load_finding, save_finding
from analytics.intelligence.recheck import compare
from analytics.oversight.roles import find_tier
from analytics.store.removal import delete_source_rows
from tests.desk.test_watches import ANALYST
from tests.intelligence.test_findings import FINDING, add_incidents, rows

TIER = find_tier("analyst")


def add_row(store) -> None:
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO incident SELECT * REPLACE (4 AS row_number) FROM incident"
            " WHERE source_id = 5 AND row_number = 2"
        ).fetchall()


@pytest.fixture
def filled(store, monkeypatch):
    """A finding that counts the rows of sources 5 and 6 when it is rerun, and one that cannot be rerun."""
    add_incidents(store, 5, [2, 3])
    add_incidents(store, 6, [2])
    save_finding(store, ANALYST, replace(FINDING, recipe={"kind": "count"}), rows(5, [2, 3]))
    save_finding(store, ANALYST, FINDING, rows(6, [2]))

    def recheck(store, work):
        then = load_finding(store, work.finding_id, work.version)
        now = store.rows("SELECT count(*) AS n FROM incident WHERE source_id = 5")[0]["n"]
        present = replace(then, statement=f"{now} rows")
        return compare(store, work.finding_id, work.version, present, rows(5, list(range(2, now + 2))))

    monkeypatch.setattr(affected, "recheck_finding", recheck)
    monkeypatch.setattr(affected, "explain_no_rerun", lambda finding: "" if finding.recipe else "by hand")
    return store


def test_removed_rows_are_named_at_once(filled):
    assert list_affected(filled, TIER) == []
    with filled.write() as cursor:
        delete_source_rows(cursor, 6)
    (found,) = list_affected(filled, TIER)
    assert (found.finding_id, found.says) == (2, "1 row removed")
    assert found.opens.query["finding"] == "2" and list_affected(filled, find_tier("officer")) != []


def test_a_changed_verdict_is_named_once_it_was_rerun_on_the_present_data(filled):
    assert count_unchecked(filled, TIER) == 1
    add_row(filled)
    assert recheck_findings(filled, ANALYST, TIER) == 1 and count_unchecked(filled, TIER) == 0
    assert recheck_findings(filled, ANALYST, TIER) == 0
    (found,) = list_affected(filled, TIER)
    assert found.finding_id == 1 and "1 new" in found.says
    with filled.write():  # the data move on: what was checked says nothing of them
        pass
    assert list_affected(filled, TIER) == [] and count_unchecked(filled, TIER) == 1


def test_the_command_names_them(filled, monkeypatch):
    monkeypatch.setattr("analytics.desk.cli.open_seen_store", lambda path: filled)
    said = CliRunner().invoke(findings_command, []).output
    assert "No finding is known to have changed" in said and "1 finding not checked" in said
    add_row(filled)
    said = CliRunner().invoke(findings_command, ["--recheck"]).output
    assert "1 finding rerun" in said and "Finding 1, version 1" in said
