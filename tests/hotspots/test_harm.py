from datetime import date

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.cli import cli
from analytics.hotspots.harm import (
    HarmTableRefused,
    list_harm_tables,
    load_harm_weights,
    match_categories,
    match_incidents,
    read_harm_table,
    read_harm_weights,
)
from analytics.oversight import Actor, verify
from analytics.reference import reference_file
from analytics.store import Store, close_store
from tests.examples import examples

EXAMPLE = reference_file("harm_example.toml")
HEADER = "name,version,unit,valid_from,category,weight,source\n"
ACTOR = Actor("A")


def row(
    category="Robbery",
    weight="365",
    *,
    name="Index",
    version="1",
    unit="days",
    day="2024-01-31",
    source="Paper",
):
    return f"{name},{version},{unit},{day},{category},{weight},{source}\n"


def table(*rows):
    return read_harm_table((HEADER + "".join(rows)).encode(), "index.csv")


def write(tmp_path, *rows, name="index.csv"):
    path = tmp_path / name
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def test_the_example_says_that_it_is_made_up_and_weighs_every_category_of_the_scenario():
    example = read_harm_table(EXAMPLE.read_bytes(), EXAMPLE.name)
    assert example.name.startswith("Illustrative")
    assert all("not a published index" in source for _, _, source in example.rows)
    scenario = EXAMPLE.with_name("scenario.toml").read_text(encoding="utf-8")
    assert all(f'"{category}" = {{' in scenario for category, _, _ in example.rows)


def test_the_published_index_names_its_source_and_what_it_is_derived_from():
    file = EXAMPLE.with_name("harm_cambridge.toml")
    index = read_harm_table(file.read_bytes(), file.name)
    assert "medians by subgroup" in index.name and index.unit == "days"
    assert b"(check)" not in file.read_bytes()
    assert all("Sherman" in source for _, _, source in index.rows)
    weights = {category: weight for category, weight, _ in index.rows}
    assert weights["Homicide"] == 5475 and "Violence and sexual offences" not in weights


def test_csv_and_toml_say_the_same():
    toml = (
        'name="Index"\nversion="1"\nunit="days"\nvalid_from=2024-01-31\nsource="Paper"\n'
        '[weights]\nRobbery=365\n"A, b"=0.5\n'
    )
    assert read_harm_table(toml.encode(), "index.TOML") == table(row(), row('"A, b"', "0.5"))
    assert table(row()).valid_from == date(2024, 1, 31)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(), row("Theft", "-1")], "row 3: the weight '-1' is not a number"),
        ([row(weight="much")], "row 2: the weight 'much'"),
        ([row(weight="")], "row 2: the weight ''"),
        ([row(weight="nan")], "row 2: the weight"),
        ([row(weight="inf")], "row 2: the weight"),
        ([row(weight="1e999")], "row 2: the weight"),
        ([row(weight="1_000")], "row 2: the weight"),
        ([row(weight='"1,5"')], "row 2: the weight"),
        ([row(weight="٣")], "row 2: the weight"),
        ([row(category=" ")], "row 2: no category"),
        ([row(source="")], "row 2: no source"),
        ([row(day="31/01/2024")], "row 2: valid_from"),
        ([row(), row("ROBBERY ")], "row 3: the category 'ROBBERY ' is in row 2"),
        ([row(), row("Theft", version="2")], "row 3: name, version, unit and valid_from differ"),
        ([row(category="a\u202eb")], "cannot be seen"),
        ([row(category="a\x00b")], "cannot be seen"),
        ([row(category="x" * 301)], "longer than 300"),
        ([row(), "too,few\n"], "row 3: 2 columns"),
        ([], "0 categories"),
        ([row(category='"open')], "cannot be read as CSV"),
    ],
)
def test_bad_rows_are_refused_with_their_number(rows, message):
    with pytest.raises(HarmTableRefused) as refused:
        table(*rows)
    assert message in str(refused.value)


def test_every_fault_is_named_up_to_ten():
    with pytest.raises(HarmTableRefused, match="row 11.*; and 5 more") as refused:
        table(*[row(f"c{k}", "-1") for k in range(15)])
    assert "row 2:" in str(refused.value) and "row 12:" not in str(refused.value)


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"\xff\xfe\x00", "a.csv", "not UTF-8"),
        (b"a,b\n1,2\n", "a.csv", "missing: name"),
        (b"", "a.csv", "missing"),
        (b"weights = ", "a.toml", "not valid TOML"),
        (b"name = 'x'", "a.toml", "a.toml: weights is missing"),
        (b"[weights]\na = true", "a.toml", "row 1"),
        (b"[weights]\na = {b = 1}", "a.toml", "row 1"),
        (b"x", "a.xlsx", ".toml or a .csv"),
        (b"x" * 5_000_001, "a.csv", "at most"),
    ],
)
def test_files_that_are_no_harm_table_are_refused(data, name, message):
    with pytest.raises(HarmTableRefused, match=message):
        read_harm_table(data, name)


@settings(max_examples=examples(150))
@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(lambda t: (HEADER + t).encode("utf-8", "replace"))
    ),
    st.sampled_from(["a.csv", "a.toml"]),
)
def test_anything_is_read_or_refused(data, name):
    try:
        read = read_harm_table(data, name)
    except HarmTableRefused as refused:
        assert str(refused).isprintable() or "TOML" in str(refused)
    else:
        assert all(np.isfinite(weight) and weight >= 0 for _, weight, _ in read.rows)


def test_a_version_is_held_once_audited_and_never_overwritten(store, tmp_path):
    path = write(tmp_path, row(), row("Theft", "2"))
    before = store.data_version()
    assert load_harm_weights(store, ACTOR, path)[1] is True
    assert load_harm_weights(store, ACTOR, path)[1] is False
    with pytest.raises(HarmTableRefused, match="never overwritten"):
        load_harm_weights(store, ACTOR, write(tmp_path, row(weight="1"), row("Theft", "2")))
    load_harm_weights(store, ACTOR, write(tmp_path, row(weight="1", version="2", day="2025-01-01")))
    assert read_harm_weights(store, "Index", "1") == {"Robbery": 365.0, "Theft": 2.0}
    assert read_harm_weights(store, "Index", "2") == {"Robbery": 1.0}
    sets = list_harm_tables(store)
    assert sets[["name", "version", "categories"]].values.tolist() == [["Index", "2", 1], ["Index", "1", 2]]
    acts = store.rows("SELECT act, object FROM audit ORDER BY sequence")
    assert [a["object"] for a in acts] == ["Index version 1", "Index version 2"]
    assert verify(store)[2] is None and store.data_version() == before
    with pytest.raises(KeyError, match="version '3'"):
        read_harm_weights(store, "Index", "3")


def test_hostile_text_stays_text(store, tmp_path):
    hostile = "'); DROP TABLE harm_weight; --"
    load_harm_weights(store, ACTOR, write(tmp_path, row(f'"{hostile}"', "3", source='"=HYPERLINK(1)"')))
    assert read_harm_weights(store, "Index", "1") == {hostile: 3.0}


def test_unknown_categories_are_reported_and_are_neither_nothing_nor_one():
    category = pd.Series(["Robbery", "robbery ", "Arson", None, "Arson"])
    weights = match_incidents(category, {"ROBBERY": 5.0, "Theft": 1.0})
    np.testing.assert_array_equal(weights.weight, [5, 5, np.nan, np.nan, np.nan])
    assert weights.unknown.values.tolist() == [["Arson", 2], ["(no category)", 1]]
    assert match_categories(["robbery ", "Arson"], {"ROBBERY": 5.0}) == ({"robbery ": 5.0}, ("Arson",))


def test_the_command_line(tmp_path):
    store, runner = tmp_path / "s.duckdb", CliRunner()
    Store(store).close()
    try:
        assert "No harm weights" in runner.invoke(cli, ["harm", "list", "--store", str(store)]).output
        done = runner.invoke(cli, ["harm", "import", str(EXAMPLE), "--store", str(store)])
        assert done.exit_code == 0 and "10 categories" in done.output
        assert (
            "Already loaded"
            in runner.invoke(cli, ["harm", "import", str(EXAMPLE), "--store", str(store)]).output
        )
        assert "version 1" in runner.invoke(cli, ["harm", "list", "--store", str(store)]).output
        refused = runner.invoke(
            cli, ["harm", "import", str(write(tmp_path, row(weight="-2"))), "--store", str(store)]
        )
        assert refused.exit_code == 1 and "row 2" in refused.output
    finally:
        close_store(store)
