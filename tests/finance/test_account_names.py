"""An account is named in a link without its number, and found again by that name."""

import pytest

from analytics.finance.queries import find_account, name_account

RECORDED, PAID_ONLY = "GB29NWBK60161331926819", "GB94BARC10201530093459"


def test_a_link_finds_the_account_again_and_does_not_say_its_number(store):
    with store.write() as cursor:
        cursor.execute(f"INSERT INTO account (source_id, row_number, reference) VALUES (3, 7, '{RECORDED}')")
        cursor.execute(
            'INSERT INTO "transaction" (source_id, row_number, from_account, to_account)'
            f" VALUES (4, 2, '{RECORDED}', '{PAID_ONLY}')"
        )
    assert name_account(store, RECORDED) == "3-7"
    name = name_account(store, PAID_ONLY)
    assert PAID_ONLY[-4:] not in name and "-" not in name
    assert [find_account(store, link) for link in ("3-7", name)] == [RECORDED, PAID_ONLY]
    for link in ("3-8", "", "0" * 16, "x' OR 1=1 --", "-"):
        with pytest.raises(KeyError):
            find_account(store, link)
