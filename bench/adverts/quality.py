"""How well campaigns are found, with the peers on the same texts in the same run.

    python -m bench.adverts.quality [--data ../shared/data/adverts] [--infoshield CHECKOUT] [--only WORD]

Adjusted Rand index against the truth. One rule for all: an advert that is independent (truth -1), and one
that a method leaves alone, is a cluster of its own. Texts alone are given. Then the slots of the templates,
token by token."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from analytics.adverts.campaigns import build_template, find_campaigns
from bench.adverts.peers import peers
from bench.adverts.synthetic import SyntheticAdverts, adverts, hard

FILES = {
    "0 % edited": "synth_ads_2000_edit0.csv",
    "5 % edited": "synth_ads_2000.csv",
    "10 % edited": "synth_ads_2000_edit0.1.csv",
    "20 % edited": "synth_ads_2000_edit0.2.csv",
    "60 words added": "synth_ads_2000_tail60.csv",
    "short": "synth_ads_2000_short.csv",
    "10,000 adverts": "synth_ads_10000.csv.gz",
    "five languages": "synth_multilingual_100.csv",
    "package descriptions": "debian_installed_descriptions.csv",
}
LOGS = "loghub2k_corrected_templates.csv.gz"
HARD = ("boilerplate", "halves", "reordered", "inserted")


def cases(folder: Path | None) -> Iterator[tuple[str, pd.DataFrame]]:
    """Name, and a frame with text, cluster and, where made, slots."""
    if folder:
        for name, file in FILES.items():
            yield name, pd.read_csv(folder / file)
        logs = pd.read_csv(folder / LOGS).rename(columns={"template_id": "cluster"})
        for system, lines in logs.groupby("system"):
            yield f"log {system}", lines
    for seed in (1, 2):
        for edits in (0.0, 0.05, 0.1, 0.2):
            yield f"made, seed {seed}, {edits:.0%} edited", adverts(SyntheticAdverts(3000, seed, edits=edits))
        yield f"made, seed {seed}, 60 words added", adverts(SyntheticAdverts(3000, seed, tail=60))
        yield f"made, seed {seed}, short", adverts(SyntheticAdverts(3000, seed, sentences=(2, 3)))
        for kind in HARD:
            yield f"made, seed {seed}, {kind}", hard(kind, 3000, seed)


def own_cluster_each(labels: np.ndarray | pd.Series) -> np.ndarray:
    """Labels as numbers in which every -1 is a number of its own."""
    text = pd.Series(labels).astype(str)
    numbers = pd.factorize(text)[0].astype(np.int64)
    alone = (text == "-1").to_numpy()
    numbers[alone] = len(numbers) + np.arange(alone.sum())
    return numbers


def slot_tokens(frame: pd.DataFrame, campaign: np.ndarray) -> tuple[float, float, float]:
    """Of the words of adverts in true campaigns that were put in a campaign: precision and recall of those
    placed in slots, and recall of those in slots whose value varies within the true campaign."""
    frame = frame.assign(found=campaign)
    inside = frame[(frame.cluster.astype(int) >= 0) & (frame.found >= 0)]
    varying = {
        (cluster, slot)
        for cluster, rows in inside.groupby("cluster")
        for slot in {slot for row in rows.slots for slot in json.loads(row)}
        if len({json.loads(row).get(slot) for row in rows.slots}) > 1
    }
    right = guessed = true = true_varying = right_varying = 0
    for _, rows in inside.groupby("found"):
        template = build_template(rows.text.tolist())
        slot = np.array([segment.slot for segment in template.segments])
        for k, (text, slots, cluster) in enumerate(zip(rows.text, rows.slots, rows.cluster, strict=True)):
            spans = [span for span in template.spans[k][slot] if span[0] >= 0]
            truth, of_varying = set(), set()
            for name, value in json.loads(slots).items():
                at = text.find(value)
                if at >= 0:
                    words = {at + m.start() for m in re.finditer(r"\S+", value)}
                    truth |= words
                    of_varying |= words if (cluster, name) in varying else set()
            guess = {
                m.start()
                for m in re.finditer(r"\S+", text)
                if any(a < m.end() and m.start() < b for a, b in spans)
            }
            right += len(guess & truth)
            guessed += len(guess)
            true += len(truth)
            true_varying += len(of_varying)
            right_varying += len(guess & of_varying)
    return right / max(guessed, 1), right / max(true, 1), right_varying / max(true_varying, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description="Campaigns against the truth and the peers.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/adverts"))
    parser.add_argument("--infoshield", type=Path)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    folder = asked.data if asked.data.is_dir() else None
    if not folder:
        print(f"{asked.data} is not here: made-up adverts only")
    others = peers(asked.infoshield)
    if not others:
        print("no peer is installed: pip install rensa datasketch drain3")
    find_campaigns(["compile first", "compile first"])
    print("ARI; in brackets seconds".ljust(34), *(name.rjust(24) for name in ["ours", *others]), sep="")
    wins: dict[str, list[bool]] = {"log": [], "all": []}
    for name, frame in cases(folder):
        if asked.only not in name:
            continue
        texts, truth = frame.text.astype(str).tolist(), own_cluster_each(frame.cluster)
        start = time.perf_counter()
        found = find_campaigns(texts)
        took = time.perf_counter() - start
        score = adjusted_rand_score(truth, own_cluster_each(found.campaign))
        cells, best = [f"{score:.4f} ({took:.1f})"], 0.0
        for peer, run in others.items():
            if peer == "InfoShield" and name.startswith(("log", "made")):
                cells.append("-")
                continue
            start = time.perf_counter()
            try:
                value = adjusted_rand_score(truth, own_cluster_each(run(texts)))
            except subprocess.TimeoutExpired:
                cells.append("too long")
                continue
            best = max(best, value)
            cells.append(f"{value:.4f} ({time.perf_counter() - start:.1f})")
        for group in ("log", "all"):
            if group == "all" or name.startswith("log"):
                wins[group].append(round(score, 4) >= round(best, 4))
        print(name.ljust(34), *(cell.rjust(24) for cell in cells), sep="", flush=True)
        if "slots" in frame:
            precision, recall, varying = slot_tokens(frame, found.campaign)
            print(
                f"    slots: token precision {precision:.3f}, recall {recall:.3f}, of varying ones "
                f"{varying:.3f}"
            )
    for group, won in wins.items():
        if won and others:
            print(f"as good as the best peer or better ({group}): {sum(won)} of {len(won)}")


if __name__ == "__main__":
    main()
