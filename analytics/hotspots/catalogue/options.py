"""Options that several methods share."""

from __future__ import annotations

from analytics.hotspots.catalogue.base import Option, Request, Workspace
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.targets import Target

SEED = Option("seed", "Seed", 0, "The same seed gives the same answer.", least=0, most=2**31 - 1)
TARGET = Option(
    "target", "Rate of", "", "Residents, households or another target; load one under 'Targets'.",
    choices_of=lambda workspace: tuple(target.name for target in workspace.targets()),
)  # fmt: skip


def chosen_target(workspace: Workspace, request: Request) -> Target:
    named = str(request.option["target"])
    found = [target for target in workspace.targets() if target.name == named]
    if not found:
        raise TooFewData(
            "No residents, households or other targets are held. Load a table of them under 'Targets'."
        )
    return found[0]
