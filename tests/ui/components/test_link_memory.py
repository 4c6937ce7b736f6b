"""A clock that strikes with the link of before does not undo what was chosen."""

from streamlit.testing.v1 import AppTest


def _screen():
    import streamlit as st

    from ui.components.address import change_address
    from ui.components.link_memory import note_link, rerun_page

    if st.session_state.pop("strikes", False):
        st.query_params["step"] = "of before"  # what the browser sends until it has been told
        rerun_page()
    note_link()
    st.button("Choose", on_click=lambda: change_address(step="chosen", method=None))
    st.text(st.query_params.to_dict())


def test_the_page_is_drawn_with_the_link_that_was_noted_last():
    app = AppTest.from_function(_screen, default_timeout=60)
    app.query_params["method"] = "a"
    app.run()
    assert app.text[0].value == "{'method': 'a'}"
    app.button[0].click().run()
    assert app.text[0].value == "{'step': 'chosen'}"
    app.session_state["strikes"] = True
    app.run()
    assert not app.exception and app.text[0].value == "{'step': 'chosen'}"
