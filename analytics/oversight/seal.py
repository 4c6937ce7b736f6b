"""Whether a store is what it was when it was written: its chain, its digests, its signed heads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from analytics.oversight import merkle
from analytics.oversight.heads import (
    Head,
    read_leaves,
    read_published_heads,
    read_store_id,
    read_stored_heads,
    short_code,
)
from analytics.oversight.signing import heads_path, load_key, write_public
from analytics.shared.wording import counted, write_moment
from analytics.store import Store
from analytics.store.chain import COLUMNS, GENESIS, hash_record
from analytics.store.sealing import IMPORTED, Difference, find_differences, list_wrong_roots

_EXPECTED = re.compile(r"(\d+)[-·]([A-Z2-7]{4})-?([A-Z2-7]{4})-?([A-Z2-7]{4})")


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was written: `where` names the record or object, `what` what is wrong."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True)
class Verification:
    """What the check of a store found. `code` is the short code of its records as they are; `notes` say what
    could not be checked, and what is odd without being a fault."""

    records: int
    sealed_parts: int
    code: str
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    heads: int


def verify_store(store: Store, expect: str | None = None) -> Verification:
    """Check everything. `expect` is a head that somebody holds: its short code, or its root in hex. Raises
    ValueError where it is neither."""
    chain, steps = _check_chain(store)
    leaves = read_leaves(store)
    with store.read() as cursor:
        wrong = list_wrong_roots(cursor)
        differences = find_differences(cursor)
    published, stored = read_published_heads(read_store_id(store)), read_stored_heads(store)
    faults = [
        *chain,
        *_check_digests(wrong),
        *(Fault(name_part(one.table, one.part), _say_difference(one)) for one in differences),
        *_check_heads(leaves, published, f"in {heads_path()}"),
        *_check_heads(leaves, [head for head in stored if head not in published], "in the store"),
        *_check_copies(published, stored),
        *([] if expect is None else _check_expected(leaves, expect)),
    ]
    parts = store.rows("SELECT count(DISTINCT (table_name, part)) AS n FROM seal")[0]["n"]
    code = short_code(len(leaves), merkle.tree_head(leaves).hex())
    notes = [*steps, *_note_heads(leaves, published), *_note_keys([*published, *stored])]
    return Verification(len(leaves), parts, code, tuple(dict.fromkeys(faults)), tuple(notes), len(published))


def name_part(table: str, part: str) -> str:
    """A part of a sealed table in words: 'decision 12', 'finding 3 version 1', 'advert rows 0 to 127 of
    source 4'."""
    if table in IMPORTED:
        source, _, block = part.partition("/")
        return f"{table} rows {block.replace('-', ' to ')} of source {source}"
    number, _, version = part.partition("/")
    if not version:
        return f"{table} {number}"
    return f"{table} {number} version {version}" if version.isdigit() else f"{table} {number} {version}"


def _say_difference(one: Difference) -> str:
    since = "" if one.sequence is None else f" since record {one.sequence}"
    if one.rows is None:
        return f"is missing; {counted(one.sealed_rows or 0, 'row')} sealed{since}"
    if one.sealed_rows is None:
        return f"was put in past the record: {counted(one.rows, 'row')} that no act wrote"
    if one.rows != one.sealed_rows:
        return f"has {counted(one.rows, 'row')} where {one.sealed_rows} were sealed{since}"
    return f"was changed{since}"


def _check_chain(store: Store) -> tuple[list[Fault], list[str]]:
    """Every record that does not hold, and how often the clock went back."""
    with store.read() as cursor:
        rows = cursor.execute(f"SELECT {COLUMNS}, hash FROM audit ORDER BY sequence").fetchall()
    faults, previous, expected = [], GENESIS, 1
    for row in rows:
        sequence = row[0]
        if sequence > expected:
            faults.append(Fault(_name_records(expected, sequence - 1), "missing from the audit trail"))
        elif row[8] != previous:
            faults.append(Fault(f"record {sequence}", "does not follow from the record before it"))
        if row[-1] != hash_record(*row[:-1]):
            faults.append(Fault(f"record {sequence} ({row[4]}, {row[5]})", "its content was changed"))
        expected, previous = sequence + 1, row[-1]
    steps = [
        f"The clock went back before record {after[0]}: {write_moment(before[1])} ({before[1]:%S} s) was "
        f"followed by {write_moment(after[1])} ({after[1]:%S} s) UTC."
        for before, after in pairwise(rows)
        if (before[1] - after[1]).total_seconds() > 2
    ]
    return faults, steps


def _check_digests(wrong: Sequence[tuple[int, str | None]]) -> list[Fault]:
    return [
        Fault(
            f"record {sequence}",
            "its content digests were changed, removed or added"
            if content is not None
            else "content digests without the record that covers them",
        )
        for sequence, content in wrong
    ]


def _check_heads(leaves: Sequence[bytes], heads: Sequence[Head], where: str) -> list[Fault]:
    """What signed heads say against the records: forged heads, records cut off, records rewritten."""
    faults, last_good = [], 0
    peaks: list[tuple[int, bytes]] = []
    grown = 0
    for head in sorted(heads, key=lambda head: head.size):
        if not head.is_genuine():
            faults.append(Fault(f"head {head.code} {where}", "its signature does not hold"))
        elif head.size > len(leaves):
            missing = _name_records(len(leaves) + 1, head.size)
            faults.append(Fault(missing, f"cut off: head {head.code} {where} covers them"))
        else:
            while grown < head.size:
                merkle.add_leaf(peaks, leaves[grown])
                grown += 1
            if merkle.join_peaks(peaks).hex() == head.root:
                last_good = head.size
            else:
                rewritten = _name_records(last_good + 1, head.size)
                faults.append(Fault(rewritten, f"rewritten: head {head.code} {where} signs other records"))
    return faults


def _check_copies(published: Sequence[Head], stored: Sequence[Head]) -> list[Fault]:
    """Heads that the file outside has, or the store, and the other lacks."""
    if not published:
        return []
    return [
        *(
            Fault(f"head {head.code}", f"is in {heads_path()} and was removed from the store")
            for head in published
            if head not in stored
        ),
        *(
            Fault(f"head {head.code}", f"is in the store and not in {heads_path()}")
            for head in stored
            if head not in published
        ),
    ]


def _check_expected(leaves: Sequence[bytes], expect: str) -> list[Fault]:
    """Whether the store's records begin with those of a head that somebody holds."""
    wanted = expect.strip().upper()
    if match := _EXPECTED.fullmatch(wanted):
        size = int(match[1])
        if size > len(leaves):
            return [Fault(_name_records(len(leaves) + 1, size), f"cut off: {expect} covers them")]
        found = short_code(size, merkle.tree_head(leaves[:size]).hex())
        same = found == f"{size}-{match[2]}-{match[3]}-{match[4]}"
        return [] if same else [Fault(_name_records(1, size), f"not those of {expect}: they are {found}")]
    if re.fullmatch(r"[0-9A-F]{64}", wanted):
        peaks: list[tuple[int, bytes]] = []
        for leaf in leaves:
            merkle.add_leaf(peaks, leaf)
            if merkle.join_peaks(peaks).hex().upper() == wanted:
                return []
        return [Fault("the records", f"no beginning of them has the root {expect}: cut off or rewritten")]
    raise ValueError(f"{expect!r} is no head: give its code, such as 57-K7QF-2M9X-PD4T, or its root in hex.")


def _note_heads(leaves: Sequence[bytes], published: Sequence[Head]) -> list[str]:
    covered = max((head.size for head in published), default=0)
    if not published and leaves:
        return [
            f"No head of this store is in {heads_path()}: records cut off at the end, or "
            "rewritten as a whole, cannot be found. Give a head that you hold with --expect."
        ]
    if covered < len(leaves):
        return [
            f"{_name_records(covered + 1, len(leaves))}: in no head yet. 'achilles audit head' signs one."
        ]
    return []


def _note_keys(heads: Sequence[Head]) -> list[str]:
    """Keys other than this machine's that signed heads."""
    key = load_key(create=False)
    own = {write_public(key)} if key else set()
    others = sorted({head.key for head in heads} - own)
    return [f"Heads signed by another key than this machine's: {key[:16]}…" for key in others] if own else []


def _name_records(first: int, last: int) -> str:
    return f"record {first}" if first == last else f"records {first} to {last}"
