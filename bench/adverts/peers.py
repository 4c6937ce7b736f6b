"""What finds near duplicates elsewhere, on the same texts: rensa, datasketch, Drain3 and InfoShield.

Each takes texts and gives a group number per text. The sketches' candidates are checked by their estimated
Jaccard before they are joined, which flatters them: their users mostly do not. Peers that are not installed
are left out:

    pip install rensa datasketch drain3

InfoShield has no licence and does not start with a current numpy. Give the folder of a checkout: it is copied
to a temporary folder, six uses of `np.int` and `np.bool` are replaced there, and it runs as its README says,
with the file alone (with its columns named, it takes the text for the id in some runs)."""

from __future__ import annotations

import csv
import importlib.util
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

Peer = Callable[[list[str]], np.ndarray]
PERMUTATIONS = 128
INFOSHIELD_SECONDS = 600


def peers(infoshield: Path | None = None) -> dict[str, Peer]:
    """The peers that are here, by name."""
    found: dict[str, Peer] = {}
    if importlib.util.find_spec("rensa"):
        found["rensa, 1 word, .5"] = lambda texts: rensa(texts, 1, 0.5)
        found["rensa, 2 words, .3"] = lambda texts: rensa(texts, 2, 0.3)
    if importlib.util.find_spec("datasketch"):
        found["datasketch, 3 words, .5"] = lambda texts: datasketch(texts, 3, 0.5)
    if importlib.util.find_spec("drain3"):
        found["Drain3"] = drain
    if infoshield:
        found["InfoShield"] = lambda texts: run_infoshield(texts, infoshield)
    return found


def shingles(text: str, words: int) -> list[str]:
    found = re.findall(r"\w+", text.lower())
    return [" ".join(found[k : k + words]) for k in range(max(1, len(found) - words + 1))]


def connected(n: int, pairs: Iterable[tuple[int, int]]) -> np.ndarray:
    root = list(range(n))

    def top(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for one, two in pairs:
        root[max(top(one), top(two))] = min(top(one), top(two))
    return np.array([top(i) for i in range(n)])


def rensa(texts: list[str], words: int, least: float) -> np.ndarray:
    from rensa import RMinHash, RMinHashLSH

    sketches = []
    for text in texts:
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update(shingles(text, words))
        sketches.append(sketch)
    blocks = RMinHashLSH(threshold=least, num_perm=PERMUTATIONS, num_bands=64 if least < 0.5 else 32)
    for i, sketch in enumerate(sketches):
        blocks.insert(i, sketch)
    return connected(
        len(texts),
        (
            (i, j)
            for i, sketch in enumerate(sketches)
            for j in blocks.query(sketch)
            if j > i and sketch.jaccard(sketches[j]) >= least
        ),
    )


def datasketch(texts: list[str], words: int, least: float) -> np.ndarray:
    from datasketch import MinHash, MinHashLSH

    blocks = MinHashLSH(threshold=least, num_perm=PERMUTATIONS)
    sketches = []
    for i, text in enumerate(texts):
        sketch = MinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update_batch([shingle.encode() for shingle in set(shingles(text, words))])
        sketches.append(sketch)
        blocks.insert(i, sketch)
    return connected(
        len(texts),
        (
            (i, j)
            for i, sketch in enumerate(sketches)
            for j in blocks.query(sketch)
            if j > i and sketch.jaccard(sketches[j]) >= least
        ),
    )


def drain(texts: list[str]) -> np.ndarray:
    from drain3 import TemplateMiner
    from drain3.template_miner_config import TemplateMinerConfig

    logging.getLogger("drain3").setLevel(logging.ERROR)
    miner = TemplateMiner(config=TemplateMinerConfig())
    return np.array([miner.add_log_message(text)["cluster_id"] for text in texts])


def run_infoshield(texts: list[str], folder: Path) -> np.ndarray:
    """Group numbers from InfoShield's table of templates; adverts in none have a number of their own."""
    with tempfile.TemporaryDirectory() as place:
        work = Path(place, "infoshield")
        shutil.copytree(folder, work, ignore=shutil.ignore_patterns(".git"))
        for module in work.glob("*.py"):
            module.write_text(
                re.sub(r"np\.(int|bool)\b", r"\1", module.read_text(encoding="utf-8")), encoding="utf-8"
            )
        with Path(work, "adverts.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["id", "text"])
            writer.writerows((i, re.sub(r"\s+", " ", text)) for i, text in enumerate(texts))
        done = subprocess.run(
            [sys.executable, "infoshield.py", "adverts.csv"],
            cwd=work,
            capture_output=True,
            text=True,
            timeout=INFOSHIELD_SECONDS,
            env=os.environ | {"MPLBACKEND": "Agg"},
            check=False,
        )
        label = np.arange(len(texts)) + len(texts)
        table = Path(work, "template_table.csv")
        if not table.exists():  # it ends so where it finds no cluster at all, one way or another
            ends = ("FileNotFoundError", "No objects", "cannot convert float infinity to integer")
            if any(end in done.stderr for end in ends) or "Adverts" in done.stdout:
                return label
            raise RuntimeError(done.stderr[-600:])
        numbers: dict[tuple[str, str], int] = {}
        with table.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                key = (row["LSH Label"], row["Template #"])
                label[int(row["ID"])] = numbers.setdefault(key, len(numbers))
        return label
