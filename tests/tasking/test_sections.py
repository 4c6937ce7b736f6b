"""Sections of products come from `data/codes/products.toml` alone: added, renamed, moved and removed there,
and products saved before open all the same."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from analytics.intelligence.findings import load_finding
from analytics.oversight import Actor
from analytics.shared import codes
from analytics.tasking.brief import draft_brief
from analytics.tasking.drafts import draft, draft_profile, draft_strategy
from analytics.tasking.fillers import FILLERS, DraftMaterial
from analytics.tasking.operation import build_plan_paper, draft_plan, load_plan, save_plan
from analytics.tasking.paper import Paper, print_docx, print_pdf
from analytics.tasking.products import load_product, record_decision, save_product
from analytics.tasking.release import ReleaseChoices, draft_release, load_release, release_product
from analytics.tasking.saved_sections import build_content, join_by_title, list_written_sections
from analytics.tasking.sections import ASSESSMENTS, PLAN, PROFILE, SECTIONED, STRATEGY, read_asked_sections
from analytics.tasking.sentence_sources import trace_product
from analytics.tasking.strategy import load_strategy, save_strategy
from tests.sources import insert_source_row
from tests.tasking.factories import brief, finding
from tests.tasking.printed_text import docx_all, pdf_pages

ANN = Actor("ann")
TODAY = date(2026, 5, 4)
NEW = """
[[{table}.entries]]
code = "community"
label = "What the community says"
prompt = "what residents and businesses report, and how it was asked."
writer = "neighbourhood officer"
own_words = true
"""
PROMPT = (
    "Not yet written (neighbourhood officer): what residents and businesses report, and how it was asked."
)
POLICE = ReleaseChoices("police", "Force B")


@pytest.fixture(autouse=True)
def source(store) -> None:
    with store.write() as cursor:
        insert_source_row(cursor, 1, "incident")


@pytest.fixture
def table(tmp_path, monkeypatch) -> Path:
    """A copy of `products.toml` that is read instead of the one that ships."""
    folder = tmp_path / "codes"
    shutil.copytree(codes.FOLDER, folder)
    monkeypatch.setattr(codes, "FOLDER", folder)
    codes.code_tables.cache_clear()
    yield folder / "products.toml"
    codes.code_tables.cache_clear()


def rewrite(table: Path, *changes: tuple[str, str]) -> None:
    text = table.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    table.write_text(text, encoding="utf-8")
    codes.code_tables.cache_clear()


def add_section(table: Path, kind: str) -> None:
    text = table.read_text(encoding="utf-8") + NEW.format(table=kind.replace(" ", "_"))
    table.write_text(text, encoding="utf-8")
    codes.code_tables.cache_clear()


def printed(store, number: int, version: int) -> str:
    """A saved product as the page prints it, both ways."""
    row = load_product(store, number, version)
    if row["kind"] == PLAN:
        paper = build_plan_paper(store, number, version)
    elif row["kind"] == STRATEGY:
        paper = Paper(row["title"], "P", "r", load_strategy(store, number, version).sections())
    else:
        written = list_written_sections(row["kind"], row["content"])
        paper = Paper(row["title"], "P", "r", join_by_title((part.title, part.text) for part in written))
    pages, document = " ".join(pdf_pages(print_pdf(paper))), docx_all(print_docx(paper))
    for title in paper.sections:
        assert title in pages and title in document
    return document


def save_one(store, kind: str) -> int:
    """A product of this kind, drafted and saved as the pages do it; returns its number."""
    about = finding(store, "Kiln Row")
    material = DraftMaterial([(about, load_finding(store, about), frozenset({"incident"}))])
    if kind == STRATEGY:
        return save_strategy(store, ANN, draft_strategy(material, [], TODAY, date(2026, 9, 30)))[0]
    if kind == PLAN:
        decision = record_decision(store, ANN, brief(store, "Kiln Row"), 1, "adopted", "harm", "Supt. Lee")
        plan = draft_plan(store, decision)
        texts = dict(plan.texts) | {"victims_protection": "Outreach first."}
        return save_plan(store, ANN, replace(plan, option="proactive", option_reason="x", texts=texts))[0]
    content = build_content(kind, draft(kind, material, TODAY)) | {"report_ids": [], "handling": "P"}
    return save_product(store, ANN, kind, "Kiln Row", content, [about])[0]


def write(store, number: int, code: str, text: str) -> int:
    """The next version of a product with this text in one section, as its editor saves it."""
    row = load_product(store, number)
    if row["kind"] == STRATEGY:
        strategy = load_strategy(store, number)
        changed = replace(
            strategy, texts={part.code: part.text for part in strategy.further()} | {code: text}
        )
        return save_strategy(store, ANN, changed, product_id=number)[1]
    if row["kind"] == PLAN:
        plan = load_plan(store, number)
        texts = {part.code: part.text for part in plan.sections()} | {code: text}
        return save_plan(store, ANN, replace(plan, texts=texts), product_id=number)[1]
    texts = {part.code: part.text for part in list_written_sections(row["kind"], row["content"])} | {
        code: text
    }
    content = row["content"] | build_content(row["kind"], texts, row["content"]["titles"])
    return save_product(
        store, ANN, row["kind"], row["title"], content, row["finding_ids"], product_id=number
    )[1]


@pytest.mark.parametrize("kind", SECTIONED)
def test_a_section_added_to_the_file_is_drafted_printed_edited_and_released(store, table, kind):
    before = save_one(store, kind)
    add_section(table, kind)
    after = save_one(store, kind)
    for number in (before, after):
        assert "What the community says" in printed(store, number, 1) and PROMPT in printed(store, number, 1)
        version = write(store, number, "community", "Nobody walks there after dark.")
        assert "Nobody walks there after dark." in printed(store, number, version)
        assert PROMPT not in printed(store, number, version)
        assert "Nobody walks there after dark" in " ".join(
            sentence.statement.words for sentence in trace_product(store, number, version).sentences
        )
        edition = draft_release(store, number, version, POLICE)
        release = release_product(store, ANN, number, version, edition, "Joint work")
        left = load_release(store, release)
        assert left.sections["What the community says"] == "Nobody walks there after dark."
        assert "Nobody walks there" in " ".join(pdf_pages(print_pdf(left)))


@pytest.mark.parametrize("kind", SECTIONED)
def test_what_was_saved_under_a_removed_section_stays_under_its_title(store, table, kind):
    shipped = table.read_text(encoding="utf-8")
    add_section(table, kind)
    number = save_one(store, kind)
    version = write(store, number, "community", "Nobody walks there after dark.")
    table.write_text(shipped, encoding="utf-8")
    codes.code_tables.cache_clear()
    assert "community" not in read_asked_sections(kind)
    text = printed(store, number, version)
    assert "What the community says" in text and "Nobody walks there after dark." in text
    code = "success" if kind in (PROFILE, PLAN) else next(iter(read_asked_sections(kind)))
    later = write(store, number, code if kind != STRATEGY else "community", "Nobody walks there. Seen twice.")
    text = printed(store, number, later)
    assert "What the community says" in text and "Nobody walks there" in text
    edition = draft_release(store, number, version, POLICE)
    assert edition.sections()["What the community says"] == "Nobody walks there after dark."
    assert PROMPT not in printed(store, save_one(store, kind), 1)


def test_a_saved_version_keeps_the_title_it_had_and_the_next_takes_the_new_one(store, table):
    number = save_one(store, PROFILE)
    version = write(store, number, "tried", "Patrols, for a week.")
    rewrite(table, ('label = "What has been tried"', 'label = "Earlier action"'))
    assert "What has been tried" in printed(store, number, version)
    text = printed(store, number, write(store, number, "why_here", "No light."))
    assert "Earlier action" in text and "Patrols, for a week." in text and "What has been tried" not in text


def test_a_code_that_was_changed_is_found_by_what_it_was_called(store, table):
    number = save_one(store, PROFILE)
    version = write(store, number, "tried", "Patrols, for a week.")
    rewrite(table, ('code = "tried"', 'code = "earlier_action"\nformerly = ["tried"]'))
    row = load_product(store, number, version)
    assert row["content"]["sections"]["earlier_action"] == "Patrols, for a week."
    text = printed(store, number, version)
    assert "Patrols, for a week." in text and "(2)" not in text


def test_a_retired_section_is_asked_for_no_more_and_shown_where_it_was_written(store, table):
    number = save_one(store, PROFILE)
    version = write(store, number, "tried", "Patrols, for a week.")
    rewrite(table, ('code = "tried"', 'code = "tried"\nretired = true'))
    assert "tried" not in draft_profile([load_finding(store, 1)])
    assert "What has been tried" in printed(store, number, version)
    assert "What has been tried" not in printed(store, save_one(store, PROFILE), 1)


def test_a_new_section_with_the_title_of_a_removed_one_hides_neither(store, table):
    number = save_one(store, PROFILE)
    version = write(store, number, "tried", "Patrols, for a week.")
    rewrite(table, ('code = "tried"', 'code = "earlier_action"'))
    text = printed(store, number, version)
    assert "What has been tried (2)" in text and "Patrols, for a week." in text
    assert "Not yet written (analyst): earlier action here" in text


OLD_TEXTS = {"period": "April.", "progress": "None.", "hotspots": "Kiln Row stands out. [finding 1]"}
BY_TITLE = {
    "Period": "April.",
    "Managing hotspots": "Kiln Row stands out. [finding 1]",
    "Lost heading": "A text.",
}


@pytest.mark.parametrize(
    ("kind", "content", "texts"),
    [
        ("tactical assessment", {"sections": OLD_TEXTS, "report_ids": [], "handling": "P"}, OLD_TEXTS),
        ("tactical assessment", OLD_TEXTS | {"report_ids": [], "handling": "P"}, OLD_TEXTS),
        (
            "tactical assessment",
            {"sections": BY_TITLE, "report_ids": [], "handling": "P"},
            {"period": "April.", "hotspots": BY_TITLE["Managing hotspots"], "Lost heading": "A text."},
        ),
        (PROFILE, {"harmed": "Tenants.", "report_ids": []}, {"harmed": "Tenants."}),
        (PROFILE, {"Who is harmed": "Tenants.", "report_ids": []}, {"harmed": "Tenants."}),
        (
            PROFILE,
            {"sections": {"harmed": "Tenants.", "Who is harmed": "Owners."}},
            {"harmed": "Tenants.", "Who is harmed": "Owners."},
        ),
    ],
)
def test_a_product_saved_in_an_older_shape_opens(store, kind, content, texts):
    """Until this shape, texts stood among the other values or under 'texts', some by their titles."""
    finding(store, "Kiln Row")
    number, version = save_product(store, ANN, kind, "Old", content, [1])
    raw = json.loads(store.rows("SELECT content FROM product WHERE product_id = ?", [number])[0]["content"])
    assert raw == content  # what was saved is not touched
    upgraded = load_product(store, number)["content"]
    assert upgraded["sections"] == texts and upgraded.get("report_ids", []) == []
    text = printed(store, number, version)
    assert all(said in text for said in texts.values())
    assert draft_release(store, number, version, POLICE).sections()
    assert write(store, number, next(iter(texts)), "Changed.") == 2
    assert "Changed." in printed(store, number, 2)


def test_a_plan_saved_in_the_older_shape_opens(store):
    number = save_one(store, PLAN)
    with store.write() as cursor:
        content = load_product(store, number)["content"]
        old = {name: content[name] for name in ("decision_id", "option", "option_reason")}
        old["texts"] = content["sections"] | {"victims_protection": "To be written: who may be harmed"}
        cursor.execute(
            "UPDATE product SET content = ? WHERE product_id = ?", [json.dumps(old), number]
        ).fetchall()
    plan = load_plan(store, number)
    assert plan.texts == old["texts"] and "Victims' protection, before any enforcement" in plan.open_items()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            ('code = "tried"', 'code = "tried"\nfilled_by = ["rumours"]'),
            "tried: filled_by rumours is none of",
        ),
        (
            ('code = "tried"', 'code = "tried"\nfiled_by = ["report_lines"]'),
            "tried: filed_by is not a known key",
        ),
        (('code = "tried"', 'code = "tried"\nretired = "no"'), "tried: retired must be true or false"),
        (('label = "What has been tried"', 'label = "Why here"'), "the title Why here is used twice"),
    ],
)
def test_a_mistake_in_the_file_is_named(table, changes, says):
    rewrite(table, changes)
    with pytest.raises(ValueError, match=rf"products\.toml.*problem.profile.*{says}"):
        draft(PROFILE, DraftMaterial([]), TODAY)


def test_victims_protection_can_neither_leave_the_plan_nor_stand_behind_its_enforcement(table):
    rewrite(table, ('code = "victims_protection"', 'code = "victims"'))
    with pytest.raises(ValueError, match="cannot be without the section victims_protection"):
        read_asked_sections(PLAN)
    rewrite(table, ('code = "victims"', 'code = "victims_protection"'))
    rewrite(table, ('code = "objective"', 'code = "objective"\nafter_victims = true'))
    with pytest.raises(ValueError, match="objective must stand after victims_protection"):
        read_asked_sections(PLAN)


def test_a_brief_is_drafted_from_a_profile_without_a_section_it_asks_of(store, table):
    rewrite(table, ('code = "harmed"', 'code = "people"'))
    number = finding(store, "Kiln Row")
    about = [load_finding(store, number)]
    drafted = draft_brief(about, [number], draft_profile(about, [number]), TODAY)
    assert drafted.who_is_harmed.startswith("Not yet written (analyst): ")


def test_every_section_that_ships_is_filled_by_what_there_is_and_says_who_is_asked():
    for kind in SECTIONED:
        for section in read_asked_sections(kind).values():
            assert set(section.filled_by) <= set(FILLERS) and section.prompt.endswith(".") and section.writer
    assert set(ASSESSMENTS) < set(SECTIONED)
