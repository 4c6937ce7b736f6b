"""The page that `bench.network.drawing` opens: a chart of links alone, under the app's own headers."""

import streamlit as st

from analytics.figures.link_chart import LinkChart, build_link_chart
from bench.network.made_network import make_network
from ui.components.link_chart import show_link_chart


@st.cache_data
def chart_of(nodes: int, ties: int) -> LinkChart:
    """A network that looks like one, the same each time."""
    listed, links = make_network(nodes, ties)
    return build_link_chart(listed, links, label="A network")


query = st.query_params
size = int(query.get("nodes", 2000)), int(query.get("ties", 5000))
st.set_page_config(layout="wide")
st.title("Drawing")
chart = chart_of(*size)
if st.button("Draw"):
    st.session_state["drawn"] = True
if "drawn" in st.session_state:
    picked = st.session_state.setdefault("picked", "")
    shown = LinkChart(chart.nodes, chart.ties, picked, label=chart.label, height=640)
    show_link_chart(
        shown,
        key="chart",
        on_pick=lambda node: st.session_state.update(picked=node),
        on_expand=lambda node: st.session_state.update(expanded=node),
        on_pick_tie=lambda tie: st.session_state.update(tie=tie),
    )
    for name in ("picked", "expanded", "tie"):
        st.text(f"{name}: {st.session_state.get(name, '')}")
