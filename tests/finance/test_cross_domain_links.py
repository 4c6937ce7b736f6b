"""Accounts joined to adverts, premises and incidents by what they share."""

import pandas as pd

from analytics.finance.cross_domain_links import JoinParameters, join_accounts


def test_accounts_join_by_identifier_and_a_switchboard_names_nobody():
    accounts = pd.DataFrame(
        {
            "reference": ["A", "B", "C"],
            "holder": ["Dr Ann Lee", "Bo", None],
            "phone": ["07700 900123", "+44 7700 900123", None],
            "email": [None, "x@example.org", None],
            "address": ["12 Mill Row", None, "Mill Row"],
        }
    )
    adverts = pd.DataFrame({"contact": ["07700900123\nX@Example.org", None]})
    premises = pd.DataFrame({"holder": ["LEE Ann"], "address": ["12, mill row"]})
    found = join_accounts(accounts, adverts, premises, pd.DataFrame({"place": ["Mill Row"]}))
    assert {tuple(row) for row in found[["account", "table", "by"]].values} == {
        ("A", "advert", "telephone"),
        ("B", "advert", "telephone"),
        ("B", "advert", "e-mail"),
        ("A", "premises", "name"),
        ("A", "premises", "address"),
    }
    assert found.shared_accounts[found.by == "telephone"].tolist() == [2, 2]
    few = join_accounts(accounts, adverts, parameters=JoinParameters(max_shared=1))
    assert few.by.tolist() == ["e-mail"] and few.attrs["left_out"] == 1
