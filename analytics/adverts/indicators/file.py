"""Read and check the indicator file: what is unclear is refused, with the indicator and the reason named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analytics.adverts.indicators.phrases import split_words, to_expression
from analytics.adverts.indicators.protected import find_protected_word
from analytics.reference import reference_file

FILE = reference_file("advert_indicators.toml")
DIRECTIONS = ("for", "against", "neither", "safeguard")
EVIDENCE = ("tested", "practice", "contested")
EXPLOITATION = ("sexual", "labour")
MEASURES = (
    "obscured_phones",
    "disguised_words",
    "places",
    "places_in_five_days",
    "recruits_and_sells",
    "phones",
    "names",
)
ONLY = ("recruiting", "selling")
_REQUIRED = ("name", "title", "exploitation", "direction", "evidence", "source", "note")
_OPTIONAL = ("phrases", "also", "unless", "absent", "measure", "at_least", "at_most", "only")


class IndicatorFileRefused(ValueError):
    """The file cannot be used; the message says which indicator and why."""


@dataclass(frozen=True)
class Indicator:
    """One indicator. `phrases`, `also` and `unless` hold every language's phrases together."""

    name: str
    title: str
    exploitation: tuple[str, ...]
    direction: str
    evidence: str
    source: str
    note: str
    phrases: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    absent: bool = False
    measure: str = ""
    at_least: float | None = None
    at_most: float | None = None
    only: str = ""

    @property
    def counts(self) -> bool:
        """Whether it counts for or against: what is contested, and a safeguarding prompt, is only shown."""
        return self.direction in ("for", "against")


@dataclass(frozen=True)
class IndicatorFile:
    """The indicators in their order, and which kinds of advert recruit and sell (lower case)."""

    indicators: tuple[Indicator, ...]
    recruiting_kinds: tuple[str, ...] = field(default=())
    selling_kinds: tuple[str, ...] = field(default=())

    def __getitem__(self, name: str) -> Indicator:
        return next(indicator for indicator in self.indicators if indicator.name == name)


def load_indicators(path: Path = FILE) -> IndicatorFile:
    """The indicators of a file. Raises IndicatorFileRefused where anything in it is unclear."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise IndicatorFileRefused(f"{path.name} cannot be read: {error}") from error
    unknown = set(raw) - {"indicators", "recruiting_kinds", "selling_kinds"}
    if unknown:
        raise IndicatorFileRefused(f"{path.name}: {', '.join(sorted(unknown))} is no part of this file.")
    kinds = {
        name: _texts(path.name, name, raw.get(name, [])) for name in ("recruiting_kinds", "selling_kinds")
    }
    items = raw.get("indicators")
    if not isinstance(items, list) or not items:
        raise IndicatorFileRefused(f"{path.name}: it holds no [[indicators]].")
    if len(items) > 60:
        raise IndicatorFileRefused(
            f"{path.name}: {len(items)} indicators are more than the 60 that can be combined."
        )
    indicators = tuple(_indicator(f"{path.name}, indicator {at + 1}", item) for at, item in enumerate(items))
    names = [indicator.name for indicator in indicators]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise IndicatorFileRefused(f"{path.name}: {', '.join(twice)} is there twice.")
    return IndicatorFile(
        indicators, **{name: tuple(kind.lower() for kind in listed) for name, listed in kinds.items()}
    )


def _indicator(where: str, item: Any) -> Indicator:
    if not isinstance(item, dict):
        raise IndicatorFileRefused(f"{where}: it is not a table.")
    where = f"{where} ({item['name']})" if isinstance(item.get("name"), str) else where

    def refuse(reason: str) -> IndicatorFileRefused:
        return IndicatorFileRefused(f"{where}: {reason}.")

    missing = [key for key in _REQUIRED if key not in item]
    unknown = sorted(set(item) - {*_REQUIRED, *_OPTIONAL})
    if missing or unknown:
        raise refuse(
            f"{'it lacks ' + ', '.join(missing) if missing else 'it has unknown ' + ', '.join(unknown)}"
        )
    wrong = [key for key in ("name", "title", "source", "note") if not isinstance(item[key], str)]
    if wrong or not (item["title"].strip() and item["source"].strip()):
        raise refuse(f"{', '.join(wrong) or 'title and source'} must be text")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", item["name"]):
        raise refuse("a name is small letters, digits and hyphens")
    for key, known in (("direction", DIRECTIONS), ("evidence", EVIDENCE), ("only", ONLY)):
        if key in item and item[key] not in known:
            raise refuse(f"{key} is one of {', '.join(known)}, not {item[key]!r}")
    exploitation = tuple(_texts(where, "exploitation", item["exploitation"]))
    if not exploitation or set(exploitation) - set(EXPLOITATION):
        raise refuse(f"exploitation is a list of {' and '.join(EXPLOITATION)}")
    if (item["evidence"] == "contested") != (item["direction"] == "neither"):
        raise refuse("what is contested counts on neither side, and only what is contested does")
    if ("phrases" in item) == ("measure" in item):
        raise refuse("give it phrases or a measure, one of the two")
    sets = {key: _phrases(where, key, item.get(key, {})) for key in ("phrases", "also", "unless")}
    if "phrases" in item and not sets["phrases"]:
        raise refuse("it has no phrase")
    if item["direction"] != "safeguard" and not item.get("absent"):
        for phrase in (*sets["phrases"], *sets["also"]):
            word = find_protected_word(split_words(phrase))
            if word:
                raise refuse(f"{phrase!r} names a protected characteristic ({word}), which never counts")
    _check_measure(refuse, item)
    return Indicator(
        name=item["name"],
        title=item["title"],
        exploitation=exploitation,
        direction=item["direction"],
        evidence=item["evidence"],
        source=item["source"],
        note=item["note"],
        phrases=sets["phrases"],
        also=sets["also"],
        unless=sets["unless"],
        languages=tuple(item.get("phrases", {})),
        absent=_flag(refuse, item),
        measure=item.get("measure", ""),
        at_least=item.get("at_least"),
        at_most=item.get("at_most"),
        only=item.get("only", ""),
    )


def _check_measure(refuse: Callable[[str], IndicatorFileRefused], item: dict[str, Any]) -> None:
    limits = [item[key] for key in ("at_least", "at_most") if key in item]
    if "measure" not in item:
        if limits:
            raise refuse("at_least and at_most belong to a measure")
        return
    if item["measure"] not in MEASURES:
        raise refuse(f"measure is one of {', '.join(MEASURES)}, not {item['measure']!r}")
    if {"also", "unless", "absent"} & set(item):
        raise refuse("also, unless and absent belong to phrases")
    if len(limits) != 1 or isinstance(limits[0], bool) or not isinstance(limits[0], (int, float)):
        raise refuse("a measure needs one number, at_least or at_most")


def _flag(refuse: Callable[[str], IndicatorFileRefused], item: dict[str, Any]) -> bool:
    absent = item.get("absent", False)
    if not isinstance(absent, bool):
        raise refuse("absent is true or false")
    return absent


def _phrases(where: str, key: str, languages: Any) -> tuple[str, ...]:
    if not isinstance(languages, dict):
        raise IndicatorFileRefused(f"{where}: {key} is a table of languages, each with its list of phrases.")
    phrases = [text for name, listed in languages.items() for text in _texts(where, f"{key}, {name}", listed)]
    for phrase in phrases:
        try:
            to_expression(phrase)
        except ValueError as error:
            raise IndicatorFileRefused(f"{where}: {error}.") from error
    return tuple(phrases)


def _texts(where: str, key: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise IndicatorFileRefused(f"{where}: {key} is a list of texts.")
    return value
