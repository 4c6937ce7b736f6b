"""Graded reports: truer with a better grade, importable, and sanitised."""

from datetime import date

import pandas as pd
import pyarrow.parquet as pq

from analytics.ingest import SourceDetails, propose_mapping, read_file
from analytics.intelligence.report_import import import_reports
from analytics.oversight import Actor
from analytics.training import generate
from tests.training.city_files import read_truth


def test_the_better_a_report_is_graded_the_oftener_it_is_true(tmp_path):
    lines = []
    for seed in range(1, 6):
        generate(seed, 0.33, tmp_path / str(seed))
        about = pd.DataFrame(read_truth(tmp_path / str(seed))["reports"])
        lines.append(
            pd.read_csv(tmp_path / str(seed) / "reports.csv", dtype=str).merge(about, on="reference")
        )
    lines = pd.concat(lines).drop_duplicates(["reference", "title", "observed_on"])
    by_source, by_information = (lines.groupby(name).true.mean() for name in ("source", "information"))
    assert by_source["1"] > by_source["2"] > by_source["3"] > 0
    assert by_information["A"] > by_information["C"] > by_information["E"] and by_information["A"] < 1
    words = lines.original.str.replace(r"[A-Z0-9][\w ]*", "", regex=True)
    assert set(words[~lines.true]) & set(words[lines.true])  # the same things are said of both


def test_reports_are_a_file_that_anyone_can_import_and_are_sanitised(store, city_files):
    details = SourceDetails("Reports", "Police Act", "training", "P", date(2030, 1, 1))
    path = city_files / "reports.csv"
    outcome = import_reports(store, Actor("test"), path, propose_mapping(read_file(path), "report"), details)
    assert outcome.accepted == outcome.rows_in > 50 and not outcome.quarantined
    accounts = pq.read_table(city_files / "accounts.parquet").to_pandas()
    secret = {*accounts.holder, *accounts.phone.dropna()}
    for row in store.rows("SELECT sanitised FROM report_line"):
        assert not any(name in row["sanitised"] for name in secret), row
