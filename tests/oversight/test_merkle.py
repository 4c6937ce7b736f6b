"""The tree of RFC 9162 against the test vectors of Certificate Transparency, and against itself."""

from hashlib import sha256

import pytest

from analytics.oversight import merkle

ENTRIES = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
] + [bytes.fromhex("606162636465666768696a6b6c6d6e6f")]
ROOTS = [  # of the first 1 to 8 of these entries: certificate-transparency-go, merkle tree tests
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.hash_leaf(entry) for entry in ENTRIES]


def test_roots_are_those_of_the_published_vectors():
    assert [merkle.tree_head(LEAVES[:size]).hex() for size in range(1, 9)] == ROOTS
    assert merkle.tree_head([]) == sha256(b"").digest()


def join(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def check_consistency(
    first: int, second: int, first_head: bytes, second_head: bytes, proof: list[bytes]
) -> bool:
    """Whether the tree of `second` entries begins with all those of the tree of `first` (2.1.4.2)."""
    if first == second:
        return not proof and first_head == second_head
    if not 0 < first < second or not proof:
        return False
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_head)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for step in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old, new = join(step, old), join(step, new)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = join(new, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old == first_head and new == second_head


@pytest.mark.parametrize("size", range(1, 20))
def test_every_consistency_proof_holds_and_no_other(size):
    leaves = [merkle.hash_leaf(bytes([i])) for i in range(size)]
    head = merkle.tree_head(leaves)
    for first in range(1, size + 1):
        old = merkle.tree_head(leaves[:first])
        proof = merkle.prove_consistency(leaves, first)
        assert check_consistency(first, size, old, head, proof)
        assert not check_consistency(first, size, sha256(b"x").digest(), head, proof)
    with pytest.raises(ValueError, match="no head of 0"):
        merkle.prove_consistency(leaves, 0)
