"""A Merkle tree over the audit records, as RFC 9162 (Certificate Transparency 2.0), section 2.1, has it.

An entry is the bytes of a record. The tree's head is 32 bytes that depend on every entry and on their order.
A consistency proof shows that one tree begins with all the entries of an earlier one. The script that goes
out with the proofs checks it from the two heads and a few hashes, without the records.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

Hash = bytes


def hash_leaf(entry: bytes) -> Hash:
    """The hash of one entry (2.1.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def tree_head(leaves: Sequence[Hash]) -> Hash:
    """The head of the tree with these leaf hashes; of an empty one the hash of nothing (2.1.1)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    peaks: list[tuple[int, Hash]] = []  # complete subtrees from left to right: size, head
    for leaf in leaves:
        add_leaf(peaks, leaf)
    return join_peaks(peaks)


def add_leaf(peaks: list[tuple[int, Hash]], leaf: Hash) -> None:
    """Append a leaf to a tree that is known by its complete subtrees alone."""
    size, node = 1, leaf
    while peaks and peaks[-1][0] == size:
        node = _join(peaks.pop()[1], node)
        size *= 2
    peaks.append((size, node))


def join_peaks(peaks: Sequence[tuple[int, Hash]]) -> Hash:
    """The head of the tree whose complete subtrees these are."""
    if not peaks:
        return hashlib.sha256(b"").digest()
    node = peaks[-1][1]
    for _, left in reversed(peaks[:-1]):
        node = _join(left, node)
    return node


def prove_consistency(leaves: Sequence[Hash], first: int) -> list[Hash]:
    """The hashes that show that this tree begins with its own first `first` entries (2.1.4.1). Raises
    ValueError where `first` is not from 1 to the tree's size."""
    if not 0 < first <= len(leaves):
        raise ValueError(f"The tree has {len(leaves)} entries, and no head of {first}.")
    return [] if first == len(leaves) else _prove_part(leaves, first, whole=True)


def _prove_part(leaves: Sequence[Hash], first: int, *, whole: bool) -> list[Hash]:
    if first == len(leaves):
        return [] if whole else [tree_head(leaves)]
    split = _split(len(leaves))
    if first <= split:
        return [*_prove_part(leaves[:split], first, whole=whole), tree_head(leaves[split:])]
    return [*_prove_part(leaves[split:], first - split, whole=False), tree_head(leaves[:split])]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _join(left: Hash, right: Hash) -> Hash:
    return hashlib.sha256(b"\x01" + left + right).digest()
