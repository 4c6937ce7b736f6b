"""Page set-up, the guard and navigation: nothing else."""

from pathlib import Path

import streamlit as st

from ui.shell.page import guard

# An icon of our own: Streamlit fetches a Material page icon from the network.
st.set_page_config(
    page_title="Achilles", page_icon=str(Path(__file__).parent / "ui/shell/icon.png"), layout="wide"
)
guard()

st.navigation(
    [
        st.Page("pages/overview.py", title="Overview", icon=":material/today:", default=True),
        st.Page("pages/data.py", title="Data", icon=":material/database:"),
        st.Page("pages/hotspots.py", title="Hotspots", icon=":material/hexagon:"),
        st.Page("pages/adverts.py", title="Adverts", icon=":material/campaign:"),
        st.Page("pages/finance.py", title="Finance", icon=":material/account_balance:"),
        st.Page("pages/intelligence.py", title="Intelligence", icon=":material/lightbulb:"),
        st.Page("pages/tasking.py", title="Tasking", icon=":material/assignment:"),
        st.Page("pages/results.py", title="Results", icon=":material/task_alt:"),
    ],
    position="top",
).run()
