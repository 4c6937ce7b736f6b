"""Who paid and who was paid: of a list of payments between accounts, and of a statement, which is one
account's own view."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from analytics.ingest.amount_columns import currency_in_name
from analytics.ingest.balance_rows import NOT_BOOKED_REASON
from analytics.ingest.columns import Column
from analytics.ingest.mapping import Mapping
from analytics.ingest.rows import NO_TEXT
from analytics.ingest.sql import RawRows, literal
from analytics.ingest.statement_words import cell_words, words_of_out
from analytics.shared.wording import counted

_MINUS_IS_OUT = (
    2 / 3
)  # of the amounts of a column of money out; a card is paid off more seldom than it is used


@dataclass(frozen=True)
class PaymentSides:
    """SQL of the payer and the payee of a row, of their names, of whether the file's sender was paid
    (`back`), and of why a row is refused."""

    payer: str
    payee: str
    payer_name: str
    payee_name: str
    back: str
    reason: str
    notes: tuple[str, ...] = ()


def is_statement(mapping: Mapping) -> bool:
    """Whether the file is one account's view: its amounts are in or out of that account."""
    own = any(map(mapping.of, ("own", "other", "other_name"))) or bool(mapping.own_account)
    return own and not (mapping.of("from") and mapping.of("to"))


def amount_text(raw: RawRows, mapping: Mapping) -> str:
    """SQL of the text of a row's amount: that of the one column, or of whichever of several is not 0: one for
    each currency, out and in."""
    amounts = mapping.of("amount")
    if len(amounts) == 1:
        return raw.column(amounts[0])
    if amounts:
        codes = [currency_in_name(Column(name, [], 0)) or "" for name in amounts]
        texts = [
            f"{_not_zero(raw.column(name))} || {literal(' ' + code)}"
            for name, code in zip(amounts, codes, strict=True)
        ]
        return f"coalesce({', '.join(texts)})"
    columns = [raw.column(name) for role in ("out", "in") for name in mapping.of(role)]
    return f"coalesce({', '.join([*map(_not_zero, columns), *columns])})"


def _not_zero(text: str) -> str:
    return f"if(regexp_full_match(trim({text}), '[-0.,\\s]*'), NULL, {text})"


def not_booked(raw: RawRows, mapping: Mapping) -> str:
    """SQL of the reason where a row moved no money."""
    column = mapping.one("status")
    if not column:
        return NO_TEXT
    states = ", ".join(map(literal, sorted(cell_words("not_booked"))))
    return f"if(lower({raw.text(column)}) IN ({states}), {literal(NOT_BOOKED_REASON)}, NULL)"


def stated_sides(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, amounts: str, source: str
) -> PaymentSides:
    """Of a file with a payer and a payee. A negative amount, or a credit among debits, is paid back."""
    notes = []
    accounts = {side: account_number(raw, mapping.of(side)) for side in ("from", "to")}
    names = {side: joined_text(raw, mapping.of(f"{side}_name")) for side in accounts}
    if not any(map(mapping.of, accounts)):  # a remittance file knows people, not accounts
        accounts = names
        notes.append(
            "the file names no accounts: the names stand for them, so two people of one name become one"
        )
    payer, payee = accounts["from"], accounts["to"]
    if party := mapping.of("other_name"):  # of whichever side has no account
        names = {
            side: f"coalesce({names[side]}, if({accounts[side]} IS NULL, {joined_text(raw, party)}, NULL))"
            for side in accounts
        }
    back = f"{amounts}.minor_units < 0"
    if (out := _is_out(raw, mapping)) and _is_own_view(cursor, raw, payer, payee, out):
        back = "false"
        notes.append(
            "the words for in and out are those of the account whose list this is: they turn none round"
        )
    elif out:
        back = f"NOT {out}"
        notes.append("rows of money in are read as paid from the second account to the first")
    elif _has_marks(cursor, raw, mapping):
        back = f"{amounts}.minor_units > 0"
        notes.append("amounts marked CR are read as paid from the second account to the first")
    elif own := _account_of_signs(cursor, raw, mapping, payer, payee, amounts):
        back = f"(({amounts}.minor_units < 0) = coalesce({payee} = {literal(own)}, false))"
        notes.append(
            f"amounts are written with + and -: they are read as paid to and by {own}, who is in every row"
        )
    elif _sign_is_own_view(cursor, raw, payer, payee, amounts):
        back = "false"
        notes.append("the sign of an amount is that of the account whose list this is: it turns none round")
    elif negative := _count_negative(cursor, amounts):
        notes.append(
            f"{counted(negative, 'row')} with a negative amount: each is read as paid back, from receiver to "
            "sender"
        )
    neither = f"if({payer} IS NULL AND {payee} IS NULL, 'neither account is given', NULL)"
    return PaymentSides(
        f"if({back}, {payee}, {payer})",
        f"if({back}, {payer}, {payee})",
        f"if({back}, {names['to']}, {names['from']})",
        f"if({back}, {names['from']}, {names['to']})",
        back,
        f"coalesce({_rounded(payer)}, {_rounded(payee)}, {neither})",
        tuple(notes),
    )


def statement_sides(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, amounts: str, source: str
) -> PaymentSides:
    """Of a statement: money out is paid by its own account, money in to it."""
    notes = []
    stand_in = mapping.own_account or f"account of {source or 'this statement'}"
    own = f"coalesce({account_number(raw, mapping.of('own'))}, {literal(stand_in)})"
    if not mapping.of("own") and not mapping.own_account:
        notes.append(
            f"the statement does not name its own account: it is called {stand_in!r} unless you name it "
            "(--own-account)"
        )
    sender, receiver = (joined_text(raw, mapping.of(f"{side}_name")) for side in ("from", "to"))
    is_out = _is_out(raw, mapping) or f"({amounts}.minor_units < 0)"
    if turned_out := _count_turned_out(cursor, mapping, amounts):
        count, way = turned_out
        is_out = f"({amounts}.minor_units {'>=' if way == 'with' else '<='} 0)"
        notes.append(
            f"amounts in {mapping.one('out')!r} are money paid out; {counted(count, 'row')} {way} a minus "
            f"{'is' if count == 1 else 'are'} read as paid in"
        )
    if turned := _is_turned(cursor, raw, mapping, amounts):
        is_out = f"(({is_out}) <> ({turned}))"
        notes.append(
            "amounts of the other sign than the rest of their column are read as reversals: in for out, out "
            "for in"
        )
    if not _is_out(raw, mapping) and not _count_negative(cursor, amounts):
        notes.append(
            "no amount is negative, so every row is read as money paid in: if it was paid out, as on a "
            f"card's statement, say so (--map out={mapping.one('amount')} --map amount=)"
        )
    described = mapping.of("note") if mapping.of("other_name") else ()
    party = f"coalesce({joined_text(raw, mapping.of('other_name'))}, {joined_text(raw, described)})"
    name = f"coalesce(if({is_out}, {receiver}, {sender}), {party})"
    other = f"coalesce({account_number(raw, mapping.of('other'))}, {name})"
    if not mapping.of("other"):
        notes.append("no column holds the other party's account: its name or description stands for it")
    return PaymentSides(
        f"if({is_out}, {own}, {other})",
        f"if({is_out}, {other}, {own})",
        f"if({is_out}, {sender}, {name})",
        f"if({is_out}, {name}, {receiver})",
        "false",
        _rounded(other),
        tuple(notes),
    )


def _count_turned_out(
    cursor: duckdb.DuckDBPyConnection, mapping: Mapping, amounts: str
) -> tuple[int, str] | None:
    """How many amounts of a column of money out, which has no column of money in beside it, are money in, and
    whether those are the ones with a minus: so they are where others have none, unless nearly all have one.
    None where all are alike."""
    if not mapping.of("out") or mapping.of("in") or mapping.of("direction"):
        return None
    ((negative, positive),) = cursor.execute(
        "SELECT count(*) FILTER (minor_units < 0), count(*) FILTER (minor_units > 0)"
        f" FROM {amounts} WHERE reason IS NULL"
    ).fetchall()
    if not (negative and positive):
        return None
    if negative >= _MINUS_IS_OUT * (negative + positive):
        return int(positive), "without"
    return int(negative), "with"


def _is_out(raw: RawRows, mapping: Mapping) -> str | None:
    """SQL: whether words or columns say that money went out; None where only a sign can."""
    if column := mapping.one("direction"):
        out = ", ".join(map(literal, sorted(words_of_out())))
        return f"(lower({raw.text(column)}) IN ({out}))"
    if column := mapping.one("out"):
        return f"({_not_zero(raw.column(column))} IS NOT NULL)"
    return None


def _is_turned(cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, amounts: str) -> str | None:
    """SQL: whether an amount of two columns, out and in, is a reversal: it has the sign that the fewer
    amounts of its column have. None where each column has one sign."""
    out = _is_out(raw, mapping)
    if not (mapping.of("out") and mapping.of("in")) or mapping.one("direction") or not out:
        return None
    usual = cursor.execute(
        f"""SELECT {out}, count(*) FILTER (minor_units < 0) > count(*) FILTER (minor_units > 0),
            count(*) FILTER (minor_units < 0) > 0 AND count(*) FILTER (minor_units > 0) > 0
        FROM {raw.table} JOIN {amounts} USING (row_number) WHERE {amounts}.reason IS NULL GROUP BY 1"""
    ).fetchall()
    if not any(is_mixed for _, _, is_mixed in usual):
        return None
    negative = {bool(is_out): bool(is_negative) for is_out, is_negative, _ in usual}
    return (
        f"({amounts}.minor_units < 0) <> if({out}, {negative.get(True, False)}, {negative.get(False, False)})"
    )


def account_number(raw: RawRows, names: tuple[str, ...]) -> str:
    """SQL of an account number in one spelling: an IBAN, or digits alone, without blanks, in capitals."""
    text = f"ltrim({joined_text(raw, names)}, {literal(chr(39))})"
    compact = rf"upper(regexp_replace({text}, '\s', '', 'g'))"
    return (
        rf"if(regexp_full_match({compact}, '[A-Z]{{2}}\d{{2}}[A-Z0-9]{{8,30}}|\d{{6,}}'), {compact}, {text})"
    )


def _rounded(account: str) -> str:
    """SQL of the reason where a spreadsheet has rounded an account number away."""
    return (
        rf"if(regexp_full_match({account}, '\d([.,]\d+)?[eE]\+\d+'), "
        "'the account number was rounded by a spreadsheet: export it as text', NULL)"
    )


def joined_text(raw: RawRows, names: tuple[str, ...]) -> str:
    """SQL of the texts of some columns with a blank between, NULL where none is written."""
    if len(names) < 2:
        return raw.text(next(iter(names), None))
    return f"nullif(concat_ws(' ', {', '.join(raw.text(name) for name in names)}), '')"


def _has_marks(cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping) -> bool:
    """Whether amounts are marked DR and CR."""
    ((marked,),) = cursor.execute(
        rf"SELECT bool_or(regexp_matches({amount_text(raw, mapping)}, '(?i)\d\s*(dr?|cr?|db)\s*$'))"
        f" FROM {raw.table}"
    ).fetchall()
    return bool(marked)


def _account_of_signs(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, payer: str, payee: str, amounts: str
) -> str | None:
    """The one account that is on either side of every row, where amounts bear plus signs as well as minus:
    the sign then is how that account saw it. None where the amounts have no plus, or no account is in all."""
    rows = cursor.execute(
        rf"""WITH paid AS (SELECT {payer} AS payer, {payee} AS payee,
                {amount_text(raw, mapping)} AS text, minor_units
            FROM {raw.table} JOIN {amounts} USING (row_number) WHERE {amounts}.reason IS NULL),
        sides AS (SELECT payer AS account FROM paid UNION ALL SELECT payee FROM paid WHERE payee <> payer)
        SELECT account FROM sides GROUP BY account
        HAVING count(*) = (SELECT count(*) FROM paid)
            AND (SELECT bool_or(minor_units < 0) AND bool_and(regexp_matches(text, '^\W*[+−-]'))
                AND bool_or(regexp_matches(text, '^\W*[+]')) FROM paid)"""
    ).fetchall()
    return str(rows[0][0]) if len(rows) == 1 else None


def _is_own_view(cursor: duckdb.DuckDBPyConnection, raw: RawRows, payer: str, payee: str, out: str) -> bool:
    """Whether one account pays in every row of money out and is paid in every one of money in, so that payer
    and payee are as stated."""
    ((agreed,),) = cursor.execute(
        f"""WITH paid AS (SELECT {payer} AS payer, {payee} AS payee, {out} AS is_out FROM {raw.table})
        SELECT count(DISTINCT if(is_out, payer, payee)) = 1 AND bool_or(is_out) AND bool_or(NOT is_out)
            AND count(DISTINCT payer) > 1 FROM paid"""
    ).fetchall()
    return bool(agreed)


def _sign_is_own_view(
    cursor: duckdb.DuckDBPyConnection, raw: RawRows, payer: str, payee: str, amounts: str
) -> bool:
    """Whether one account pays every negative amount and is paid every positive one: then payer and payee
    are as stated, and the sign says only whose list it is."""
    ((agreed,),) = cursor.execute(
        f"""WITH paid AS (SELECT {payer} AS payer, {payee} AS payee, minor_units < 0 AS negative
            FROM {raw.table} JOIN {amounts} USING (row_number) WHERE minor_units <> 0)
        SELECT count(DISTINCT if(negative, payer, payee)) = 1 AND bool_or(negative) AND bool_or(NOT negative)
            AND (count(*) > 2 OR count(DISTINCT payer) > 1 AND bool_or(negative) AND NOT bool_and(negative))
        FROM paid"""
    ).fetchall()
    return bool(agreed)


def _count_negative(cursor: duckdb.DuckDBPyConnection, amounts: str) -> int:
    ((negative,),) = cursor.execute(
        f"SELECT count(*) FILTER (minor_units < 0) FROM {amounts} WHERE reason IS NULL"
    ).fetchall()
    return int(negative)
