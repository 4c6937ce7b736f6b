"""Whether a brief or a plan may be called ready, on screen."""

from __future__ import annotations

import streamlit as st

from analytics.tasking.readiness import describe_readiness
from ui.components.text import plain


def show_readiness(missing: list[str]) -> None:
    """Say that it is ready, or name what is missing."""
    if missing:
        st.warning(plain(describe_readiness(missing)), icon=":material/pending_actions:")
    else:
        st.success(describe_readiness(missing), icon=":material/task_alt:")
