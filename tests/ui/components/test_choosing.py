"""A ticked row stays what it is about when the rows of its table change."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from ui.components.choosing import distinct_labels


def _screen():
    import pandas as pd
    import streamlit as st

    from ui.components.choosing import choose_row, tick_row

    listed = st.session_state["listed"]
    tick_row(pd.DataFrame({"name": listed}), listed, st.session_state["chosen"], print, key="linked")
    chosen = choose_row(pd.DataFrame({"name": listed}), listed, key="own")
    st.text(f"own: {chosen}")


def _ticked(app: AppTest, at: int) -> list[str]:
    state = app.dataframe[at].proto.selection_state
    return [app.dataframe[at].value.name[row] for row in json.loads(state)["selection"]["rows"]]


def _run(app: AppTest, *listed: str) -> AppTest:
    app.session_state["listed"] = list(listed)
    app.run()
    assert not app.exception
    return app


def test_the_tick_follows_what_it_is_about():
    app = AppTest.from_function(_screen, default_timeout=60)
    app.session_state["chosen"] = "mill"
    assert _ticked(_run(app, "quay", "mill", "park"), 0) == ["mill"]
    assert _ticked(_run(app, "mill", "park", "quay"), 0) == ["mill"]
    assert _ticked(_run(app, "park", "quay"), 0) == []
    app.session_state["chosen"] = "park"
    assert _ticked(_run(app, "quay", "park"), 0) == ["park"]


def test_what_a_table_remembers_itself_follows_too_and_is_gone_with_its_row():
    app = AppTest.from_function(_screen, default_timeout=60)
    app.session_state["chosen"] = None
    assert _run(app, "quay", "mill", "park").text[0].value == "own: None"
    app.session_state["own-chosen"] = "mill"  # as its callback notes it
    assert _run(app, "mill", "park").text[0].value == "own: mill" and _ticked(app, 1) == ["mill"]
    assert _run(app, "park", "quay").text[0].value == "own: None" and _ticked(app, 1) == []


def _hotspots():
    from types import SimpleNamespace

    import pandas as pd
    import shapely
    import streamlit as st

    from analytics.hotspots.grid.cells import Grid
    from ui.hotspots.draw import chosen_place

    asked = st.session_state["asked"]
    cells = pd.DataFrame({"id": ["x1y1", "x2y2"]})
    screen = SimpleNamespace(
        workspace=SimpleNamespace(area_id=1),
        grid=Grid("square", asked.get("size", 250)),
        study=SimpleNamespace(middles=dict.fromkeys(cells.id, (3.0, 48.0))),
    )
    clusters = cells.assign(id=["1", "2"], geometry=[shapely.box(at, 0, at + 1, 1) for at in asked["at"]])
    result = SimpleNamespace(shape=asked["shape"], table=cells if asked["shape"] == "cells" else clusters)
    st.text(str(chosen_place(screen, result)))


def _chosen(app: AppTest, shape: str, at: tuple[int, int] = (0, 5), **asked) -> str:
    app.session_state["asked"] = {"shape": shape, "at": at, **asked}
    app.run()
    assert not app.exception
    return app.text[0].value


def test_a_cell_waits_while_a_method_has_none_and_is_dropped_with_its_grid():
    app = AppTest.from_function(_hotspots, default_timeout=60)
    app.query_params["cell"] = "x2y2"
    assert _chosen(app, "cells") == "x2y2"
    assert _chosen(app, "outlines") == "None"
    assert _chosen(app, "cells") == "x2y2"
    assert _chosen(app, "cells", size=500) == "None"  # its name is another place there
    assert _chosen(app, "cells") == "None" and "cell" not in app.query_params


def test_the_number_of_a_cluster_is_not_taken_for_another_cluster():
    app = AppTest.from_function(_hotspots, default_timeout=60)
    app.query_params["cell"] = "1"
    assert _chosen(app, "outlines") == "1"
    assert _chosen(app, "outlines", at=(0, 9)) == "1"
    assert _chosen(app, "outlines", at=(5, 0)) == "None"


def _linked():
    import pandas as pd
    import streamlit as st

    from ui.components.address import choose_of_address
    from ui.shell.scope import choose_area

    views = ("Operations", "Indicators")
    view = choose_of_address("view", "View", views, former={"Signs": "Indicators"})
    area = choose_area(pd.DataFrame({"area_id": [2, 3, 1], "name": ["Quay", "Mill", "3"]}))
    st.text(f"{view} of {area}")


@pytest.mark.parametrize(
    ("link", "shown", "warned"),
    [
        ({}, "Operations of 2", ""),
        ({"view": "Indicators", "area": "Mill"}, "Indicators of 3", ""),
        ({"view": "Signs"}, "Indicators of 2", ""),  # as an earlier version called it
        ({"view": "Tea leaves"}, "Operations of 2", "'Tea leaves'"),
        ({"area": "3"}, "Operations of 1", ""),  # a name, never the number of another
        ({"area": "1"}, "Operations of 2", "'1'"),
        ({"area": "Removed [x](http://e.example)"}, "Operations of 2", r"\[x\]"),
    ],
)
def test_a_link_opens_what_it_names_or_says_that_it_is_gone(link, shown, warned):
    app = AppTest.from_function(_linked, default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception and app.text[0].value == shown
    assert [warned in message.value for message in app.warning] == [True] * bool(warned)


def test_labels_that_are_alike_get_what_they_are_of():
    labels = distinct_labels({"a": "Moves", "b": "Moves", "c": "Shares"})
    assert labels == {"a": "Moves (a)", "b": "Moves (b)", "c": "Shares"}


def _views():
    import streamlit as st

    from ui.components.address import choose_of_address

    st.text(
        choose_of_address("tab", "View", ["One", "Two", "Three"], default="Three", former={"Second": "Two"})
    )


@pytest.mark.parametrize(
    ("link", "opened", "warns"),
    [
        ({}, "Three", False),
        ({"tab": "Two"}, "Two", False),
        ({"tab": "Second"}, "Two", False),
        ({"tab": "*"}, "Three", True),
    ],
)
def test_a_link_to_a_view_opens_it_or_the_page_says_that_it_is_not_there(link, opened, warns):
    app = AppTest.from_function(_views, default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception and [text.value for text in app.text] == [opened]
    assert [bool(warning.value) for warning in app.warning] == [True] * warns
    app.run()
    assert [text.value for text in app.text] == [opened]
    assert len(app.warning) == warns  # for as long as the link names it
