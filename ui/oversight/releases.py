"""What left to partners: every released edition, and to whom."""

from __future__ import annotations

import streamlit as st

from analytics.oversight.trail import list_releases
from analytics.shared.wording import counted
from ui.components.exporting import offer_csv
from ui.components.text import MOMENT_FORMAT
from ui.oversight.allowed import is_allowed
from ui.shell.layout import fill_pane, pad_pane, scroll_pane, window_pane
from ui.shell.page import Page


@st.fragment
def show_releases(page: Page) -> None:
    """The releases, the latest first."""
    if not is_allowed(page, "read audit"):
        return
    releases = list_releases(page.store)
    with window_pane("oversight"), fill_pane("main"):
        with pad_pane("filter", horizontal=True):
            partners = counted(releases.partner.nunique(), "partner")
            st.markdown(
                f"**{counted(len(releases), 'edition')}** released to {partners}, latest first",
                width="stretch",
            )
            offer_csv(page, "CSV", releases, "releases", "export releases", "every edition", type="tertiary")
        with scroll_pane("page_view"):
            if releases.empty:
                st.text(
                    "Nothing was released yet. A sanitised edition leaves from a brief, a profile or an "
                    "assessment on Briefs, with the approval of a second person. It is then listed here."
                )
                return
            st.dataframe(
                releases,
                hide_index=True,
                height="content",
                alt="Released editions, the latest first",
                column_config={
                    "release_id": st.column_config.NumberColumn("No.", width=50),
                    "released_at": st.column_config.DatetimeColumn("When (UTC)", format=MOMENT_FORMAT),
                    "partner_kind": "Kind of partner",
                    "partner": "Partner",
                    "title": st.column_config.TextColumn("Edition", width="medium"),
                    "handling": "Handling",
                    "reason": st.column_config.TextColumn("Reason", width="medium"),
                    "authorised_by": "Authorised by",
                    "released_by": "Released by",
                    "product_id": st.column_config.NumberColumn("Product", width=70),
                    "product_version": st.column_config.NumberColumn("Version", width=70),
                },
            )
