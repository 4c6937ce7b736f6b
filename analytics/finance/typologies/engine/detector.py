"""What a typology is made of: a search over a ledger, an explanation of what it found, and its parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.store.engine import Engine

P = TypeVar("P", bound=SectionModel)


@dataclass(frozen=True)
class Search(Generic[P]):
    """What a detector is given: the ledger, its own parameters, the engine that runs its joins, and the
    results of the detector that it builds on (`Detector.builds_on`), where it names one."""

    ledger: TimedLedger
    parameters: P
    engine: Engine
    layers: Results | None = None


@dataclass(frozen=True)
class Explanation:
    """`roles`: account (its position in the ledger's names) -> its part. `why`: one sentence, plain text."""

    roles: dict[int, str]
    why: str


Explain = Callable[[TimedLedger, np.ndarray, int], Explanation]


@dataclass(frozen=True)
class Detector(Generic[P]):
    """One typology. `section`: its part of `data/typologies.toml`, read into `parameters`. `find` gives the
    results of a ledger. `explain` says what one result is, from the ledger, the result's rows and its
    account. `needs`: columns without which the detector is off. `shuffled`: its results are compared with
    those in the shuffled ledger; otherwise its surprise counts against the accounts it judged. `builds_on`:
    the name of the detector whose results it is given as `Search.layers`."""

    name: str
    section: str
    parameters: type[P]
    find: Callable[[Search[P]], Results]
    explain: Explain
    needs: tuple[str, ...] = ()
    shuffled: bool = True
    builds_on: str | None = None
