"""Whether the amounts of a statement are signed as on a card's list, where what was spent has no minus and
what was paid in or back has one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.ingest.columns import Column
from analytics.ingest.paired_columns import is_moved_by, read_number
from analytics.ingest.statement_columns import find_balance_column
from analytics.ingest.statement_words import cell_words, is_about

_WORD = re.compile(r"[^\W_]+")
_SPENT_AT_LEAST = 2  # rows that are called a purchase, for their sign to settle that of all
_AGREED = 0.7  # of the rows that say on what was spent, how many must have one sign


def spends_without_minus(columns: Sequence[Column], amount: Column) -> bool:
    """Whether amounts without a minus were spent: the balance falls by them, or most rows called purchases
    have none; failing both, what was bought is said to be groceries and
    the like, or a bill was paid off; failing these, the list is one of a card, and most amounts have none."""
    numbers = [read_number(cell) for cell in amount.cells]
    if not (any(number < 0 for number in numbers) and any(number > 0 for number in numbers)):
        return False
    if balance := find_balance_column(list(columns)):
        if is_moved_by(numbers, balance):
            return False
        if is_moved_by([-number for number in numbers], balance):
            return True
    if sign := _sign_of_purchases(columns, amount, numbers) or _sign_of_spending(columns, amount, numbers):
        return sign > 0
    return any(is_about(column.words, "card") for column in columns) and has_few_minus(amount)


def has_few_minus(amount: Column) -> bool:
    """Whether fewer amounts than not have a minus, and some have one."""
    signs = [number > 0 for cell in amount.cells if (number := read_number(cell))]
    return len(signs) / 2 < sum(signs) < len(signs)


def sign_is_settled(columns: Sequence[Column], amount: Column) -> bool:
    """Whether the balance or the rows called purchases say what a minus means."""
    numbers = [read_number(cell) for cell in amount.cells]
    balance = find_balance_column(list(columns))
    if balance and any(is_moved_by([way * n for n in numbers], balance) for way in (1, -1)):
        return True
    return any(sign(columns, amount, numbers) != 0 for sign in (_sign_of_purchases, _sign_of_spending))


def _sign_of_purchases(columns: Sequence[Column], amount: Column, numbers: Sequence[float]) -> int:
    """The sign that most rows called a purchase have: a purchase that was taken back has the other. 0 where
    too few rows are called that, or as many have one sign as the other. A sale without a minus says nothing:
    it may be what a shop took."""
    spent, sold = cell_words("card_spent"), cell_words("spent_or_taken")
    for column in columns:
        if column is amount or not column.is_text:
            continue
        rows = [(cell.strip().lower(), number) for cell, number in zip(column.cells, numbers, strict=True)]
        found = [n for word, n in rows if n and (word in spent or word in sold and n < 0)]
        if len(found) >= _SPENT_AT_LEAST:
            without = sum(number > 0 for number in found)
            return (2 * without > len(found)) - (2 * without < len(found))
    return 0


def _sign_of_spending(columns: Sequence[Column], amount: Column, numbers: Sequence[float]) -> int:
    """The sign that most rows have of which a word says on what money was spent, and the other of which one
    says that money came in. A card's bill that was paid off counts where few amounts have a minus: on a list
    of the account that paid it, it is money out. 0 where too few rows say either, or they do not agree."""
    spent, came_in, paid_off = cell_words("spent_on"), cell_words("came_in"), cell_words("card_paid_off")
    signs: list[int] = []
    said: set[str] = set()
    may_be_card = has_few_minus(amount)
    for column in columns:
        if column is amount or not column.is_text:
            continue
        for cell, number in zip(column.cells, numbers, strict=True):
            text = cell.strip().lower()
            sign = (number > 0) - (number < 0)
            if text in spent:
                said.add(text)
                signs.append(sign)
            elif text in came_in or may_be_card and any(f" {words} " in _bare(text) for words in paid_off):
                said.add("money in")
                signs.append(-sign)
    without = sum(sign > 0 for sign in signs)
    is_clear = len(signs) and max(without, len(signs) - without) > _AGREED * len(signs)
    is_one_kind = len(said) == 1 and "money in" not in said  # a hotel's own list may be of hotel bills alone
    enough = not is_one_kind and (may_be_card or len(signs) >= _SPENT_AT_LEAST)
    return ((2 * without > len(signs)) - (2 * without < len(signs))) if is_clear and enough else 0


def _bare(text: str) -> str:
    """The words of a text with a blank before and after each."""
    words = " ".join(_WORD.findall(text))
    return f" {words} "
