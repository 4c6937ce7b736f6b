"""The Tasking page run without a browser, as two sessions on one store would: what it refuses, and what it
tells."""

from dataclasses import asdict, replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from analytics.intelligence.findings import load_finding
from analytics.oversight import Actor
from analytics.store import close_store, open_store
from analytics.tasking.brief import draft_brief
from analytics.tasking.drafts import draft_profile
from analytics.tasking.meeting import find_open_meeting, load_draft, load_room, open_meeting
from analytics.tasking.products import (
    list_decisions,
    list_products,
    load_product,
    record_decision,
    save_product,
)
from analytics.tasking.release import list_releases
from tests.sources import insert_source_row
from tests.tasking.factories import finding
from ui.shell.single_user import single_user


@pytest.fixture
def filled_store(tmp_path, monkeypatch):
    """A store with a brief that waits, which the pages open too."""
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "page.duckdb"))
    monkeypatch.setattr(
        "ui.shell.page.find_actor", single_user
    )  # a page run so has no address to be judged by
    store = open_store()
    with store.write() as cursor:
        insert_source_row(cursor, 1, "incident")
    number = finding(store, "Kiln Row :red[x]")
    found = [load_finding(store, number)]
    brief = draft_brief(found, [number], draft_profile(found, [number]), date(2026, 12, 31))
    brief = replace(brief, prevention="Ask Zdenka Novak.")
    save_product(store, Actor("test"), "brief", brief.title, asdict(brief), [number])
    yield store
    close_store()


def _meeting():
    from ui.shell.page import begin
    from ui.tasking.meeting import show_meeting

    show_meeting(begin("Meeting"))


def _room():
    from ui.shell.page import begin
    from ui.tasking.room import show_room

    show_room(begin("Room"))


def _confirm():
    from analytics.tasking.brief import Brief
    from analytics.tasking.meeting import find_open_meeting
    from analytics.tasking.products import load_product
    from ui.shell.page import begin
    from ui.tasking.decide import confirm_decision, offer_undo

    page = begin("Decide")
    meeting = find_open_meeting(page.store)
    brief = Brief(**load_product(page.store, 1)["content"])
    confirm_decision(page, meeting, 1, 1, brief, "adopted")
    offer_undo(page, meeting)


def _chair():
    from ui.shell.page import begin
    from ui.tasking.chair import show_chair

    show_chair(begin("Chair"))


def _brief():
    from ui.intelligence.cached_findings import read_findings
    from ui.shell.page import begin
    from ui.tasking.brief import edit_brief

    page = begin("Brief")
    edit_brief(page, read_findings(page))


def _operations():
    from ui.shell.page import begin
    from ui.tasking.operations import show_operations

    show_operations(begin("Operations"))


def _products():
    from ui.shell.page import begin
    from ui.tasking.products import show_products

    show_products(begin("Products"))


def _edition():
    import streamlit as st

    from ui.shell.page import begin
    from ui.tasking.release import show_release

    st.session_state["edition-1"] = True
    show_release(begin("Edition"), 1, 1)


def _rows_in_two_places():
    from ui.components.evidence import finding_evidence
    from ui.shell.page import begin

    page = begin("Rows")
    finding_evidence(page, 1, key="chosen")
    finding_evidence(page, 1, 1, key="sentence")


def session(screen) -> AppTest:
    return AppTest.from_function(screen, default_timeout=60).run()


def test_of_two_sessions_the_second_is_warned_and_its_words_are_stored(filled_store):
    meeting = open_meeting(filled_store, Actor("test"), "Supt. Lee", "", 100)
    one, two = session(_meeting), session(_meeting)
    for app, why in ((one, "most harm"), (two, "no staff")):
        app.text_area(key="why-1").set_value(why)
    one.button(key="decide-adopted-1").click().run()
    assert not one.exception and list_decisions(filled_store).outcome.tolist() == ["adopted"]
    two.button(key="decide-declined-1").click().run()
    assert not two.exception and len(list_decisions(filled_store)) == 1
    assert "Somebody else has decided on" in two.warning[0].value and "adopted" in two.warning[0].value
    assert find_open_meeting(filled_store).meeting_id == meeting


def test_the_wall_asks_why_before_it_records_and_takes_a_decision_back(filled_store):
    meeting = open_meeting(filled_store, Actor("test"), "Supt. Lee", "", 100)
    wall = session(_room)
    assert not wall.exception and "not scored · 100 of 100 hours left" in wall.caption[0].value
    wall.button(key="room-adopted").click().run()
    assert list_decisions(filled_store).empty
    wall = session(_confirm)  # the form that the key opens
    wall.button(key="room-record").click().run()
    assert "needs a reason" in wall.error[0].value and list_decisions(filled_store).empty
    wall.text_area(key="why-1").set_value("most harm")
    wall.button(key="room-record").click().run()
    assert list_decisions(filled_store).outcome.tolist() == ["adopted"]
    wall.button(key="take-back").click().run()
    log = list_decisions(filled_store)
    assert log.outcome.tolist() == ["deferred", "adopted"] and log.standing.tolist() == [True, False]
    assert find_open_meeting(filled_store).meeting_id == meeting


def test_the_chair_sees_who_proposed_and_calls_a_proposal(filled_store):
    meeting = open_meeting(filled_store, Actor("test"), "Supt. Lee", "", 100)
    second = replace_title(filled_store, "Mill Lane")
    chair = session(_chair)
    assert not chair.exception and "none of them scored" in chair.caption[0].value
    assert any("proposed by test" in text.value for text in chair.markdown)
    chair.button(key=f"call-{second}").click().run()
    assert load_room(filled_store, meeting).product_id == second
    chair.text_area(key=f"notes-{meeting}").set_value("Ask housing.").run()
    assert load_room(filled_store, meeting).notes == "Ask housing."


def replace_title(store, title: str) -> int:
    """Another brief like the first, under this title; returns its number."""
    content = load_product(store, 1)["content"] | {"title": title}
    return save_product(store, Actor("test"), "brief", title, content, [1])[0]


def test_the_rows_of_a_finding_open_in_two_places_of_a_page(filled_store):
    app = session(_rows_in_two_places)
    assert not app.exception and len(app.dataframe) == 2


def test_half_typed_words_are_back_in_a_new_session(filled_store):
    meeting = open_meeting(filled_store, Actor("test"), "Supt. Lee", "", 100)
    session(_meeting).text_area(key="why-1").set_value("most ha").run()
    assert session(_meeting).text_area(key="why-1").value == "most ha"
    app = session(_meeting)
    app.button(key="decide-deferred-1").click().run()
    assert list_decisions(filled_store).reason.tolist() == ["most ha"]
    assert load_draft(filled_store, Actor("test"), meeting, 1) == {}


def test_a_plan_cannot_be_saved_before_its_victims_are_protected(filled_store):
    record_decision(filled_store, Actor("test"), 1, 1, "adopted", "harm", "Supt. Lee")
    app = session(_operations)
    save = app.button(key="save-plan-new-1")
    assert save.disabled and any("Write first how victims" in said.value for said in app.warning)
    assert not any(area.label.startswith("Tactics") for area in app.text_area)
    app.text_area(key="draft-plan-new-1-victims_protection").set_value("Two rooms are filled_store.")
    app.radio(key="option-plan-new-1").set_value("proactive")
    app.text_area(key="option-why-plan-new-1").set_value("Nobody has complained.").run()
    assert any(area.label.startswith("Tactics") for area in app.text_area)
    app.button(key="save-plan-new-1").click().run()
    assert not app.exception and list_products(filled_store, "operation plan").version.tolist() == [1]


def test_a_product_saved_in_an_older_shape_is_edited_with_the_sections_added_since(filled_store):
    old = {"period": "April.", "Managing hotspots": "Kiln Row.", "Lost :red[heading]": "A text."}
    save_product(
        filled_store, Actor("test"), "tactical assessment", "Old", {"sections": old, "handling": "P"}, [1]
    )
    app = session(_products)
    app.selectbox(key="paper-tactical-assessment").set_value(2).run()
    assert not app.exception
    texts = {area.label: area.value for area in app.text_area}
    assert texts["Managing hotspots"] == "Kiln Row." and texts["Lost \\:red\\[heading\\]"] == "A text."
    assert texts["Emerging"] == "Not yet written (analyst): what is new or growing."
    app.text_area(key="draft-paper-2-1-emerging").set_value("Vans at night.").run()
    next(button for button in app.button if button.label == "Save as version 2").click().run()
    saved = load_product(filled_store, 2)
    assert not app.exception and saved["version"] == 2
    sections, titles = saved["content"]["sections"], saved["content"]["titles"]
    assert sections["emerging"] == "Vans at night." and sections["hotspots"] == "Kiln Row."
    assert sections["Lost :red[heading]"] == "A text." and titles["hotspots"] == "Managing hotspots"


def test_an_edition_is_compared_and_released_with_its_reason(filled_store):
    app = session(_edition)
    assert not app.exception
    shown = " ".join(text.value for text in app.markdown)
    assert "~~Zdenka Novak~~" in shown and "[name\\]" in shown.replace("\\[", "[")
    app.text_input(key="edition-partner-1").set_value("Housing office").run()
    app.text_input[-1].set_value("Safety")
    next(b for b in app.button if b.label == "Release this edition").click().run()
    assert not app.exception and list_releases(filled_store, 1).partner.tolist() == ["Housing office"]


def test_a_proposal_is_kept_struck_saved_and_shown_again(filled_store):
    app = session(_brief)
    assert any("Not ready" in said.value for said in app.warning)
    app.session_state["responses-of-brief-1-1"] = True
    app.run()
    offered = {group.key for group in app.button_group}
    assert "response-brief-1-1-GEN2" in offered and not offered & {"response-brief-1-1-GEN9"}
    app.button_group(key="response-brief-1-1-GEN2").set_value("Keep").run()
    app.button_group(key="response-brief-1-1-GEN1").set_value("Strike").run()
    assert any("Unsaved changes: Responses" in said.value for said in app.warning)
    app.button(key="save-brief-1").click().run()
    saved = load_product(filled_store, 1)["content"]
    assert not app.exception and [item["code"] for item in saved["responses"]] == ["GEN2"]
    assert saved["struck"] == ["GEN1"] and saved["responses"][0]["strength"] == "strong"
    assert not any("Unsaved" in said.value for said in session(_brief).warning)
