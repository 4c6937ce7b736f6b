"""Forms for a new record."""

from streamlit.testing.v1 import AppTest


def _app():
    import streamlit as st

    from ui.components.forms import clear_entry, entry_form

    with entry_form("case"):
        name = st.text_input("Name")
        reason = st.text_input("Why")
        if st.form_submit_button("Record"):
            if reason:
                st.session_state["saved"] = (name, reason)
                clear_entry("case")
                st.rerun()
            st.error("A reason is needed.")


def test_a_refused_entry_keeps_its_text_and_a_saved_one_leaves_an_empty_form():
    app = AppTest.from_function(_app).run()
    app.text_input[0].input("Kiln Row")
    app.button[0].click().run()
    assert [box.value for box in app.error] == ["A reason is needed."]
    assert app.text_input[0].value == "Kiln Row"
    app.text_input[1].input("harm")
    app.button[0].click().run()
    assert app.session_state["saved"] == ("Kiln Row", "harm")
    assert [box.value for box in app.text_input] == ["", ""]
    app.text_input[0].input("next")
    app.button[0].click().run()
    assert app.text_input[0].value == "next"
