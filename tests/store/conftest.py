"""Here stores are made by their migrations, as the product makes them."""

import pytest

from analytics.store import opening
from tests.conftest import CONNECT


@pytest.fixture(autouse=True)
def migrated_stores(monkeypatch):
    monkeypatch.setattr(opening, "_connect", CONNECT)
