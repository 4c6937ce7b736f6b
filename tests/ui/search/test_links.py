"""What a hit of the search opens: the page shows what its link names, which is not what it shows first."""

from contextlib import closing

import pytest

from analytics.oversight.roles import find_tier
from analytics.search import search
from analytics.store import Store, close_store
from tests.search.world import fill_store
from tests.ui.page_runs import open_page
from ui.shell.single_user import single_user

# What is typed, the kind of hit, the parameter of its link that names it, and what then stands on the page.
LINKS = (
    ("harbour walk", "premises", "item", "Premises, row 2 of source 2"),
    ("cr 0022", "incident", "item", "Incident, row 2 of source 8"),
    ("mia@example.org", "identifier", "item", "Read in 1 advert"),
    ("lanterns", "product", "item", "Control strategy 2, version 1"),
    ("cafe", "advert", "advert", "Row 2 of source 7"),
    ("operation 12", "operation", "operation", "Operation 12"),
    ("tarnwick", "place", "place", "Tarnwick"),
    ("papers", "report", "report", "Night visits"),
    ("finding 1", "finding", "finding", "Burglary in Kiln Row"),
    ("which", "requirement", "requirement", "Which coach?"),
    ("brief 1", "product", "brief", "Kilns by night"),
    ("visit", "action", "action", "Visit the kilns"),
    ("driver 1", "driver", "driver", "Driver 1, version"),
    ("harbour beat", "place", "within", "Harbour beat"),
    ("kiln row", "place", "drawn", "drawn area"),
)


@pytest.fixture(scope="module")
def store_file(empty_store_file, tmp_path_factory):
    path = tmp_path_factory.mktemp("links") / "world.duckdb"
    with closing(Store(path)) as store:
        fill_store(store)
    return path


@pytest.fixture
def links(store_file, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(store_file))
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    monkeypatch.setattr("streamlit.page_link", lambda *_, **look: None)
    yield
    close_store()


def read_page(page: str, link: dict[str, str | list[str]]) -> tuple[str, str]:
    """The warnings of a page, and all else that it says."""
    app = open_page(page, **link)
    elements = [app.title, app.header, app.subheader, app.markdown, app.caption, app.text]
    elements += [app.text_input, app.text_area]
    said = [str(element.value) for kind in elements for element in kind]
    said += [button.label for button in app.button] + [str(table.value) for table in app.dataframe]
    return "\n".join(warning.value for warning in app.warning), "\n".join(said).replace("\\", "")


@pytest.mark.parametrize("typed, kind, name, shown", LINKS)
def test_each_page_opens_what_the_link_names(links, store_file, typed, kind, name, shown):
    with closing(Store(store_file)) as store:
        groups = search(store, typed, find_tier("analyst"))
    target = next(group for group in groups if group.kind == kind).hits[0].target
    assert name in target.query
    warnings, said = read_page(target.page, target.query)
    assert shown in said and "link names" not in warnings
