"""The rules of release, read from `data/release.toml`, which a force may replace."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analytics.intelligence.codes import code_table
from analytics.reference import reference_file
from analytics.tasking.citations import read_handling
from analytics.tasking.release.original import part_codes

RULES = reference_file("release.toml")
WITHHOLD = ("names", "contacts", "references", "addresses")


@dataclass(frozen=True)
class Partner:
    """A kind of partner: the handling codes and conditions that may go there, what is taken out of every
    text, and the parts of a product that do not go."""

    code: str
    label: str
    handling: frozenset[str]
    conditions: frozenset[str]
    withhold: frozenset[str]
    leave_out: frozenset[str]


@dataclass(frozen=True)
class Rules:
    """The whole file. `sure_streets` make an address of a number before them even without a capital;
    `ordinary` words may begin a sentence, `proper` ones stand anywhere with a capital."""

    version: str
    check: bool
    mark: str
    needs_authority: frozenset[str]
    handling_words: Mapping[str, str]
    partners: Mapping[str, Partner]
    streets: frozenset[str]
    sure_streets: frozenset[str]
    street_before: frozenset[str]
    ordinary: frozenset[str]
    proper: frozenset[str]

    def why_not(self, mark: str, partner: Partner, authorised_by: str) -> str | None:
        """Why what bears this handling mark may not go to a partner, None where it may. Every part of the
        mark must allow it, and what is not understood is held back."""
        for single in (part.strip() for part in mark.split(";")):
            code, conditions = read_handling(self.handling_words.get(single, single))
            if code is None:
                return f"its handling '{single}' is no known code"
            if code not in partner.handling:
                return f"handling {code} does not go to this kind of partner"
            if code != code_table("handling").codes[0] and not conditions:
                return f"handling {code} with no condition stated"
            if barred := conditions - partner.conditions:
                return f"condition {', '.join(sorted(barred))} does not go to this kind of partner"
            if (needed := conditions & self.needs_authority) and not authorised_by.strip():
                return f"condition {', '.join(sorted(needed))} needs the name of who authorised the release"
        return None


@cache
def release_rules(path: Path = RULES) -> Rules:
    """The rules of a file. Raises ValueError, in words, for a code, condition, part or kind of text that is
    none."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    partners = {}
    for code, item in raw["partners"].items():
        allowed = {
            "handling": code_table("handling").codes,
            "conditions": code_table("handling_conditions").codes,
            "withhold": WITHHOLD,
            "leave_out": sorted(part_codes()),
        }
        for name, known in allowed.items():
            if wrong := set(item[name]) - set(known):
                raise ValueError(
                    f"{path.name}, {code}, {name}: {', '.join(sorted(wrong))} is none of {', '.join(known)}."
                )
        partners[code] = Partner(code, item["label"], *(frozenset(item[name]) for name in allowed))
    words = raw["words"]
    return Rules(
        raw["version"],
        raw["check"],
        raw["mark"],
        frozenset(raw["needs_authority"]),
        raw["handling_words"],
        partners,
        frozenset(words["streets"]),
        frozenset(words["sure_streets"]),
        frozenset(words["street_before"]),
        frozenset(words["ordinary"]) | _written_small(),
        frozenset(words["proper"]),
    )


def _written_small() -> frozenset[str]:
    """Every word written small in Achilles' own code tables: it is nobody's name only because it begins a
    sentence."""
    text = " ".join(path.read_text(encoding="utf-8") for path in (RULES.parent / "codes").glob("*.toml"))
    return frozenset(re.findall(r"(?<!\w)[a-z]{2,}(?!\w)", text))
