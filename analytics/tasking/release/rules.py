"""The rules of release, read from `data/release.toml`, which a force may replace."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from analytics.hotspots.catalogue import METHODS
from analytics.reference import reference_file
from analytics.shared.codes import code_table
from analytics.shared.schema import FileModel, Text, read_toml
from analytics.tasking.citations import read_handling
from analytics.tasking.release.original import list_part_codes
from analytics.tasking.responses import read_responses

RULES = reference_file("release.toml")
DICTIONARY = reference_file("ordinary_words.txt")
WITHHOLD = ("names", "contacts", "references", "addresses")


def _among(known: Callable[[], Iterable[str]]) -> AfterValidator:
    """Texts that are all among those that are known when the file is read."""

    def check_known(texts: frozenset[str]) -> frozenset[str]:
        if wrong := texts - set(known()):
            raise ValueError(f"{', '.join(sorted(wrong))} is none of {', '.join(sorted(known()))}")
        return texts

    return AfterValidator(check_known)


class PartnerRules(FileModel):
    """A kind of partner: the handling codes and conditions that may go there, what is taken out of every
    text, and the parts of a product that do not go."""

    label: Text
    handling: Annotated[frozenset[str], _among(lambda: code_table("handling").codes)]
    conditions: Annotated[frozenset[str], _among(lambda: code_table("handling_conditions").codes)]
    withhold: Annotated[frozenset[str], _among(lambda: WITHHOLD)]
    leave_out: Annotated[frozenset[str], _among(list_part_codes)]


class AddressWords(FileModel):
    """`sure_streets` make an address of a number before them even without a capital; `ordinary` words, and
    those of the dictionary, may begin a sentence; `proper` ones, those in the titles of hotspot methods too,
    stand anywhere with a capital. A word behind one of `titles` begins no sentence; one of `also_names` right
    before a name is part of it. An ordinary word that begins a sentence and does what `person_verbs` say is
    taken for a person, unless it ends as `thing_endings` do; before `sole_person_verbs` any word is, but for
    `sole_subjects`."""

    streets: frozenset[str]
    sure_streets: frozenset[str]
    street_before: frozenset[str]
    titles: frozenset[str]
    also_names: frozenset[str]
    person_verbs: frozenset[str]
    sole_person_verbs: frozenset[str]
    sole_subjects: frozenset[str]
    thing_endings: tuple[str, ...]
    ordinary: Annotated[frozenset[str], AfterValidator(lambda words: words | _written_small())]
    proper: Annotated[frozenset[str], AfterValidator(lambda words: words | _named_in_titles())]


class ReleaseRules(FileModel):
    """The rules of one file."""

    version: Text
    check: bool
    mark: Text
    needs_authority: frozenset[str]
    handling_words: Mapping[str, str]
    partners: Mapping[str, PartnerRules]
    words: AddressWords

    def why_not(self, mark: str, partner: PartnerRules, authorised_by: str) -> str | None:
        """Why text under this handling mark may not go to a partner, None where it may. Every part of the
        mark must allow it, and a mark that is not understood is refused."""
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
def read_release_rules(path: Path = RULES) -> ReleaseRules:
    """The rules of a file. Raises InvalidFile for a code, condition, part or kind of text that is none."""
    return read_toml(path, ReleaseRules)


@cache
def read_dictionary() -> frozenset[str]:
    """Ordinary English words that are no given name and no surname; where they are from is said in the
    file."""
    lines = DICTIONARY.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _written_small() -> frozenset[str]:
    """Every word written small in Achilles' own code tables, their comments apart, and those of responses:
    it is nobody's name only because it begins a sentence."""
    lines = (
        line
        for path in (RULES.parent / "codes").glob("*.toml")
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    text = " ".join(line for line in lines if not line.startswith("#"))
    responses = " ".join(["proposed", *(response.what.lower() for response in read_responses().responses)])
    return frozenset(re.findall(r"(?<!\w)[a-z]{2,}(?!\w)", f"{text} {responses}"))


def _named_in_titles() -> frozenset[str]:
    """Every word with a capital within the title of a hotspot method: Moran is the statistic's name."""
    return frozenset(
        word.lower()
        for method in METHODS.values()
        for word in re.findall(r"(?<!^)\b[A-Z][\w-]*", method.title)
    )
