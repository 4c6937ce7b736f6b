"""A page run by itself, without a browser and without navigation."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

PAGES = Path(__file__).parents[2] / "pages"
_LONG = 120  # seconds, on a busy machine


def open_page(name: str, **link: str | list[str]) -> AppTest:
    """The page of this name opened by a link with these parameters; no exception box is on it."""
    app = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=_LONG)
    for parameter, value in link.items():
        app.query_params[parameter] = value
    app.run()
    assert not app.exception, app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    """Press the button of this label; no exception box and no error follows."""
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception, app.exception
    assert [error.value for error in app.error] == []
    return app
