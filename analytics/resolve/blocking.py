"""Which mentions are worth comparing: those that share a key, found in DuckDB."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import numpy as np
import pandas as pd

from analytics.resolve.mention_table import MISSING, MentionField

_ALL_PAIRS = 450  # mentions, up to which every pair is compared
_AT_ONCE = 100_000  # mentions whose pairs are found at once
_PREFIX = 4  # letters of a name in a key


def find_candidates(fields: list[MentionField], max_in_block: int) -> tuple[np.ndarray, int]:
    """((pairs, 2) positions as int32, left before right, each once and in order; keys shared by more than
    `max_in_block`, which bring no pair)."""
    count = len(fields[0].codes)
    if count <= _ALL_PAIRS:
        return np.column_stack(np.triu_indices(count, 1)).astype(np.int32), 0
    keys = _make_keys(fields)
    with duckdb.connect() as database:
        database.execute("SET preserve_insertion_order = false")
        database.execute("CREATE TEMP TABLE key (rule UTINYINT, value UBIGINT, mention INTEGER)")
        for rule, value in enumerate(keys):
            at = np.flatnonzero(value != 0)
            frame = pd.DataFrame(
                {"rule": np.full(len(at), rule, np.uint8), "value": value[at], "mention": at.astype(np.int32)}
            )
            database.register("frame", frame)
            database.execute("INSERT INTO key SELECT rule, value, mention FROM frame")
        database.execute(
            "CREATE TEMP TABLE block AS SELECT rule, value, count(*) AS size FROM key"
            " GROUP BY ALL HAVING size > 1"
        )
        row = database.execute("SELECT count(*) FROM block WHERE size > ?", [max_in_block]).fetchone()
        left_out = int(row[0]) if row else 0
        database.execute("DELETE FROM block WHERE size > ?", [max_in_block])
        database.execute("CREATE TEMP TABLE used AS FROM key SEMI JOIN block USING (rule, value)")
        database.execute("DROP TABLE key")
        parts = [
            np.asarray(
                database.execute(
                    "SELECT DISTINCT (a.mention::UBIGINT << 32) | b.mention::UBIGINT AS pair"
                    " FROM used a JOIN used b ON a.rule = b.rule AND a.value = b.value"
                    " AND a.mention < b.mention WHERE a.mention >= ? AND a.mention < ?",
                    [first, first + _AT_ONCE],
                ).fetchnumpy()["pair"],
                dtype="<u8",
            )
            for first in range(0, count, _AT_ONCE)
        ]
    for part in parts:
        part.sort()
    found = np.concatenate(parts)
    return found.view("<i4").reshape(-1, 2)[:, ::-1], left_out  # no copy: there may be 100 million


def _make_keys(fields: list[MentionField]) -> list[np.ndarray]:
    """By rule, a 64-bit key of each mention, 0 where it has none."""
    parts: dict[str, list[np.ndarray]] = {}
    for field in fields:
        code = field.role.code
        parts.setdefault(code, []).append(_hashed(field, field.values))
        if field.role.measure in ("name", "fullname"):
            parts.setdefault(code + " start", []).append(_hashed(field, [_start(v) for v in field.values]))
            parts.setdefault(code + " sound", []).append(_hashed(field, [_skeleton(v) for v in field.values]))
        if field.role.measure == "date":
            parts.setdefault("year", []).append(_hashed(field, [v[:4] for v in field.values]))
            parts.setdefault("day", []).append(_hashed(field, ["".join(sorted(v[4:])) for v in field.values]))
        if field.role.measure == "words":
            parts.setdefault("address start", []).append(
                _hashed(field, ["".join(sorted(v.replace(" ", "")))[:12] for v in field.values])
            )
    keys: list[np.ndarray] = []
    for field in fields:
        if field.role.identifies or field.role.code in ("date_of_birth", "address"):
            keys.append(_hashed(field, field.values))
        if field.role.identifies and field.role.measure == "digits":
            keys.append(_hashed(field, [v[: len(v) // 2] if len(v) >= 8 else "" for v in field.values]))
            keys.append(_hashed(field, [v[len(v) // 2 :] if len(v) >= 8 else "" for v in field.values]))
        if field.role.code == "name":
            keys.append(_hashed(field, [" ".join(sorted(v.split())) for v in field.values]))
            keys.append(_hashed(field, [_ends(v) for v in field.values]))
    names = [parts[code][0] for code in ("given_name", "surname") if code in parts]
    if len(names) == 2:  # whichever way round
        low, high = np.minimum(*names), np.maximum(*names)
        keys.append(_joined(low, high))
        keys.append(_joined(parts["given_name start"][0], parts["surname start"][0]))
        keys.append(_joined(parts["surname start"][0], parts["given_name start"][0]))
        keys.append(_joined(parts["given_name sound"][0], parts["surname sound"][0]))
    elif names:
        keys.append(names[0])
        keys.append(next(parts[c][0] for c in ("given_name sound", "surname sound") if c in parts))
    singles = ("given_name", "surname", "name start", "name sound")
    others = ("postcode", "place", "year", "day", "occupation", "address start")
    for one in singles:
        for other in others:
            if one in parts and other in parts:
                keys.append(_joined(parts[one][0], parts[other][0]))
    for one, other in (("postcode", "year"), ("postcode", "day"), ("date_of_birth", "place")):
        if one in parts and other in parts:
            keys.append(_joined(parts[one][0], parts[other][0]))
    if not keys:
        keys = [_hashed(field, field.values) for field in fields]
    return keys


def _hashed(field: MentionField, texts: Iterable[str]) -> np.ndarray:
    """The hash of a text of each mention's value; 0 where it has none."""
    series = pd.Series(list(texts), dtype=object)
    if series.empty:
        return np.zeros(len(field.codes), np.uint64)
    value = pd.util.hash_pandas_object(series, index=False).to_numpy(np.uint64).copy()
    value |= np.uint64(1)
    value[(series == "").to_numpy()] = 0
    return np.where(field.codes == MISSING, np.uint64(0), value[field.codes])


def _joined(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    mixed = (one * np.uint64(0x9E3779B97F4A7C15)) ^ (other + np.uint64(0x7F4A7C15))
    return np.where((one == 0) | (other == 0), np.uint64(0), mixed | np.uint64(1))


def _start(value: str) -> str:
    return value[:_PREFIX]


def _skeleton(value: str) -> str:
    """The first letter and the consonants after it, doubles once: much as it sounds."""
    first, rest = value[:1], value[1:].replace(" ", "")
    kept = [sign for sign in rest if sign not in "aeiouyhw"]
    once = [sign for at, sign in enumerate(kept) if at == 0 or sign != kept[at - 1]]
    return (first + "".join(once))[:5]


def _ends(value: str) -> str:
    words = value.split()
    return f"{words[0][:3]} {words[-1][:3]}" if len(words) > 1 else ""
