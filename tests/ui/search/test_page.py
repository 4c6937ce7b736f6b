"""The Search page run without a browser: masked until a reason is given, audited, hostile text plain text."""

import pytest
from streamlit.testing.v1 import AppTest

from analytics.search import KINDS
from analytics.search.records import RECORDS
from analytics.store import close_store, open_store
from tests.ui.page_runs import open_page
from ui.shell.single_user import single_user

HOSTILE = "<img src=x onerror=alert(1)> [x](http://example.invalid) :red[Zdenka]"


LINKS: list[str] = []


@pytest.fixture(autouse=True)
def links(monkeypatch):
    """A page run by itself knows no other page: what its links say is written down instead."""
    monkeypatch.setattr("streamlit.page_link", lambda page, *, label, **look: LINKS.append(label))


@pytest.fixture
def filled_store(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "page.duckdb"))
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    store = open_store()
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO journey (source_id, row_number, reference, traveller, vehicle, to_place) VALUES"
            " (4, 2, 'J-1', 'Zdenka Novak', 'AB12 CDE', ?), (4, 3, 'J-2', NULL, 'AB12CDE', 'Oldport')",
            [HOSTILE],
        ).fetchall()
    yield store
    close_store()


def opened(**link: str) -> AppTest:
    LINKS.clear()
    return open_page("search", **link)


def test_hits_are_masked_until_a_reason_is_given_and_the_search_is_audited(filled_store):
    app = opened(find="zdenka")
    assert "Z\\. N\\." in LINKS[0] and "Zdenka Novak" not in str(LINKS)
    app.text_input(key="reason-search").input("asked by the victim's lawyer")
    next(button for button in app.button if button.label == "Reveal").click().run()
    assert "Zdenka Novak" in str(LINKS)
    acts = filled_store.rows(
        "SELECT act, CAST(detail AS VARCHAR) AS detail FROM audit WHERE act <> 'change data' "
        "ORDER BY sequence"
    )
    assert [row["act"] for row in acts] == ["search", "reveal personal data"] and "zdenka" in acts[0][
        "detail"
    ]


def test_a_row_opens_masked_with_where_its_vehicle_occurs_again(filled_store):
    app = opened(item="journey-4-2")
    values = app.dataframe[0].value.set_index("What").Value
    assert values["Traveller"] == "Z. N." and "AB12" not in values["Vehicle"]
    assert "row 2 of source 4" in app.header[0].value.replace("\\", "")
    assert "AB12" not in str(LINKS) and "Journeys and vehicles · 1" in [c.value for c in app.caption]


def test_hostile_text_is_plain_text_and_a_stale_link_says_so(filled_store):
    opened(find="oldport")
    assert "Oldport" in LINKS[0]
    opened(find="example.invalid")
    assert "\\[x\\]" in LINKS[0] and ":red[" not in LINKS[0]
    assert "not in the store" in opened(item="journey-9-9").warning[0].value.replace("\\", "")


def test_a_role_that_reads_no_rows_opens_none(filled_store, monkeypatch):
    monkeypatch.setenv("ACHILLES_ROLE", "officer")
    assert opened(find="zdenka").info and not opened(item="journey-4-2").dataframe


def test_before_a_word_is_typed_the_page_says_what_of_each_kind_is_searched(filled_store):
    app = opened()
    said = {line.split("**")[1]: line for line in (text.value for text in app.markdown) if "**" in line}
    assert not app.exception and set(KINDS.values()) <= set(said)
    for record in RECORDS:
        assert ", ".join(record.columns.values()) in said[KINDS[record.kind]].replace("\\", "")
