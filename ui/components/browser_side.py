"""The browser's side of our own components: built from `frontend/`, served by this server, loaded by
address."""

from __future__ import annotations

import hashlib
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

BUILT = Path(__file__).with_name("built")
SERVED = tuple(
    sorted(path.name for path in BUILT.glob("*.js"))
)  # by address, so that the browser stores them
VERSION = hashlib.sha256(b"".join((BUILT / name).read_bytes() for name in SERVED)).hexdigest()[:16]
# Streamlit takes a text without a line break for the name of a file.
_LOADER = """
const address = new URL("/components/{version}/{name}.js", location.origin).href;
export default function (component) {{
  let close = () => {{}};
  import(address).then((module) => {{ close = module.default(component) ?? close; }});
  return () => close();
}}
"""


def declare_component(name: str) -> ComponentRenderer:
    """The component whose files in `built/` have this name: its HTML, its style and its script."""
    return st.components.v2.component(
        f"achilles_{name}",
        html=(BUILT / f"{name}.html").read_text(encoding="utf-8"),
        css=(BUILT / f"{name}.css").read_text(encoding="utf-8"),
        js=_LOADER.format(version=VERSION, name=name),
    )
