"""Which columns of a file of payments mean what: those of a list between accounts, and those of a statement,
which is one account's own view of them."""

from __future__ import annotations

from collections.abc import Callable

from analytics.ingest.amount_columns import find_amounts_by_currency
from analytics.ingest.card_amounts import spends_without_minus
from analytics.ingest.column_words import money_names
from analytics.ingest.columns import Column
from analytics.ingest.kinds import KINDS
from analytics.ingest.name_words import words_of
from analytics.ingest.paired_columns import find_sides_by_own_account
from analytics.ingest.party_in_two import find_party_in_two
from analytics.ingest.roles import plain
from analytics.ingest.statement_columns import (
    are_alternatives,
    find_accounts,
    find_amount,
    find_booking_date,
    find_currency_column,
    find_description,
    find_named,
    find_other_account,
    find_other_name,
    find_out_and_in,
    find_own_account,
    find_own_account_in_two,
    find_party,
    find_payer_and_payee,
    goes_with_a_name,
    holds_currencies,
    is_masked,
    is_the_banks_own,
    says_less,
    settles_a_card,
)
from analytics.ingest.statement_words import cell_words, direction_of, is_about
from analytics.ingest.time_columns import with_clock

_OUTSIDE = {"withdrawal", "withdraw", "destination"}  # of addresses to which was paid
_LETTERS_OF_DIRECTION = (
    "dc",
    "dh",
    "dk",
    "sh",
    "tj",
    "tk",
    "χπ",
    "借贷",
    "-+",
)  # out and in, in one language
_NEARLY_ALL = 0.9  # of the rows
_ROWS_OF_A_STATEMENT = 4  # of which its own account can be told by being the same throughout
_NAMES_OF_TIMES = frozenset(
    name
    for role in KINDS["transaction"].roles
    if role.name == "time"
    for name in role.names
    if "*" not in name
)


def find_money_columns(
    columns: list[Column], found: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The roles found by name, put right by the values, with those of a statement where it is one."""
    by_name = {column.name: column for column in columns}
    fits = {"amount": _may_be_amount, "currency": _may_be_currency}
    found = {
        role: names
        for role, names in found.items()
        if role not in fits or (names[0] in by_name and fits[role](by_name[names[0]]))
    }
    out, into = (_first(role, columns, _is_money) for role in ("out", "in"))
    named = (out.name, into.name) if out and into and are_alternatives(out, into) else None
    used = {name for role in ("from", "to", "time") for name in found.get(role, ())}
    free = [column for column in columns if column.name not in used]
    if sides := named or find_out_and_in(free):
        found.pop("amount", None)
        found |= {"out": (sides[0],), "in": (sides[1],)}
    if found.get("note") == found.get("reference"):
        found.pop("note", None)  # a column has one role
    if _is_wordy(by_name.get(_one_of(found, "reference") or "")):
        found.pop("reference")  # it says whom or what for
    if (date := find_booking_date(columns)) and _is_better_date(date, found.get("time", ())):
        found["time"] = with_clock(by_name[date], columns)
    if "amount" not in found and "out" not in found and (amount := find_amount(free)):
        found["amount"] = (amount,)
    if "out" not in found and (several := find_amounts_by_currency(free)):
        found["amount"] = several
    direction = _first("direction", columns, _is_direction) or _find_direction(columns)
    if direction and not _is_contradicted(direction, by_name.get(_one_of(found, "amount") or "")):
        found["direction"] = (direction.name,)
    if status := _first("status", columns, _is_status):
        found["status"] = (status.name,)
    if "currency" not in found and (
        currency := find_currency_column(columns, _one_of(found, "amount", "out", "in"))
    ):
        found["currency"] = (currency,)
    if "currency" in found:
        found["currency"] = _with_that_of_the_other_side(by_name[found["currency"][0]], columns)
    found |= _find_wallets(columns)
    found |= _find_sides(columns, found)
    found = _as_view_of_one(found, by_name)
    parties = [by_name[name] for role in ("from", "to") if (name := _one_of(found, role)) in by_name]
    if (
        len(parties) == 2
        and parties[0] is not parties[1]
        and parties[0].filled + parties[1].filled >= 1  # every row may have one
    ):
        return found | _name_of_blank_side(columns, found, parties)
    return _signed_as_on_a_card(columns, _as_statement(columns, found))


def _signed_as_on_a_card(
    columns: list[Column], found: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The amounts of a card's statement as money out, where what was spent has no minus."""
    amount = next((c for c in columns if found.get("amount") == (c.name,)), None)
    is_of_one = bool({"own", "other", "other_name"} & found.keys()) and "direction" not in found
    if amount is None or not is_of_one or not spends_without_minus(columns, amount):
        return found
    return {role: names for role, names in found.items() if role != "amount"} | {"out": (amount.name,)}


def _is_better_date(date: str, found: tuple[str, ...]) -> bool:
    """Whether a day of payment takes the place of the column found by its name: that of a value, or one that
    is called a date of any kind."""
    words = words_of(found[0]) if found else []
    is_exact = bool(found) and plain(found[0]) in _NAMES_OF_TIMES and not is_about(words, "value_date")
    if is_about(words_of(date), "made") and not is_about(words, "made") and len(words) == 1:
        is_exact = False  # Fecha de operación beside Fecha
    return not is_exact and date not in found


def _find_wallets(columns: list[Column]) -> dict[str, tuple[str, ...]]:
    """Of an exchange's list of deposits or withdrawals: the address that each came from, which may be blank,
    and that to which it went."""
    named = {"".join(column.words): column.name for column in columns}
    source, target = named.get("sourceaddress"), named.get("address")
    return {"from": (source,), "to": (target,)} if source and target else {}


def _find_sides(columns: list[Column], found: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The columns of payer and payee, accounts and names, told by words in their names; or by the one account
    that is on either side of every row."""
    by_name = {column.name: column for column in columns}
    amount, out = (by_name.get(_one_of(found, role) or "") for role in ("amount", "out"))
    sides: dict[str, tuple[str, ...]] = {}
    if not ({"from", "to"} <= found.keys()) and (
        pair := find_sides_by_own_account(find_accounts(columns), amount, out)
    ):
        sides |= {"from": (pair[0],), "to": (pair[1],)}
    if not {"from", "to", "out"} & {*found, *sides} and (
        pair := find_payer_and_payee(columns, are_accounts=True)
    ):
        sides |= {"from": (pair[0],), "to": (pair[1],)}
    if not {"from_name", "to_name"} & found.keys() and (
        "out" not in found or {"from", "to"} <= {*found, *sides}
    ):
        names = [c for c in columns if c.name not in {name for each in found.values() for name in each}]
        if pair := find_payer_and_payee(names, are_accounts=False):
            sides |= {"from_name": (pair[0],), "to_name": (pair[1],)}
    return sides


def _one_of(found: dict[str, tuple[str, ...]], *roles: str) -> str | None:
    return next((found[role][0] for role in roles if role in found), None)


def _may_be_amount(column: Column) -> bool:
    return bool(column.values) and _is_money(column) and not is_about(column.words, "fee")


def _may_be_currency(column: Column) -> bool:
    """Whether a column called a currency holds some, and of the amounts themselves."""
    words = [word for word in column.words if word not in ("code", "codes")]
    is_of_others = is_about(words, "currency") and is_about(words, "not_amount")
    return bool(column.values) and holds_currencies(column) and not is_of_others


def _with_that_of_the_other_side(currency: Column, columns: list[Column]) -> tuple[str, ...]:
    """A column of currencies, and that which has the currency of just the rows in which it is blank: of money
    in beside money out."""
    for other in columns:
        if other is currency or not (
            other.values and is_about(other.words, "currency") and holds_currencies(other)
        ):
            continue
        if all(bool(a) != bool(b) for a, b in zip(currency.cells, other.cells, strict=True)):
            return currency.name, other.name
    return (currency.name,)


def _as_statement(columns: list[Column], found: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """A file without payer and payee accounts: its own account, and the other party of each row."""
    by_name = {column.name: column for column in columns}
    has_names = "from_name" in found and "to_name" in found and not ({"out", "direction"} & found.keys())
    if has_names and not _has_minus(by_name, found):
        return found  # a remittance file: the names stand for accounts
    stated = found
    found = {role: names for role, names in found.items() if role not in ("from", "to")}
    used = {name for role, names in found.items() if role not in ("note", "place") for name in names}
    free = [column for column in columns if column.name not in used]
    own = _named(
        "own", free, lambda c: _is_the_same(c) and not goes_with_a_name(c, free)
    ) or find_own_account(free)
    in_two = () if own else find_own_account_in_two(free)
    free = [column for column in free if column.name not in (own, *in_two)]
    if own:  # written twice it is no other party's
        free = [column for column in free if column.cells != by_name[own].cells]
    other = _named("other", free, lambda column: column.filled > 0.3) or find_other_account(free)
    parties = find_party_in_two([column for column in columns if column.name not in (own, *in_two)])
    if other in parties:
        other = None
    if other and (
        settles_a_card(by_name[other], by_name.get(own or ""), columns)
        or own
        and is_the_banks_own(by_name[other], by_name[own], columns)
    ):
        other = None
    free = [column for column in free if column.name != other]
    texts = [column for column in free if _is_plain_text(column) and is_about(column.words, "description")]
    name = (
        find_party(free)
        or find_named(free)
        or _named("other_name", free, lambda c: _is_plain_text(c) and not says_less(c, texts))
        or find_other_name(free)
    )
    if (
        not (own or in_two or other or "out" in found or "direction" in found)
        and found != stated
        and not _has_minus(by_name, found)
    ):
        return stated  # a payer or a payee alone
    if not (
        own or in_two or other or name or parties
    ):  # the words for in and out may be all that is said of the other
        channel = by_name.get(_one_of(found, "channel") or "")
        is_described = channel is not None and 2 * channel.distinct > channel.rows  # not a few kinds
        name = channel.name if channel and is_described else _one_of(found, "direction")
    if (
        other
        and _OUTSIDE & set(by_name[other].words)
        and "direction" not in found
        and not _has_minus(by_name, found)
    ):
        found |= {"out": found.pop("amount", found.get("out", ()))}  # of withdrawals to addresses
    if in_two:
        found["own"] = in_two
    if parties and not other and (name or not {"from_name", "to_name"} & found.keys()):
        name = None
        found["other_name"] = parties
    for role, column in (("own", own), ("other", other), ("other_name", name)):
        if column:
            found[role] = (column,)
    one_sided = found.keys() & {"from_name", "to_name"}
    if len(one_sided) == 1 and by_name[found[side := one_sided.pop()][0]].filled > _NEARLY_ALL:
        found["other_name"] = found.pop(side)  # Payee Name of money in and out alike, maybe in two columns
    named = found.get("other_name", ())
    if "note" not in found and (note := find_description([c for c in free if c.name not in named])):
        found["note"] = (note,)
    return found


def _as_view_of_one(
    found: dict[str, tuple[str, ...]], by_name: dict[str, Column]
) -> dict[str, tuple[str, ...]]:
    """A payer who is the same in every row, while many amounts are negative, is the account whose statement
    it is: refunds are few."""
    sides = [by_name.get(_one_of(found, role) or "") for role in ("from", "to")]
    amount = by_name.get(_one_of(found, "amount") or "")
    if amount is None or None in sides:
        return found
    payer, payee = (side for side in sides if side)
    negative = sum(value.strip().startswith(("-", "−")) for value in amount.values)
    if not (payer.distinct == 1 and payer.filled == 1 and payee.distinct > 1 and _are_many(negative, amount)):
        return found
    rest = {role: names for role, names in found.items() if role not in ("from", "to")}
    return rest | {"own": (payer.name,), "other": (payee.name,)}


def _are_many(negative: int, amount: Column) -> bool:
    rows = len(amount.values)
    if rows < _ROWS_OF_A_STATEMENT:
        return rows / 2 < negative < rows  # one of three may be a refund
    return 0.3 * rows <= negative < rows


def _name_of_blank_side(
    columns: list[Column], found: dict[str, tuple[str, ...]], accounts: list[Column]
) -> dict[str, tuple[str, ...]]:
    """The column that names the other party, where some rows have one account alone and no names of both."""
    if all(column.filled == 1 for column in accounts) or {"from_name", "to_name"} & found.keys():
        return {}
    used = {name for names in found.values() for name in names}
    party = find_party([column for column in columns if column.name not in used])
    return {"other_name": (party,)} if party else {}


def _has_minus(by_name: dict[str, Column], found: dict[str, tuple[str, ...]]) -> bool:
    """Whether some amount is negative, as in a statement."""
    amounts = by_name[found["amount"][0]].values if "amount" in found else []
    return any(value.strip().startswith(("-", "−")) for value in amounts)


def _is_the_same(column: Column) -> bool:
    """Whether a column may hold the account of a statement: filled throughout, with few accounts, not another
    one in every row."""
    return (
        column.filled > 0.9 and column.distinct <= 5 and (column.distinct < column.rows or column.rows == 1)
    )


def _is_wordy(column: Column | None) -> bool:
    """Whether a column called a reference holds words and hardly a digit, which repeat or of which some are
    several."""
    if column is None or not column.is_text:
        return False
    if column.distinct == column.rows and not any(" " in value.strip() for value in column.values):
        return False
    return sum(any(map(str.isdigit, value)) for value in column.values) < 0.3 * len(column.values)


def _is_plain_text(column: Column) -> bool:
    return column.is_text and not is_masked(column)


def _named(role: str, columns: list[Column], fits: Callable[[Column], bool]) -> str | None:
    column = _first(role, columns, fits)
    return column.name if column else None


def _first(role: str, columns: list[Column], fits: Callable[[Column], bool]) -> Column | None:
    for wanted in money_names(role):
        for column in columns:
            name = " ".join(column.words)
            named = name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted
            if named and fits(column):
                return column
    return None


def _is_money(column: Column | None) -> bool:
    """Whether a column may be one of amounts: numbers, whatever stands around them."""
    if column is None:
        return False
    return 2 * sum(any(c.isdigit() for c in value) for value in column.values) >= len(column.values)


def _is_direction(column: Column) -> bool:
    """Whether every value says money in or money out, and both may come; trades may stand among them."""
    ways = [
        direction_of(value) for value in column.values if value.strip().lower() not in cell_words("trades")
    ]
    return bool(ways) and all(ways)


def _find_direction(columns: list[Column]) -> Column | None:
    """The column called out or in, Cargo/Abono, of whose values all say so; else that, whatever it is called,
    of whose values some say money in, some money out, and none else. Letters do so in pairs: S and C are
    sizes, or single and couple."""
    for column in columns:
        if is_about(column.words, "out") and is_about(column.words, "in") and _is_direction(column):
            return column
    return next(
        (
            column
            for column in columns
            if _is_direction(column)
            and {-1, 1} <= {direction_of(value) for value in column.values}
            and _are_words_or_a_pair(column)
        ),
        None,
    )


def _are_words_or_a_pair(column: Column) -> bool:
    values = {value.strip().lower() for value in column.values}
    return any(len(value) > 1 for value in values) or any(values <= {*pair} for pair in _LETTERS_OF_DIRECTION)


def _is_contradicted(direction: Column, amount: Column | None) -> bool:
    """Whether a column says the same way in every row while amounts have either sign: it then says of what
    kind a row is, as a wallet calls every row a payment."""
    if amount is None or len({direction_of(value) for value in direction.values}) > 1:
        return False
    minus = sum(value.strip().startswith(("-", "−")) for value in amount.values)
    return 0 < minus < len(amount.values)


def _is_status(column: Column) -> bool:
    """Whether the values say of some rows that they were, or were not, booked."""
    values = {value.strip().lower() for value in column.values}
    return bool(values & (cell_words("not_booked") | cell_words("booked_status")))
