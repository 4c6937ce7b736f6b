"""A ledger of the payments that an engine has, worked out where they lie: their order, the codes of accounts
and words, purchases, what passed within each pair, and hubs. Only the ledger's columns come back.

It is what `build_ledger` makes of the same payments as a table; a test compares the two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.finance.typologies.engine.pair_history import FAR, pair_history
from analytics.finance.typologies.engine.surroundings import DAY, Surroundings
from analytics.finance.typologies.engine.timed_ledger import (
    TEXTS,
    OrderedPayments,
    TimedLedger,
    WholeData,
    assemble_ledger,
    build_ledger,
    find_buying_channels,
    find_spending_categories,
)
from analytics.store.engine import Engine
from analytics.store.engine import transactions as stored_transactions

_NUMBERS = ("source_id", "row_number", "time", "amount_minor", "from_code", "to_code")
Window = tuple[int, int]  # from and to before, microseconds


def open_ledger(
    transactions: pa.Table | None,
    surroundings: Surroundings,
    engine: Engine,
    accounts: pa.Table | None = None,
    whole: WholeData | None = None,
    stretch: Window | None = None,
) -> TimedLedger:
    """The ledger of a table of transactions, or, where none is given, of those that the engine has; with
    `stretch` of those within it alone."""
    if transactions is None:
        return read_ledger(engine, surroundings, accounts, whole, stretch)
    if stretch is not None:
        time = transactions["occurred_at"].cast(pa.timestamp("us")).cast(pa.int64())
        near = pc.and_(pc.greater_equal(time, stretch[0]), pc.less(time, stretch[1]))
        transactions = transactions.filter(near)
    return build_ledger(transactions, surroundings, engine, accounts, whole)


def read_ledger(
    engine: Engine,
    surroundings: Surroundings,
    accounts: pa.Table | None = None,
    whole: WholeData | None = None,
    stretch: Window | None = None,
) -> TimedLedger:
    """The ledger of the engine's transactions; with `stretch` of those within it alone, and `whole` says what
    they must know of the others. `accounts`: as for `build_ledger`."""
    table = _within(stored_transactions(), stretch)
    known = table.from_account.notnull() | table.to_account.notnull()
    usable = table.filter(table.occurred_at.notnull() & known)
    usable = usable.mutate(time=_microseconds(usable.occurred_at))
    counts = _first_row(engine, _count_unusable(table, known))
    held = _first_row(engine, _measure(usable))
    names = _coded(usable, ("from_account", "to_account"))
    words = {name: _read_column(engine, _coded(usable, (name,))).to_pylist() for name in TEXTS}
    words = {name: found for name, found in words.items() if found}
    begin, end = (whole.begin, whole.end) if whole else (held["begin"] or 0, held["end"] or 0)
    payments = _order(usable, names, words, surroundings)
    found = engine.run(_judge(payments, surroundings, begin, end).order_by("at"))
    column = {name: _fill(found[name], -1) for name in (*_NUMBERS, *(f"{name}_code" for name in words))}
    return assemble_ledger(
        OrderedPayments(
            names=_read_column(engine, names),
            source_id=column["source_id"].astype(np.int32),
            row_number=column["row_number"],
            time=column["time"],
            payer=column["from_code"].astype(np.int32),
            payee=column["to_code"].astype(np.int32),
            amount=column["amount_minor"] if held["amounts"] else None,
            texts={name: column[f"{name}_code"].astype(np.int32) for name in words},
            words=words,
            purchase=_fill(found["purchase"], False),
            between=_fill(found["between"], False),
            span=_fill(found["span"], np.iinfo(np.int64).max),
            previous=_fill(found["previous"], FAR),
            pair_count=_fill(found["count"], 0),
            hub=_fill(found["hub"], False),
            begin=begin,
            end=end,
            left_out={
                "no time recorded": counts["untimed"] or 0,
                "no account recorded": counts["unknown"] or 0,
            },
        ),
        surroundings,
        accounts,
        whole,
    )


def _within(table: ibis.Table, stretch: Window | None) -> ibis.Table:
    if stretch is None:
        return table
    since, until = (
        datetime.fromtimestamp(0, UTC).replace(tzinfo=None) + timedelta(microseconds=at) for at in stretch
    )
    return table.filter((table.occurred_at >= since) & (table.occurred_at < until))


def _microseconds(moment: Any) -> Any:
    """Microseconds since 1970: in whole seconds and the rest, which every engine gives exactly."""
    seconds = moment.truncate("s").epoch_seconds().cast("int64")
    return seconds * 1_000_000 + moment.strftime("%f").cast("int64")


def _count_unusable(table: ibis.Table, known: Any) -> ibis.Table:
    timed = table.occurred_at.notnull()
    return table.aggregate(untimed=(~timed).sum(), unknown=(timed & ~known).sum())


def _measure(usable: ibis.Table) -> ibis.Table:
    return usable.aggregate(
        begin=usable.time.min(), end=usable.time.max(), amounts=usable.amount_minor.count()
    )


def _coded(usable: ibis.Table, columns: Sequence[str]) -> ibis.Table:
    """The different values of these columns in order, each with its place (`code`)."""
    values = [usable.select(word=usable[name]).filter(usable[name].notnull()) for name in columns]
    words = (ibis.union(*values, distinct=True) if len(values) > 1 else values[0].distinct()).select("word")
    return words.mutate(code=ibis.row_number().over(order_by=words.word))


def _order(
    usable: ibis.Table, names: ibis.Table, words: dict[str, list[str]], surroundings: Surroundings
) -> ibis.Table:
    """The payments with their place in the ledger (`at`), the codes of their accounts and words, and of what
    kind they are."""
    payments = usable.mutate(
        at=ibis.row_number().over(order_by=[usable.time, usable.source_id, usable.row_number]),
        purchase=_is_purchase(usable, words, surroundings),
    )
    for column, code, coded in (
        ("from_account", "from_code", names),
        ("to_account", "to_code", names),
        *((name, f"{name}_code", _coded(usable, (name,))) for name in words),
    ):
        coded = coded.rename({f"word_{code}": "word", code: "code"})
        payments = payments.left_join(coded, payments[column] == coded[f"word_{code}"]).drop(f"word_{code}")
    payments = payments.select(*_NUMBERS, "at", "purchase", *(f"{name}_code" for name in words))
    both = payments.from_code.notnull() & payments.to_code.notnull()
    moved = payments.amount_minor.isnull() | (payments.amount_minor != 0)
    apart = payments.from_code != payments.to_code
    return payments.mutate(between=(both & apart & moved & ~payments.purchase).fill_null(False))


def _is_purchase(usable: ibis.Table, words: dict[str, list[str]], surroundings: Surroundings) -> Any:
    spending = find_spending_categories(words.get("merchant_category", []), surroundings)
    if not spending:
        return ibis.literal(False)
    bought = usable.merchant_category.isin(spending).fill_null(False)
    if "channel" not in words:
        return bought
    buying = find_buying_channels(words["channel"], surroundings)
    through = usable.channel.isnull()
    return bought & (through | usable.channel.isin(buying).fill_null(False) if buying else through)


def _judge(payments: ibis.Table, surroundings: Surroundings, begin: int, end: int) -> ibis.Table:
    """The payments with what else passed within their pair, and whether one side of them is a hub."""
    pairs = payments.filter(payments.between)
    pairs = pairs.select("at", "time", payer=pairs.from_code, payee=pairs.to_code)
    past = pair_history(pairs, surroundings)
    past = past.mutate(previous=past.previous.fill_null(FAR))
    before = past.select(past_at="at", previous="previous")
    dealt = pairs.join(before, pairs["at"] == before.past_at).drop("past_at")
    hubs = ibis.union(
        *(_hub_payments(dealt, side, surroundings, begin, end) for side in ("payer", "payee")), distinct=True
    )
    hubs = hubs.mutate(hub=ibis.literal(True)).rename(hub_at="at")
    past = past.rename(past_at="at")
    judged = payments.left_join(past, payments["at"] == past.past_at).drop("past_at")
    return judged.left_join(hubs, judged["at"] == hubs.hub_at).drop("hub_at")


def _hub_payments(
    dealt: ibis.Table, side: str, surroundings: Surroundings, begin: int, end: int
) -> ibis.Table:
    """The payments (`at`) of the blocks in which the account on a side of them is a hub: see `mark_hubs`."""
    history, window = surroundings.history, surroundings.window
    since_begin = dealt.time - begin
    own = dealt.select(
        "at",
        "time",
        "previous",
        account=dealt[side],
        block=((since_begin - since_begin % history) // history).cast("int64"),
    )
    seen = ibis.union(own, own.mutate(block=own.block + 1))  # each block with the one before it
    since = begin + ibis.greatest(seen.block - 1, 0) * history
    seen = seen.mutate(fresh=(seen.previous < since).cast("int64"), since=since)
    lately = ibis.range_window(
        group_by=[seen.account, seen.block], order_by=seen.time, preceding=window, following=0
    )
    seen = seen.mutate(inside=seen.fresh.sum().over(lately))
    counted = seen.group_by(["account", "block", "since"]).aggregate(
        counterparties=seen.fresh.sum(), busiest=seen.inside.max()
    )
    stop = ibis.least(begin + (counted.block + 1) * history, ibis.literal(end + 1, "int64"))
    observed = ibis.greatest(stop - counted.since - window, ibis.literal(window, "int64"))
    max_rate = surroundings.hub_counterparties / (28 * DAY)
    hubs = counted.filter(counted.counterparties - counted.busiest > observed.cast("float64") * max_rate)
    hubs = hubs.select(hub_account="account", hub_block="block")
    return own.join(hubs, [own.account == hubs.hub_account, own.block == hubs.hub_block]).select("at")


def _read_column(engine: Engine, coded: ibis.Table) -> pa.Array:
    return engine.run(coded.order_by("code").select("word"))["word"].combine_chunks()


def _first_row(engine: Engine, expression: ibis.Table) -> dict[str, Any]:
    return dict(engine.run(expression).to_pylist()[0])


def _fill(column: pa.ChunkedArray, value: int | bool) -> np.ndarray:
    filled: np.ndarray = pc.fill_null(column, value).to_numpy()
    return filled
