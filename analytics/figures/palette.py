"""One place for colours, legends and captions. All ramps are safe for the common colour-vision deficiencies."""

SEQUENTIAL = ("#FFF3C4", "#FBD27A", "#F0A14B", "#D9683C", "#AE3A45", "#6E1F4E")  # light to dark: counts
DIVERGING = ("#2B6CA3", "#9CC3DD", "#EEF0F2", "#F2B27A", "#B5541C")  # blue to orange: change, z
# Okabe and Ito (2008), for named kinds
CATEGORIES = (
    "#D55E00",
    "#0072B2",
    "#009E73",
    "#E69F00",
    "#56B4E9",
    "#CC79A7",
    "#7A6A53",
    "#F0E442",
    "#8A8F94",
)
HOT, COLD, ACCENT = "#B5541C", "#2B6CA3", "#1F5F8B"

LIGHT = {"background": "#EEF0F2", "water": "#C9DCE8", "green": "#DCE7D6", "street": "#FFFFFF", "casing": "#C3CAD1", "area": "#6B7782"}  # fmt: skip
DARK = {"background": "#1A2026", "water": "#22384A", "green": "#233028", "street": "#46525E", "casing": "#11161B", "area": "#A9B4BF"}  # fmt: skip


def colour_scale(colours: tuple[str, ...]) -> list[list]:
    """Evenly spaced colours as a Plotly scale."""
    return [[k / (len(colours) - 1), colour] for k, colour in enumerate(colours)]
