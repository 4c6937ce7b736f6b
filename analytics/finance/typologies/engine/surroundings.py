"""How far around a transaction its accounts' own history is looked at, and what counts as a path of money."""

from __future__ import annotations

from pydantic import PositiveFloat, PositiveInt

from analytics.finance.typologies.engine.section import SectionModel

DAY = 86_400_000_000  # microseconds


class Surroundings(SectionModel):
    """`history` and `window` are `history_days` and `window_days` in microseconds. A payment with a merchant
    category through one of `purchase_channels` (or with no channel recorded) is a purchase, and no path,
    unless the category is one of `money_categories`, which move money on. Both in small letters."""

    history_days: PositiveFloat = 35
    window_days: PositiveFloat = 4
    hub_counterparties: PositiveInt = 40
    min_surprise: PositiveFloat = 3.0
    purchase_channels: tuple[str, ...] = ("card",)
    money_categories: tuple[str, ...] = ()
    seed: PositiveInt = 20260101

    @property
    def history(self) -> int:
        return int(self.history_days * DAY)

    @property
    def window(self) -> int:
        return int(self.window_days * DAY)
