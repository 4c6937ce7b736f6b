"""What the process loads that the servers of the browser tests are forked from. Nothing of `ui`: what
Streamlit learns from it belongs to a running server."""

import importlib
import pkgutil

import analytics

for found in pkgutil.walk_packages(analytics.__path__, "analytics."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
for name in ("sklearn.cluster", "statsmodels.api", "streamlit.web.bootstrap", "streamlit.web.cli"):
    importlib.import_module(name)
