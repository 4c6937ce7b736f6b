"""The detectors' parameters, read from data/typologies.toml and checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pydantic import create_model

from analytics.finance.typologies.catalogue import DETECTORS
from analytics.finance.typologies.engine.detector import Detector, P
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surroundings import Surroundings
from analytics.reference import reference_file
from analytics.shared.schema import FileModel, Text, check, read_toml

FILE = reference_file("typologies.toml")
_FORMER_PREFIXES = {"least_": "min_", "most_": "max_"}  # as files written by earlier versions have them


def _defaults() -> dict[str, SectionModel]:
    return {detector.section: detector.parameters() for detector in DETECTORS}


@dataclass(frozen=True)
class Parameters:
    """The version of the file they come from, the surroundings, and every detector's own by its section."""

    version: str = "built in"
    surroundings: Surroundings = Surroundings()
    sections: Mapping[str, SectionModel] = field(default_factory=_defaults)

    def of(self, detector: Detector[P]) -> P:
        """The parameters of one detector."""
        return cast(P, self.sections[detector.section])

    def replace(self, detector: Detector[Any], **changes: object) -> Parameters:
        """The same with some of a detector's own changed."""
        changed = detector.parameters(**(self.of(detector).model_dump() | changes))
        return dataclasses.replace(self, sections={**self.sections, detector.section: changed})


def read_parameters(file: Path = FILE) -> Parameters:
    """The parameters of a file; what it does not give keeps its default. Raises InvalidFile, naming section
    and key, for a key that does not exist, a value of the wrong type, or one that is not above zero."""
    tables: dict[str, Any] = read_toml(file, dict[str, Any])
    content = check({name: _current_keys(table) for name, table in tables.items()}, _file_model(), file.name)
    sections = {detector.section: getattr(content, detector.section) for detector in DETECTORS}
    return Parameters(content.version, content.surroundings, sections)


def _current_keys(table: object) -> object:
    """A section whose keys are named as they are now."""
    if not isinstance(table, dict):
        return table
    return {_current_key(key): value for key, value in table.items()}


def _current_key(key: str) -> str:
    for former, current in _FORMER_PREFIXES.items():
        if key.startswith(former):
            return current + key.removeprefix(former)
    return key


def _file_model() -> Any:
    """The form of the file: a version, the surroundings and a section for each detector."""
    sections: dict[str, Any] = {
        detector.section: (detector.parameters, detector.parameters()) for detector in DETECTORS
    }
    return create_model(
        "TypologyFile",
        __base__=FileModel,
        version=(Text, ...),
        surroundings=(Surroundings, Surroundings()),
        **sections,
    )
