"""The roles that a layer of outlines can have on the base map."""

from __future__ import annotations

BASE_LAYERS = ("area", "street", "water", "green")
