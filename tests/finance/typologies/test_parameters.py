"""The file of parameters: the shipped one is read, faults are named."""

import numpy as np
import pytest

from analytics.finance.typologies.catalogue import DETECTORS
from analytics.finance.typologies.detectors import cycle, fan, structuring
from analytics.finance.typologies.false_discovery import chance_of_nothing
from analytics.finance.typologies.parameters import Parameters, read_parameters
from analytics.shared.schema import InvalidFile


def test_the_shipped_file_is_read_and_gives_lines():
    parameters = read_parameters()
    assert parameters.version and parameters.of(structuring.DETECTOR).line_minor["GBP"] == 1_000_000
    assert parameters.of(cycle.DETECTOR).max_edges == 12 and len({d.name for d in DETECTORS}) == len(
        DETECTORS
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[fan_in]\n", "version is missing"),
        ('version = "1"\n[fan_inn]\n', "fan_inn is not a known key; known are version, surroundings, cycle"),
        (
            'version = "1"\n[fan_in]\nleast = 3\n',
            "fan_in, least is not a known key; known are min_counterparties",
        ),
        (
            'version = "1"\n[fan_in]\nmin_counterparties = "3"\n',
            "fan_in, min_counterparties must be a whole number, not '3'",
        ),
        (
            'version = "1"\n[fan_in]\nmin_counterparties = 0\n',
            "fan_in, min_counterparties must be a number above 0, not 0",
        ),
        (
            'version = "1"\n[structuring]\nchannels = "cash"\n',
            "structuring, channels must be a list, not 'cash'",
        ),
        (
            'version = "1"\n[structuring.line_minor]\nGBP = 0.5\n',
            "structuring, line_minor, GBP must be a whole number, not 0.5",
        ),
        ("version = ", "not valid TOML"),
    ],
)
def test_faults_are_named(tmp_path, text, fault):
    file = tmp_path / "typologies.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFile, match=fault):
        read_parameters(file)


@pytest.mark.parametrize("key", ["max_edges", "most_edges"])  # the second as earlier versions wrote it
def test_what_is_not_given_keeps_its_default(tmp_path, key):
    file = tmp_path / "typologies.toml"
    file.write_text(f'version = "mine"\n[cycle]\n{key} = 5\n', encoding="utf-8")
    parameters = read_parameters(file)
    assert (parameters.version, parameters.of(cycle.DETECTOR).max_edges) == ("mine", 5)
    assert parameters.of(fan.FAN_IN) == Parameters().of(fan.FAN_IN)


def test_results_like_chance_are_nothing_and_those_beyond_it_are_not():
    random = np.random.default_rng(0)
    chance = 3 + random.exponential(0.5, 2000)
    alike, beyond = 3 + random.exponential(0.5, 2000), np.array([9.0, 12.0, 15.0])
    nothing, expected = chance_of_nothing(np.concatenate([alike, beyond]), chance, 0)
    assert (nothing[-3:] < 0.05).all() and np.median(nothing[:2000]) > 0.8
    assert (np.diff(nothing[np.argsort(-np.concatenate([alike, beyond]))]) >= -1e-12).all()
    assert expected[-1] < expected[-2] < expected[-3] < 1


def test_without_a_shuffled_ledger_chance_gives_as_many_as_were_judged():
    nothing, expected = chance_of_nothing(np.array([6.0, 3.0]), None, 1000)
    assert expected.tolist() == pytest.approx([0.001, 1.0]) and nothing.tolist() == pytest.approx(
        [0.001, 0.999]
    )
