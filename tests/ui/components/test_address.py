"""What the link says a widget shows, and what a widget is set to the link says."""

from datetime import date

from streamlit.testing.v1 import AppTest


def _screen():
    from datetime import date

    import streamlit as st

    from ui.components.address import days_of_address, switch_of_address

    reach = date(2026, 1, 1), date(2026, 12, 31)
    days = (date(2026, 3, 1), date(2026, 3, 31))
    st.date_input(
        "Days",
        min_value=reach[0],
        max_value=reach[1],
        **days_of_address("days", days, first=reach[0], last=reach[1]),
    )
    st.toggle("Usually on", **switch_of_address("on", default=True))
    st.toggle("Usually off", **switch_of_address("off"))


def _open(**link) -> AppTest:
    app = AppTest.from_function(_screen, default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def test_days_are_those_of_the_link_else_the_usual_ones():
    assert _open().date_input[0].value == (date(2026, 3, 1), date(2026, 3, 31))
    app = _open(days=["2026-05-09", "2026-05-02"])
    assert app.date_input[0].value == (date(2026, 5, 2), date(2026, 5, 9)) and not app.warning
    for stale in (["2026-05-02"], ["2025-12-31", "2026-01-05"], ["soon", "later"]):
        app = _open(days=stale)
        assert app.date_input[0].value == (date(2026, 3, 1), date(2026, 3, 31))
        assert "which is not here" in app.warning[0].value


def test_chosen_days_are_in_the_link_unless_they_are_the_usual_ones():
    app = _open()
    app.date_input[0].set_value((date(2026, 5, 2), date(2026, 5, 9))).run()
    assert app.query_params["days"] == ["2026-05-02", "2026-05-09"]
    app.date_input[0].set_value((date(2026, 3, 1), date(2026, 3, 31))).run()
    assert "days" not in app.query_params


def test_a_first_day_waits_for_the_second_and_leaves_the_link_alone():
    app = _open(days=["2026-05-02", "2026-05-09"])
    app.date_input[0].set_value((date(2026, 6, 1),)).run()
    assert app.query_params["days"] == ["2026-05-02", "2026-05-09"]
    assert app.date_input[0].value == (date(2026, 6, 1),)


def test_a_switch_that_is_usually_on_says_in_the_link_that_it_is_off():
    app = _open()
    assert [switch.value for switch in app.toggle] == [True, False]
    for switch in app.toggle:
        switch.set_value(not switch.value)
    app.run()
    assert (app.query_params["on"], app.query_params["off"]) == ("false", "true")
    assert [switch.value for switch in _open(on="false", off="true").toggle] == [False, True]
