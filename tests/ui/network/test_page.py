"""The page Network without a browser: what a link shows, what a click puts into it, and what stays masked."""

import pytest
from streamlit.testing.v1 import AppTest

from analytics.intelligence.evidence import count_evidence
from analytics.intelligence.findings import load_finding
from analytics.network.entities.judgement import read_judgements
from analytics.network.entities.update import update_network
from analytics.network.links.node_names import name_node
from analytics.oversight import Actor
from analytics.store import close_store, open_store
from tests.network.entities.rows import fill_rows
from tests.ui.page_runs import open_page
from tests.ui.run_until import run_until
from ui.components.background import TASKS
from ui.network.page import VIEWS
from ui.shell.single_user import single_user

PHONE, OTHER_PHONE = name_node("phone:+447700900123"), name_node("phone:+447700900555")


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "page.duckdb"))
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    monkeypatch.setattr("streamlit.page_link", lambda page, **look: None)
    yield open_store()
    close_store()


@pytest.fixture
def filled(empty):
    fill_rows(empty)
    update_network(empty, Actor("analyst 1"))
    return empty


def read(app: AppTest) -> str:
    """All text of the page, its tables included."""
    parts = [node.value for kind in ("markdown", "caption", "text", "warning") for node in app.get(kind)]
    return "\n".join([str(part) for part in parts] + [frame.value.to_string() for frame in app.dataframe])


def test_an_empty_store_says_what_to_do(empty):
    assert "Start from one of them" in read(open_page("network"))
    fill_rows(empty)
    app = open_page("network")
    assert app.button(key="update_network")


def test_a_link_opens_a_node_with_its_links_masked(filled):
    text = read(open_page("network", node=PHONE))
    assert "Telephone" in text and "call" in text and "What else would explain it" in text
    assert "900123" not in text and "Ada Quist" not in text


def test_expanding_stands_in_the_link_and_back_folds_it(filled):
    app = open_page("network", node=PHONE)
    before = len(app.dataframe[0].value)
    app = open_page("network", node=OTHER_PHONE, around=PHONE)
    assert len(app.dataframe[0].value) == before
    app.button(key="expand_node").click().run()
    assert app.query_params["around"] == [PHONE, OTHER_PHONE]
    assert len(app.dataframe[0].value) > before
    app.button(key="remove_node").click().run()
    assert OTHER_PHONE in app.query_params["without"] and not app.exception


@pytest.mark.parametrize("part", ["Time line and map", "Evidence", "May be one with"])
def test_each_part_of_a_person_opens(filled, part):
    text = read(open_page("network", node=name_node("person:account/1/2/holder"), part=part))
    assert "Ada Quist" not in text and "900123" not in text


def test_an_unknown_node_is_said(filled):
    assert "not in the network" in read(open_page("network", node="phone-0000000000000000"))


def test_what_is_typed_opens_the_one_node_it_means(filled):
    app = open_page("network", node=OTHER_PHONE)
    app.text_input(key="network_search").set_value("+44 (0)7700 900123").run()
    assert app.query_params["node"] in (PHONE, [PHONE])


def test_a_pair_is_judged_and_taken_back(filled):
    app = open_page("network", view="Review")
    app.button(key="judge-different-review").click().run()
    assert not app.exception and read_judgements(filled).judgement.tolist() == ["different"]
    app.button(key="network-undo").click().run()
    assert read_judgements(filled).judgement.tolist() == ["different", "open"]


def test_no_view_shows_progress_once_no_work_runs(filled):
    for view in VIEWS:
        app = open_page("network", view=view)
        run_until(app, lambda: not TASKS.list_running())
        assert not app.run().get("progress"), view


def test_the_links_of_a_node_are_saved_without_a_name_or_number(filled):
    app = open_page("network", node=PHONE)
    app.button(key="save_links").click().run()
    assert not app.exception and "Saved as finding 1, with its 4 rows" in app.success[0].value
    finding = load_finding(filled, 1)
    assert "linked with 2 others by 4 events" in finding.statement and "uses 1" in finding.statement
    assert "0123" not in finding.statement + finding.title + str(finding.parameters)
    assert count_evidence(filled, 1) == {"communication": 2, "account": 2}


def test_a_picked_tie_is_no_choice_of_the_structure(filled):
    app = open_page("network", view="Structure", node=PHONE, tie="e99cab1e147e7fb2")
    run_until(app, lambda: not TASKS.list_running())
    assert not any("is not here" in warning.value for warning in app.warning)
