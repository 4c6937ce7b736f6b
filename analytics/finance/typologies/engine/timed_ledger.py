"""A ledger: the transactions as arrays in order of time, with what is normal around each of them.

Everything a detector says of a transaction depends on its surroundings alone (`history_days` before and
after), so a stretch of time can be searched by itself: see `incremental`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.finance.typologies.engine.amount_surprise import amount_surprise
from analytics.finance.typologies.engine.baseline import Baseline, measure_baseline, measure_quietness
from analytics.finance.typologies.engine.blocks import Blocks
from analytics.finance.typologies.engine.hubs import mark_hubs
from analytics.finance.typologies.engine.pair_history import measure_pairs
from analytics.finance.typologies.engine.surroundings import Surroundings
from analytics.store.engine import Engine

REQUIRED = ("source_id", "row_number", "occurred_at", "from_account", "to_account")
TEXTS = ("currency", "channel", "place", "country", "merchant_category")
OPTIONAL = ("amount_minor", *TEXTS)


@dataclass(frozen=True, eq=False)
class TimedLedger:
    """Transactions in order of time, then source, then row. One value a transaction unless stated otherwise.

    `time` microseconds since 1970, UTC. `payer`, `payee` index `accounts` (sorted names), -1 where not
    recorded. `amount` minor units, -1 where not recorded. `texts` holds the optional columns that are there,
    as codes into `words`, -1 where empty. `purchase`: of goods or services, by its merchant category. `path`:
    both ends known and different, a sum other than 0, no purchase, and neither side a hub. `new`: of a pair
    that is new here; `first`: the first transaction of such a pair. `pair_count`: transactions between the
    two within the history. `amount_surprise`: how large it is beside what its payer pays otherwise. `begin`,
    `end`: what the whole data cover, also where this is a part. `left_out`: what, transactions. One value an
    account: `since`, the first moment it is known to have existed within the time of the data; `phone`, codes
    into `words`, -1 where not recorded (None where no account has one); `holder` likewise."""

    accounts: pa.Array
    source_id: np.ndarray
    row_number: np.ndarray
    time: np.ndarray
    payer: np.ndarray
    payee: np.ndarray
    amount: np.ndarray | None
    texts: dict[str, np.ndarray]
    words: dict[str, list[str]]
    purchase: np.ndarray
    path: np.ndarray
    new: np.ndarray
    first: np.ndarray
    pair_count: np.ndarray
    amount_surprise: np.ndarray
    begin: int
    end: int
    left_out: pd.DataFrame
    since: np.ndarray
    phone: np.ndarray | None
    holder: np.ndarray | None
    surroundings: Surroundings

    def __len__(self) -> int:
        return len(self.time)

    @cached_property
    def blocks(self) -> Blocks:
        """Blocks of time as long as the history."""
        return Blocks(self.begin, self.end, self.surroundings.history)

    @cached_property
    def baseline(self) -> Baseline:
        """What is normal in each block of time."""
        path, window = self.path, self.surroundings.window
        payments = (self.time[path], self.payer[path], self.payee[path], self.first[path])
        return measure_baseline(*payments, len(self.accounts), self.blocks, window)

    @cached_property
    def firsts_in(self) -> tuple[np.ndarray, np.ndarray]:
        """First payments of new pairs on paths, by payee: where each account's begin, and their positions."""
        return by_account(self.payee, np.flatnonzero(self.path & self.first), len(self.accounts))

    @cached_property
    def firsts_out(self) -> tuple[np.ndarray, np.ndarray]:
        """The same by payer."""
        return by_account(self.payer, np.flatnonzero(self.path & self.first), len(self.accounts))

    @cached_property
    def payee_quietness(self) -> np.ndarray:
        """How quiet the payee of each first payment of a new pair is otherwise; 0 of other transactions."""
        starts, order = self.firsts_in
        time = self.time[order]
        rate = self.baseline.rate[self.blocks.of(time)]
        digits = np.zeros(len(self))
        digits[order] = measure_quietness(self.payee[order], time, starts, rate, self.blocks)
        return digits

    @property
    def amounts(self) -> np.ndarray:
        """`amount` of data that have amounts. Raises ValueError for others."""
        if self.amount is None:
            raise ValueError("The transactions have no amounts.")
        return self.amount

    @property
    def phones(self) -> np.ndarray:
        """`phone` of data that have holders' phones. Raises ValueError for others."""
        if self.phone is None:
            raise ValueError("The accounts have no phones.")
        return self.phone

    def has(self, column: str) -> bool:
        """Whether an optional column holds anything."""
        if column == "amount_minor":
            return self.amount is not None
        return self.phone is not None if column == "phone" else column in self.texts

    def name(self, account: int) -> str:
        return str(self.accounts[int(account)].as_py()) if account >= 0 else "not recorded"


@dataclass(frozen=True)
class WholeData:
    """What a part of the data must know of all of them: their first and last time (microseconds), and the
    account names with the time each was first seen."""

    begin: int
    end: int
    accounts: pa.Array
    first_seen: np.ndarray


def build_ledger(
    transactions: pa.Table,
    surroundings: Surroundings,
    engine: Engine,
    accounts: pa.Table | None = None,
    whole: WholeData | None = None,
) -> TimedLedger:
    """The ledger of a table with the columns REQUIRED and any of OPTIONAL, as the store's `transaction` has
    them.

    `accounts`: `reference` with any of `opened`, `phone`, `holder`. `whole`: where the table is a part of the
    data. Raises ValueError where a required column is missing. Rows without a time or without any account are
    left out and counted."""
    transactions, left_out = _drop_unusable(transactions)
    time = transactions["occurred_at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    source, row = (transactions[name].to_numpy() for name in ("source_id", "row_number"))
    order = np.lexsort((row, source, time))
    names, payer, payee = _code_accounts(transactions)
    time, payer, payee = time[order], payer[order], payee[order]
    if whole:
        begin, end = whole.begin, whole.end
    else:
        begin, end = (int(time[0]), int(time[-1])) if len(time) else (0, 0)
    texts, words = _read_texts(transactions, order)
    amount = _read_amounts(transactions, order)
    moved = np.ones(len(time), bool) if amount is None else amount != 0
    purchase = _mark_purchases(len(time), texts, words, surroundings)
    between = (payer >= 0) & (payee >= 0) & (payer != payee) & moved & ~purchase
    span, previous, pair_count = measure_pairs(time, payer, payee, between, surroundings, engine)
    hub = mark_hubs(time, payer, payee, previous, between, len(names), begin, end, surroundings)
    payments = OrderedPayments(
        names,
        source[order],
        row[order],
        time,
        payer,
        payee,
        amount,
        texts,
        words,
        purchase=purchase,
        between=between,
        span=span,
        previous=previous,
        pair_count=pair_count,
        hub=hub,
        begin=begin,
        end=end,
        left_out=left_out,
    )
    return assemble_ledger(payments, surroundings, accounts, whole)


@dataclass(frozen=True, eq=False)
class OrderedPayments:
    """Payments in the order of the ledger, with what each is by itself and beside the others of its pair:
    see TimedLedger. `between`: two accounts, a sum other than 0, no purchase; of those `span`, `previous` and
    `pair_count` as `measure_pairs` gives them. `hub`: paid to or by one. `left_out`: what, transactions."""

    names: pa.Array
    source_id: np.ndarray
    row_number: np.ndarray
    time: np.ndarray
    payer: np.ndarray
    payee: np.ndarray
    amount: np.ndarray | None
    texts: dict[str, np.ndarray]
    words: dict[str, list[str]]
    purchase: np.ndarray
    between: np.ndarray
    span: np.ndarray
    previous: np.ndarray
    pair_count: np.ndarray
    hub: np.ndarray
    begin: int
    end: int
    left_out: dict[str, int]


def assemble_ledger(
    payments: OrderedPayments,
    surroundings: Surroundings,
    accounts: pa.Table | None = None,
    whole: WholeData | None = None,
) -> TimedLedger:
    """The ledger of ordered payments; `accounts` and `whole` as for `build_ledger`."""
    time, payer, payee, amount = payments.time, payments.payer, payments.payee, payments.amount
    nothing = np.zeros(len(time), bool) if amount is None else amount == 0
    new = payments.span <= surroundings.window
    left_out = payments.left_out | {
        "one end not recorded: only where one account is enough": int(((payer < 0) | (payee < 0)).sum()),
        "paid to itself: never part of a path": int(((payer == payee) & (payer >= 0)).sum()),
        "of a sum of 0: never part of a path": int(nothing.sum()),
        "a purchase, by its merchant category: never part of a path": int(payments.purchase.sum()),
        "paid to or by a hub: never part of a path": int(payments.hub.sum()),
    }
    words = dict(payments.words)
    since, phone, holder = _read_holders(payments.names, time, payer, payee, accounts, whole, words)
    currency = payments.texts.get("currency")
    return TimedLedger(
        payments.names,
        payments.source_id,
        payments.row_number,
        time,
        payer,
        payee,
        amount,
        payments.texts,
        words,
        purchase=payments.purchase,
        path=payments.between & ~payments.hub,
        new=payments.between & new,
        first=payments.between & new & (payments.previous < time - surroundings.history),
        pair_count=payments.pair_count,
        amount_surprise=amount_surprise(time, payer, amount, currency, surroundings.history),
        begin=payments.begin,
        end=payments.end,
        left_out=pd.DataFrame({"what": list(left_out), "transactions": list(left_out.values())}),
        since=since,
        phone=phone,
        holder=holder,
        surroundings=surroundings,
    )


def _drop_unusable(transactions: pa.Table) -> tuple[pa.Table, dict[str, int]]:
    """The rows with a time and an account, and how many of the others there are, by what they lack. Raises
    ValueError where a required column is missing."""
    if missing := [name for name in REQUIRED if name not in transactions.column_names]:
        raise ValueError(f"The transactions lack {', '.join(missing)}.")
    timed = pc.is_valid(transactions["occurred_at"])
    known = pc.or_(pc.is_valid(transactions["from_account"]), pc.is_valid(transactions["to_account"]))
    left_out = {
        "no time recorded": len(timed) - (pc.sum(timed).as_py() or 0),
        "no account recorded": pc.sum(pc.and_(timed, pc.invert(known))).as_py() or 0,
    }
    if any(left_out.values()):
        transactions = transactions.filter(pc.and_(timed, known))
    return transactions, left_out


def by_account(account: np.ndarray, rows: np.ndarray, accounts: int) -> tuple[np.ndarray, np.ndarray]:
    """Where each account's rows begin (one more than accounts), and `rows` sorted by account and then as
    given."""
    order = rows[np.argsort(account[rows], kind="stable")]
    return np.searchsorted(account[order], np.arange(accounts + 1)), order


def _code_accounts(transactions: pa.Table) -> tuple[pa.Array, np.ndarray, np.ndarray]:
    """Sorted account names, and both ends of each transaction as positions in them (-1: empty)."""
    names, (payer, payee) = _code([transactions[name] for name in ("from_account", "to_account")])
    return names, payer, payee


def _code(columns: Sequence[pa.ChunkedArray]) -> tuple[pa.Array, list[np.ndarray]]:
    """The sorted different texts of all columns, and each column as positions in them (-1: empty). Each text
    is looked at once, and then only the different ones."""
    encoded = [column.cast(pa.string()).combine_chunks().dictionary_encode() for column in columns]
    words = pc.unique(pa.chunked_array([one.dictionary for one in encoded])).drop_null()
    words = words.take(pc.sort_indices(words))
    codes = []
    for one in encoded:
        place = pc.fill_null(pc.index_in(one.dictionary, words), -1).to_numpy(zero_copy_only=False)
        at = pc.fill_null(one.indices, -1).to_numpy(zero_copy_only=False)
        codes.append(np.append(place, -1).astype(np.int32)[at])
    return words, codes


def _read_texts(
    transactions: pa.Table, order: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, list[str]]]:
    """The optional texts that hold anything, as codes in the ledger's order."""
    texts, words = {}, {}
    for name in TEXTS:
        if name in transactions.column_names and transactions[name].null_count < len(transactions):
            found, (code,) = _code([transactions[name]])
            texts[name], words[name] = code[order], found.to_pylist()
    return texts, words


def _mark_purchases(
    count: int, texts: dict[str, np.ndarray], words: dict[str, list[str]], surroundings: Surroundings
) -> np.ndarray:
    """Which transactions have a merchant category that does not move money on, by a channel people buy
    through."""
    if "merchant_category" not in texts:
        return np.zeros(count, bool)
    spending = set(find_spending_categories(words["merchant_category"], surroundings))
    spends = [name in spending for name in words["merchant_category"]]
    bought: np.ndarray = np.array([*spends, False])[texts["merchant_category"]]
    if "channel" not in texts:
        return bought
    buying = set(find_buying_channels(words["channel"], surroundings))
    through = [name in buying for name in words["channel"]]
    return np.asarray(bought & np.array([*through, True])[texts["channel"]])


def find_spending_categories(categories: list[str], surroundings: Surroundings) -> list[str]:
    """The merchant categories, as written, that do not move money on."""
    return [name for name in categories if name.strip().casefold() not in surroundings.money_categories]


def find_buying_channels(channels: list[str], surroundings: Surroundings) -> list[str]:
    """The channels, as written, that people buy through."""
    return [name for name in channels if name.strip().casefold() in surroundings.purchase_channels]


def _read_amounts(transactions: pa.Table, order: np.ndarray) -> np.ndarray | None:
    if "amount_minor" not in transactions.column_names:
        return None
    column = transactions["amount_minor"]
    if column.null_count == len(column):
        return None
    return np.asarray(pc.fill_null(column.cast(pa.int64()), -1).to_numpy()[order])


def _read_holders(
    names: pa.Array,
    time: np.ndarray,
    payer: np.ndarray,
    payee: np.ndarray,
    accounts: pa.Table | None,
    whole: WholeData | None,
    words: dict[str, list[str]],
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
    """Since when each account is known to exist, and the codes of its phone and its holder, whose words are
    added to `words`."""
    since = np.full(len(names), np.iinfo(np.int64).max)
    if whole:
        since[:] = whole.first_seen[
            pc.index_in(names, whole.accounts).to_numpy(zero_copy_only=False).astype(int)
        ]
    else:
        for end in (payer, payee):
            known = end >= 0
            np.minimum.at(since, end[known], time[known])
    if accounts is None or not len(accounts):
        return since, None, None
    at = pc.index_in(names, accounts["reference"].cast(pa.string()).combine_chunks())
    found = pc.is_valid(at).to_numpy(zero_copy_only=False)
    at = pc.fill_null(at, 0).to_numpy(zero_copy_only=False).astype(int)
    if "opened" in accounts.column_names:
        opened = (
            accounts["opened"].cast(pa.timestamp("us")).cast(pa.int64()).combine_chunks().take(pa.array(at))
        )
        opened = pc.fill_null(opened, np.iinfo(np.int64).max).to_numpy(zero_copy_only=False)
        start = whole.begin if whole else time.min(initial=np.iinfo(np.int64).max)
        since = np.where(found, np.minimum(since, np.maximum(opened, start)), since)
    codes = {}
    for name in ("phone", "holder"):
        if name in accounts.column_names and accounts[name].null_count < len(accounts):
            column = accounts[name].cast(pa.string()).combine_chunks()
            distinct = pc.unique(column).drop_null()
            distinct = distinct.take(pc.sort_indices(distinct))
            code = pc.fill_null(pc.index_in(column, distinct), -1).to_numpy(zero_copy_only=False)
            codes[name], words[name] = np.where(found, code[at], -1).astype(np.int32), distinct.to_pylist()
    return since, codes.get("phone"), codes.get("holder")
