"""The hotspots that are followed: what fell in each now, before, and over time."""

from __future__ import annotations

import streamlit as st

from analytics.hotspots.catalogue import Result
from analytics.hotspots.findings.followed import describe_followed, list_followed
from ui.hotspots.screen import HotspotScreen


def find_followed(screen: HotspotScreen) -> Result | None:
    """The hotspots that are followed here, as a result; None where there are none, which is said."""
    hotspots = list_followed(screen.page.store, screen.workspace.area_id)
    if hotspots.empty:
        st.info(
            "No hotspot is followed in this working area yet. Choose a cell or an outline and press 'Follow "
            "this hotspot', or draw an area with the map's box or lasso and press 'Follow the drawn area'.",
            icon=":material/add_location_alt:",
        )
        return None
    return describe_followed(screen.workspace, screen.request, hotspots, screen.unit)
