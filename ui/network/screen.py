"""What every part of the Network page works with."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.network.state import NetworkState
from ui.shell.page import Page


@dataclass(frozen=True)
class NetworkScreen:
    """One run of the page."""

    page: Page
    state: NetworkState
    dark: bool
