"""Findings, their rungs and the pairs to look at, as this role reads them; worked out once for as long as
nothing is written."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.intelligence.finding_links import propose_links
from analytics.intelligence.findings import list_findings
from analytics.intelligence.ladder import build_ladder, find_rung
from analytics.intelligence.version import read_written_version
from analytics.oversight.roles import find_tier
from analytics.store import Store
from ui.shell.page import Page


def read_findings(page: Page) -> pd.DataFrame:
    """What `list_findings` gives, those alone that this role reads."""
    return _findings(page.store, page.store.path, read_written_version(page.store), page.actor.role)


def read_ladder(page: Page) -> pd.DataFrame:
    """What `build_ladder` gives, those items alone that this role reads."""
    return _ladder(page.store, page.store.path, read_written_version(page.store), page.actor.role)


def read_rung(page: Page, kind: str, number: int) -> dict[str, str]:
    """One item's rung, why, and next step, whoever reads it: what is on view was opened to this role
    already."""
    return find_rung(prepare_ladder(page), kind, number)


def prepare_ladder(page: Page) -> pd.DataFrame:
    """The whole ladder, whoever reads it."""
    return _ladder(page.store, page.store.path, read_written_version(page.store), None)


def read_proposals(page: Page, findings: pd.DataFrame) -> pd.DataFrame:
    """What `propose_links` gives among `findings`."""
    pairs = _proposals(page.store, page.store.path, read_written_version(page.store))
    numbers = set(findings.finding_id)
    return pairs[pairs.finding_id.isin(numbers) & pairs.other_finding_id.isin(numbers)]


@st.cache_data(max_entries=4, show_spinner=False)
def _findings(_store: Store, path: str, version: tuple[int, ...], role: str) -> pd.DataFrame:
    return list_findings(_store, find_tier(role))


@st.cache_data(max_entries=4, show_spinner=False)
def _ladder(_store: Store, path: str, version: tuple[int, ...], role: str | None) -> pd.DataFrame:
    return build_ladder(_store, None if role is None else find_tier(role))


@st.cache_data(max_entries=4, show_spinner="Comparing findings …")
def _proposals(_store: Store, path: str, version: tuple[int, ...]) -> pd.DataFrame:
    return propose_links(_store)
