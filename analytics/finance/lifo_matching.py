"""Which money went on: each payment out uses up the latest money that came in within a window (last in, first
out), which answers 'did this credit leave at once' without guessing at what was there before."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd


def match_passed_on(
    payments: pd.DataFrame, accounts: np.ndarray, window: pd.Timedelta, *, later: bool = False
) -> pd.DataFrame:
    """Pieces of credits that left again: account, credit, debit (positions in `payments`), amount_minor.

    Each currency by itself. A debit at a credit's very time counts as after it, unless `later`. `accounts`:
    the positions of the accounts to look at; payments to oneself are left out."""
    own = payments.payer.to_numpy() != payments.payee.to_numpy()
    wanted = (
        np.zeros(int(max(payments.payer.max(), payments.payee.max(), -1)) + 2, bool)
        if len(payments)
        else np.zeros(1, bool)
    )
    wanted[accounts] = True
    at = np.arange(len(payments))
    credits, debits = at[own & wanted[payments.payee]], at[own & wanted[payments.payer]]
    row = np.r_[credits, debits]
    account = np.r_[payments.payee.to_numpy()[credits], payments.payer.to_numpy()[debits]].astype(np.int64)
    money = pd.factorize(payments.currency, sort=True)[0]
    time = payments.time.to_numpy().astype("datetime64[us]").astype(np.int64)
    debit = np.r_[np.zeros(len(credits), bool), np.ones(len(debits), bool)]
    purse = account * (money.max(initial=0) + 1) + money[row]
    order = np.lexsort((row, debit ^ later, time[row], purse))
    amount = payments.amount_minor.to_numpy()
    pieces = _match(
        purse[order],
        time[row][order],
        debit[order],
        amount[row][order],
        window // pd.Timedelta(microseconds=1),
    )
    credit, spent, moved = (np.array(part, dtype=np.int64) for part in pieces)
    return pd.DataFrame(
        {
            "account": account[order][credit],
            "credit": row[order][credit],
            "debit": row[order][spent],
            "amount_minor": moved,
        }
    )


@numba.njit(nogil=True, cache=True)
def _match(
    purse: npt.NDArray[np.int64],
    time: npt.NDArray[np.int64],
    debit: npt.NDArray[np.bool_],
    amount: npt.NDArray[np.int64],
    window: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    n = len(purse)
    left, stack = amount.copy(), np.empty(n, np.int64)
    credit, spent, moved = np.empty(2 * n, np.int64), np.empty(2 * n, np.int64), np.empty(2 * n, np.int64)
    top = found = 0
    for at in range(n):
        if at == 0 or purse[at] != purse[at - 1]:
            top = 0
        if not debit[at]:
            stack[top] = at
            top += 1
            continue
        wanted = amount[at]
        while top > 0 and wanted > 0:
            last = stack[top - 1]
            if time[at] - time[last] > window:
                top = 0  # all below are older still
                break
            piece = min(wanted, left[last])
            credit[found], spent[found], moved[found] = last, at, piece
            found += 1
            wanted -= piece
            left[last] -= piece
            if left[last] == 0:
                top -= 1
    return credit[:found], spent[:found], moved[:found]
