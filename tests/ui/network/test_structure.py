"""The view of structure without a browser: measured, saved, and a possible victim taken out of its lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.intelligence.findings import load_finding
from analytics.intelligence.grading import Grade
from analytics.intelligence.possible_victims import POSSIBLE_VICTIM, record_victim_status
from analytics.intelligence.reports import Line, save_report
from analytics.network.entities.update import update_network
from analytics.network.links.node_names import name_node
from analytics.network.links.start_lists import list_start_nodes
from analytics.oversight.roles import tier_of
from analytics.store import close_store, open_store
from analytics.tasking.products import list_products, load_product
from analytics.tasking.referrals import list_referrals
from tests.intelligence.test_reports import report
from tests.network.operation.crew import ACTOR, CREW, fill_crew, person, phone
from tests.ui.page_runs import open_page, press
from tests.ui.run_until import run_until
from ui.components.background import TASKS
from ui.shell.single_user import single_user

PAGE = Path(__file__).parents[3] / "pages/network.py"


@pytest.fixture
def crew(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "page.duckdb"))
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    monkeypatch.setattr("streamlit.page_link", lambda page, **look: None)  # there is no navigation
    store = open_store()
    fill_crew(store)
    yield store
    close_store()


def _open(part: str) -> AppTest:
    app = AppTest.from_file(str(PAGE), default_timeout=120)
    app.query_params["view"] = "Structure"
    app.query_params["measure"] = part
    app.query_params["steps"] = "6"
    app.run()
    run_until(app, lambda: any("critical node" in text.value for text in app.markdown))
    assert not app.exception
    return app


def test_from_a_name_in_a_report_to_a_finding_a_brief_and_a_welfare_referral(crew):
    said = f"{CREW[1]} uses {phone(CREW[1])} and calls {phone(CREW[2])}."
    number, _ = save_report(crew, ACTOR, report(Line(said, "Two are in touch.", Grade("1", "B"))))
    update_network(crew, ACTOR)
    app = AppTest.from_file(str(PAGE), default_timeout=120)
    app.query_params["from"] = f"report-{number}"
    app.run()
    assert not app.exception
    listed = list_start_nodes(crew, f"report-{number}", tier_of(ACTOR))
    assert person(CREW[1]) in set(listed.node)
    app.query_params["node"] = name_node(person(CREW[1]))
    app.query_params["view"] = "Structure"
    app.query_params["steps"] = "6"
    app.run()
    run_until(app, lambda: any("8 nodes, 9 ties" in text.value for text in app.markdown))
    app.button(key="save_network").click().run()
    assert not app.exception and "1 line of reports" in app.success[0].value
    cited = crew.rows("SELECT report_id, line FROM finding_report")
    assert cited == [{"report_id": number, "line": 1}]
    tables = crew.rows("SELECT DISTINCT table_name AS t FROM finding_evidence ORDER BY 1")
    assert [row["t"] for row in tables] == ["communication", "transaction"]

    app = press(open_page("tasking", finding="1"), "Save the profile and draft a brief")
    run_until(app, lambda: not TASKS.list_running())
    (product,) = list_products(crew, "brief").product_id
    brief = load_product(crew, product)["content"]
    assert brief["finding_ids"] == [1] and "8 nodes and 9 ties" in brief["what"]
    assert "[finding 1" in brief["what"] and not any(name in str(brief) for name in CREW)

    victim = name_node(person("Hal Ives"))
    app = open_page("network", node=victim)
    next(field for field in app.text_input if field.label == "Why").set_value("Seen with injuries")
    press(app, "Mark as possible victim")
    app = open_page("network", view="Welfare", spot=victim)
    app.text_input(key=f"partner-referral-{victim}").set_value("The council's safeguarding team").run()
    press(app, "Save the referral")
    run_until(app, lambda: not TASKS.list_running())
    (referral,) = list_referrals(crew, node=victim).product_id
    texts = str(load_product(crew, referral)["content"])
    assert "Seen with injuries" in texts and "Hal Ives" not in texts


def test_what_is_measured_is_saved_and_a_possible_victim_is_in_no_list(crew):
    app = _open("Critical nodes")
    text = " ".join(element.value for element in app.markdown)
    assert "8 nodes, 9 ties" in text and not any(name in text for name in CREW)
    app.button(key="save_network").click().run()
    assert not app.exception and "Saved as finding 1" in app.success[0].value
    first = load_finding(crew, 1).result.critical[0]
    victim = next(person(name) for name in CREW if name_node(person(name)) == first.node)
    record_victim_status(crew, ACTOR, victim, POSSIBLE_VICTIM, "Seen with injuries")
    for part in ("Critical nodes", "Removal", "Change", "Measures"):
        app = _open(part)
        assert any("may be a victim" in caption.value for caption in app.caption)
    app = _open("Critical nodes")
    listed = app.dataframe[0].value
    assert len(listed) and first.label not in set(listed.node) | set(listed.substitute)
