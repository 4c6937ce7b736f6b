"""Contacts in texts of adverts in the styles of many countries, written by hand.

    python -m bench.adverts.contact_texts [--show] [--apart]

Each text has its true telephones (E.164), e-mails and handles; a third of the texts have none, but figures
that look like one. Numbers are of ranges kept for fiction or made up. `contact_texts.tsv` has those that the
rules were mended by. `contact_texts_apart.tsv` (`--apart`) is the half of 299 further texts, halved by a hash
of the text, that no rule was mended by: `--show` is not for it. Printed: recall and precision over all three
kinds and by kind, and what is right among readings of 0.9 and above."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from analytics.adverts.identifiers import find_identifiers

TEXTS = Path(__file__).with_name("contact_texts.tsv")
APART = Path(__file__).with_name("contact_texts_apart.tsv")
KINDS = ("phone", "email", "handle")


def read_texts(path: Path = TEXTS) -> pd.DataFrame:
    """text and `truth`, a set of values."""
    table = pd.read_csv(path, sep="\t", quoting=3, keep_default_na=False)
    return table.assign(truth=[set(values.split()) for values in table.truth])


def kind_of_value(value: str) -> str:
    return "phone" if value[0] == "+" else "handle" if value[0] == "@" else "email"


def read_all(texts: pd.DataFrame) -> pd.DataFrame:
    """One row a contact that is true or read: text (its number), kind, value, is_true, confidence (NaN where
    it was not read)."""
    rows = []
    for at, (text, truth) in enumerate(zip(texts.text, texts.truth, strict=True)):
        read: dict[str, float] = {}
        for found in find_identifiers(text):
            if found.kind in KINDS:
                read[found.value] = max(found.confidence, read.get(found.value, 0))
        rows += [
            (at, kind_of_value(value), value, value in truth, read.get(value))
            for value in sorted(truth | set(read))
        ]
    return pd.DataFrame(rows, columns=["text", "kind", "value", "is_true", "confidence"]).astype(
        {"confidence": float}
    )


def describe(read: pd.DataFrame) -> str:
    said, sure = read[read.confidence.notna()], read[read.confidence >= 0.9]
    right = int(said.is_true.sum())
    return (
        f"recall {right / max(read.is_true.sum(), 1):.3f} of {read.is_true.sum()}, precision "
        f"{right / max(len(said), 1):.3f} of {len(said)}, right among those of .9 and above "
        f"{sure.is_true.mean():.3f} of {len(sure)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--show", action="store_true", help="print what was missed or read wrongly")
    parser.add_argument("--apart", action="store_true", help="the texts that no rule was mended by")
    asked = parser.parse_args()
    texts = read_texts(APART if asked.apart else TEXTS)
    read = read_all(texts)
    print(f"all     {describe(read)}")
    for kind in KINDS:
        print(f"{kind:7s} {describe(read[read.kind == kind])}")
    if asked.show:
        wrong = read[~read.is_true | read.confidence.isna()]
        for row in wrong.itertuples():
            what = "missed" if row.is_true else f"said {row.confidence:.2f}"
            print(f"{what:10s} {row.value:26s} {texts.text[row.text]}")


if __name__ == "__main__":
    main()
