"""The detectors' parameters, read from data/typologies.toml and checked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from analytics.reference import reference_file

FILE = reference_file("typologies.toml")
_DAY = 86_400_000_000


class ParametersRefused(ValueError):
    """The file cannot be used; the message names section, key and fault."""


@dataclass(frozen=True)
class Surroundings:
    """How far around a transaction is looked. `history` and `window` are the same in microseconds. A payment
    with a merchant category through one of `purchase_channels` (or through none recorded) is a purchase, and
    no path, unless the category is one of `money_categories`, which move money on. Both in small letters."""

    history_days: float = 35
    window_days: float = 4
    hub_counterparties: int = 40
    least_surprise: float = 3.0
    purchase_channels: tuple[str, ...] = ("card",)
    money_categories: tuple[str, ...] = ()
    seed: int = 20260101

    @property
    def history(self) -> int:
        return int(self.history_days * _DAY)

    @property
    def window(self) -> int:
        return int(self.window_days * _DAY)


@dataclass(frozen=True)
class FanIn:
    least_counterparties: int = 3


@dataclass(frozen=True)
class FanOut:
    least_counterparties: int = 3


@dataclass(frozen=True)
class GatherScatter:
    least_payers: int = 2
    least_payees: int = 2


@dataclass(frozen=True)
class ScatterGather:
    least_middlemen: int = 2
    span_days: float = 6


@dataclass(frozen=True)
class Bipartite:
    least_shared_payees: int = 2


@dataclass(frozen=True)
class Stack:
    least_middlemen: int = 2
    span_days: float = 8


@dataclass(frozen=True)
class Cycle:
    most_edges: int = 12
    most_steps: int = 400_000_000


@dataclass(frozen=True)
class Ring:
    most_edges: int = 12
    most_steps: int = 10_000_000


@dataclass(frozen=True)
class Chain:
    least_edges: int = 4
    most_edges: int = 12


@dataclass(frozen=True)
class Structuring:
    least_payments: int = 4
    nearness: float = 0.85
    window_days: float = 14
    channels: tuple[str, ...] = ("cash",)
    line_minor: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PassThrough:
    least_times: int = 3
    within_hours: float = 24
    least_share: float = 0.85
    most_share: float = 1.0


@dataclass(frozen=True)
class Funnel:
    least_places: int = 3
    window_days: float = 14
    channels: tuple[str, ...] = ("cash",)


@dataclass(frozen=True)
class ThirdParty:
    least_accounts: int = 3
    window_days: float = 28


@dataclass(frozen=True)
class Remittance:
    least_payers: int = 3
    window_days: float = 14
    channels: tuple[str, ...] = ("remittance", "wire")


@dataclass(frozen=True)
class Dormant:
    quiet_days: float = 90
    least_payments: int = 5
    window_days: float = 14


@dataclass(frozen=True)
class Parameters:
    """Every detector's parameters, and the version of the file they come from."""

    version: str = "built in"
    surroundings: Surroundings = Surroundings()
    fan_in: FanIn = FanIn()
    fan_out: FanOut = FanOut()
    gather_scatter: GatherScatter = GatherScatter()
    scatter_gather: ScatterGather = ScatterGather()
    bipartite: Bipartite = Bipartite()
    stack: Stack = Stack()
    cycle: Cycle = Cycle()
    ring: Ring = Ring()
    chain: Chain = Chain()
    structuring: Structuring = Structuring()
    pass_through: PassThrough = PassThrough()
    funnel: Funnel = Funnel()
    third_party: ThirdParty = ThirdParty()
    remittance: Remittance = Remittance()
    dormant: Dormant = Dormant()


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
    sections = {
        section.name: type(section.default) for section in fields(Parameters) if section.name != "version"
    }
    if unknown := sorted(set(content) - set(sections)):
        raise ParametersRefused(f"{Path(file).name}: there is no detector {unknown[0]!r}.")
    read = {name: _section(name, sections[name], values) for name, values in content.items()}
    return Parameters(version=version, **read)


def _section(name: str, kind: type, values: dict[str, Any]):
    allowed = {entry.name: entry for entry in fields(kind)}
    if not isinstance(values, dict):
        raise ParametersRefused(f"[{name}] is not a section.")
    if unknown := sorted(set(values) - set(allowed)):
        raise ParametersRefused(f"[{name}] has no {unknown[0]!r}; it has {', '.join(allowed)}.")
    return kind(**{key: _value(f"[{name}] {key}", allowed[key].type, value) for key, value in values.items()})


def _value(where: str, kind: str, value: Any):
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
        raise ParametersRefused(
            f"{where} must be a {'whole ' if kind == 'int' else ''}number, not {value!r}."
        )
    if not value > 0:
        raise ParametersRefused(f"{where} must be above zero.")
    return value


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
