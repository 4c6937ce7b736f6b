"""The control strategy (National Intelligence Model): the period's priorities, against which every proposal
is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from analytics.oversight import Actor
from analytics.shared.codes import code_table
from analytics.shared.wording import write_period
from analytics.store import Store
from analytics.tasking.priorities import list_assessments
from analytics.tasking.products import list_products, load_product, save_product
from analytics.tasking.saved_sections import (
    WrittenSection,
    build_content,
    join_by_title,
    list_written_sections,
)
from analytics.tasking.sections import STRATEGY as KIND
from analytics.tasking.sections import read_asked_sections

STRUCTURED = (
    "priorities",
    "requirement",
)  # sections that are more than one text: they are fields of Strategy


@dataclass(frozen=True)
class Priority:
    """One priority, with what is planned under each head."""

    title: str
    why: str
    prevention: str = ""
    intelligence: str = ""
    enforcement: str = ""


@dataclass(frozen=True)
class Strategy:
    """Priorities in order, the period they hold for (inclusive dates), and the intelligence requirement in
    words.

    `texts`: of the further sections that data/codes/products.toml asks for, by code; `titles`: those they
    were saved with."""

    period_from: date
    period_to: date
    priorities: tuple[Priority, ...]
    requirement: str = ""
    handling: str = str(code_table("handling")["P"])
    texts: Mapping[str, str] = field(default_factory=dict, hash=False)
    titles: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)

    def sections(self) -> dict[str, str]:
        """The strategy as titled plain text, for print."""
        return join_by_title(self._titled())

    def further(self) -> list[WrittenSection]:
        """The sections beside the structured ones."""
        content = {"sections": self.texts, "titles": self.titles}
        return [section for section in list_written_sections(KIND, content) if section.code not in STRUCTURED]

    def _titled(self) -> Iterator[tuple[str, str]]:
        yield "Period", write_period(self.period_from, self.period_to)
        further = {section.code: section for section in self.further()}
        for code, section in read_asked_sections(KIND).items():
            if code == "priorities":
                yield from map(_titled_priority, enumerate(self.priorities, 1))
            elif code == "requirement":
                yield section.title, self.requirement or "None stated."
            else:
                written = further.pop(code)
                yield written.title, written.text
        for written in further.values():
            yield written.title, written.text


def _titled_priority(numbered: tuple[int, Priority]) -> tuple[str, str]:
    number, item = numbered
    heads = {
        "Prevention": item.prevention,
        "Intelligence": item.intelligence,
        "Enforcement": item.enforcement,
    }
    lines = [f"{head}: {text}" for head, text in heads.items() if text.strip()]
    return f"Priority {number}: {item.title}", "\n".join([item.why, *lines])


def save_strategy(
    store: Store,
    actor: Actor,
    strategy: Strategy,
    *,
    product_id: int | None = None,
    latest_seen: int | None = None,
) -> tuple[int, int]:
    """Save a strategy, or the next version of one. Returns (product_id, version).

    Raises ValueError where the period ends before it begins or a priority lacks title or reason, or stands
    twice, and what `save_product` raises."""
    if strategy.period_to < strategy.period_from:
        raise ValueError("The period ends before it begins.")
    if not strategy.priorities:
        raise ValueError("A control strategy needs at least one priority.")
    titles = [item.title.strip() for item in strategy.priorities]
    if not all(titles) or not all(item.why.strip() for item in strategy.priorities):
        raise ValueError("Every priority needs a title and why it is one.")
    if not strategy.handling.strip():
        raise ValueError("Say how the strategy may be shared.")
    if len(set(titles)) < len(titles):
        raise ValueError("A priority is listed twice.")
    content = {
        "period_from": strategy.period_from.isoformat(),
        "period_to": strategy.period_to.isoformat(),
        "priorities": [asdict(item) for item in strategy.priorities],
        "requirement": strategy.requirement,
        "handling": strategy.handling,
    } | build_content(KIND, strategy.texts, strategy.titles)
    title = f"Control strategy, {strategy.period_from:%b %Y} to {strategy.period_to:%b %Y}"
    return save_product(
        store, actor, KIND, title, content, [], product_id=product_id, latest_seen=latest_seen
    )


def load_strategy(store: Store, product_id: int, version: int | None = None) -> Strategy:
    """A saved strategy, the latest version unless one is named. Raises KeyError where there is none."""
    return read_strategy(load_product(store, product_id, version)["content"])


def read_strategy(content: Mapping[str, Any]) -> Strategy:
    """A strategy from its saved content, in today's shape."""
    return Strategy(
        date.fromisoformat(content["period_from"]),
        date.fromisoformat(content["period_to"]),
        tuple(Priority(**item) for item in content["priorities"]),
        content["requirement"],
        content.get("handling") or Strategy.handling,
        content["sections"],
        content["titles"],
    )


def find_strategy_in_force(store: Store, day: date) -> tuple[int, int, Strategy] | None:
    """The newest control strategy whose period includes `day`, as (product_id, version, strategy); None where
    none does."""
    for row in list_products(store, KIND).itertuples():
        strategy = load_strategy(store, int(row.product_id))
        if strategy.period_from <= day <= strategy.period_to:
            return int(row.product_id), int(row.version), strategy
    return None


def list_unserved_priorities(strategy: Strategy, list_served_priorities: Sequence[str | None]) -> list[str]:
    """The priorities that no proposal in `served` serves."""
    return [item.title for item in strategy.priorities if item.title not in set(list_served_priorities)]


def list_served_priorities(store: Store) -> list[str]:
    """The priorities that waiting and adopted proposals serve; a declined one serves none."""
    outcomes = list_products(store, "brief").set_index("product_id").outcome
    return [
        serves
        for number, (_, serves, _) in list_assessments(store).items()
        if serves and outcomes.get(number) != "declined"
    ]


def check_against_strategy(store: Store, product_id: int, day: date) -> str:
    """What the control strategy in force on `day` says of a proposal, in one sentence."""
    assessed = list_assessments(store).get(product_id)
    return describe_fit(
        find_strategy_in_force(store, day), assessed is not None, assessed[1] if assessed else None
    )


def describe_fit(
    in_force: tuple[int, int, Strategy] | None, assessed: bool, serves: str | None, *, names_it: bool = True
) -> str:
    """The same for a proposal of which it is known whether it was assessed, and as serving which priority;
    `names_it`: with the number and version of the strategy."""
    if in_force is None:
        return "No control strategy is in force to check it against."
    number, version, strategy = in_force
    source = f" (control strategy {number}, version {version})" if names_it else ""
    if not assessed:
        return f"Not yet checked against the priorities in force{source}."
    if serves is None:
        return f"Serves no priority in force{source}."
    if serves not in (item.title for item in strategy.priorities):
        return f"Was scored as serving {serves}, which is no longer a priority in force{source}."
    return f"Serves the priority {serves}{source}."
