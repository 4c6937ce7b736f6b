"""Crypto-currency addresses, each proved by its own checksum.

Base58Check (Bitcoin, Litecoin, Dogecoin, Tron), Bech32 and Bech32m (BIP 173, BIP 350), Ethereum's mixed case
(EIP-55) and Monero's own Base58 (CryptoNote standard 7). The hash of the last two is Keccak-256: not the
SHA-3 of hashlib, which pads differently."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58 = re.compile(r"(?<![0-9A-Za-z])[13LMDAT9][1-9A-HJ-NP-Za-km-z]{25,34}(?![0-9A-Za-z])")
_BECH32 = re.compile(r"(?<![0-9A-Za-z])(?:bc|ltc)1[02-9ac-hj-np-z]{8,87}(?![0-9A-Za-z])", re.IGNORECASE)
_ETHEREUM = re.compile(r"(?<![0-9A-Za-z])0x[0-9a-fA-F]{40}(?![0-9A-Za-z])")
# Integrated addresses, which hold a payment's number too, are eleven characters longer.
_MONERO = re.compile(
    r"(?<![0-9A-Za-z])[48][1-9A-HJ-NP-Za-km-z]{94}(?:[1-9A-HJ-NP-Za-km-z]{11})?(?![0-9A-Za-z])"
)
_VERSIONS = {
    0: "Bitcoin",
    5: "Bitcoin",
    48: "Litecoin",
    50: "Litecoin",
    30: "Dogecoin",
    22: "Dogecoin",
    65: "Tron",
}
SHORTEST = 14  # no address has fewer characters
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


@dataclass(frozen=True, slots=True)
class CryptoAddress:
    """An address, its span in the original text, and its currency."""

    value: str
    start: int
    end: int
    confidence: float
    note: str


def find_crypto(text: str) -> list[CryptoAddress]:
    """All addresses of an original text (case matters) whose checksum holds."""
    found = []
    for match in _BASE58.finditer(text):
        coin = read_base58check(match[0])
        if coin:
            found.append(CryptoAddress(match[0], *match.span(), 0.99, coin))
    for match in _BECH32.finditer(text):
        coin = read_bech32(match[0])
        if coin:
            found.append(CryptoAddress(match[0].lower(), *match.span(), 0.99, coin))
    for match in _MONERO.finditer(text):
        if is_monero(match[0]):
            found.append(CryptoAddress(match[0], *match.span(), 0.99, "Monero"))
    for match in _ETHEREUM.finditer(text):
        digits = match[0][2:]
        if digits == digits.lower() or digits == digits.upper():
            found.append(
                CryptoAddress(match[0].lower(), *match.span(), 0.8, "Ethereum; written without a checksum")
            )
        elif to_eip55(match[0].lower()) == match[0]:
            found.append(CryptoAddress(match[0].lower(), *match.span(), 0.99, "Ethereum"))
    return sorted(found, key=lambda address: address.start)


def read_base58check(text: str) -> str | None:
    """The currency of a Base58Check address of 25 bytes, or None where the checksum fails or the version is
    unknown."""
    number = 0
    for letter in text:
        number = number * 58 + _ALPHABET.index(letter)
    zeros = len(text) - len(text.lstrip("1"))
    raw = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    if len(raw) != 25 or hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] != raw[-4:]:
        return None
    return _VERSIONS.get(raw[0])


def is_monero(text: str) -> bool:
    """Whether an address of Monero's main network (own, integrated or sub-address) bears its checksum.

    Every 11 characters are 8 bytes, the last 7 are 5; the last 4 bytes are the first of the Keccak-256 of the
    rest."""
    raw = b""
    for start in range(0, len(text), 11):
        block, number = text[start : start + 11], 0
        for letter in block:
            number = number * 58 + _ALPHABET.index(letter)
        size = 8 if len(block) == 11 else 5
        if number >> 8 * size:
            return False
        raw += number.to_bytes(size, "big")
    return raw[0] in (18, 19, 42) and hash_keccak256(raw[:-4])[:4] == raw[-4:]


def read_bech32(text: str) -> str | None:
    """The currency of a segregated-witness address, or None: Bech32 for version 0, Bech32m for later ones."""
    if text != text.lower() and text != text.upper():
        return None
    prefix, _, payload = text.lower().rpartition("1")
    values = [_LETTERS.find(letter) for letter in payload]
    if len(values) < 8 or -1 in values:
        return None
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    version, check = values[0], _polymod(spread + values)
    if version > 16 or check != (1 if version == 0 else 0x2BC830A3):
        return None
    bits = (len(values) - 7) * 5
    if not 2 <= bits // 8 <= 40 or bits % 8 >= 5 or (version == 0 and bits // 8 not in (20, 32)):
        return None
    return {"bc": "Bitcoin", "ltc": "Litecoin"}.get(prefix)


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> bit & 1:
                check ^= generator
    return check


def to_eip55(address: str) -> str:
    """A lower-case Ethereum address in its mixed case."""
    digits = address[2:]
    marks = hash_keccak256(digits.encode("ascii")).hex()
    return "0x" + "".join(
        c.upper() if int(mark, 16) >= 8 else c for c, mark in zip(digits, marks, strict=False)
    )


_ROTATIONS = (
    (0, 36, 3, 41, 18),
    (1, 44, 10, 45, 2),
    (62, 6, 43, 15, 61),
    (28, 55, 25, 21, 56),
    (27, 20, 39, 8, 14),
)
_MASK = (1 << 64) - 1


def hash_keccak256(data: bytes) -> bytes:
    """Keccak-256 as first submitted (padding 0x01), for messages of any length."""
    rate = 136
    padded = bytearray(data + b"\x01" + bytes(-(len(data) + 1) % rate))
    padded[-1] |= 0x80
    state = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), rate):
        for lane in range(rate // 8):
            word = int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
            state[lane % 5][lane // 5] ^= word
        state = _permuted(state)
    return b"".join(state[lane % 5][lane // 5].to_bytes(8, "little") for lane in range(4))


def _permuted(a: list[list[int]]) -> list[list[int]]:
    register = 1
    for _ in range(24):
        parity = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        spread = [parity[x - 1] ^ _rotated(parity[(x + 1) % 5], 1) for x in range(5)]
        b = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                b[y][(2 * x + 3 * y) % 5] = _rotated(a[x][y] ^ spread[x], _ROTATIONS[x][y])
        a = [[b[x][y] ^ (~b[(x + 1) % 5][y] & b[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
        for bit in range(7):
            register = (register << 1 ^ (register >> 7) * 0x71) % 256
            if register & 2:
                a[0][0] ^= 1 << ((1 << bit) - 1)
    return a


def _rotated(word: int, by: int) -> int:
    return (word << by | word >> (64 - by)) & _MASK if by else word
