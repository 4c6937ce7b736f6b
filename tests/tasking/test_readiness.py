"""What a brief and the plan of an operation need before they may be called ready, in real words."""

from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest

from analytics.intelligence.findings import load_finding
from analytics.shared.unwritten import ask
from analytics.tasking.brief import draft_brief
from analytics.tasking.docx import render_docx
from analytics.tasking.dossier import gather_dossier
from analytics.tasking.drafts import draft_profile
from analytics.tasking.operation import (
    VictimsFirst,
    build_plan_paper,
    draft_plan,
    list_plan_missing,
    load_plan,
    save_plan,
)
from analytics.tasking.products import record_decision, save_product
from analytics.tasking.readiness import (
    ProsecutorConsultation,
    describe_readiness,
    explain_silence,
    list_missing,
    names_somebody,
    says_something,
)
from analytics.tasking.render import render_pdf
from tests.tasking.factories import ACTOR, finding, tasked_action
from tests.tasking.printed_text import docx_all, pdf_pages

WRITTEN = {
    "owner": "Neighbourhood inspector",
    "legal_basis": "PACE 1984, s17",
    "victims_safety": "Two rooms are reserved and an interpreter called.",
    "risks": "Tip-off; reprisal against tenants.",
    "measure_of_success": "A third fewer burglaries than in like streets by May.",
}


SILENT = """| |x|X x x|n/a|N/A.|TBC|to be confirmed|none|-|None known.|As discussed above|to follow|See above
|will be provided later|not required|asdf|qwerty uiop|123 456|tbc tbd|Nothing yet, pending|as usual"""


@pytest.mark.parametrize("text", SILENT.split("|"))
def test_a_placeholder_says_nothing(text):
    assert not says_something(text) and not names_somebody(text)


def test_words_say_something_in_any_script():
    for text in (
        *WRITTEN.values(),
        "Защита двух семей",
        "保護被害人的安全",
        "None of the tenants is at risk",
    ):
        assert says_something(text), text
    assert not says_something("xxx yyy") and not says_something("Police") and names_somebody("PC 9")
    assert not says_something(ask("safeguarding lead", "how anyone harmed is protected"))


def test_why_a_text_says_nothing_is_said():
    for text, why in (
        ("tbc", "it is a placeholder"),
        ("No risks", "it repeats the name of the part"),
        ("Police", "it is one word"),
        ("sdfg hjkl", "these are keys struck, no words"),
        ("?", "it has no words"),
        ("", "nobody has written it"),
    ):
        assert explain_silence(text, "Risks") == why, text
    for text in ("Tip-off", "Reprisal risk", "Risk of reprisal against tenants", "Officers may be seen"):
        assert not explain_silence(text, "Risks"), text


@pytest.fixture
def brief(store):
    number = finding(store, "Kiln Row")
    found = [load_finding(store, number)]
    return draft_brief(found, [number], draft_profile(found), date(2026, 12, 31))


def test_a_brief_is_ready_only_with_all_five_and_says_what_is_missing(store, brief):
    assert list_missing(brief) == ["owner", "legal basis", "victims' safety", "risks", "measure of success"]
    ready = replace(brief, **WRITTEN)
    assert describe_readiness(list_missing(ready)) == "Ready."
    for part in WRITTEN:
        assert len(list_missing(replace(ready, **{part: "x"}))) == 1
    unsafe = replace(ready, victims_safety="x")
    assert list_missing(unsafe) == ["victims' safety ('x' says nothing: these are keys struck, no words)"]
    dossier = gather_dossier(store, unsafe)
    line = "Not ready. Missing: victims' safety ('x' says nothing: these are keys struck, no words)."
    assert line in pdf_pages(render_pdf(dossier))[0] and line in docx_all(render_docx(dossier))
    assert "Ready." in pdf_pages(render_pdf(gather_dossier(store, ready)))[0]


@pytest.fixture
def plan(store, brief):
    """A plan with every text that one needs, and nobody consulted."""
    ready = replace(brief, **WRITTEN)
    number, _ = save_product(store, ACTOR, "brief", ready.title, asdict(ready), ready.finding_ids)
    begun = draft_plan(store, record_decision(store, ACTOR, number, 1, "adopted", "harm", "Chair"))
    texts = dict(begun.texts) | {
        "victims_risk": "Removal from the flats at night.",
        "success": "No new advert from this group by May.",
    }
    return replace(begun, option="proactive", option_reason="Nobody complained.", texts=texts)


def test_an_operation_is_ready_only_once_a_prosecutor_was_consulted(store, plan):
    nobody = ["the prosecutor's name", "the date of the consultation", "the outcome of the consultation"]
    assert list_plan_missing(store, plan) == nobody
    consulted = ProsecutorConsultation("A. Reyes", date(2026, 1, 9), "Adverts may be used; warrant needed.")
    assert list_plan_missing(store, replace(plan, consultation=consulted)) == []
    for change in ({"prosecutor": "x"}, {"day": None}, {"outcome": "tbc"}):
        partly = replace(plan, consultation=replace(consulted, **change))
        assert len(list_plan_missing(store, partly)) == 1
    ahead = replace(consulted, day=date.today() + timedelta(days=1))
    assert "has come" in list_plan_missing(store, replace(plan, consultation=ahead))[0]
    number, version = save_plan(store, ACTOR, replace(plan, consultation=consulted))
    assert load_plan(store, number).consultation == consulted
    sections = build_plan_paper(store, number, version).sections
    assert sections["Readiness"] == "Ready."
    assert sections["Consultation of a prosecutor"].startswith("A. Reyes, 9 Jan 2026. Adverts may be used")
    record_decision(store, ACTOR, 1, 1, "declined", "no power", "Chair", supersedes=plan.decision_id)
    assert list_plan_missing(store, load_plan(store, number)) == ["a decision that stands"]


def test_the_owner_of_an_operation_may_be_the_one_of_its_action(store, brief):
    number, _ = save_product(store, ACTOR, "brief", brief.title, asdict(brief), brief.finding_ids)
    first = record_decision(store, ACTOR, number, 1, "adopted", "harm", "Chair")
    assert "an owner, in the brief or of its action" in list_plan_missing(store, draft_plan(store, first))
    action = tasked_action("Visit the houses", "Insp. Day", date(2026, 12, 1))
    second = record_decision(
        store, ACTOR, number, 1, "adopted", "harm", "Chair", supersedes=first, action=action
    )
    assert not any("owner" in item for item in list_plan_missing(store, draft_plan(store, second)))


def test_a_letter_protects_no_victim_and_an_older_plan_says_so(store, plan):
    unsafe = replace(plan, texts=dict(plan.texts) | {"victims_protection": "x"})
    with pytest.raises(VictimsFirst, match="in words"):
        save_plan(store, ACTOR, unsafe)
    number, _ = save_plan(store, ACTOR, plan)
    with store.write() as cursor:  # as it was saved before it was asked for
        cursor.execute(
            "UPDATE product SET content = json_merge_patch(content,"
            """ '{"consultation": null, "sections": {"victims_protection": "x"}}') WHERE product_id = ?""",
            [number],
        ).fetchall()
    old = load_plan(store, number)
    missing = list_plan_missing(store, old)
    assert old.consultation == ProsecutorConsultation() and "the prosecutor's name" in missing
    assert (
        "victims' protection, before any enforcement ('x' says nothing: these are keys struck, no words)"
        in missing
    )
    assert "Not ready" in build_plan_paper(store, number, 1).sections["Readiness"]
