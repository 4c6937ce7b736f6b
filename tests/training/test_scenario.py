"""The invented city: repeatable, loadable, and what it says was planted is really there."""

import json
import subprocess
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from scipy.spatial import cKDTree
from scipy.stats import poisson

from analytics.ingest import SourceDetails
from analytics.intelligence.report_import import import_reports
from analytics.oversight import Actor, verify
from analytics.store import close_store, open_store
from analytics.training import generate, load
from analytics.training.cli import scenario
from analytics.training.settings import TABLES, first_day, local_to_utc, settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("scenario")
    generate(1, 1.0, out)
    return out


@pytest.fixture
def loaded(store, made):
    load(store, made, Actor("test"))
    return store


def _truth(made):
    return json.loads((made / "truth/truth.json").read_text())


def _incidents(made):
    from analytics.training.scenario import _with_metres

    rows = _with_metres(pq.read_table(made / "incidents.parquet")).to_pandas()
    labels = pq.read_table(made / "truth/rows.parquet").to_pandas()
    return rows.merge(labels[labels.table == "incidents"], on="reference", how="left")


def test_same_seed_same_content_other_seed_other_content(tmp_path):
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        generate(seed, 0.05, tmp_path / name)
    for table in (*TABLES, "truth/rows"):
        a, b, c = (pq.read_table(tmp_path / name / f"{table}.parquet") for name in "abc")
        assert a.equals(b), table
        assert not a.equals(c), table
    for file in ("truth/truth.json", "reports.csv"):
        a, b, c = (tmp_path / name / file for name in "abc")
        assert a.read_bytes() == b.read_bytes() != c.read_bytes()


def test_size_follows_scale(made):
    rows = sum(pq.read_metadata(made / f"{table}.parquet").num_rows for table in TABLES)
    assert 58_000 < rows < 63_000


def test_load_fills_every_table_and_no_truth(loaded, made):
    sources = loaded.rows("SELECT * FROM source")
    assert len(sources) == len(TABLES) + 1 and all(source["is_scenario"] for source in sources)
    lines = loaded.rows("SELECT count(*) AS n FROM report_line")[0]["n"]
    assert [s["rows_in"] for s in sources if s["kind"] == "report"] == [lines] and lines > 50
    for source in (source for source in sources if source["kind"] != "report"):
        held = loaded.rows(f'SELECT count(*) AS n, min(row_number) AS first FROM "{source["kind"]}"')[0]
        assert held["n"] == source["rows_in"] == source["rows_accepted"] and held["first"] == 2
    names = {row["table_name"] for row in loaded.rows("SELECT table_name FROM information_schema.tables")}
    assert not any("truth" in name for name in names)
    assert verify(loaded)[2] is None


def test_missing_file_leaves_the_store_unchanged(store, tmp_path):
    generate(1, 0.02, tmp_path)
    (tmp_path / "journeys.parquet").unlink()
    with pytest.raises(FileNotFoundError):
        load(store, tmp_path, Actor("test"))
    assert store.rows("SELECT (SELECT count(*) FROM source) + (SELECT count(*) FROM area) AS n")[0]["n"] == 0


def test_local_times_respect_summer_time(loaded):
    wrong = """SELECT count(*) AS n FROM incident WHERE occurred_from = occurred_to AND local_hour <> hour(occurred_from)
               + CASE WHEN local_date BETWEEN DATE '2026-03-30' AND DATE '2026-10-24' THEN 1 ELSE 0 END
               AND local_date NOT IN (DATE '2026-03-29', DATE '2026-10-25') AND year(local_date) = 2026 AND hour(occurred_from) < 23"""
    assert loaded.rows(wrong)[0]["n"] == 0
    nights = loaded.rows(
        "SELECT local_hour, local_weekday, hour(timezone('Europe/London', timezone('UTC', occurred_from)))"
        " AS h "
        "FROM incident WHERE occurred_to > occurred_from"
    )
    assert len(nights) > 500
    assert all(
        row["local_hour"] is None and row["local_weekday"] is None and row["h"] == 22 for row in nights
    )


def test_the_hour_that_does_not_exist_moves_on():
    day = (np.datetime64("2026-03-29") - np.datetime64(first_day())).astype(int)
    moved = local_to_utc(np.array([day]), np.array([90]))  # 01:30, skipped that night
    assert moved[0] == np.datetime64("2026-03-29T01:00")


def test_planted_hotspots_stand_out_in_their_place_and_hours(made):
    rows, truth = _incidents(made), _truth(made)
    for spot in truth["hotspots"]:
        own = rows[rows.category == spot["category"]]
        tree = cKDTree(own[["x", "y"]])
        centre = np.array(truth["centre"]) + [spot["east"], spot["north"]]
        inside = len(tree.query_ball_point(centre, spot["radius"]))
        around = len(tree.query_ball_point(centre, 4 * spot["radius"])) - inside
        assert poisson.sf(inside - 1, around / 15) < 1e-6, spot["name"]
        planted = own[own.planted == spot["name"]]
        assert (np.hypot(planted.x - centre[0], planted.y - centre[1]) <= spot["radius"]).all()
        hours = planted.occurred_from.dt.tz_localize("UTC").dt.tz_convert("Europe/London").dt.hour
        assert len(planted) > 30 and hours.between(spot["hours"][0], spot["hours"][1] - 1).mean() > 0.99


def test_trends_rise_and_fall(made):
    rows = _incidents(made)
    last = rows.occurred_from.max().normalize()
    for spot in settings()["hotspots"]:
        ago = (last - rows[rows.planted == spot["name"]].occurred_from).dt.days
        if spot["trend"] == "rising":
            assert (ago < 56).mean() > 0.8 and (ago < 28).sum() > 1.8 * ago.between(28, 55).sum()
        elif spot["trend"] == "declining":
            assert (ago > 365).sum() > 4 * (ago <= 365).sum()


def _close_pairs(xy, days):
    pairs = cKDTree(xy).query_pairs(200, output_type="ndarray")
    return (np.abs(days[pairs[:, 0]] - days[pairs[:, 1]]) <= 14).sum()


def test_near_repeats_exceed_what_shuffled_dates_give(made):
    """Knox's test: pairs within 200 m and 14 days against 99 shuffles of the dates."""
    rows = _incidents(made)
    own = rows[rows.category == settings()["near_repeats"]["category"]]
    xy, days = own[["x", "y"]].to_numpy(), own.occurred_from.to_numpy().astype("datetime64[D]").astype(int)
    rng = np.random.default_rng(0)
    shuffled = max(_close_pairs(xy, rng.permutation(days)) for _ in range(99))
    assert _close_pairs(xy, days) > 1.2 * shuffled


def test_networks_leave_traces_in_every_domain_and_stay_a_small_part(made):
    truth, labels = _truth(made), pq.read_table(made / "truth/rows.parquet").to_pandas()
    assert {network["type"] for network in truth["networks"]} == {"flux", "broker", "chain", "mesh", "core"}
    for network in truth["networks"]:
        assert {member["stage"] for member in network["members"]} == {"origin", "transit", "destination"}
        tables = set(labels[labels.planted == network["name"]].table)
        assert tables == {"transactions", "communications", "adverts", "journeys", "premises", "reports"}
    share = (labels.table == "transactions").sum() / pq.read_metadata(made / "transactions.parquet").num_rows
    assert share < 0.1


def test_no_single_value_gives_the_planted_payments_away(made):
    rows = pq.read_table(made / "transactions.parquet").to_pandas()
    labels = pq.read_table(made / "truth/rows.parquet").to_pandas()
    planted = rows.reference.isin(labels.reference[labels.table == "transactions"])
    for column in ("channel", "note", "country", "merchant_category", "place", "currency"):
        share = planted.groupby(rows[column].fillna("none")).mean()
        assert share.max() < 0.5, column


def _payments(made):
    """All payments by time, with the label of what was planted."""
    rows = pq.read_table(made / "transactions.parquet").to_pandas()
    labels = pq.read_table(made / "truth/rows.parquet").to_pandas()
    labels = labels[labels.table == "transactions"][["reference", "planted"]]
    return rows.merge(labels, on="reference", how="left").sort_values("occurred_at", kind="stable")


def test_every_typology_has_the_shape_it_is_called_by(made):
    rows, truth = _payments(made), _truth(made)
    found = {}
    for item in truth["typologies"]:
        own = rows[rows.planted == item["name"]]
        assert len(own) == item["payments"] and item["network"]
        assert set(own.from_account) | set(own.to_account) == set(item["accounts"])
        found[item["kind"]] = (own, item["accounts"][0])
    assert len(found) == 8 + 6  # cycles of 3 to 8
    own, hub = found["fan-in"]
    assert (own.to_account == hub).all() and own.from_account.nunique() >= 9
    own, hub = found["fan-out"]
    assert (own.from_account == hub).all() and own.to_account.nunique() >= 9
    own, hub = found["gather-scatter"]
    into, out = own[own.to_account == hub], own[own.from_account == hub]
    assert len(into) + len(out) == len(own) and into.occurred_at.max() < out.occurred_at.min()
    assert 0.9 < out.amount_minor.sum() / into.amount_minor.sum() < 1
    own, source = found["scatter-gather"]
    first, second = own[own.from_account == source], own[own.from_account != source]
    assert second.to_account.nunique() == 1 and set(second.from_account) == set(first.to_account)
    for length in range(3, 9):
        own, _ = found[f"cycle of {length}"]
        assert len(own) == own.from_account.nunique() == length and own.occurred_at.is_monotonic_increasing
        assert own.to_account.tolist() == own.from_account.tolist()[1:] + own.from_account.tolist()[:1]
    own, mule = found["rapid pass-through"]
    for onward in own[own.from_account == mule].itertuples():
        before = own[(own.to_account == mule) & (own.occurred_at < onward.occurred_at)]
        assert ((onward.occurred_at - before.occurred_at).dt.total_seconds() <= 5 * 3600).any()
    own, _ = found["structuring"]
    line = settings()["typologies"]["line"] * 100
    assert own.amount_minor.between(0.85 * line, line - 1).all() and len(own) >= 9
    own, funnel = found["funnel account"]
    assert own[own.to_account == funnel].place.nunique() >= 3
    own, woken = found["dormant then busy"]
    touched = rows[(rows.from_account == woken) | (rows.to_account == woken)]
    assert len(touched) == len(own)  # nothing before, nothing after


def test_innocent_lookalikes_outnumber_the_typologies_and_carry_no_label(made):
    rows, truth = _payments(made), _truth(made)
    assert len({item["kind"] for item in truth["lookalikes"]}) == 10
    assert len(truth["lookalikes"]) > len(truth["typologies"])
    for item in truth["lookalikes"]:
        assert item["network"] is None and not (rows.planted == item["name"]).any()
    club = next(item for item in truth["lookalikes"] if item["kind"] == "savings club")
    inside = rows[rows.from_account.isin(club["accounts"]) & rows.to_account.isin(club["accounts"])]
    assert len(inside) >= club["payments"] == len(club["accounts"]) * (len(club["accounts"]) - 1)
    takings = [item for item in truth["lookalikes"] if item["kind"] == "stall takings"]
    line = settings()["typologies"]["line"] * 100
    own = rows[rows.from_account.isin([item["accounts"][1] for item in takings]) & rows.planted.isna()]
    assert (own.amount_minor >= line).any() and own.amount_minor.between(0.85 * line, line - 1).any()


def test_wages_and_rent_are_paid_by_the_calendar(made):
    rows = _payments(made)
    local = rows.occurred_at.dt.tz_localize("UTC").dt.tz_convert("Europe/London")
    rows = rows.assign(month=local.dt.strftime("%Y-%m"), weekday=local.dt.day_of_week, day=local.dt.day)
    kinds = pq.read_table(made / "accounts.parquet").to_pandas().set_index("reference").kind
    rent = rows[(rows.to_account.map(kinds) == "landlord") & rows.planted.isna()]
    series = rent.groupby("from_account")
    whole = [group for _, group in series if group.month.nunique() == 24]
    assert len(whole) >= 50
    for group in whole:
        assert len(group) == 24 and group.amount_minor.nunique() == 1 and (group.weekday < 5).all()
        assert np.ptp(group.day) <= 3
    wages = rows[(rows.from_account.map(kinds) == "business") & rows.planted.isna()]
    paid = [g for _, g in wages.groupby(["from_account", "to_account"]) if g.month.nunique() == 24]
    assert len(paid) >= 60
    for group in paid[:60]:
        assert (group.weekday < 5).mean() > 0.9 and group.amount_minor.std() < 0.1 * group.amount_minor.mean()


def test_a_disguised_number_or_a_phrase_alone_gives_no_advert_away(made):
    rows = pq.read_table(made / "adverts.parquet").to_pandas()
    labels = pq.read_table(made / "truth/rows.parquet").to_pandas()
    planted = rows.reference.isin(labels.reference[labels.table == "adverts"])
    disguised = ~rows.body.str.contains("Contact (?:0[0-9]+ [0-9]|member)")
    assert planted.sum() > 100 and disguised.sum() > 300
    assert planted[disguised].mean() < 0.5 and planted[~disguised].any()
    assert planted.groupby(rows.title).mean().max() < 0.5
    assert planted.groupby(rows.contact.isna()).mean().max() < 0.5
    assert rows.body.nunique() > 1000


@pytest.mark.parametrize("seed", [2, 3])
def test_hotspots_move_with_the_seed_and_still_stand_out(seed, tmp_path, made):
    generate(seed, 1.0, tmp_path)
    here, there = (_truth(out)["hotspots"] for out in (made, tmp_path))
    shift = settings()["hotspot_shift"]
    for one, other, planned in zip(here, there, settings()["hotspots"], strict=True):
        assert (one["east"], one["north"]) != (other["east"], other["north"])
        assert abs(other["east"] - planned["east"]) <= shift >= abs(other["north"] - planned["north"])
    test_planted_hotspots_stand_out_in_their_place_and_hours(tmp_path)


def test_the_same_scenario_loads_once_and_another_is_added(loaded, made, tmp_path):
    def counts():
        return [
            loaded.rows(f'SELECT count(*) AS n FROM "{s["kind"]}"')[0]["n"]
            for s in loaded.rows("SELECT DISTINCT kind FROM source ORDER BY kind")
        ]

    before, audited = counts(), verify(loaded)[0]
    load(loaded, made, Actor("test"))
    generate(1, 1.0, tmp_path / "again")
    load(loaded, tmp_path / "again", Actor("test"))
    assert counts() == before and verify(loaded)[0] == audited
    generate(2, 0.02, tmp_path / "other")
    load(loaded, tmp_path / "other", Actor("test"))
    assert all(after > held for after, held in zip(counts(), before, strict=True))


def test_nothing_outside_training_reads_the_truth():
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / name for name in tracked.stdout.split()]
    assert len(files) > 20
    for file in files:
        # Tests and benches compare with the truth; nothing that a user runs may.
        inside = any(file.is_relative_to(ROOT / room) for room in ("analytics/training", "bench", "tests"))
        if not inside and file.exists():
            text = file.read_text(encoding="utf-8")
            assert not any(word in text for word in ("truth/", '"truth"', "'truth'", "truth.json")), file


def test_the_command_fills_an_empty_store_once(tmp_path):
    runner, path = CliRunner(), str(tmp_path / "store.duckdb")
    arguments = ["--scale", "0.02", "--load", "--if-empty", "--store", path]
    try:
        first, second = runner.invoke(scenario, arguments), runner.invoke(scenario, arguments)
        assert first.exit_code == second.exit_code == 0 and "already holds data" in second.output
        assert open_store(path).rows("SELECT count(*) AS n FROM source")[0]["n"] == len(TABLES) + 1
        assert runner.invoke(scenario, []).exit_code == 2
    finally:
        close_store(path)


def test_exploitation_is_planted_beside_ordinary_lives_that_look_alike(made):
    rows, truth = _payments(made), _truth(made)
    accounts = pq.read_table(made / "accounts.parquet").to_pandas().set_index("reference")
    assert len(truth["exploitation"]) == 2 * len(truth["networks"])
    assert len({item["kind"] for item in truth["exploitation"]}) == 4
    assert len({item["kind"] for item in truth["ordinary"]}) == 9
    assert len(truth["ordinary"]) > 3 * len(truth["exploitation"])
    for item in truth["exploitation"]:
        assert (rows.planted == item["name"]).sum() == item["payments"]
    for item in truth["ordinary"]:
        assert not (rows.planted == item["name"]).any()
    taken = next(item for item in truth["exploitation"] if item["kind"] == "wages taken")
    assert accounts.phone[taken["organisers"] + taken["others"]].nunique() == 1
    assert np.ptp(accounts.opened[taken["others"]].map(lambda day: day.toordinal())) <= 25
    family = next(item for item in truth["ordinary"] if item["kind"] == "large family")
    holders = accounts.holder[family["organisers"] + family["others"]]
    assert holders.str.split().str[-1].nunique() == 1 and holders.nunique() > 1
    assert rows.to_account.isna().sum() > 100  # cash drawn
    organisers = {account for item in truth["exploitation"] for account in item["organisers"]}
    members = {member["account"] for network in truth["networks"] for member in network["members"]}
    assert organisers <= members


def test_the_better_a_report_is_graded_the_oftener_it_is_true(tmp_path):
    lines = []
    for seed in range(1, 6):
        generate(seed, 0.33, tmp_path / str(seed))
        told = pd.DataFrame(_truth(tmp_path / str(seed))["reports"])
        lines.append(pd.read_csv(tmp_path / str(seed) / "reports.csv", dtype=str).merge(told, on="reference"))
    lines = pd.concat(lines).drop_duplicates(["reference", "title", "observed_on"])
    by_source, by_information = (lines.groupby(name).true.mean() for name in ("source", "information"))
    assert by_source["1"] > by_source["2"] > by_source["3"] > 0
    assert by_information["A"] > by_information["C"] > by_information["E"] and by_information["A"] < 1
    words = lines.original.str.replace(r"[A-Z0-9][\w ]*", "", regex=True)
    assert set(words[~lines.true]) & set(words[lines.true])  # the same things are said of both


def test_reports_are_a_file_that_anyone_can_import_and_are_sanitised(store, made):
    details = SourceDetails("Reports", "Police Act", "training", "P", date(2030, 1, 1))
    outcome = import_reports(store, Actor("test"), made / "reports.csv", details)
    assert outcome.accepted == outcome.rows_in > 50 and not outcome.quarantined
    accounts = pq.read_table(made / "accounts.parquet").to_pandas()
    secret = {*accounts.holder, *accounts.phone.dropna()}
    for row in store.rows("SELECT sanitised FROM report_line"):
        assert not any(name in row["sanitised"] for name in secret), row
