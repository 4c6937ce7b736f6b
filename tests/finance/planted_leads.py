"""Everyday payments, and a pattern planted in them."""

import random

from tests.finance.ledgers import row

SCATTERED = [f"M{k}" for k in range(6)]


def everyday(seed: int = 1, accounts: int = 150, payments: int = 1500) -> list[dict]:
    """People who pay their own few contacts, and a shop that everybody pays, over forty days."""
    chance = random.Random(seed)
    contacts = {f"P{k}": [f"P{chance.randrange(accounts)}" for _ in range(4)] for k in range(accounts)}
    rows = []
    for _ in range(payments):
        payer = f"P{chance.randrange(accounts)}"
        payee = "SHOP" if chance.random() < 0.5 else chance.choice(contacts[payer])
        rows.append(row(chance.uniform(0, 960), payer, payee, chance.randrange(100, 20_000), "GBP", "card"))
    return rows


def planted() -> list[dict]:
    """A source pays six middlemen, who pay a sink: the transactions come back in this order."""
    out = [row(500 + k, "SOURCE", who) for k, who in enumerate(SCATTERED)]
    return out + [row(520 + k, who, "SINK") for k, who in enumerate(SCATTERED)]
