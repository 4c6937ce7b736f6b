"""The structure of a tasked network before and after, from the store to the page and the command line."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from analytics.intelligence.findings import save_finding
from analytics.intelligence.possible_victims import POSSIBLE_VICTIM, record_victim_status
from analytics.network.entities.update import update_network
from analytics.network.links.node_names import name_node
from analytics.network.operation.finding import build_network_finding, list_evidence
from analytics.network.operation.selection import NetworkSelection
from analytics.network.operation.stored_network import read_network_around
from analytics.network.structure.before_after import LEFT, LESS
from analytics.network.structure.report import StructureParameters, analyse_structure
from analytics.tasking.networks.structure_change import CRITICAL
from analytics.tasking.products import record_decision, save_product
from analytics.tasking.results import measure_connection
from analytics.tasking.results_cli import results
from tests.sources import insert_source_row
from tests.tasking.factories import ACTOR, finding, tasked_action
from ui.shell.single_user import single_user

START = date(2026, 7, 1)
PEOPLE = 12
# Two cells of five that person 10 alone joins; person 11 knows one of them.
TIES = [
    *((one, two) for first in (0, 5) for one in range(first, first + 5) for two in range(first, one)),
    *((10, other) for other in (0, 1, 5, 6)),
    (11, 0),
]


def _phone(at: int) -> str:
    return f"07700 90{1000 + at}"


@pytest.fixture
def tasked(store):
    """Calls every six days for a year; from START on nobody calls person 10, and half of the rest stop."""
    with store.write() as cursor:
        for source, kind in enumerate(("account", "communication"), 1):
            insert_source_row(cursor, source, kind)
        people = [(1, at + 2, f"A{at}", f"Person {chr(65 + at)}", _phone(at)) for at in range(PEOPLE)]
        cursor.executemany(
            "INSERT INTO account (source_id, row_number, reference, holder, phone) VALUES (?, ?, ?, ?, ?)",
            people,
        )
        calls = [
            (one, two, START + timedelta(days=offset))
            for offset in range(-42 * 7, 42, 6)
            for at, (one, two) in enumerate(TIES)
            if offset < 0 or (10 not in (one, two) and at % 3)
        ]
        cursor.executemany(
            "INSERT INTO communication (source_id, row_number, from_phone, to_phone, started_at)"
            " VALUES (2, ?, ?, ?, ?)",
            [(row, _phone(one), _phone(two), day) for row, (one, two, day) in enumerate(calls, 2)],
        )
    update_network(store, ACTOR)
    network = read_network_around(store, NetworkSelection((_person(0),), steps=6))
    found = analyse_structure(network.edges, StructureParameters(most_removed=0))
    saved, evidence = build_network_finding(
        network, found, lambda node: "A••••", name_node, data_version=store.data_version()
    )
    number = save_finding(store, ACTOR, saved, evidence)
    _decide(store, number)
    yield store


def _person(at: int) -> str:
    return f"person:account/1/{at + 2}/holder"


def _decide(store, number: int) -> None:
    brief, _ = save_product(store, ACTOR, "brief", "A network", {}, [number])
    action = tasked_action("Disrupt", "DI Marsh", START)
    record_decision(store, ACTOR, brief, 1, "adopted", "x", "y", action=action)
    with store.write(changes_data=False) as cursor:
        moment = pd.Timestamp(START).to_pydatetime()
        cursor.execute("UPDATE decision SET decided_at = ?", [moment]).fetchall()


def test_every_contact_is_read_and_not_the_first_twenty_of_a_link(tasked):
    network = read_network_around(tasked, NetworkSelection((_person(0),), steps=6))
    calls = tasked.rows("SELECT count(*) AS n, max(started_at)::DATE AS last FROM communication")[0]
    events = network.edges.events
    assert network.links.events.max() > 40 and len(events) == events.weight.sum() == calls["n"]
    assert (events.from_date == events.to_date).all() and events.from_date.max().date() == calls["last"]
    assert list_evidence(network.links).num_rows == calls["n"]


def test_who_was_critical_left_and_the_network_holds_together_less(tasked):
    measured = measure_connection(tasked, 1)
    change = measured.change
    assert (measured.finding_id, change.verdict, change.earlier) == (1, LESS, 6) and change.p < 0.05
    nodes = change.nodes.set_index("node")
    assert nodes.became[_person(10)] == LEFT and nodes.said[_person(10)] == CRITICAL
    rows = change.measures.set_index("measure")
    assert (rows.before["fragments"], rows.after["fragments"]) == (1, 2)


def test_a_possible_victim_is_counted_and_not_named(tasked):
    record_victim_status(tasked, ACTOR, _person(3), POSSIBLE_VICTIM, "Seen with injuries")
    measured = measure_connection(tasked, 1)
    assert _person(3) not in set(measured.change.nodes.node) and measured.left_out == 1
    assert measured.change.verdict == LESS


def test_a_brief_on_no_network_has_no_structure(store):
    brief, _ = save_product(store, ACTOR, "brief", "A place", {}, [finding(store, "A place")])
    action = tasked_action("Patrol", "PC 9", START)
    record_decision(store, ACTOR, brief, 1, "adopted", "x", "y", action=action)
    assert measure_connection(store, 1) is None


def test_the_command_writes_it_beside_the_verdict(tasked, tmp_path):
    path, out = tasked.path, tmp_path / "results.csv"
    tasked.close()
    done = CliRunner().invoke(results, ["--store", str(path), "--out", str(out)])
    assert done.exit_code == 0, done.output
    row = pd.read_csv(out).iloc[0]
    assert row.structure == LESS and row.structure_p < 0.05 and "earlier changes" in row.structure_why


def _results_page() -> None:
    from ui.results.screen import show_results
    from ui.shell.page import begin

    show_results(begin("Did it work?"))


def test_the_page_shows_the_verdict_and_who_left_masked(tasked, monkeypatch):
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    monkeypatch.setattr("ui.shell.page.open_store", lambda: tasked)
    page = AppTest.from_function(_results_page, default_timeout=120).run()
    assert not page.exception
    said = " ".join(item.value for item in (*page.success, *page.markdown))
    assert "**Holds together less.**" in said and "named critical" in said and "**Left**" in said
    assert not any(f"Person {chr(65 + at)}" in said for at in range(PEOPLE))
    assert {metric.label: metric.value for metric in page.metric}["Fragments"] == "2"
