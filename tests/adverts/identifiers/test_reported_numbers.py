"""Texts after public bug reports, as they are imported: which telephone numbers they hold."""

import pytest

from analytics.adverts.pipeline import update
from tests.conftest import SHARED_DATA
from tests.ingest.helpers import ACTOR, run

FOLDER = SHARED_DATA / "reported"
ONE = "+447700900129"
NUMBERS = {
    "adv_phone_false.csv": {},
    "adv_phone_links.csv": dict.fromkeys(range(2, 10), [ONE]),
    "adv_phone_us.csv": dict.fromkeys((2, 3, 4, 5, 7), ["+13125550142"]),
    "adv_phone_true.csv": {
        **{row: [f"+4477009001{row + 21}"] for row in (2, 3, 4)},
        5: ["+34612345678"],
        6: ["+447700900126"],
        7: ["+447700900127", "+447700900128"],
        8: [ONE],
        10: ["+447700900130"],
        11: ["+447700900131"],
        12: ["+447700900132"],
        13: ["+447700900133", "+447700900134", "+447700900135"],
        14: ["+447700900136", "+447700900137"],
        16: ["+447700900138"],
    },
}
NOT_JUDGED = {"adv_phone_true.csv": (9, 15)}  # no valid number; a German number that is one digit short


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the reported cases are not here")
@pytest.mark.parametrize("name", NUMBERS)
def test_the_telephone_numbers_of_reported_texts_are_found_and_no_others(store, name):
    run(store, FOLDER / name, "advert")
    update(store, ACTOR)
    found: dict[int, list[str]] = {}
    for row in store.rows("SELECT * FROM advert_identifier WHERE kind IN ('phone', 'url', 'handle')"):
        if row["row_number"] not in NOT_JUDGED.get(name, ()):
            found.setdefault(row["row_number"], []).append(row["value"])
    assert {row: sorted(values) for row, values in found.items()} == NUMBERS[name]
