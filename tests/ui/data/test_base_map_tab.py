"""The tab of the base map run without a browser: a map from its path to what came in."""

import pytest

from analytics.basemap import list_base_maps
from analytics.store import close_store, open_store
from tests.basemap.town import write_town
from tests.ui.page_runs import open_page, press
from tests.ui.run_until import run_until
from ui.shell.single_user import single_user


@pytest.fixture
def opened(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "data.duckdb"))
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    yield open_store()
    close_store()


def test_a_map_is_imported_and_shown_on_its_tab_and_never_replaced_unasked(opened, tmp_path):
    path = write_town(tmp_path / "vell.osm.pbf")
    app = open_page("data", tab="Base map")
    app.text_input(key="path-map").set_value(str(path)).run()
    assert any("Data of 14 Nov 2023" in said.value for said in app.caption)
    assert app.text_input(key=f"map-attribution-{path}").value == "© OpenStreetMap contributors"
    press(app, "Import the map")
    run_until(app, lambda: any("14 features" in said.value for said in app.success))
    app.run()  # the import may have ended while the page was drawn
    assert len(list_base_maps(opened)) == 1
    assert any("left out: 1 feature outside" in said.value for said in app.caption)
    # The same file again: its area has a map now, so that it must be said what becomes of it.
    press(app, "Import this file again")
    (button,) = [button for button in app.button if button.label == "Import the map"]
    assert button.disabled and any("has a base map already" in said.value for said in app.warning)
    app.radio(key=f"map-existing-{path}").set_value("Replace it").run()
    (button,) = [button for button in app.button if button.label == "Import the map"]
    assert not button.disabled


def test_what_is_no_map_is_refused_on_the_tab(opened, tmp_path):
    path = tmp_path / "notes.osm.pbf"
    path.write_text("not a map")
    app = open_page("data", tab="Base map")
    app.text_input(key="path-map").set_value(str(path)).run()
    assert any("no map that is known here" in said.value for said in app.error)
