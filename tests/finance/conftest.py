import pytest

from tests.finance import ledgers


@pytest.fixture(scope="session", autouse=True)
def _engine_closed_at_the_end():
    yield
    ledgers.close()
