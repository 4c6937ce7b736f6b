"""A newcomer on *Network*, by what the screen says alone: from one telephone to the structure, a finding, a
brief and a welfare referral. On a crew of eight with a family beside it, which stays out."""

import pytest
from playwright.sync_api import expect

from analytics.intelligence.findings import load_finding
from analytics.intelligence.possible_victims import list_marked_nodes
from analytics.network.links.node_names import name_node
from analytics.store import Store
from analytics.tasking.referrals import list_referrals
from tests.browser.conftest import Server, press, settled
from tests.network.operation.crew import fill_crew, person, phone

LONG = 60_000


@pytest.fixture
def crew_server(tmp_path):
    store = Store(tmp_path / "crew.duckdb")
    fill_crew(store)
    store.close()
    server = Server(tmp_path / "crew.duckdb", tmp_path / "server.log")
    yield server, tmp_path / "crew.duckdb"
    server.stop()


def test_from_one_telephone_to_the_structure_a_brief_and_a_referral(crew_server, watched):
    server, path = crew_server
    watched.goto(f"{server.url}/network")
    field = watched.get_by_placeholder("phone, account, plate, name, place")
    field.fill(phone("Bo Ferran"))
    field.press("Enter")
    watched.wait_for_url("**/network?node=*", timeout=LONG)
    settled(watched)
    watched.get_by_role("link", name="Measure the network around it").click(timeout=LONG)
    watched.wait_for_url("**view=Structure*", timeout=LONG)
    expect(watched.get_by_text("8 nodes, 9 ties", exact=False).first).to_be_visible(timeout=LONG)
    settled(watched)
    watched.go_back()  # one step, though the link stayed on the page
    expect(watched.get_by_role("radio", name="Links")).to_be_checked(timeout=LONG)
    settled(watched)
    watched.go_forward()
    expect(watched.get_by_text("8 nodes, 9 ties", exact=False).first).to_be_visible(timeout=LONG)
    settled(watched)
    watched.get_by_text("Critical nodes", exact=True).click()
    expect(watched.get_by_text("Who matters, and who could replace them")).to_be_visible(timeout=LONG)
    expect(watched.get_by_text("1 person had journeys paid for by members")).to_be_visible()
    press(
        watched,
        watched.get_by_role("button", name="Save as finding"),
        watched.get_by_text("Saved as finding 1"),
    )
    settled(watched)
    expect(watched.get_by_role("link", name="Draft a profile or a brief from it")).to_be_visible()

    victim = name_node(person("Hal Ives"))
    watched.goto(f"{server.url}/network?node={victim}")
    watched.get_by_role("button", name="Mark as possible victim").click(timeout=LONG)
    watched.get_by_label("Why", exact=True).fill("Seen with injuries")
    watched.get_by_role("button", name="Mark as possible victim").last.click()
    watched.get_by_role("link", name="Refer", exact=True).click(timeout=LONG)
    partner = watched.get_by_label("To which partner")
    partner.fill("The council's safeguarding team", timeout=LONG)
    partner.blur()
    settled(watched)
    press(
        watched,
        watched.get_by_role("button", name="Save the referral"),
        watched.get_by_role("heading", name="Referral 1"),
    )
    settled(watched)
    watched.goto("about:blank")  # a page whose server goes away complains
    server.stop()

    store = Store(path)
    assert load_finding(store, 1).result.nodes == 8  # the whole crew, and nobody of the family
    assert list_marked_nodes(store).node.tolist() == [person("Hal Ives")]
    assert len(list_referrals(store)) == 1
    store.close()
