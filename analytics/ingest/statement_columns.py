"""The columns of a bank's statement in any layout and language: known by the words of their names together
with what they hold, where no name is known as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from itertools import combinations

from analytics.ingest.columns import OBJECT, Column
from analytics.ingest.paired_columns import find_out_and_in_by_values, goes_with
from analytics.ingest.statement_words import is_about
from analytics.shared.currency import find_currency

_AMOUNT = re.compile(
    r"\s*+[(+\-−–]*+\s*+(?:[A-Za-z]{1,4}[.$]?|[^\w\s])?\s*+[+\-−–]?\d[\d.,'’\s]*+"
    r"(?:\s*+(?:[A-Za-zł]{1,3}\.?|[円元원圓đ]|[^\w\s])){0,5}\s*"
)
_DECIMALS = re.compile(r".*\d[.,]\d{1,2}(?!\d).*")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")
_CREDITOR = re.compile(r"[A-Z]{2}\d{2}ZZZ\w+")  # the number of one who debits accounts is no account
_BARE_ACCOUNT = re.compile(rf"{_IBAN.pattern}|[\d./*xX-]{{5,}}")
_NUMBERED = re.compile(r".*(?:\d[\d\s./*-]{3,}|\*\d{3,}).*")


_CURRENCY_CODE = re.compile(r"[A-Z]{3,5}")
_LOCAL = ("local", "lokal", "locale")
_AFTER = ("after", "incl", "including", "inclusive", "excl", "excluding", "net")
_CARD = re.compile(r"(?:credit)?(?:card|karte|kaart|kort|carte|tarjeta|carta)\w*")
_MASKED = re.compile(r"(?>.*?[*xX]{4}).*\d{3}.*")
_CRYPTO_ADDRESS = re.compile(r"(?:bc1|ltc1|addr1|0x|[13LMDTXr])[A-Za-z0-9]{24,}")


def find_booking_date(columns: list[Column]) -> str | None:
    """The column of the day on which a payment was made or booked, rather than that of its value."""
    dated = [column for column in columns if column.dated > 0.9 and column.filled > 0.5]
    return _best(
        dated,
        lambda column: (
            2.0 * is_about(column.words, "booked")
            + 0.5 * is_about(column.words, "made")
            + 0.25
            * ("utc" in column.words and any(word in _LOCAL for other in dated for word in other.words))
            - 3 * is_about(column.words, "value_date")
        ),
    )


def find_amount(columns: list[Column]) -> str | None:
    """The column of the amounts of a statement that has one alone: not a balance, a fee or a number."""
    fitting = [column for column in columns if holds_amounts(column) and not is_no_payment(column)]
    amounts = [column for column in fitting if column.filled == 1] or fitting
    named = [column for column in amounts if is_about(column.words, "amount")]
    return _best(
        named or [column for column in amounts if column.share(_DECIMALS) > 0.3],
        lambda column: column.share(_DECIMALS) > 0,
    )


def is_no_payment(column: Column) -> bool:
    """Whether a column of numbers holds something else than payments, by its name: balances, fees, rates. An
    amount after fees is one."""
    at = next((at for at, word in enumerate(column.words) if word in _AFTER), len(column.words))
    return is_about(column.words[:at], "not_amount")


def find_balance(columns: list[Column]) -> str | None:
    """The column of the balances of a list of accounts, such as Balance (GBP)."""
    balance = find_balance_column(columns)
    return balance.name if balance else None


def find_balance_column(columns: list[Column]) -> Column | None:
    """The same as a column."""
    named = (c for c in columns if is_about(c.words, "balance") or "stand" in c.words)
    return next((column for column in named if holds_amounts(column)), None)


def find_out_and_in(columns: list[Column]) -> tuple[str, str] | None:
    """The columns of money out and money in: in hardly a row are both filled."""
    free = [
        column
        for column in columns
        if not (is_about(column.words, "balance") or is_about(column.words, "fee") and is_no_payment(column))
        and (not column.values or holds_amounts(column))
    ]
    signs = [
        next((column for column in free if column.name.strip(" []()") == sign), None) for sign in ("-", "+")
    ]
    if signs[0] and signs[1] and are_alternatives(signs[0], signs[1]):
        return signs[0].name, signs[1].name
    sides = [
        [column for column in free if is_about(column.words, side) and not is_about(column.words, other)]
        for side, other in (("out", "in"), ("in", "out"))
    ]
    pairs = [(out, into) for out in sides[0] for into in sides[1] if are_alternatives(out, into)]
    pairs.sort(key=lambda pair: not all(column.values for column in pair))
    if pairs:
        return pairs[0][0].name, pairs[0][1].name
    if find_amount([column for column in columns if column.filled == 1]):
        return None  # one column has the amounts of all rows
    unnamed = [column for column in free if column.values and column.dated < 0.5]
    return find_out_and_in_by_values(unnamed, find_balance_column(columns))


def are_alternatives(out: Column, into: Column) -> bool:
    """Whether at most a few rows have both amounts, so that each is one or the other."""
    filled = [sum(any(digit in value for digit in "123456789") for value in c.values) for c in (out, into)]
    return 0 < sum(filled) <= 1.2 * out.rows


def find_own_account(columns: list[Column]) -> str | None:
    """The column of the account that a statement is of: the same in nearly every row."""
    own = [
        column
        for column in columns
        if (_names_an_account(column) or _is_numbered_card(column))
        and column.filled > 0.9
        and column.distinct <= min(5, max(1, column.rows // 2))
        and not is_about(column.words, "party")
        and not goes_with_a_name(column, columns)
    ]
    return _best(own, lambda column: 2 * column.share(_IBAN) + column.share(_NUMBERED))


def _is_numbered_card(column: Column) -> bool:
    """Whether a column holds one number throughout, and is called a card of a bank."""
    is_card = any(map(_CARD.fullmatch, column.words))
    return is_card and column.distinct == 1 < column.rows and _share_of_accounts(column) == 1


def goes_with_a_name(account: Column, columns: list[Column]) -> bool:
    """Whether each account has a name of its own beside it in a column of names."""
    names = [c for c in columns if c.is_text and (is_about(c.words, "name") or is_about(c.words, "party"))]
    return any(goes_with(account, name) for name in names if name is not account)


def find_own_account_in_two(columns: list[Column]) -> tuple[str, ...]:
    """The two columns, payer and payee, of which each row fills one, always with the same account: that of
    the statement. None where it is not so."""
    halves = [
        column
        for column in columns
        if 0 < column.filled < 1 and column.distinct == 1 and _share_of_accounts(column) == 1
    ]
    return next(
        (
            (one.name, other.name)
            for one, other in combinations(halves, 2)
            if one.values[0] == other.values[0] and len(one.values) + len(other.values) == one.rows
        ),
        (),
    )


def find_other_account(columns: list[Column]) -> str | None:
    """The column of the accounts of the other parties."""
    others = [
        column
        for column in columns
        if _names_an_account(column) and column.filled > 0.3 and _share_of_accounts(column) > 0.5
    ]
    return _best(others, lambda column: 2.0 * is_about(column.words, "party") + _share_of_accounts(column))


def settles_a_card(other: Column, own: Column | None, columns: list[Column]) -> bool:
    """Whether an account of another party is the one from which a card's bill is paid: it is the same in
    every row, though the rows tell of many shops."""
    is_of_card = own is not None and any(map(_CARD.match, own.words))
    return (
        is_of_card
        and other.distinct == 1
        and any(c.is_text and c.distinct > 2 and is_about(c.words, "description") for c in columns)
    )


def is_the_banks_own(other: Column, own: Column, columns: list[Column]) -> bool:
    """Whether a number beside the own account is the same in every row, though the rows tell of many others:
    it is that of its branch or bank."""
    texts = [c for c in columns if c.is_text and is_about(c.words, "description") and c is not own]
    is_named = any(is_about(other.words, side) for side in ("party", "payer", "payee"))
    return (
        other.distinct == own.distinct == other.filled == own.filled == 1 < other.rows
        and not is_named
        and any(2 * text.distinct > text.rows for text in texts)
    )


def find_payer_and_payee(columns: list[Column], *, are_accounts: bool) -> tuple[str, str] | None:
    """The two columns of who paid and who was paid: of their accounts, or of their names. None where there
    are not both, as in a statement, where one column holds the other party of each row."""
    fitting = [
        column
        for column in columns
        if column.filled > 0.5
        and not (column.values and all(map(find_currency, column.values)))
        and not is_about(column.words, "not_account")
        and column.dated < 0.5
        and (_share_of_accounts(column) > 0.5 if are_accounts else column.is_text)
        and (are_accounts or not _are_bare_accounts(column))
    ]
    sides = [
        [column for column in fitting if is_about(column.words, side) and not is_about(column.words, other)]
        for side, other in (("payer", "payee"), ("payee", "payer"))
    ]
    return (sides[0][0].name, sides[1][0].name) if all(len(side) == 1 for side in sides) else None


def find_accounts(columns: list[Column]) -> list[Column]:
    """The columns that hold accounts, of whomever."""
    return [column for column in columns if _names_an_account(column) and _share_of_accounts(column) > 0.5]


def find_party(columns: list[Column]) -> str | None:
    """The column that names the other party as such; not one that says the same of every row, where a
    description does not."""
    tells = any(
        c.is_text and is_about(c.words, "description") and 2 * c.distinct > c.rows > 2 for c in columns
    )
    parties = [column for column in columns if is_about(column.words, "party")]
    return find_other_name([column for column in parties if not (tells and column.distinct == 1)])


def find_named(columns: list[Column]) -> str | None:
    """The column that is called a name and nothing else, where the names differ."""
    named = [
        column
        for column in columns
        if is_about(column.words, "name")
        and not (is_about(column.words, "account") or is_about(column.words, "kind"))
    ]
    return find_other_name([column for column in named if column.distinct > 1])


def find_other_name(columns: list[Column]) -> str | None:
    """The column that says who the other party is, else what the payment was."""

    def score(column: Column) -> float:
        is_party = is_about(column.words, "party")
        is_name = is_about(column.words, "name") and not is_about(column.words, "kind")
        is_of_kind = any(word.startswith("histor") for word in column.words)  # in Brazil: Pix enviado
        less = 0.5 * (is_of_kind or is_masked(column)) + 0.4 * says_less(column, texts)
        if is_party and is_about(column.words, "description"):
            return 2 - less  # the message to the payee
        if is_party and (is_name or not is_about(column.words, "account")):
            return 4 + is_name - less
        return 3.0 - less if is_name else 1.0 - less

    texts = [
        column
        for column in columns
        if column.is_text
        and column.filled > 0.3
        and not holds_amounts(column)
        and not _are_bare_accounts(column)
        and not (is_about(column.words, "not_account") or is_about(column.words, "currency"))
        and (
            any(is_about(column.words, about) for about in ("party", "description"))
            or is_about(column.words, "name")
            and not is_about(column.words, "account")
        )
    ]
    return _best(texts, score)


def says_less(column: Column, texts: list[Column]) -> bool:
    """Whether a column says of what kind a payment is, or the same of every row, where another column says
    more."""
    most = max((other.distinct for other in texts), default=0)
    if column.distinct == 1 < most - 1 or 2 * column.distinct <= most:
        return True
    return is_about(column.words, "kind") and most > column.distinct


def is_masked(column: Column) -> bool:
    """Whether half of the values are numbers of cards with stars in them: 4835-****-****-0000."""
    return column.share(_MASKED) >= 0.5


def find_description(columns: list[Column]) -> str | None:
    """The column that says what a payment was for."""
    texts = [
        column
        for column in columns
        if column.is_text
        and column.filled > 0.3
        and is_about(column.words, "description")
        and not holds_amounts(column)
    ]
    return _best(texts, lambda column: column.distinct / len(column.values) - is_about(column.words, "party"))


def find_currency_column(columns: list[Column], amount: str | None) -> str | None:
    """The column of the currencies of the amounts: of several, the one that stands nearest to them."""
    names = [column.name for column in columns]
    at = names.index(amount) if amount in names else 0
    known = [column for column in columns if is_about(column.words, "currency") and holds_currencies(column)]
    of_amount = next((set(column.words) for column in columns if column.name == amount), set())
    if alike := [column for column in known if column.values and _says_of_amount(column, of_amount)]:
        return alike[0].name
    stated = [
        column
        for column in known
        if not is_about([word for word in column.words if word not in ("code", "codes")], "not_amount")
    ]
    of_account = [column for column in known if is_about(column.words, "account") and column.values]
    found = _best(stated or of_account, lambda column: -abs(names.index(column.name) - at - 0.1))
    if found:
        return found
    codes = [column for column in columns if column.filled == 1 and column.share(_CURRENCY_CODE) == 1]
    codes = [column for column in codes if all(map(find_currency, column.values))]
    return codes[0].name if len(codes) == 1 else None


def _says_of_amount(currency: Column, amount: set[str]) -> bool:
    """Whether the name of a column of currencies has, beside the word for one, words of the amount's, none
    other: fiat_currency of amount_fiat."""
    beside = {word for word in currency.words if not is_about([word], "currency") and word != "code"}
    return bool(beside) and beside <= amount


def holds_currencies(column: Column) -> bool:
    """Whether the values are currencies, as codes, names or symbols; so is a column without a value."""
    known = sum(find_currency(value) is not None for value in column.values)
    return 2 * known >= len(column.values)


def holds_amounts(column: Column) -> bool:
    """Whether the values are numbers as amounts are written, and no dates."""
    return (
        bool(column.values)
        and column.share(_AMOUNT) > 0.9
        and column.dated < 0.5
        and column.share(_IBAN) < 0.5
    )


def _names_an_account(column: Column) -> bool:
    return (
        bool(column.values)
        and (
            is_about(column.words, "account")
            or is_about(column.words, "party")
            and _are_bare_accounts(column)
            or column.share(_CRYPTO_ADDRESS) > 0.5
            or column.share(_IBAN) == 1
            and column.share(_CREDITOR) == 0
        )
        and not (holds_amounts(column) and column.share(_DECIMALS) > 0.5)
        and (not is_about(_without_bank(column.words), "not_account") or _is_with_its_bank(column))
        and (_share_of_accounts(column) > 0.5 or not is_about(column.words, "currency"))
        and column.dated < 0.5
        and column.share(OBJECT) < 0.5
    )


def _without_bank(words: list[str]) -> list[str]:
    """The words of a name without a bank whose account it is: Other Bank Account Number."""
    return [
        word
        for word, following in zip(words, [*words[1:], ""], strict=True)
        if not (word.startswith("bank") and is_about([following], "account"))
    ]


def _is_with_its_bank(column: Column) -> bool:
    """Whether a column holds another party's account with the code of its bank after it: Protiúčet/Kód
    banky."""
    return is_about(column.words[:1], "account") and is_about(column.words[:1], "party")


def _are_bare_accounts(column: Column) -> bool:
    """Whether the values are account numbers and nothing beside them."""
    compact = [re.sub(r"\s", "", value) for value in column.values]
    return 2 * sum(bool(_BARE_ACCOUNT.fullmatch(text)) for text in compact) > len(compact)


def _share_of_accounts(column: Column) -> float:
    compact = [re.sub(r"\s", "", value) for value in column.values]
    forms = (_IBAN, _NUMBERED, _CRYPTO_ADDRESS)
    found = sum(any(form.fullmatch(text) for form in forms) for text in compact)
    return found / max(len(compact), 1)


def _best(columns: Collection[Column], score: Callable[[Column], float]) -> str | None:
    """The name of the column of the highest score; of several the first."""
    return max(columns, key=score).name if columns else None
