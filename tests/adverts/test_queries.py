from datetime import date

import pandas as pd
import pytest

from analytics.adverts.indicator_hits import build_features, count_by_operation, find_hits, summarise_hits
from analytics.adverts.indicators import load_indicators
from analytics.adverts.operation_finding import REFERRAL_SECTIONS, Subject, build_finding, draft_referral
from analytics.adverts.queries import (
    AdvertFilter,
    count_matching,
    list_matching_keys,
    list_operations,
    list_unlinked,
    read_advert,
    read_identifiers,
    read_operation_adverts,
    read_operation_links,
    summarise_adverts,
)
from analytics.intelligence.findings import list_findings, save_finding
from analytics.intelligence.recheck import RerunRequest
from analytics.oversight import Actor
from analytics.reruns import recheck_finding
from analytics.shared.unwritten import is_unwritten
from analytics.tasking.brief import draft_brief
from analytics.tasking.drafts import draft_profile
from tests.adverts.factories import NAMES, PHONE, fill

FILED = load_indicators()


@pytest.fixture
def filled(store):
    fill(store)
    return store


def found(store, **chosen) -> list[int]:
    return list_operations(store, AdvertFilter(**chosen)).operation_id.tolist()


def test_what_is_stored_and_the_operations_in_order(filled):
    summary = summarise_adverts(filled)
    assert (summary.adverts, summary.unread, summary.outdated, summary.operations) == (39, 0, 0, 3)
    assert (
        summary.first == date(2026, 1, 5)
        and "Leeds, GB" in summary.places
        and summary.kinds == ("jobs", "lessons", "massage")
    )
    table = list_operations(filled, AdvertFilter()).set_index("operation_id")
    assert table.index.tolist() == [1, 2, 3]
    assert table.adverts[1] == table.matching[1] == 24 and table.places[1] == 4 and table.phones[1] == 1
    assert table.days[1] == 23 * 7


def test_adverts_that_an_earlier_version_read_are_told_from_new_ones(filled):
    with filled.write() as cursor:
        cursor.execute("UPDATE advert_scan SET reader = reader - 1 WHERE row_number <= 10").fetchall()
        cursor.execute("DELETE FROM advert_scan WHERE row_number BETWEEN 11 AND 13").fetchall()
        held = cursor.execute("SELECT count(*) FROM advert WHERE row_number <= 10").fetchall()[0][0]
    summary = summarise_adverts(filled)
    assert held and (summary.unread - summary.outdated, summary.outdated) == (3, held)


def test_an_empty_store_is_no_error(store):
    summary = summarise_adverts(store)
    assert summary.adverts == 0 and summary.kinds == () and summary.first is None
    assert list_operations(store, AdvertFilter()).empty and find_hits(store, FILED).empty
    assert count_by_operation(find_hits(store, FILED), FILED).empty


@pytest.mark.parametrize(
    ("chosen", "operations"),
    [
        ({"kinds": ("jobs",)}, [2, 3]),
        ({"places": ("York, GB",)}, [1]),
        ({"words": ("pickers", "PAY")}, [2]),
        ({"words": ("york",)}, [1]),
        ({"words": ("100%",)}, []),
        ({"identifiers": (("phone", PHONE),)}, [1]),
        ({"digits": "7700900456"}, [2]),
        ({"last": date(2026, 1, 4)}, []),
        ({"first": date(2026, 5, 1), "last": date(2026, 5, 31)}, [1]),
        ({"words": ("'; DROP TABLE advert; --",)}, []),
    ],
)
def test_a_filter_finds_the_operations_with_an_advert_that_passes(filled, chosen, operations):
    assert found(filled, **chosen) == operations


def test_adverts_on_their_own_are_counted_and_listed(filled):
    assert count_matching(filled, AdvertFilter(words=("piano",))) == (4, 4)
    assert len(list_matching_keys(filled, AdvertFilter(kinds=("jobs",)))) == 11
    assert list_unlinked(filled, AdvertFilter()).title.str.startswith("Piano").all()


def test_one_operation_with_its_links_identifiers_and_indicators(filled):
    adverts = read_operation_adverts(filled, 1)
    assert (
        len(adverts) == 24 and adverts.posted_at.is_monotonic_increasing and (adverts.campaign_id == 1).all()
    )
    links = read_operation_links(filled, 1)
    assert links.standing.tolist() == ["stands", "suppressed"]
    read = read_identifiers(filled, adverts)
    assert set(read.kind) == {"phone", "place"} and (read[read.kind == "phone"].everywhere == 24).all()
    assert read_advert(filled, 1, 2)["operation_id"] == 1
    with pytest.raises(KeyError):
        read_advert(filled, 1, 999)


def test_measures_are_right_where_they_can_be_counted_by_hand(filled):
    hits = find_hits(filled, FILED)
    by = hits.groupby("operation_id")
    assert by["obscured-phone"].all().to_dict() == {1: True, 2: False, 3: False}
    assert not hits["disguised-words"].any()
    assert by["many-towns-in-days"].all().to_dict() == {1: False, 2: True, 3: False}
    assert by["one-place"].all().to_dict() == {1: False, 2: False, 3: True}
    assert not hits[hits.operation_id.isna()]["one-place"].any()
    assert not hits["several-names"].any(), "operation 1 sells under three names"
    with filled.write() as cursor:
        cursor.execute(
            "UPDATE advert SET body = replace(body, 'Ask for Rina', 'ASK FOR Vera') WHERE row_number = 2"
        ).fetchall()
        cursor.execute(
            "UPDATE advert SET body = replace(body, 'Ask for Tara', 'Ask for Details') WHERE row_number = 3"
        ).fetchall()
    more = find_hits(filled, FILED)
    assert more.groupby("operation_id")["several-names"].all().to_dict() == {1: True, 2: False, 3: False}
    table = count_by_operation(hits, FILED)
    assert table.indicators_for[2] >= 4 and table.indicators_against[3] >= 2
    shown = summarise_hits(hits, 2, FILED).set_index("name")
    assert shown.share["high-pay-no-experience"] == 1 and shown.everywhere[
        "high-pay-no-experience"
    ] == pytest.approx(6 / 39)
    features = build_features(list_operations(filled, AdvertFilter()), hits, FILED)
    assert features.index.tolist() == [1, 2, 3] and not features.isna().any().any()


def test_an_operation_becomes_a_finding_with_its_adverts_and_without_their_words(filled):
    adverts, hits = read_operation_adverts(filled, 1), find_hits(filled, FILED)
    finding, evidence = build_finding(
        Subject("operation", 1, 400.0),
        adverts,
        summarise_hits(hits, 1, FILED),
        read_operation_links(filled, 1),
        ["It toured."],
        "",
        {},
        5,
    )
    number = save_finding(filled, Actor("test"), finding, evidence)
    assert list_findings(filled).evidence_rows.tolist() == [24]
    again = recheck_finding(filled, RerunRequest(number, 1))
    assert (
        again.rows_in_both == 24 and again.rows.empty and again.verdict == "changed"
    )  # what it says of movement is its own
    said = " ".join([finding.title, finding.statement, finding.confidence_basis, str(finding.result)])
    assert "share an author" in said and "It toured." in said and "traffick" not in said.lower()
    assert not any(secret in said for secret in (*NAMES, "900123", "0 7 7 0 0"))
    assert finding.confidence == "moderate" and "nothing of exploitation" in finding.confidence_basis
    links = read_operation_links(filled, 1).assign(identifier_kind="common wording", standing="suppressed")
    common, _ = build_finding(
        Subject("operation", 1, 9.0), adverts, summarise_hits(hits, 1, FILED), links, [], "", {}, 5
    )
    assert common.confidence == "low" and "rests on contacts they share" in common.confidence_basis
    assert "many unrelated people use" in common.statement
    profile = draft_profile([finding])
    assert "share an author" in profile["problem"] and "licensed agency" in profile["alternatives"]
    assert draft_brief([finding], [number], profile, date(2026, 12, 1)).where.startswith(
        "Leeds, GB; Luton, GB"
    )
    with pytest.raises(ValueError, match="no advert"):
        build_finding(
            Subject("operation", 1, 1.0),
            adverts.head(0),
            summarise_hits(hits, 1, FILED),
            pd.DataFrame(),
            [],
            "",
            {},
            1,
        )


def test_a_referral_holds_no_contact_and_leaves_to_people_what_only_they_can_say(filled):
    adverts, hits = read_operation_adverts(filled, 1), find_hits(filled, FILED)
    draft = draft_referral(Subject("operation", 1, 400.0), adverts, summarise_hits(hits, 1, FILED), [])
    assert list(draft) == list(REFERRAL_SECTIONS)
    text = " ".join(draft.values())
    assert (
        not any(secret in text for secret in (*NAMES, "900123", "0 7 7 0 0"))
        and "Nobody has been spoken to" in text
    )
    assert sum(is_unwritten(part) for part in draft.values()) == 4
