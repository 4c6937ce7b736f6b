"""One place for colours, legends and captions. All ramps are safe for the common colour-vision deficiencies."""

SEQUENTIAL = ("#FFF3C4", "#FBD27A", "#F0A14B", "#D9683C", "#AE3A45", "#6E1F4E")  # light to dark: counts
DIVERGING = ("#2B6CA3", "#9CC3DD", "#EEF0F2", "#F2B27A", "#B5541C")  # blue to orange: change, z
HOT, COLD, ACCENT = "#B5541C", "#2B6CA3", "#1F5F8B"

LIGHT = {"background": "#EEF0F2", "water": "#C9DCE8", "green": "#DCE7D6", "street": "#FFFFFF", "casing": "#C3CAD1", "area": "#6B7782"}  # fmt: skip
DARK = {"background": "#1A2026", "water": "#22384A", "green": "#233028", "street": "#46525E", "casing": "#11161B", "area": "#A9B4BF"}  # fmt: skip


def colour_scale(colours: tuple[str, ...]) -> list[list]:
    """Evenly spaced colours as a Plotly scale."""
    return [[k / (len(colours) - 1), colour] for k, colour in enumerate(colours)]


_WARM = ("#7F2704", "#D94801", "#F16913", "#B5541C", "#FDAE6B", "#FDD0A2", "#E6AB02", "#A6761D")
_COOL = ("#08306B", "#2171B5", "#6BAED6", "#2B6CA3", "#9ECAE1", "#C6DBEF", "#4D9DA6", "#5E6B78")


def kind_colours(kinds: tuple[str, ...]) -> dict[str, str]:
    """A colour for each named kind: warm ones for hot and high, cool ones for cold and low, grey for others."""
    warm, cool = iter(_WARM), iter(_COOL)
    return {
        kind: next(warm, _WARM[-1]) if kind.endswith("hot") or kind.startswith("high")
        else next(cool, _COOL[-1]) if kind.endswith("cold") or kind.startswith("low")
        else "#8A8F94"
        for kind in kinds
    }  # fmt: skip
