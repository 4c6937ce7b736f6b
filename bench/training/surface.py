"""Does a planted row shine through by what it looks like alone?

    python -m bench.training.surface [--learn 1 2 3] [--test 11 12] [--scale 0.5] [--built-in]

The worlds are those of exercises, or with `--built-in` such as the built-in city.

A gradient-boosted classifier sees the surface of single rows (digits of amounts, hour, weekday, lengths of
texts, forms of identifiers, blanks, categories) and nothing of what joins rows: no account, number, name or
place twice. It learns on some seeds and is judged on others that it has not seen. AUC 0.5 is chance; above
0.60 a table gives planted rows away. Printed by table, with the features that tell most (the AUC that is lost
when one is shuffled). Hotspots are planted in hours and weekdays, which is what an analyst is to find: those
are left out for incidents."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from analytics.training import generate
from analytics.training.scoring.account_truth import read_account_truth, read_row_truth

LIMIT = 0.60
_TIME = {
    "incidents": "occurred_from",
    "transactions": "occurred_at",
    "adverts": "posted_at",
    "communications": "started_at",
    "journeys": "departed_at",
    "premises": "let_from",
}
PERSONAL = "transactions without a merchant"  # nobody launders at the baker's: the rest is the harder test
TABLES = (*_TIME, PERSONAL, "accounts")
Surfaces = tuple[pd.DataFrame, np.ndarray]  # a row a row: its features, and whether it was planted
_PLANTED_PARTS = ("member", "hub", "victim", "organiser")


def describe_surface(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """One column a feature of the row's surface."""
    features: dict[str, pd.Series] = {}
    for name in rows.columns.drop(
        ["reference", *(["category", "harm_weight"] if table == "incidents" else [])]
    ):
        column = rows[name]
        features[f"{name} is blank"] = column.isna().astype(int)
        if pd.api.types.is_datetime64_any_dtype(column):
            features |= _describe_time(table, name, column)
        elif pd.api.types.is_numeric_dtype(column):
            features |= _describe_number(name, column)
        else:
            features |= _describe_text(name, column)
    if table == "premises":
        features["days let"] = (pd.to_datetime(rows.let_to) - pd.to_datetime(rows.let_from)).dt.days
    return pd.DataFrame(features)


def _describe_time(table: str, name: str, column: pd.Series) -> dict[str, pd.Series]:
    local = column.dt.tz_localize("UTC").dt.tz_convert("Europe/London")
    found = {f"{name}: minute": local.dt.minute, f"{name}: second": local.dt.second}
    if table != "incidents":
        found |= {f"{name}: hour": local.dt.hour, f"{name}: weekday": local.dt.day_of_week}
    return found


def _describe_number(name: str, column: pd.Series) -> dict[str, pd.Series]:
    if name in ("lon", "lat"):  # where it is must tell; only how it is written may not
        written = column.map(lambda value: len(f"{value:.9f}".rstrip("0")) if pd.notna(value) else 0)
        return {f"{name}: digits written": written}
    whole = column.fillna(0).astype("int64")
    found = {f"{name}: last digit": whole % 10, f"{name}: last two": whole % 100}
    return found | {f"{name}: last three": whole % 1000, f"{name}: size": np.log1p(column.abs())}


def _describe_text(name: str, column: pd.Series) -> dict[str, pd.Series]:
    text = column.fillna("").astype(str)
    found = {
        f"{name}: length": text.str.len(),
        f"{name}: digits": text.str.count(r"\d"),
        f"{name}: blanks": text.str.count(" "),
        f"{name}: form": text.str.contains("@").astype(int) * 2 + text.str.startswith("07").astype(int),
    }
    if column.nunique() <= 30:  # a code, not a name
        found[f"{name}: which"] = column.fillna("none").astype("category")
    return found


def read_world(
    seed: int, scale: float, folder: Path, mixed: bool
) -> dict[str, tuple[pd.DataFrame, np.ndarray]]:
    """By table: the surface of each row, and whether it was planted."""
    generate(seed, scale, folder, mixed=mixed)
    labels, accounts = read_row_truth(folder), read_account_truth(folder)
    found = {}
    for table in TABLES:
        rows = pd.read_parquet(folder / f"{table.partition(' ')[0]}.parquet")
        if table == PERSONAL:
            rows = rows[rows.merchant_category.isna()].reset_index(drop=True)
        if table == "accounts":
            planted = rows.reference.isin(accounts.account[accounts.part.isin(_PLANTED_PARTS)])
        else:
            planted = rows.reference.isin(labels.reference[labels.table == table.partition(" ")[0]])
        for name in rows.columns:
            if rows[name].map(type).astype(str).str.contains("datetime.date").any():
                rows[name] = pd.to_datetime(rows[name])
        found[table] = describe_surface(table, rows), planted.to_numpy()
    return found


def join_worlds(worlds: list[dict[str, Surfaces]], table: str) -> Surfaces:
    """The rows of a table in several worlds, one below the other."""
    features = pd.concat([world[table][0] for world in worlds], ignore_index=True)
    for name in features.select_dtypes("object").columns:
        features[name] = features[name].astype("category")
    return features, np.concatenate([world[table][1] for world in worlds])


def judge_table(learn: Surfaces, test: Surfaces) -> tuple[int, int, float, str]:
    """Rows and planted rows of the test, its AUC, and the three features that tell most."""
    (seen, known), (unseen, truth) = learn, test
    unseen = unseen.reindex(columns=seen.columns)
    for name in seen.select_dtypes("category"):
        kinds = sorted({*seen[name].dropna(), *unseen[name].dropna()})
        seen[name] = seen[name].cat.set_categories(kinds)
        unseen[name] = pd.Categorical(unseen[name], kinds)
    model = HistGradientBoostingClassifier(
        max_iter=80, learning_rate=0.1, categorical_features="from_dtype", random_state=1
    )
    model.fit(seen, known)
    area = roc_auc_score(truth, model.predict_proba(unseen)[:, 1])
    rng, lost = np.random.default_rng(1), {}
    for name in unseen.columns:
        shuffled = unseen.assign(**{name: unseen[name].to_numpy()[rng.permutation(len(unseen))]})
        if name in seen.select_dtypes("category"):
            shuffled[name] = pd.Categorical(shuffled[name], seen[name].cat.categories)
        lost[name] = area - roc_auc_score(truth, model.predict_proba(shuffled)[:, 1])
    telling = sorted(lost, key=lambda name: -lost[name])[:3]
    words = ", ".join(f"{name} {lost[name]:.3f}" for name in telling if lost[name] > 0.002)
    return len(truth), int(truth.sum()), float(area), words


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--learn", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--test", type=int, nargs="+", default=[11, 12])
    parser.add_argument("--scale", type=float, default=0.5)
    parser.add_argument("--built-in", action="store_true")
    chosen = parser.parse_args()
    worlds = {}
    for seed in (*chosen.learn, *chosen.test):
        with TemporaryDirectory() as folder:
            worlds[seed] = read_world(seed, chosen.scale, Path(folder), not chosen.built_in)
    learn, test = ([worlds[seed] for seed in seeds] for seeds in (chosen.learn, chosen.test))
    for name in TABLES:
        rows, planted, area, telling = judge_table(join_worlds(learn, name), join_worlds(test, name))
        verdict = "within" if area <= LIMIT else "ABOVE"
        print(
            f"{name:<32} {rows:>6,} rows, {planted:>5,} planted, AUC {area:.3f} ({verdict}): {telling}",
            flush=True,
        )


if __name__ == "__main__":
    main()
