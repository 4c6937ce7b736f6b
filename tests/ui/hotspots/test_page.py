"""The Hotspots page run without a browser: every method on its defaults."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from analytics.hotspots.catalogue import METHODS
from analytics.store import close_store, open_store
from tests.ingest.helpers import HEADER, run, written
from tests.ui.run_until import run_until
from ui.hotspots.questions import QUESTIONS
from ui.shell.single_user import single_user

PAGE = Path(__file__).parents[3] / "pages/hotspots.py"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page on two years of incidents about one place, and a series at another."""
    folder = tmp_path_factory.mktemp("hotspots")
    random = np.random.default_rng(1)
    rows = [
        f"{date(2023, 1, 1) + timedelta(days=int(random.integers(700)))} {random.integers(24):02d}:15,"
        f"{('Theft', 'Burglary')[k % 2]},{-0.1 + random.normal(0, 0.01):.5f},"
        f"{51.5 + random.normal(0, 0.01):.5f}\n"
        for k in range(900)
    ]
    rows += [f"2024-05-{day:02d} 22:15,Theft,-0.12,51.51\n" for day in (6, 7, 8) for _ in range(15)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACHILLES_STORE", str(folder / "hotspots.duckdb"))
        patch.setattr("ui.shell.page.find_actor", single_user)
        run(open_store(), written(folder, HEADER + "".join(rows)))
        yield _open("count")
        close_store()


def _open(method: str) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params.update({"size": "1000 m", "method": method})
    return app.run()


def _is_answered(app: AppTest) -> bool:
    """Whether no method is being worked on, and there is a table, a list of places, or what is missing in
    words."""
    lists = [
        element.proto
        for element in app.get("bidi_component")
        if element.proto.component_name == "achilles_list" and '"entries": [{' in element.proto.json
    ]
    return not any(button.label == "Cancel" for button in app.button) and bool(
        app.dataframe or lists or app.warning or app.info
    )


def _asks(app: AppTest, method: str) -> bool:
    return any(METHODS[method].question in box.value.replace("\\", "") for box in app.markdown)


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_method_opens_on_its_defaults(page, question):
    """With its question, without a fault; it answers, or says in words what it lacks."""
    for method in QUESTIONS[question]:
        page.query_params["method"] = method
        page.run()
        assert _asks(page, method), method
        run_until(page, lambda: _is_answered(page))
        assert not page.exception, page.exception[0].message


@pytest.mark.parametrize("method", QUESTIONS["What next?"])
def test_another_session_finds_the_answer_or_the_work_under_way(page, method):
    other = _open(method)
    assert _asks(other, method)
    run_until(other, lambda: _is_answered(other))
    assert not other.exception
