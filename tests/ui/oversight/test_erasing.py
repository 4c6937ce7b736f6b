"""The data officer erases on the page what a second person approved there, and prints the certificate."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.oversight import Actor
from analytics.oversight.byte_search import find_in_file
from analytics.oversight.erasure_proofs import list_certificates
from analytics.oversight.seal import verify_store
from analytics.reference import reference_file
from analytics.store import close_store, open_store
from tests.oversight.test_erasure import ADVERTS, SOURCES
from tests.ui.run_until import run_until
from ui.oversight import erasing

PAGE = reference_file("release.toml").parents[1] / "pages" / "oversight.py"
OFFICER = Actor("Eve Holt", "data officer", "retention", "s1")
COMMANDER = Actor("Cora Fay", "commander", "tasking", "s2")
INSPECTOR = Actor("Dov Carr", "inspector", "inspection", "s3")
ERASED = "A common wording of source 1"


@pytest.fixture
def people(tmp_path, monkeypatch):
    """Who is at the page; the first of the list."""
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "page.duckdb"))
    at_the_page = [OFFICER]
    monkeypatch.setattr("ui.shell.page.find_actor", lambda: at_the_page[0])
    with open_store().write() as cursor:
        for statement in (SOURCES, ADVERTS):
            cursor.execute(statement).fetchall()
    yield at_the_page
    close_store()


def opened(view: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    app.query_params.update({"tab": view, "due": "All", **query})
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def field(app: AppTest, label: str):
    return next(box for box in app.text_input if box.label == label)


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button if not button.disabled]


def test_two_persons_erase_a_source_on_the_page(people):
    app = opened("Retention", review="source 1")
    assert "Erase for good" not in labels(app)
    field(app, "Reason").input("complaint 3 upheld")
    press(app, "Ask a second person")
    assert "Erase for good" not in labels(app)
    people[0] = COMMANDER
    press(opened("Approvals"), "Approve")
    people[0] = OFFICER
    app = opened("Retention", review="source 1")
    assert field(app, "Why it must go").value == "complaint 3 upheld"
    assert "Erase for good" not in labels(app)  # without a legal basis
    field(app, "Law or decision that asks for it").input("section 47 DPA 2018").run()
    assert any("300 rows of advert" in text.value for text in app.markdown)
    press(app, "Erase for good")
    run_until(app, lambda: bool(list_certificates(open_store())) and bool(app.subheader))
    assert [text.value for text in app.subheader] == ["Erased for good"]
    assert not find_in_file(Path(open_store().path), [ERASED])
    (certificate,) = list_certificates(open_store())
    assert certificate.proof.rows == {"advert": 300, "source": 1} and certificate.proof.found == {}
    assert (certificate.proof.reason, certificate.proof.legal_basis) == (
        "complaint 3 upheld",
        "section 47 DPA 2018",
    )
    assert erasing._print(certificate, "").startswith(b"%PDF")
    assert not verify_store(open_store()).faults
    app = opened("Retention", review="source 2")
    assert "Ask a second person" in labels(app)  # the approval was for one use on one thing


def test_whoever_does_not_erase_is_offered_no_button(people):
    people[0] = INSPECTOR
    app = opened("Retention", review="source 1")
    assert not {"Ask a second person", "Erase for good"} & set(labels(app))
    assert any("does not erase for good" in text.value for text in app.caption)
