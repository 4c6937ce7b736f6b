"""An advert's text as it may be shown: what steers the writing direction or hides is made visible."""

from __future__ import annotations

import re

# Direction marks, isolates, overrides and zero-width characters; joiners stay, for scripts and emoji need
# them.
_STEERING = {
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u061c": "ALM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\u200b": "ZWSP",
    "\u2060": "WJ",
    "\ufeff": "BOM",
    "\u00ad": "SHY",
}
_HIDDEN = re.compile(f"[{''.join(_STEERING)}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_STACKED = re.compile(
    r"([\u0300-\u036f\u0489\u1ab0-\u1aff\u20d0-\u20f0]{3})[\u0300-\u036f\u0489\u1ab0-\u1aff\u20d0-\u20f0]+"
)


def visible(text: object, *, one_line: bool = False) -> str:
    """The text with steering and zero-width characters named in ‹›, control characters as �, and piles of
    accents cut to three, so that it can neither hide nor restyle what stands beside it. None is ''. For
    st.text and cells of tables, which read no markup; a label wants `ui.components.text.plain` around it."""
    shown = "" if text is None or text != text else str(text)
    shown = _HIDDEN.sub(lambda mark: f"‹{_STEERING[mark[0]]}›", shown.replace("\r\n", "\n"))
    shown = _STACKED.sub(r"\1", _CONTROL.sub("�", shown))
    return " ".join(shown.split()) if one_line else shown
