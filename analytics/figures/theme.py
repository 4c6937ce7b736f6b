"""Every colour of the app, on screen and in print; all ramps are safe for the
common colour-vision deficiencies.

Streamlit's theme in `.streamlit/config.toml` and the print templates' `analytics/tasking/theme.typ` are
written from here: after a change run `make theme`. A test compares.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Theme:
    """The colours of one appearance. `accent` marks what can be acted on or is the subject, `action` fills a
    button under white words, `highlight` what stands out; the rail at the left has colours of its own;
    `text`, `background`, `surface` and `border` are the page's; `ink` is text laid on a chart, `line` a
    stroke on it, `faint_line` one that may be overlooked, `bar` an ordinary bar, `flow` a flow's band. The
    base map has a background, water, green, buildings, streets with their casing, and boundaries of areas.
    Over it `ramp` runs from few to many, `diverging` from less to more, and `chosen` outlines a place; in the
    dark both ramps begin dark."""

    accent: str
    action: str
    highlight: str
    rail: str
    rail_surface: str
    rail_text: str
    rail_accent: str
    rail_border: str
    text: str
    background: str
    surface: str
    border: str
    ink: str
    line: str
    faint_line: str
    bar: str
    flow: str
    map_background: str
    map_water: str
    map_green: str
    map_building: str
    map_street: str
    map_casing: str
    map_area: str
    ramp: tuple[str, ...]
    diverging: tuple[str, ...]
    chosen: str


SEQUENTIAL = ("#FFF3C4", "#FBD27A", "#F0A14B", "#D9683C", "#AE3A45", "#6E1F4E")  # light to dark: counts
DIVERGING = ("#2B6CA3", "#9CC3DD", "#EEF0F2", "#F2B27A", "#B5541C")  # blue to orange: change, z

LIGHT = Theme(
    accent="#1F5F8B",
    action="#1F5F8B",
    highlight="#B5541C",
    rail="#10212E",
    rail_surface="#1C3242",
    rail_text="#D5DEE6",
    rail_accent="#7CC3E6",
    rail_border="#28404F",
    text="#1B242C",
    background="#FFFFFF",
    surface="#F3F5F7",
    border="#D5DBE1",
    ink="#33404C",
    line="#7F8C99",
    faint_line="#A9B4BF",
    bar="#8296A8",
    flow="rgba(90,110,130,0.28)",
    map_background="#EEF0F2",
    map_water="#C9DCE8",
    map_green="#DCE7D6",
    map_building="#DDE0E4",
    map_street="#FFFFFF",
    map_casing="#C3CAD1",
    map_area="#6B7782",
    ramp=SEQUENTIAL,
    diverging=DIVERGING,
    chosen="#111111",
)
DARK = Theme(
    accent="#6FB1DC",
    action="#2A76A9",
    highlight="#F2B27A",
    rail="#0D1318",
    rail_surface="#1E252C",
    rail_text="#C9D2DA",
    rail_accent="#7CC3E6",
    rail_border="#28323B",
    text="#E6EAEE",
    background="#14191E",
    surface="#1E252C",
    border="#36414B",
    ink="#D7DEE5",
    line="#9AA7B3",
    faint_line="#A9B4BF",
    bar="#8FA3B5",
    flow="rgba(150,170,190,0.35)",
    map_background="#1A2026",
    map_water="#22384A",
    map_green="#233028",
    map_building="#262E36",
    map_street="#46525E",
    map_casing="#11161B",
    map_area="#A9B4BF",
    ramp=SEQUENTIAL[::-1],
    diverging=("#8CC4EC", "#3E6E93", "#2B333B", "#9C5B2B", "#F5B57C"),
    chosen="#FFFFFF",
)


def theme(*, dark: bool) -> Theme:
    """The colours of the appearance that the user has chosen."""
    return DARK if dark else LIGHT


# A date axis: its ticks by the step between them (milliseconds), and the dates of its tooltips.
_DAY = 86_400_000
DATE_AXIS = {
    "type": "date",
    "hoverformat": "%-d %b %Y",
    "tickformatstops": [
        {"dtickrange": [None, _DAY - 1], "value": "%H:%M\n%-d %b %Y"},
        {"dtickrange": [_DAY, "M1"], "value": "%-d %b\n%Y"},
        {"dtickrange": ["M1", None], "value": "%b %Y"},
    ],
}
MOMENT_AXIS = DATE_AXIS | {"hoverformat": "%-d %b %Y %H:%M"}
CLEAR = "rgba(0,0,0,0)"
QUIET_BAR = "#B9C7D2"  # on paper, beside the bars that matter
PRINT_PANEL, PRINT_ALARM = "#EEF3F7", "#8C1D18"  # on paper: what is asked, and the mark of an exercise
ACCENT, HOT, COLD = LIGHT.accent, LIGHT.highlight, "#2B6CA3"
OTHER = "#8A8F94"  # what has no meaning of its own
# The same, light enough for dark words on it.
UNDER_WORDS = ("#7FB2DB", "#B7D3E8", "#EEF0F2", "#F6CDA3", "#E8955A")
# To be seen on light and dark alike.
MIDDLE_LINE, MIDDLE_BAND = "#3B8BC9", "rgba(59,139,201,0.22)"
PERIOD = SEQUENTIAL[3]  # the shade over a chosen period
STEP = "rgba(94,107,120,0.45)"  # between two sightings
SERIES = (ACCENT, HOT, COLD, "#5E6B78", OTHER)
ROLE_COLOURS = (HOT, ACCENT, "#7F2704", "#E6AB02", "#A6761D", "#4D9DA6", "#AE3A45", "#5E6B78")
PAYER, PAYEE = COLD, "#6BAED6"
# Of a chart of links, by family of node and by status: under white glyphs, on light and dark alike.
NODE_COLOURS = {
    "person": "#3B82BD",
    "organisation": "#8A6BB8",
    "contact": "#2A8C82",
    "money": "#AD7A1F",
    "object": "#6F7F8F",
    "place": "#658A3C",
    "advert": "#BF528B",
    "record": "#C8553D",
}
STATUS_COLOURS = {"protected": "#2A8C82", "hub": OTHER, "critical": HOT}
GLYPH = "#FFFFFF"
CONSTANT_TEXT = "#7A858F"
# Laid thinly over a cell, in light and dark alike; the name of each stands in the column's title.
SLOTS = {
    "name": "rgba(217,104,60,0.28)",
    "place": "rgba(43,108,163,0.28)",
    "name or place": "rgba(128,90,160,0.28)",
    "price": "rgba(230,171,2,0.30)",
    "phone": "rgba(174,58,69,0.28)",
    "contact": "rgba(110,31,78,0.28)",
    "number": "rgba(94,107,120,0.28)",
    "other": "rgba(77,157,166,0.28)",
}


def colour_scale(colours: tuple[str, ...]) -> list[list[float | str]]:
    """Evenly spaced colours as a Plotly scale."""
    return [[k / (len(colours) - 1), colour] for k, colour in enumerate(colours)]


# The colours of named kinds, hot and cold: told apart with the common colour-vision deficiencies too (see the
# test).
_HOT_AND_COLD = {
    "new": ("#F2C100", "#17C2B2"),
    "consecutive": ("#F07F13", "#0E7C74"),
    "intensifying": ("#7A0A1E", "#0B2A63"),
    "persistent": ("#CF2A27", "#2471C8"),
    "diminishing": ("#F77E6D", "#86BBEA"),
    "sporadic": ("#FBD9C6", "#CFE4F5"),
    "oscillating": ("#8D1A97", "#4B33E0"),
    "historical": ("#7A6A3A", "#36424E"),
    "emerging": ("#F2C100", "#17C2B2"),
    "former": ("#7A6A3A", "#36424E"),
    "intermittent": ("#F77E6D", "#86BBEA"),
}
_KINDS = {"high-high": "#CF2A27", "high-low": "#F2C100", "low-high": "#17C2B2", "low-low": "#2471C8"} | {
    f"{kind} {side}": colour
    for kind, colours in _HOT_AND_COLD.items()
    for side, colour in zip(("hot", "cold"), colours, strict=True)
}
# The classes of Gi*: the surer, the darker; what was tested and not called is a thin grey.
_KINDS |= {
    "hot, 99 %": "#A50F15",
    "hot, 95 %": "#E34A33",
    "hot, 90 %": "#FBB08C",
    "cold, 90 %": "#B3D3EE",
    "cold, 95 %": "#4292C6",
    "cold, 99 %": "#08458A",
    "not significant": "#80868E47",
}
# Where to search for what a series was worked from: the sooner, the darker.
_KINDS |= {"Search first": "#A50F15", "Search next": "#E34A33", "Search then": "#FBB08C"}


def kind_colour(kind: str) -> str:
    """The colour of a named kind, warm for hot and high, cool for cold and low; grey for one without."""
    return _KINDS.get(kind, OTHER)


_ROOT = Path(__file__).parents[2]
_SETTINGS, _PRINT = _ROOT / ".streamlit/config.toml", _ROOT / "analytics/tasking/theme.typ"


def streamlit_settings(settings: str) -> str:
    """The text of `.streamlit/config.toml` with the colours of both appearances put in."""
    for name, colours in (("light", LIGHT), ("dark", DARK)):
        section = (
            f'[theme.{name}]\nprimaryColor = "{colours.action}"\nlinkColor = "{colours.accent}"\n'
            f'backgroundColor = "{colours.background}"\nsecondaryBackgroundColor = "{colours.surface}"\n'
            f'textColor = "{colours.text}"\nborderColor = "{colours.border}"\n'
        )
        rail = (
            f'[theme.{name}.sidebar]\nprimaryColor = "{colours.rail_accent}"\n'
            f'backgroundColor = "{colours.rail}"\nsecondaryBackgroundColor = "{colours.rail_surface}"\n'
            f'textColor = "{colours.rail_text}"\nborderColor = "{colours.rail_border}"\n'
        )
        settings = re.sub(rf"\[theme\.{name}\]\n(?:\w+ = .*\n)*", section, settings)
        settings = re.sub(rf"\[theme\.{name}\.sidebar\]\n(?:\w+ = .*\n)*", rail, settings)
    return settings


def style_variables() -> str:
    """The colours that style sheets use, as CSS that follows the appearance."""
    names = ("background", "surface", "border", "accent", "action", "highlight", "line", "text")
    values = (f"--{name}: light-dark({getattr(LIGHT, name)}, {getattr(DARK, name)});" for name in names)
    return f":root {{ {' '.join(values)} }}"


def print_settings() -> str:
    """The text of the print templates' `theme.typ`."""
    colours = {"accent": LIGHT.accent, "panel": PRINT_PANEL, "alarm": PRINT_ALARM}
    lines = [f'#let {name} = rgb("{colour}")' for name, colour in colours.items()]
    return "\n".join(["// Written from analytics/figures/theme.py by `make theme`.", *lines, ""])


def write_theme() -> None:
    """Write the two files that repeat colours from here."""
    _SETTINGS.write_text(streamlit_settings(_SETTINGS.read_text(encoding="utf-8")), encoding="utf-8")
    _PRINT.write_text(print_settings(), encoding="utf-8")


if __name__ == "__main__":
    write_theme()
