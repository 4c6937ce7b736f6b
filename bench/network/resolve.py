"""Which mentions are of one person, against known truth and beside Splink in the same run.

    python -m bench.network.resolve FOLDER            # febrl3.csv, historical_50k.parquet
    python -m bench.network.resolve FOLDER --peer     # the same by turns with Splink 5
    python -m bench.network.resolve FOLDER --million  # made-up mentions, time and memory

The truth is used to score alone: no parameter is fitted to it."""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.resolve.resolution import Resolution, resolve_mentions
from analytics.resolve.roles import FieldRole, find_role

FEBRL = {
    "given_name": "given_name",
    "surname": "surname",
    "date_of_birth": "date_of_birth",
    "soc_sec_id": "document",
    "address_1": "address",
    "address_2": "address",
    "postcode": "postcode",
    "suburb": "place",
    "street_number": "other",
}
HISTORICAL = {
    "first_name": "given_name",
    "surname": "surname",
    "dob": "date_of_birth",
    "birth_place": "place",
    "postcode_fake": "postcode",
    "occupation": "occupation",
}


def roles(columns: dict[str, str]) -> list[tuple[FieldRole, str]]:
    return [(find_role(role), column) for column, role in columns.items()]


def count_pairs(sizes: pd.Series) -> float:
    return float((sizes * (sizes - 1) / 2).sum())


def score_groups(entity: np.ndarray, truth: np.ndarray) -> tuple[float, float, float, int]:
    """(precision, recall, F1 of pairs within groups, largest group)."""
    table = pd.DataFrame({"entity": entity, "truth": truth})
    both = count_pairs(table.groupby(["entity", "truth"]).size())
    said, true = count_pairs(table.groupby("entity").size()), count_pairs(table.groupby("truth").size())
    return both / said, both / true, 2 * both / (said + true), int(table.groupby("entity").size().max())


def expected_error(chance: np.ndarray, right: np.ndarray) -> float:
    bins = np.minimum((chance * 10).astype(int), 9)
    return float(sum(abs(chance[bins == b].sum() - right[bins == b].sum()) for b in range(10)) / len(chance))


@dataclass(frozen=True)
class Measured:
    """Seconds by the clock and of processor time, and F1 of pairs within groups."""

    seconds: float
    processor: float
    cluster_f1: float


def report(name: str, found: Resolution, truth: np.ndarray, took: str) -> float:
    """Print how good a resolution is; F1 of pairs within groups."""
    pairs = found.pairs
    same = truth[pairs.left] == truth[pairs.right]
    said = (pairs.probability >= 0.5).to_numpy()
    true = count_pairs(pd.Series(truth).value_counts())
    pair_f1 = 2 * (said & same).sum() / (said.sum() + true)
    precision, recall, f1, largest = score_groups(found.entity, truth)
    error = expected_error(pairs.probability.to_numpy(), same)
    print(
        f"{name}: pair F1 {pair_f1:.4f}; cluster P {precision:.4f} R {recall:.4f} F1 {f1:.4f}, "
        f"largest {largest} (true {pd.Series(truth).value_counts().max()}); "
        f"calibration error {error:.4f}; {took}",
        flush=True,
    )
    return f1


def run(name: str, table: pd.DataFrame, columns: dict[str, str], truth: np.ndarray) -> Measured:
    begun, used = time.perf_counter(), time.process_time()
    found = resolve_mentions(table, roles(columns))
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    f1 = report(name, found, truth, f"{seconds:.1f} s, {used:.1f} s of processor time")
    return Measured(seconds, used, f1)


def run_splink(
    table: pd.DataFrame,
    truth: np.ndarray,
    comparisons: list[Any],
    blocks: list[tuple[str, ...]],
    taught: list[tuple[str, ...]],
) -> Measured:
    """Splink 5 with `comparisons`, pairs found by `blocks`, m learnt on each of `taught`."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    begun, used = time.perf_counter(), time.process_time()
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        blocking_rules_to_generate_predictions=[block_on(*block) for block in blocks],
        comparisons=comparisons,
    )
    database = DuckDBAPI()
    linker = Linker(database.register(table), settings)
    linker.training.estimate_probability_two_random_records_match([block_on(*blocks[0])], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6)
    for block in taught:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*block))
    predictions = linker.inference.predict(threshold_match_probability=0.5)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, 0.9)
    frame = clusters.as_pandas_dataframe().set_index("unique_id")
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    entity = pd.factorize(frame.cluster_id.reindex(table.unique_id))[0]
    pairs = predictions.as_pandas_dataframe()
    at = pd.Series(np.arange(len(table)), index=table.unique_id)
    same = truth[at[pairs.unique_id_l]] == truth[at[pairs.unique_id_r]]
    pair_f1 = 2 * same.sum() / (len(pairs) + count_pairs(pd.Series(truth).value_counts()))
    precision, recall, f1, largest = score_groups(entity, truth)
    print(
        f"Splink: pair F1 {pair_f1:.4f}; cluster at 0.9 P {precision:.4f} R {recall:.4f} F1 {f1:.4f}, "
        f"largest {largest}; {seconds:.1f} s, {used:.1f} s of processor time",
        flush=True,
    )
    return Measured(seconds, used, f1)


def run_splink_on_febrl(table: pd.DataFrame, truth: np.ndarray) -> Measured:
    """With settings as in its tutorials."""
    import splink.comparison_library as cl

    return run_splink(
        table.astype(object).where(table.notna(), None).assign(unique_id=table.rec_id),
        truth,
        [
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
            cl.ExactMatch("suburb").configure(term_frequency_adjustments=True),
        ],
        [
            ("given_name", "surname"),
            ("soc_sec_id",),
            ("date_of_birth",),
            ("given_name", "postcode"),
            ("surname", "postcode"),
            ("address_1",),
        ],
        [("given_name", "surname"), ("date_of_birth",), ("soc_sec_id",)],
    )


def run_splink_on_historical(table: pd.DataFrame, truth: np.ndarray) -> Measured:
    """With the settings of its own demonstration on these data, as far as the fields here go."""
    import splink.comparison_library as cl

    return run_splink(
        table,
        truth,
        [
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        [
            ("first_name", "surname", "dob"),
            ("first_name", "surname"),
            ("surname", "dob"),
            ("first_name", "dob"),
            ("postcode_fake", "first_name"),
            ("postcode_fake", "surname"),
            ("dob", "birth_place"),
            ("postcode_fake", "dob"),
        ],
        [("first_name", "surname"), ("dob",)],
    )


def make_million(febrl: pd.DataFrame, count: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Mentions of made-up persons (2.5 each): one character wrong in a tenth of values."""
    rng = np.random.default_rng(0)
    people = count * 2 // 5
    given = rng.choice(febrl.given_name.dropna().unique(), people)
    surname = np.char.add(
        rng.choice(febrl.surname.dropna().unique(), people).astype(str),
        rng.choice(["", "", "son", "er", "man", "ley", "ton", "ova", "ski", "i"], people),
    )
    born = (np.datetime64("1940-01-01") + rng.integers(0, 25_000, people)).astype(str)
    phone = np.char.add("07", rng.integers(10**8, 10**9, people).astype(str))
    postcode = rng.choice(np.array([f"{at:05d}" for at in range(20_000)]), people)
    who = rng.integers(0, people, count)
    table = pd.DataFrame(
        {
            "given": given[who],
            "surname": surname[who],
            "dob": born[who],
            "phone": phone[who],
            "postcode": postcode[who],
        },
        dtype=object,
    )
    for name in table:
        gone = rng.random(count) < 0.1
        table.loc[gone, name] = ""
        wrong = np.flatnonzero(rng.random(count) < 0.1)
        text = table[name].to_numpy(object, copy=True)
        for at in wrong:
            if text[at]:
                cut = int(rng.integers(len(text[at])))
                text[at] = text[at][:cut] + "x" + text[at][cut + 1 :]
        table[name] = text
    return table, who


MILLION = {
    "given": "given_name",
    "surname": "surname",
    "dob": "date_of_birth",
    "phone": "telephone",
    "postcode": "postcode",
}


def read_sets(
    folder: Path,
) -> list[
    tuple[str, pd.DataFrame, dict[str, str], np.ndarray, Callable[[pd.DataFrame, np.ndarray], Measured]]
]:
    """Name, mentions, roles of their columns, truth, and how Splink is run on them."""
    febrl = read_febrl(folder)
    historical = pd.read_parquet(folder / "historical_50k.parquet")
    truth = pd.factorize(febrl.rec_id.str.extract(r"rec-(\d+)")[0])[0]
    people = pd.factorize(historical.cluster)[0]
    return [
        ("FEBRL 3", febrl, FEBRL, truth, run_splink_on_febrl),
        ("historical_50k", historical, HISTORICAL, people, run_splink_on_historical),
    ]


def read_febrl(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "febrl3.csv", dtype=str, skipinitialspace=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--count", type=int, default=1_000_000)
    options = parser.parse_args()
    if options.million:
        table, who = make_million(read_febrl(options.folder), options.count)
        run(f"{options.count:,} made-up mentions", table, MILLION, who)
        print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")
        return
    for name, table, columns, truth, run_peer in read_sets(options.folder):
        for _ in range(2 if options.peer else 1):
            own = run(name, table, columns, truth)
            if options.peer:
                peer = run_peer(table, truth)
                print(
                    f"against Splink's: {own.seconds / peer.seconds:.2f} by the clock, "
                    f"{own.processor / peer.processor:.2f} of processor time",
                    flush=True,
                )


if __name__ == "__main__":
    main()
