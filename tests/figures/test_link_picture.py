"""The chart of links on paper."""

import pandas as pd
import pytest

from analytics.figures.link_chart import LinkChart, build_link_chart
from analytics.figures.link_marks import NODE_MARKS
from analytics.figures.link_picture import _read_glyph, draw_links


@pytest.fixture(scope="module")
def chart():
    names = list("abcd")
    nodes = pd.DataFrame(
        {
            "id": names,
            "label": ["$\\frac{", "<script>", "Åsa ☎", "d" * 60],
            "kind": ["person", "phone", "account", "no such kind"],
            "status": ["", "critical", "protected", "hub"],
        }
    )
    links = pd.DataFrame([("a", "b", "call"), ("b", "c", "uses")], columns=["node", "other", "kind"])
    return build_link_chart(nodes, links.assign(probability=[0.3, 1.0]), selected="a")


def test_the_same_chart_gives_the_same_bytes_and_no_markup_of_the_data(chart):
    drawn = draw_links(chart, "svg", mark="EXERCISE: invented data")
    assert drawn == draw_links(chart, "svg", mark="EXERCISE: invented data")
    assert b"<script" not in drawn
    assert draw_links(chart, "png").startswith(b"\x89PNG")


def test_every_glyph_is_read():
    for mark in NODE_MARKS.values():
        glyph = _read_glyph(mark.glyph)
        assert len(glyph) > 1
        assert abs(glyph.vertices).max() < 1


def test_an_empty_chart_is_refused():
    with pytest.raises(ValueError, match="without nodes"):
        draw_links(LinkChart((), ()))
