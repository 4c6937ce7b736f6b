"""As each role: every page and view opens or says why not, as `tests/permissions.toml` says, and nothing is
offered that is then refused."""

import shutil
import tomllib
from pathlib import Path

import pytest

from analytics.oversight import Actor, may
from analytics.oversight.roles import find_role, list_roles
from analytics.oversight.sessions import Session
from analytics.store import close_store, now
from tests.examples import IS_LONG
from tests.ui.offered import Offered, note_refusals

TABLE = tomllib.loads((Path(__file__).parents[1] / "permissions.toml").read_text(encoding="utf-8"))
ROLES = [role.code for role in list_roles()] if IS_LONG else ["prosecutor", "partner", "administrator"]
NOT_HERE = ("network/", "training/")  # no links in the imported files; a trainer's own
pytestmark = pytest.mark.timeout(
    2400
)  # an analyst is offered most: ten minutes on a machine that does other work


@pytest.fixture
def walk_as(tmp_path, monkeypatch):
    """Walks through the app as somebody in a session, on a copy of a store."""

    def walk(store: Path, actor: Actor) -> Offered:
        path = Path(shutil.copy(store, tmp_path / "walked.duckdb"))
        monkeypatch.setenv("ACHILLES_STORE", str(path))
        session = Session("0" * 64, actor, "test", now(), now())
        for module in ("page", "who"):
            monkeypatch.setattr(f"ui.shell.{module}.find_session", lambda: session)
        walker = Offered()
        note_refusals(monkeypatch, walker)
        walker.walk()
        return walker

    yield walk
    close_store()


@pytest.mark.parametrize("role", ROLES)
def test_each_view_opens_as_the_table_says_and_offers_nothing_that_is_refused(walk_as, imported, role):
    actor = Actor("Robin Vale", role, find_role(role).purposes[0], "s")
    walker = walk_as(imported / "store.duckdb", actor)
    assert walker.found == []
    pages = {name for name in walker.opened if "/" not in name}
    assert pages == {name for name, roles in TABLE["pages"].items() if role in roles}
    views = {name: is_open for name, is_open in walker.opened.items() if "/" in name}
    assert set(views) <= set(TABLE["tabs"]), "a view that the table does not name"
    assert views == {
        name: not act or bool(may(actor, act)) for name, act in TABLE["tabs"].items() if name in views
    }
    if role == "inspector":  # who opens nearly all
        missing = set(TABLE["tabs"]) - set(views)
        assert all(name.startswith(NOT_HERE) for name in missing), missing


def test_the_table_names_no_view_of_a_page_that_is_none():
    assert {name.split("/")[0] for name in TABLE["tabs"]} <= set(TABLE["pages"])
    assert all(
        not act or may(Actor("x", "inspector", "complaint", "s"), act) for act in TABLE["tabs"].values()
    )
