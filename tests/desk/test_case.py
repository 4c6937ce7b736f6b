"""The case tray: things of every domain in one finding and one brief; removed and put back."""

import json
from datetime import date

import pytest

from analytics.desk.case_finding import (
    CaseWords,
    describe_case,
    draft_statement,
    save_case_brief,
    save_case_finding,
)
from analytics.desk.saved_views import (
    list_views,
    remove_view,
    rename_view,
    restore_view,
    save_view,
    share_view,
)
from analytics.desk.tray import (
    TrayItem,
    add_item,
    close_case,
    name_case,
    open_case,
    remove_item,
    reopen_case,
    restore_item,
)
from analytics.desk.watches import mark_looked, resume_watch, start_watch, stop_watch
from analytics.intelligence.evidence import count_evidence, read_evidence_lines
from analytics.intelligence.findings import load_finding, save_finding
from analytics.intelligence.reports import save_report
from analytics.search import PageLink
from analytics.store import true_now
from analytics.tasking.products import load_product
from tests.desk.test_watches import ANALYST, OFFICER, OTHER, SQUARE, digest, fill
from tests.intelligence.test_findings import FINDING, rows
from tests.intelligence.test_reports import report

OPENS = PageLink("adverts", {"operation": "1"})
WORDS = CaseWords("One case", "They belong together.", "low", "Shared telephone.", "None.")


def things(store) -> list[TrayItem]:
    number, _ = save_report(store, ANALYST, report())
    finding = save_finding(store, ANALYST, FINDING, rows(1, [2]))
    return [
        TrayItem("place", SQUARE, "Quay Street", PageLink("hotspots", {"drawn": SQUARE})),
        TrayItem("operation", "1", "Operation 1", OPENS),
        TrayItem("account", "1-2", "Account ••••9819", PageLink("finance", {"account": "1-2"})),
        TrayItem("entity", digest(store), "Telephone ••••123", OPENS),
        TrayItem("report", str(number), "Report 1", OPENS),
        TrayItem("finding", str(finding), "Finding 1", OPENS),
        TrayItem("row", "communication-1-2", "Communication", OPENS),
    ]


@pytest.fixture
def filled(store):
    fill(store, 1, true_now())
    for thing in things(store):
        add_item(store, ANALYST, thing)
    add_item(store, ANALYST, TrayItem("lead", "L1", "Lead 1", OPENS), [("transaction", 1, 2)])
    return store


def test_one_finding_rests_on_the_union_of_everything(filled):
    case = open_case(filled, ANALYST)
    number = save_case_finding(filled, ANALYST, case, WORDS)
    finding = load_finding(filled, number)
    assert count_evidence(filled, number) == {
        "account": 1,
        "advert": 1,
        "communication": 1,
        "incident": 1,
        "transaction": 1,
    }
    assert len(read_evidence_lines(filled, number, 1)) == len(report().lines)
    assert [part.kind for part in finding.result.parts] == [item.kind for item in case.items]
    assert finding.result.focus.place == "Quay Street" and finding.period_from <= date(2026, 3, 1)
    assert "Operation 1" in draft_statement(case)
    with pytest.raises(PermissionError):
        save_case_finding(filled, OFFICER, case, WORDS)


def test_one_brief_speaks_of_the_case_and_of_its_findings_and_reports(filled):
    case = open_case(filled, ANALYST)
    number = save_case_finding(filled, ANALYST, case, WORDS)
    content = load_product(filled, save_case_brief(filled, ANALYST, case, number, date(2026, 6, 1)))[
        "content"
    ]
    assert content["finding_ids"] == [number, 1] and content["report_ids"] == [1]
    assert content["title"] == "One case" and f"[finding {number}:" in content["what"]


def test_a_period_in_the_link_of_a_place_bounds_its_incidents(store):
    fill(store, 1, true_now())
    link = PageLink("hotspots", {"drawn": SQUARE, "period": ["2025-01-01", "2025-12-31"]})
    add_item(store, ANALYST, TrayItem("place", SQUARE, "Quay Street", link))
    with pytest.raises(ValueError, match="rows"):
        save_case_finding(store, ANALYST, open_case(store, ANALYST), WORDS)


def test_a_thing_is_taken_out_and_put_back_by_its_owner_alone(filled):
    case = open_case(filled, ANALYST)
    first = case.items[0].item_id
    assert add_item(filled, ANALYST, case.items[0]) == first  # it lies there already
    with pytest.raises(KeyError):
        remove_item(filled, OTHER, first)
    remove_item(filled, ANALYST, first)
    assert first not in [item.item_id for item in open_case(filled, ANALYST).items]
    restore_item(filled, ANALYST, first)
    assert open_case(filled, ANALYST).items[0].item_id == first
    assert open_case(filled, OTHER).items == ()


def test_a_case_is_named_put_away_and_opened_again(filled):
    case = open_case(filled, ANALYST)
    name_case(filled, ANALYST, case.case_id, " Quay Street, spring ")
    close_case(filled, ANALYST, case.case_id)
    assert open_case(filled, ANALYST).items == ()
    reopen_case(filled, ANALYST, case.case_id)
    assert open_case(filled, ANALYST).name == "Quay Street, spring"
    with pytest.raises(ValueError):
        name_case(filled, ANALYST, case.case_id, "  ")
    with pytest.raises(ValueError):
        add_item(filled, ANALYST, TrayItem("person", "1", "x", OPENS))


def test_views_are_own_or_shared_and_changed_by_their_owner(store):
    mine = save_view(store, ANALYST, "Quay, nights", OPENS)
    save_view(store, OTHER, "not shown", OPENS)
    theirs = save_view(store, OTHER, "All of us", PageLink("hotspots", {"period": ["a", "b"]}), shared=True)
    views = list_views(store, ANALYST)
    assert [(view.view_id, view.own) for view in views] == [(theirs, False), (mine, True)]
    assert views[0].opens.query == {"period": ["a", "b"]}
    rename_view(store, ANALYST, mine, "Quay, by night")
    remove_view(store, ANALYST, mine)
    assert [view.view_id for view in list_views(store, ANALYST)] == [theirs]
    restore_view(store, ANALYST, mine)
    share_view(store, ANALYST, mine, True)
    assert [view.name for view in list_views(store, OTHER)] == ["All of us", "not shown", "Quay, by night"]
    for change in (
        lambda: rename_view(store, ANALYST, theirs, "x"),
        lambda: remove_view(store, ANALYST, theirs),
    ):
        with pytest.raises(KeyError):
            change()
    with pytest.raises(ValueError):
        save_view(store, ANALYST, " ", OPENS)
    assert store.rows("SELECT count(*) AS n FROM audit WHERE act LIKE '%view%'")[0]["n"] == 7


def acts(store) -> list[tuple[str, str, dict]]:
    """What the audit trail says of the desk: act, object, detail."""
    rows = store.rows(
        "SELECT act, object, CAST(detail AS VARCHAR) AS detail FROM audit WHERE act <> 'change data'"
        " ORDER BY sequence"
    )
    return [(row["act"], row["object"], json.loads(row["detail"])) for row in rows]


def test_every_change_of_the_desk_is_in_the_audit_trail(store):
    fill(store, 1, true_now())
    item = add_item(store, ANALYST, TrayItem("operation", "1", "Operation 1", OPENS))
    remove_item(store, ANALYST, item)
    restore_item(store, ANALYST, item)
    name_case(store, ANALYST, 1, "Quay")
    close_case(store, ANALYST, 1)
    reopen_case(store, ANALYST, 1)
    view = save_view(store, ANALYST, "Nights", OPENS, shared=True)
    rename_view(store, ANALYST, view, "By night")
    share_view(store, ANALYST, view, False)
    share_view(store, ANALYST, view, True)
    remove_view(store, ANALYST, view)
    restore_view(store, ANALYST, view)
    watch = start_watch(store, ANALYST, "operation", "1", "Operation 1", OPENS)
    mark_looked(store, ANALYST, watch)
    stop_watch(store, ANALYST, watch)
    resume_watch(store, ANALYST, watch)
    assert acts(store) == [
        ("add to case", "case 1", {"kind": "operation"}),
        ("remove from case", "item 1", {}),
        ("put back into case", "item 1", {}),
        ("name case", "case 1", {}),
        ("close case", "case 1", {}),
        ("reopen case", "case 1", {}),
        ("save view", "view 1", {"shared": True, "page": "adverts"}),
        ("rename view", "view 1", {}),
        ("share view no longer", "view 1", {}),
        ("share view", "view 1", {}),
        ("remove view", "view 1", {}),
        ("restore view", "view 1", {}),
        ("start watch", "watch 1", {"kind": "operation"}),
        ("look at watch", "watch 1", {}),
        ("stop watch", "watch 1", {}),
        ("resume watch", "watch 1", {}),
    ]
    with pytest.raises(KeyError, match="There is no watch 1 of bob"):
        resume_watch(store, OTHER, watch)


def test_nothing_of_the_desk_makes_the_data_other(store):
    before = store.data_version()
    add_item(store, ANALYST, TrayItem("operation", "1", "Operation 1", OPENS))
    save_view(store, ANALYST, "Nights", OPENS)
    assert store.data_version() == before


def test_an_advert_lies_in_a_case_and_its_row_under_the_finding(store):
    fill(store, 1, true_now())
    add_item(store, ANALYST, TrayItem("advert", "1-2", "Advert 1", OPENS))
    case = open_case(store, ANALYST)
    finding = load_finding(store, number := save_case_finding(store, ANALYST, case, WORDS))
    assert count_evidence(store, number) == {"advert": 1}
    assert finding.result.focus.label == "Advert 1" and finding.result.parts[0].count == 1


def test_the_place_of_a_case_is_where_its_finding_lies(filled):
    finding = load_finding(filled, save_case_finding(filled, ANALYST, open_case(filled, ANALYST), WORDS))
    focus = finding.result.focus
    assert (focus.lon, focus.lat, focus.count) == (pytest.approx(-1.5), pytest.approx(53.8), 1)
    assert len(focus.ring) == 5 and focus.label == "Quay Street"


def test_a_case_is_described_in_words_and_refused_in_words(filled):
    case = open_case(filled, ANALYST)
    assert describe_case(case) == (
        "1 place, 1 operation of adverts, 1 account, 1 money lead, 1 identifier, 1 report, 1 finding, "
        "1 record"
    )
    with pytest.raises(PermissionError, match="This role does not write findings."):
        save_case_finding(filled, OFFICER, case, WORDS)
    with pytest.raises(ValueError, match="A case needs a name."):
        name_case(filled, ANALYST, case.case_id, " ")
    add_item(filled, ANALYST, TrayItem("row", "source-1-2", "Source 1", OPENS))
    with pytest.raises(ValueError, match="Source 1 is no record that a finding can rest on."):
        save_case_finding(filled, ANALYST, open_case(filled, ANALYST), WORDS)
