"""Sources by the legal basis that they are held on."""

from __future__ import annotations

import streamlit as st

from analytics.ingest import list_sources
from analytics.shared.wording import counted
from ui.components.exporting import offer_csv
from ui.components.text import DAY_FORMAT, plain
from ui.oversight.allowed import is_allowed
from ui.shell.layout import fill_pane, pad_pane, scroll_pane, window_pane
from ui.shell.page import Page


@st.fragment
def show_sources_by_basis(page: Page) -> None:
    """Each legal basis with its sources, the one with most rows first."""
    if not is_allowed(page, "read audit"):
        return
    sources = list_sources(page.store)
    with window_pane("oversight"), fill_pane("main"):
        with pad_pane("filter", horizontal=True):
            bases = sources.legal_basis.nunique()
            st.markdown(
                f"**{counted(len(sources), 'source')}** on {counted(bases, 'legal basis', 'legal bases')}",
                width="stretch",
            )
            offer_csv(page, "CSV", sources, "sources", "export sources", "by legal basis", type="tertiary")
        with scroll_pane("page_view"):
            if sources.empty:
                st.text(
                    "No source is imported yet. Each comes with its legal basis, purpose and review date."
                )
            order = sources.groupby("legal_basis").rows_accepted.sum().sort_values(ascending=False)
            for basis, rows in order.items():
                own = sources[sources.legal_basis == basis]
                st.markdown(f"**{plain(basis)}** · {counted(len(own), 'source')}, {counted(rows, 'row')}")
                st.dataframe(
                    own,
                    hide_index=True,
                    height="content",
                    alt=f"Sources on the legal basis {basis}",
                    column_order=[
                        "source_id",
                        "name",
                        "kind",
                        "purpose",
                        "handling",
                        "rows_accepted",
                        "review_date",
                        "imported_by",
                    ],
                    column_config={
                        "source_id": st.column_config.NumberColumn("No.", width=50),
                        "name": st.column_config.TextColumn("Source", width="medium"),
                        "kind": "Kind",
                        "purpose": st.column_config.TextColumn("Purpose", width="medium"),
                        "handling": "Handling",
                        "rows_accepted": st.column_config.NumberColumn("Rows", format="localized"),
                        "review_date": st.column_config.DateColumn("Review", format=DAY_FORMAT),
                        "imported_by": "By",
                    },
                )
