"""What Today says before there is anything to show."""

from __future__ import annotations

from pathlib import Path

from ui.components.pictures import show_picture

PURPOSE = (
    "Achilles finds what organised crime and exploitation leave in recorded crime, adverts, payments and "
    "reports. It shows the rows behind each finding, and takes it to a decision, an action and its result. "
    "Today then shows the five things to look at first."
)
_WIDTH = 860  # pixels, so that it ends within the window
_PICTURE = Path(__file__).with_name("today.png")


def show_preview() -> None:
    """A picture of what the page will look like."""
    show_picture(
        _PICTURE.read_bytes(),
        "A map of a city, and a list of five things to look at",
        _WIDTH,
        "Today on the invented city",
    )
