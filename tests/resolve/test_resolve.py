"""Mentions of one person are joined, those of two are not."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from analytics.cli import cli
from analytics.resolve.calibration import fit_calibration
from analytics.resolve.cluster import cluster_mentions
from analytics.resolve.resolution import resolve_mentions
from analytics.resolve.roles import find_role, normalise_dates
from tests.conftest import SHARED_DATA

PEOPLE = [
    ("John", "Smith", "1980-02-03", "07700 900123"),
    ("Jon", "Smith", "03/02/1980", "+44 7700 900123"),
    ("Smith", "John", "1980-02-03", ""),
    ("Jane", "Smith", "1980-02-03", "07700 900123"),
    ("Mary", "Jones", "1975-12-01", "07700 900456"),
    ("Mary", "Jones", "1 Dec 1975", ""),
    ("Peter", "Brown", "1990-05-06", ""),
    ("Peter", "Brown", "1990-05-06", ""),
    ("Peter", "Browne", "1990-06-05", "07700 900999"),
    ("Ahmed", "Khan", "1988-01-02", ""),
    ("Amina", "Khan", "1991-07-09", ""),
    ("Sara", "Khan", "", ""),
    ("Li", "Wei", "1977-03-03", "07700 900777"),
    ("Wei", "Li", "1977-03-03", "07700 900777"),
    ("Olga", "Petrova", "1969-11-11", ""),
    ("Olga", "Petrowa", "1969-11-11", ""),
    ("Tom", "Green", "1950-01-01", ""),
    ("Sue", "White", "", ""),
    ("Bob", "Black", "2000-09-09", ""),
    ("Una", "Gray", "1999-02-01", "n/a"),
]
TRUTH = [0, 0, 0, 3, 4, 4, 6, 6, 6, 9, 10, 11, 12, 12, 14, 14, 16, 17, 18, 19]
FIELDS = {"given": "given_name", "family": "surname", "born": "date of birth", "phone": "telephone"}


def _roles(columns):
    return [(find_role(role), column) for column, role in columns.items()]


def _table(rows=PEOPLE):
    return pd.DataFrame(rows, columns=list(FIELDS), dtype=object)


def test_twenty_rows_with_typos_swapped_names_dates_in_other_forms_and_a_twin():
    found = resolve_mentions(_table(), _roles(FIELDS))
    assert found.entity.tolist() == TRUTH
    assert ((found.probability >= 0) & (found.probability <= 1)).all()


def test_the_order_of_rows_does_not_matter():
    order = np.random.default_rng(3).permutation(len(PEOPLE))
    found = resolve_mentions(_table().iloc[order].reset_index(drop=True), _roles(FIELDS))
    groups = {frozenset(order[found.entity == entity].tolist()) for entity in set(found.entity)}
    assert groups == {frozenset(np.flatnonzero(np.array(TRUTH) == t).tolist()) for t in set(TRUTH)}


def test_a_pair_shows_what_each_field_says():
    pairs = resolve_mentions(_table(), _roles(FIELDS)).pairs
    pair = pairs[(pairs.left == 4) & (pairs.right == 5)].iloc[0]
    assert pair["given bits"] > 0 and pair["born bits"] > 0 and pair["phone bits"] == 0


@pytest.mark.parametrize("rows", [[("Ann", "", "", "")], [("", "", "", "")] * 3])
def test_nothing_in_common_is_nothing_to_join(rows):
    found = resolve_mentions(_table(rows), _roles(FIELDS))
    assert found.entity.tolist() == list(range(len(rows)))


def test_wrong_fields_are_refused_in_words():
    with pytest.raises(ValueError, match="no role 'shoe'; known are name"):
        find_role("shoe")
    with pytest.raises(ValueError, match="no column x"):
        resolve_mentions(_table(), [(find_role("name"), "x")])


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1980-02-03", "03/02/1980", "3 Feb 1980", "19800203", "3.2.80"], ["19800203"] * 5),
        (["02/13/1980", "02/03/1980"], ["19800213", "19800203"]),
        (["31/12/1999", "", "unknown", "1999"], ["19991231", "", "", "19990000"]),
    ],
)
def test_dates_in_any_form(texts, expected):
    assert normalise_dates(pd.Series(texts, dtype=object)).tolist() == expected


def test_groups_are_split_at_a_weak_bridge_and_by_what_cannot_be():
    weights = {pair: 12.0 for group in (range(5), range(5, 10)) for pair in combinations(group, 2)}
    weights[(4, 5)] = 6.0  # one likely pair joins the two

    def weigh(pairs):
        return np.array([weights.get((int(a), int(b)), -8.0) for a, b in pairs])

    pairs = np.array(list(weights))
    entity, _ = cluster_mentions(10, pairs, weigh(pairs), weigh)
    assert entity.tolist() == [0] * 5 + [5] * 5
    weights = {(0, 1): 9.0, (1, 2): 9.0, (0, 2): -20.0}  # 0 and 2 have unlike documents
    pairs = np.array(list(weights))
    entity, _ = cluster_mentions(3, pairs, weigh(pairs), weigh)
    assert entity[0] != entity[2]


def test_bits_that_say_too_much_are_tempered():
    rng = np.random.default_rng(0)
    bits = rng.normal(0, 12, 20_000)
    together = rng.random(20_000) < 1 / (1 + 2.0 ** (-bits / 3))
    scale = fit_calibration(bits, together)
    assert scale.slope == pytest.approx(np.log(2) / 3, rel=0.08) and abs(scale.intercept) < 0.1
    assert fit_calibration(np.zeros(0), np.zeros(0, bool)).slope == pytest.approx(np.log(2), rel=0.01)


def test_the_command_writes_every_row(tmp_path):
    path, out = tmp_path / "people.csv", tmp_path / "clusters.csv"
    _table().to_csv(path, index=False)
    fields = ",".join(f"{role}={column.upper()}" for column, role in FIELDS.items())
    result = CliRunner().invoke(cli, ["network", "resolve", str(path), "--fields", fields, "--out", str(out)])
    assert result.exit_code == 0, result.output
    written = pd.read_csv(out)
    assert list(written) == ["row", "entity_id", "probability"]
    assert (written.entity_id - 1).tolist() == TRUTH and written.row.tolist() == list(range(1, 21))
    wrong = ["network", "resolve", str(path), "--fields", "name=nobody", "--out", str(out)]
    assert "No column nobody" in CliRunner().invoke(cli, wrong).output


def test_one_column_and_a_blank_row(tmp_path):
    path, out = tmp_path / "names.csv", tmp_path / "clusters.csv"
    path.write_text('name\nAda Lovelace\n""\nGrace Hopper\nnull\n', encoding="utf-8")
    result = CliRunner().invoke(
        cli, ["network", "resolve", str(path), "--fields", "name=name", "--out", str(out)]
    )
    assert result.exit_code == 0, result.output
    assert pd.read_csv(out).entity_id.tolist() == [1, 2, 3, 4]


@pytest.mark.skipif(
    not (SHARED_DATA / "entities").is_dir(), reason="FEBRL 3 is not here: set ACHILLES_TEST_DATA"
)
def test_febrl():
    from bench.network.resolve import FEBRL, roles, score_groups

    table = pd.read_csv(SHARED_DATA / "entities" / "febrl3.csv", dtype=str, skipinitialspace=True)
    found = resolve_mentions(table, roles(FEBRL))
    truth = pd.factorize(table.rec_id.str.extract(r"rec-(\d+)")[0])[0]
    assert score_groups(found.entity, truth)[2] >= 0.999
    assert found.pairs.probability[truth[found.pairs.left] == truth[found.pairs.right]].mean() > 0.99


_ALL = {
    "given": "given_name",
    "family": "surname",
    "born": "date_of_birth",
    "phone": "telephone",
    "mail": "email",
    "home": "address",
    "paper": "document",
}
_ADA = ("Ada", "Quist", "1980-02-03", "07700 900123", "ada@example.org", "3 High Street", "P7712345")


@pytest.mark.parametrize(
    ("column", "value", "joined"),
    [
        ("paper", "Q1199887", False),
        ("born", "1991-11-27", False),
        ("born", "1980-08-25", False),
        ("paper", "P7712354", True),  # two digits changed places
        ("born", "03/02/1980", True),
        ("born", "1980", True),
        ("paper", "", True),
        ("phone", "07700 900999", True),
    ],
)
def test_another_document_or_birth_date_splits_though_all_else_agrees(column, value, joined):
    other = dict(zip(_ALL, _ADA, strict=True)) | {column: value}
    strangers = [
        (
            f"Name{k}",
            f"Kin{k}",
            f"19{50 + k}-0{1 + k % 9}-1{k % 9}",
            f"07700 90{2000 + k}",
            f"m{k}@x.org",
            f"{k} Row",
            f"D{k}55{k}1",
        )
        for k in range(20)
    ]
    table = pd.DataFrame([_ADA, tuple(other.values()), _ADA, *strangers], columns=list(_ALL), dtype=object)
    found = resolve_mentions(table, _roles(_ALL))
    assert found.entity[0] == found.entity[2] == 0
    assert bool(found.entity[1] == 0) == joined
    pair = found.pairs[(found.pairs.left == 0) & (found.pairs.right == 1)]
    assert joined or (pair.probability <= 0.02).all()
    assert len(set(found.entity)) == 20 + (1 if joined else 2)


def test_a_field_that_is_often_typed_wrong_is_no_proof():
    rows = []
    for k in range(120):
        person = (
            f"Name{k}",
            f"Kin{k}",
            f"19{40 + k % 50}-0{1 + k % 9}-1{k % 9}",
            f"07700 9{20000 + k}",
            f"m{k}@x.org",
            f"{k} Row",
            f"D{k}55{k}1",
        )
        rows += [person, (*person[:6], f"Z{k}99{k}8") if k % 10 == 0 else person]
    table = pd.DataFrame(rows, columns=list(_ALL), dtype=object)
    found = resolve_mentions(table, _roles(_ALL))
    assert (found.entity[::2] == found.entity[1::2]).all()


def test_the_legal_form_of_a_company_is_no_part_of_its_name():
    names = pd.Series(["Blue Vale Ltd.", "blue vale LIMITED", "Blue Vale", "Limited", "Vale GmbH"])
    assert find_role("name").normalise(names).tolist() == ["blue vale"] * 3 + ["limited", "vale"]
