"""What the steps of a product share: editing its sections, saving it, choosing the lead finding."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.tasking.products import SavedMeanwhile, save_product
from analytics.tasking.saved_sections import WrittenSection
from analytics.tasking.sections import read_sections
from ui.components.act_buttons import act_button
from ui.components.drafts import choose, edit_texts, forget, go_to
from ui.components.text import plain
from ui.shell.page import Page


def edit_sections(
    name: str, kind: str, written: Sequence[WrittenSection]
) -> tuple[dict[str, str], list[str]]:
    """The sections as text areas. Returns code -> text as edited, and the titles of those that differ from
    what is saved.

    A title that is not today's comes from the store, and is shown as plain text."""
    today = read_sections(kind)
    labels = {
        section.code: section.title
        if section.code in today and section.title == today[section.code].title
        else plain(section.title)
        for section in written
    }
    saved = {section.code: section.text for section in written}
    edited = edit_texts(name, labels, saved)
    return edited, [labels[code] for code in labels if edited[code] != saved[code]]


def show_save_buttons(
    page: Page, row: dict, content: dict, finding_ids: list[int], name: str, latest: int, unsaved: bool
) -> None:
    """Save what is on the screen as the next version, or put the saved texts back."""
    draft, kind = f"{name}-{row['version']}", row["kind"]
    if act_button(
        page,
        f"save {kind}",
        f"Save as version {latest + 1}",
        type="primary",
        icon=":material/save:",
        key=f"save-{name}",
        disabled=not unsaved and row["version"] == latest,
    ):
        title = content.get("title", row["title"])
        try:
            _, version = save_product(
                page.store,
                page.actor,
                kind,
                title,
                content,
                finding_ids,
                product_id=row["product_id"],
                latest_seen=latest,
            )
        except SavedMeanwhile as error:
            st.error(str(error))
        else:
            forget(draft)
            go_to(f"version-{name}", version)
            st.rerun()
    st.button(
        "Discard changes",
        key=f"discard-{name}",
        disabled=not unsaved,
        on_click=_discard,
        args=(draft, row["finding_ids"]),
    )


def _discard(draft: str, finding_ids: list[int]) -> None:
    forget(draft)
    if finding_ids:
        go_to(f"lead-{draft}", finding_ids[0])


def choose_lead(finding_ids: list[int], titles: dict[int, str], name: str) -> list[int]:
    """The same findings, the chosen lead in front: page 1 shows its map and chart."""
    if len(finding_ids) < 2:
        return finding_ids
    options = {number: f"{number} · {titles.get(number, 'finding')}" for number in finding_ids}
    lead = choose(
        "Lead finding (its map and chart are on page 1; the others are in the annex)", options, f"lead-{name}"
    )
    return [lead, *(number for number in finding_ids if number != lead)]
