"""The detectors' parameters, read from data/typologies.toml and checked."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, cast

from analytics.finance.typologies.catalogue import DETECTORS
from analytics.finance.typologies.engine.detector import Detector
from analytics.finance.typologies.engine.surroundings import Surroundings
from analytics.reference import reference_file

FILE = reference_file("typologies.toml")
_SURROUNDINGS = "surroundings"
_FORMER_PREFIXES = {"least_": "min_", "most_": "max_"}  # as files written by earlier versions have them

P = TypeVar("P")


class ParametersRefused(ValueError):
    """The file cannot be used; the message names section, key and fault."""


def _defaults() -> dict[str, object]:
    return {detector.section: detector.parameters() for detector in DETECTORS}


@dataclass(frozen=True)
class Parameters:
    """The version of the file they come from, the surroundings, and every detector's own by its section."""

    version: str = "built in"
    surroundings: Surroundings = Surroundings()
    sections: Mapping[str, object] = field(default_factory=_defaults)

    def of(self, detector: Detector[P]) -> P:
        """The parameters of one detector."""
        return cast(P, self.sections[detector.section])

    def replace(self, detector: Detector[Any], **changes: object) -> Parameters:
        """The same with some of a detector's own changed."""
        changed = dataclasses.replace(self.of(detector), **changes)
        return dataclasses.replace(self, sections={**self.sections, detector.section: changed})


def read_parameters(file: Path = FILE) -> Parameters:
    """The parameters of a file. Raises ParametersRefused, naming section and key, for a key that does not
    exist, a value of the wrong type, or one that is not above zero."""
    try:
        content = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParametersRefused(f"{Path(file).name} is not TOML: {error}") from error
    version = content.pop("version", None)
    if not isinstance(version, str) or not version.strip():
        raise ParametersRefused(f"{Path(file).name} has no version.")
    surroundings = _read_section(_SURROUNDINGS, Surroundings, content.pop(_SURROUNDINGS, {}))
    kinds = {detector.section: detector.parameters for detector in DETECTORS}
    if unknown := sorted(set(content) - set(kinds)):
        raise ParametersRefused(f"{Path(file).name}: there is no detector {unknown[0]!r}.")
    sections = {name: _read_section(name, kind, content.get(name, {})) for name, kind in kinds.items()}
    return Parameters(version, surroundings, sections)


def _read_section(name: str, kind: type[P], values: object) -> P:
    if not isinstance(values, dict):
        raise ParametersRefused(f"[{name}] is not a section.")
    values = {_current_key(key): value for key, value in values.items()}
    allowed = {entry.name: str(entry.type) for entry in fields(cast(Any, kind))}
    if unknown := sorted(set(values) - set(allowed)):
        raise ParametersRefused(f"[{name}] has no {unknown[0]!r}; it has {', '.join(allowed)}.")
    return kind(
        **{key: _check_value(f"[{name}] {key}", allowed[key], value) for key, value in values.items()}
    )


def _current_key(key: str) -> str:
    for former, current in _FORMER_PREFIXES.items():
        if key.startswith(former):
            return current + key.removeprefix(former)
    return key


def _check_value(where: str, kind: str, value: object) -> object:
    """The value as the field of type `kind` takes it."""
    if kind.startswith("tuple"):
        if not (isinstance(value, list) and value and all(isinstance(entry, str) for entry in value)):
            raise ParametersRefused(f"{where} must be a list of words.")
        return tuple(value)
    if kind.startswith("dict"):
        if not (isinstance(value, dict) and all(_is_whole(entry) and entry > 0 for entry in value.values())):
            raise ParametersRefused(
                f"{where} must give each currency a whole number of minor units above zero."
            )
        return dict(value)
    if isinstance(value, bool) or not isinstance(value, int if kind == "int" else (int, float)):
        kind_of_number = "whole number" if kind == "int" else "number"
        raise ParametersRefused(f"{where} must be a {kind_of_number}, not {value!r}.")
    if not value > 0:
        raise ParametersRefused(f"{where} must be above zero.")
    return value


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
