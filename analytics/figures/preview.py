"""A plain map of points: where a file's rows lie."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.figures.maps import fitted_zoom
from analytics.figures.theme import HOT, theme


def preview_map(lon: pd.Series, lat: pd.Series, *, dark: bool) -> dict[str, Any]:
    """Points in degrees on a blank ground, as a Plotly figure; nothing is fetched."""
    x, y, zoom = fitted_zoom(lon.to_numpy(), lat.to_numpy(), height=240)
    ground = theme(dark=dark).map_background
    style = {
        "version": 8,
        "sources": {"none": {"type": "geojson", "data": {"type": "FeatureCollection", "features": []}}},
        "layers": [{"id": "background", "type": "background", "paint": {"background-color": ground}}],
    }
    points = {
        "type": "scattermap",
        "mode": "markers",
        "marker": {"size": 5, "color": HOT, "opacity": 0.6},
        "lon": lon.astype(np.float32).tolist(),
        "lat": lat.astype(np.float32).tolist(),
        "hovertemplate": "%{lat:.4f}, %{lon:.4f}<extra></extra>",
    }
    layout = {
        "map": {"style": style, "center": {"lon": x, "lat": y}, "zoom": zoom},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "height": 260,
    }
    return {"data": [points], "layout": layout}
