"""A network before and after: what is new, gone and replaced, how it hangs together, and whether its volume
fell."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analytics.hotspots.refusal import TooFewData
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding, save_finding
from analytics.oversight import Actor
from analytics.tasking.effect import EffectParameters
from analytics.tasking.networks import NetworkRecord, measure_network, read_network
from analytics.tasking.products import record_decision, save_product
from analytics.tasking.result_gaps import find_network_gaps
from analytics.tasking.results import measure_structure
from tests.sources import insert_source_row
from tests.tasking.factories import tasked_action

START, LAST = date(2026, 6, 1), date(2026, 7, 12)  # 42 days after


def record(seed: int = 1, *, left: float = 1.0, like: int = 40, last: date = LAST) -> NetworkRecord:
    """A network of about two adverts a day whose number 'A' gave way to 'B' in the same two wordings."""
    rng, days = np.random.default_rng(seed), (last - date(2025, 6, 1)).days + 1
    day = pd.date_range("2025-06-01", periods=days)
    rates = np.tile(rng.uniform(1, 3, like + 1)[:, None], days)
    rates[0] = 2
    rates[0, day >= pd.Timestamp(START)] *= left
    unit, at = np.nonzero(counts := rng.poisson(rates))
    events = pd.DataFrame(
        {"unit": np.repeat(unit, counts[unit, at]), "day": day[np.repeat(at, counts[unit, at])]}
    )
    own = events[events.unit == 0].reset_index(drop=True)
    since = own.day >= pd.Timestamp(START)
    wording = pd.Series(["w1", "w2"])[own.index % 2].to_numpy()
    contact = np.where(since, "B", np.where(own.index % 5 == 0, "C", "A"))
    place = np.where(since & (own.index % 3 == 0), "Newtown", "Oldtown")
    parts = {"contact": contact, "wording": wording, "place": place}
    traits = pd.concat(
        [pd.DataFrame({"day": own.day, "trait": name, "value": values}) for name, values in parts.items()]
    )
    ties = pd.DataFrame({"day": own.day, "left": wording, "right": contact})
    return NetworkRecord(
        "adverts", events, traits, ties, {"contact": "contact", "wording": "", "place": ""}, last
    )


def test_what_is_new_gone_and_replaced_is_named_against_the_usual_turnover():
    change = measure_network(record(), START)
    rows = change.turnover.set_index("trait")
    assert rows.loc["contact"].tolist() == [2, 1, 1, 0, 2, 0]  # before, after, new, usually, gone, usually
    assert rows.loc["place"].tolist() == [1, 2, 1, 0, 0, 0]
    assert rows.loc["wording", ["new", "gone"]].tolist() == [0, 0]
    values = change.values.set_index("value")
    assert (values.status["B"], values.status["A"], values.status["Oldtown"]) == ("new", "gone", "still used")
    assert values.replaced_by["A"] == "B" and values.replaced_by["C"] == "B" and values.times["A"] > 100
    shape = change.structure.set_index("measure")
    assert shape.before[["nodes", "ties", "pieces"]].tolist() == [4, 4, 1]
    assert shape.after[["nodes", "ties", "largest piece"]].tolist() == [3, 2, 1]
    assert shape.after["share of the chief broker"] == 1  # one number between two wordings
    assert (change.before, change.after) == ((date(2026, 4, 20), date(2026, 5, 31)), (START, LAST))


def test_a_fall_in_volume_is_called_and_none_where_none_is():
    fallen = measure_network(record(left=0.3), START)
    assert fallen.verdict == "fewer than expected" and fallen.p < 0.05 and fallen.similar == 40
    assert measure_network(record(), START).verdict == "no detectable effect"


def test_p_at_the_limit_is_not_called_and_below_it_is():
    """With room for no other day p is 1 / (similar networks + 1): of 19 exactly 0.05."""
    short = EffectParameters(history_days=126)
    for like, verdict in ((19, "no detectable effect"), (20, "fewer than expected")):
        change = measure_network(record(left=0.05, like=like), START, short)
        assert (change.p, change.verdict) == (1 / (like + 1), verdict)


def test_networks_that_are_not_comparable_give_no_verdict():
    network = record(left=0.3)
    quiet = network.events[(network.events.unit == 0) | (network.events.index % 40 == 0)]
    change = measure_network(replace(network, events=quiet), START)
    assert change.verdict == "cannot be judged" and np.isnan(change.p) and change.baselines.empty
    assert "There is no fair comparison. " in change.why and "A similar network had " in change.why
    assert "adverts on average before, against 275 here." in change.why
    assert len(change.turnover) == 3  # how it adapted is described all the same


def test_too_early_too_few_and_nothing_before_are_said():
    early = measure_network(record(last=START + timedelta(days=6)), START)
    assert early.verdict == "too early" and "judge from 21 Jun 2026" in early.why
    alone = measure_network(record(like=3), START)
    assert (
        alone.verdict == "not measured"
        and "only 3 similar networks" in alone.why
        and len(alone.turnover) == 3
    )
    with pytest.raises(TooFewData, match="before the action"):
        measure_network(record(), date(2025, 6, 1))


def test_adaptation_becomes_questions_that_name_nobody():
    questions = [gap.question for gap in find_network_gaps(measure_network(record(), START))]
    assert any("1 new numbers" in text for text in questions) and any(
        "1 new towns" in text for text in questions
    )
    assert any("2 of the network's parts replaced" in text for text in questions)
    assert find_network_gaps(measure_network(record(last=START), START)) == []


@pytest.fixture
def tasked(store):
    """A campaign of three adverts of which a fourth joins after the action, a payment network, and a shop
    that many use."""
    with store.write() as cursor:
        insert_source_row(cursor, 1, "advert")
        insert_source_row(cursor, 2, "transaction")
        for at, (when, town) in enumerate(
            [
                (date(2026, 5, 1), "X"),
                (date(2026, 5, 9), "X"),
                (date(2026, 5, 20), "Y"),
                (date(2026, 6, 9), "Z"),
                (LAST, "Q"),
            ],
            2,
        ):
            cursor.execute(
                "INSERT INTO advert (source_id, row_number, title, body, posted_at, site, place)"
                " VALUES (1, ?, 't', 'b', ?, 's', ?)",
                [at, when, town],
            ).fetchall()
        for row in (2, 3, 4, 5):
            cursor.execute("INSERT INTO campaign_advert VALUES (9, 1, ?, 1)", [row]).fetchall()
            number = "+44700" if row < 5 else "+44701"
            cursor.execute(
                "INSERT INTO advert_identifier VALUES (1, ?, 'phone', ?, 'body', 0, 5, 1, NULL)",
                [row, number],
            ).fetchall()
        payments = [
            ("a", "b", date(2026, 5, 1)),
            ("b", "c", date(2026, 5, 2)),
            ("a", "shop", date(2026, 5, 3)),
            ("b", "d", date(2026, 6, 20)),
        ]
        payments += [(f"x{at}", "shop", date(2026, 5, 1 + at % 28)) for at in range(30)]
        for at, (payer, payee, when) in enumerate(payments, 2):
            cursor.execute(
                'INSERT INTO "transaction" (source_id, row_number, occurred_at, from_account, to_account,'
                " amount_minor, currency)"
                " VALUES (2, ?, ?, ?, ?, 100, 'GBP')",
                [at, when, payer, payee],
            ).fetchall()
    return store


def _finding(store, table: str, source: int, rows: list[int]) -> int:
    finding = Finding("t", "s", "m", {}, 1, None, None, None, read_result({}), "low", "x", "x")
    evidence = pa.table(
        {"table_name": [table] * len(rows), "source_id": [source] * len(rows), "row_number": rows}
    )
    return save_finding(store, Actor("a"), finding, evidence)


def test_adverts_that_joined_the_campaign_after_the_action_are_its_own(tasked):
    network = read_network(tasked, [_finding(tasked, "advert", 1, [2, 3])])
    own = network.events[network.events.unit == 0]
    assert (network.kind, len(own), network.last) == ("adverts", 4, LAST)  # the fifth advert is nobody's
    assert set(network.traits.value[network.traits.trait == "contact"]) == {"+44700", "+44701"}
    change = measure_network(network, START)
    assert change.values.set_index("value").replaced_by["+44700"] == "+44701"
    assert read_network(tasked, []) is None


def test_an_account_that_many_use_is_not_followed(tasked):
    network = read_network(tasked, [_finding(tasked, "transaction", 2, [2, 3, 4])])
    traits = network.traits.groupby("trait").value.agg(set)
    assert traits["account"] == {"a", "b", "c"} and traits["counterparty"] == {"shop", "d"}
    assert network.left_out == 1 and len(network.events[network.events.unit == 0]) == 4


def test_the_structure_of_an_action_is_that_of_the_brief_as_decided(tasked):
    number = _finding(tasked, "advert", 1, [2, 3])
    brief, _ = save_product(tasked, Actor("a"), "brief", "x", {}, [number])
    record_decision(
        tasked, Actor("a"), brief, 1, "adopted", "x", "y", action=tasked_action("Visit", "PC 9", LAST)
    )
    save_product(tasked, Actor("a"), "brief", "x", {}, [], product_id=brief)
    with tasked.write(changes_data=False) as cursor:
        cursor.execute("UPDATE decision SET decided_at = ?", [datetime(2026, 6, 1)]).fetchall()
    network, change = measure_structure(tasked, 1)
    assert network.kind == "adverts" and change.after == (START, LAST)
