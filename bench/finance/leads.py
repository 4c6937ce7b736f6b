"""Attempts found against leads read, per typology too.

    python -m bench.finance.leads [FILE.parquet ...]

An attempt counts as found when more than half of its transactions are among those shown by the leads read so
far. The peers are plain rules on the same file: the fan-in, fan-out, scatter-gather and cycle rules with a
share of the account's own history, as an analyst would write them in SQL, ranked by size."""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from analytics.finance.leads import find_leads
from bench.finance.files import FOLDER, Truth, read

READ = (50, 100, 200, 300, 400, 500, 600)
FILES = ("zipf_bg_ibm_patterns_1m", "zipf_bg_ibm_patterns_100k", "hybrid_ibm_patterns_1m_62k")


def found(rows: pd.Series, truth: Truth) -> set[str]:
    """The attempts with more than half of their transactions among these rows."""
    size = truth.attempt.dropna().value_counts()
    shown = truth.attempt.loc[rows.unique()].dropna().value_counts()
    return {attempt for attempt, count in shown.items() if 2 * count > size[attempt]}


def curve(evidence: pd.DataFrame, truth: Truth, label: str) -> None:
    """`evidence`: rank, row_number."""
    for read_so_far in READ:
        rows = evidence.row_number[evidence["rank"] <= read_so_far]
        hit = found(rows, truth)
        precision = truth.attempt.loc[rows.unique()].notna().mean() if len(rows) else 0.0
        kinds = pd.Series([truth.kind[a] for a in hit]).value_counts().sort_index().to_dict()
        print(
            f"{label:<12} {read_so_far:>4} leads: {len(hit):>3} of {len(truth.kind)} attempts "
            f"({len(hit) / len(truth.kind):.1%}), "
            f"{precision:.0%} of the transactions shown are part of one; {kinds}"
        )


def per_typology(evidence: pd.DataFrame, truth: Truth, most: int = 500) -> pd.DataFrame:
    """By typology of the lead, within the first `most`: leads, how many hold an attempt, precision of
    transactions."""
    rows = []
    for name, part in evidence[evidence["rank"] <= most].groupby("typology"):
        attempt = truth.attempt.loc[part.row_number].to_numpy()
        part = part.assign(attempt=attempt)
        right = part.groupby("lead_id").attempt.apply(lambda a: a.notna().mean() > 0.5)
        rows.append(
            {
                "typology": name,
                "leads": len(right),
                "mostly one or more attempts": int(right.sum()),
                "attempts found by these leads": len(found(part.row_number, truth)),
                "precision of transactions": part.attempt.notna().mean(),
            }
        )
    return pd.DataFrame(rows)


def per_kind(evidence: pd.DataFrame, truth: Truth, most: int = 500) -> pd.DataFrame:
    """By kind of attempt: how many there are and are found within `most` leads, and the rank at which half of
    those found and the last of them were."""
    rank_found: dict[str, int] = {}
    for rank in range(1, most + 1):
        new = truth.attempt.loc[evidence.row_number[evidence["rank"] == rank].unique()].dropna().unique()
        if len(new):
            for attempt in found(evidence.row_number[evidence["rank"] <= rank], truth) & set(new):
                rank_found.setdefault(attempt, rank)
    ranks = pd.Series(rank_found, dtype=float)
    rows = []
    for kind in sorted(set(truth.kind.values())):
        of = [attempt for attempt in truth.kind if truth.kind[attempt] == kind]
        hit = ranks.reindex(of).dropna()
        rows.append(
            {
                "attempts of kind": kind,
                "there are": len(of),
                "found": len(hit),
                "half of these by lead": hit.median(),
                "all by lead": hit.max(),
            }
        )
    return pd.DataFrame(rows)


_WINDOW = 4 * 86_400  # seconds
_BURSTS = """
    WITH windows AS (
        SELECT {key} a, ts, count(DISTINCT {other}) OVER ahead k, count(*) OVER ahead n,
            count(*) OVER (PARTITION BY {key}) total
        FROM t
        WINDOW ahead AS (
            PARTITION BY {key} ORDER BY ts RANGE BETWEEN CURRENT ROW AND {window} FOLLOWING)),
    bursts AS (
        SELECT a, arg_max(ts, k) ts, max(k) k FROM windows WHERE k >= 4 AND n >= total * 0.5 GROUP BY a)
    SELECT row_number() OVER (ORDER BY k DESC, a) r, list(t.id) ids
    FROM bursts b JOIN t ON t.{key} = b.a AND t.ts BETWEEN b.ts AND b.ts + {window}
    GROUP BY b.a, b.k, a ORDER BY r"""
_SCATTER_GATHER = """
    WITH legs AS (
        SELECT x.s a, y.d b, x.d m, x.id i, y.id j
        FROM t x JOIN t y ON x.d = y.s AND y.ts > x.ts AND y.ts <= x.ts + {window} AND x.s <> y.d),
    pairs AS (
        SELECT a, b, count(DISTINCT m) k, list_distinct(flatten(list([i, j]))) ids
        FROM legs GROUP BY a, b HAVING k >= 3)
    SELECT row_number() OVER (ORDER BY k DESC, a, b) r, ids FROM pairs ORDER BY r"""
_CYCLES = """
    WITH two AS (
        SELECT [x.id, y.id] ids, y.ts - x.ts gap
        FROM t x JOIN t y ON x.d = y.s AND y.d = x.s AND y.ts > x.ts AND y.ts <= x.ts + {window}),
    three AS (
        SELECT [x.id, y.id, z.id] ids, z.ts - x.ts gap
        FROM t x JOIN t y ON x.d = y.s AND y.ts > x.ts
        JOIN t z ON y.d = z.s AND z.d = x.s AND z.ts > y.ts AND z.ts <= x.ts + {window}
        WHERE y.d <> x.s)
    SELECT row_number() OVER (ORDER BY gap, ids) r, ids
    FROM (FROM two UNION ALL FROM three) ORDER BY r LIMIT 1000"""


def plain_rules(seen: pa.Table) -> pd.DataFrame:
    """rank, row_number of an analyst's SQL: bursts that are half of the account's own history, scatter-gather
    through three, and cycles of two and three; the rules take turns, the largest of each first."""
    con = duckdb.connect(config={"threads": 2})
    con.register("seen", seen)
    con.execute(
        "CREATE TABLE t AS SELECT row_number id, epoch(occurred_at)::BIGINT ts, from_account s, to_account d"
        " FROM seen WHERE from_account <> to_account"
    )
    queries = [
        _BURSTS.format(key="d", other="s", window=_WINDOW),
        _BURSTS.format(key="s", other="d", window=_WINDOW),
        _SCATTER_GATHER.format(window=_WINDOW),
        _CYCLES.format(window=_WINDOW),
    ]
    results = [con.execute(query).df() for query in queries]
    together = pd.concat([of.assign(rule=k) for k, of in enumerate(results)]).sort_values(["r", "rule"])
    together["rank"] = range(1, len(together) + 1)
    found = together.head(max(READ)).explode("ids").rename(columns={"ids": "row_number"})
    return found[["rank", "row_number"]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path, default=[FOLDER / f"{name}.parquet" for name in FILES])
    for file in parser.parse_args().files:
        seen, truth = read(file)
        leads = find_leads(seen, limit=max(READ))
        evidence = leads.evidence.merge(leads.leads[["lead_id", "rank", "typology"]], on="lead_id")
        print(f"\n{file.name}: {len(seen):,} transactions, parameters {leads.version}")
        curve(evidence, truth, "leads")
        curve(plain_rules(seen), truth, "plain rules")
        print(per_kind(evidence, truth).to_string(index=False))
        print(per_typology(evidence, truth).to_string(index=False, float_format="%.2f"))
        print(leads.left_out.to_string(index=False))


if __name__ == "__main__":
    main()
