"""One place for colours, legends and captions. All ramps are safe for the common colour-vision
deficiencies."""

SEQUENTIAL = ("#FFF3C4", "#FBD27A", "#F0A14B", "#D9683C", "#AE3A45", "#6E1F4E")  # light to dark: counts
DIVERGING = ("#2B6CA3", "#9CC3DD", "#EEF0F2", "#F2B27A", "#B5541C")  # blue to orange: change, z
# The same, light enough for dark words on it.
UNDER_WORDS = ("#7FB2DB", "#B7D3E8", "#EEF0F2", "#F6CDA3", "#E8955A")
HOT, COLD, ACCENT = "#B5541C", "#2B6CA3", "#1F5F8B"

LIGHT = {
    "background": "#EEF0F2",
    "water": "#C9DCE8",
    "green": "#DCE7D6",
    "street": "#FFFFFF",
    "casing": "#C3CAD1",
    "area": "#6B7782",
}
DARK = {
    "background": "#1A2026",
    "water": "#22384A",
    "green": "#233028",
    "street": "#46525E",
    "casing": "#11161B",
    "area": "#A9B4BF",
}


def colour_scale(colours: tuple[str, ...]) -> list[list]:
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
OTHER = "#8A8F94"


def kind_colour(kind: str) -> str:
    """The colour of a named kind, warm for hot and high, cool for cold and low; grey for one without."""
    return _KINDS.get(kind, OTHER)
