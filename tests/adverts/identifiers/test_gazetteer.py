"""The gazetteer's names against a plain reading of its rows, one at a time."""

import pyarrow.parquet as pq
import pytest

from analytics.adverts.identifiers.digit_runs import TOKEN
from analytics.adverts.identifiers.normalise import fold_lines, fold_word
from analytics.adverts.identifiers.places import Gazetteer
from analytics.reference import reference_file


@pytest.fixture(scope="module")
def rows():
    """Every eleventh place, of every script."""
    return pq.read_table(reference_file("gazetteer.parquet"))[::11]


def test_every_name_finds_its_places_the_largest_first(rows):
    expected: dict[str, list[tuple]] = {}
    for row in sorted(rows.to_pylist(), key=lambda row: -row["population"]):
        names = {" ".join(TOKEN.findall(fold_word(name))) for name in (row["name"], *row["other_names"])}
        for name in names - {""}:
            expected.setdefault(name, []).append((row["name"], row["country"], row["population"]))
    gazetteer = Gazetteer(rows)
    found = {
        name: [(place.name, place.country, place.population) for place in gazetteer.find(name)]
        for name in gazetteer.names()
    }
    assert found == expected
    assert any(len(places) > 2 for places in expected.values())
    assert len(list(gazetteer.places())) == len(rows)
    assert gazetteer.find("nowhere at all") == ()


def test_lines_fold_as_words_do(rows):
    names = [name for name in rows["name"].to_pylist() if not name.isascii()]
    assert len(names) > 100
    assert fold_lines(names) == [fold_word(name) for name in names]
