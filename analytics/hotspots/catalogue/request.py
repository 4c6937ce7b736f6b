"""What a method is asked: which incidents, on which grid, counted or weighed, and its options."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.selection import Selection


@dataclass(frozen=True)
class Request:
    """What is asked: which incidents, on which grid, counted or weighed (harm by category), and the
    options."""

    selection: Selection
    grid: Grid
    weights: tuple[tuple[str, float], ...] | None = None
    options: tuple[tuple[str, str | int | float], ...] = ()

    @cached_property
    def option(self) -> dict[str, str | int | float]:
        return dict(self.options)

    @property
    def harm(self) -> dict[str, float] | None:
        return None if self.weights is None else dict(self.weights)

    @property
    def unit(self) -> str:
        """What is summed: 'incidents' or 'harm'."""
        return "incidents" if self.weights is None else "harm"

    def describe(self) -> dict[str, object]:
        """The request as the parameters every output carries."""
        selection = self.selection
        return {
            "period": f"{selection.first} to {selection.last}",
            "categories": list(selection.categories) or "all",
            "hours": list(selection.hours) or "all",
            "weekdays": list(selection.weekdays) or "all",
            "custom_area": bool(selection.within),
            "measure": self.unit,
            **({"harm_weights": dict(self.weights)} if self.weights is not None else {}),
            "cells": f"{self.grid.kind}s of {self.grid.size} m",
            **self.option,
        }
