"""How many examples a property is tried on: a third, or every one where ACHILLES_TEST_LONG is set."""

import os

IS_LONG = "ACHILLES_TEST_LONG" in os.environ


def examples(number: int) -> int:
    """So many, or a third of them, at the least 5."""
    return number if IS_LONG else max(number // 3, 5)
