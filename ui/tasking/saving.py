"""What the steps of a written product share: the save buttons, and which finding leads."""

from __future__ import annotations

import streamlit as st

from analytics.tasking.products import SavedMeanwhile, save_product
from ui.components.drafts import choose, forget, go_to
from ui.shell.page import Page


def save_buttons(
    page: Page, row: dict, content: dict, finding_ids: list[int], name: str, latest: int, unsaved: bool
) -> None:
    """Save what is on the screen as the next version, or put the saved texts back."""
    draft, kind = f"{name}-{row['version']}", row["kind"]
    if st.button(
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


def lead_first(finding_ids: list[int], titles: dict[int, str], name: str) -> list[int]:
    """The same findings with the one whose map and chart page 1 carries in front."""
    if len(finding_ids) < 2:
        return finding_ids
    options = {number: f"{number} · {titles.get(number, 'finding')}" for number in finding_ids}
    lead = choose(
        "Lead finding: its map and chart are on page 1, the others' in the annex", options, f"lead-{name}"
    )
    return [lead, *(number for number in finding_ids if number != lead)]
