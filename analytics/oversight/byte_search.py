"""Whether texts still stand in a file, byte for byte, in whatever block of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

SHORTEST = 8  # bytes of a text that is searched for: a shorter one stands in any file by chance
_CHUNK = 1 << 23


def find_in_file(path: Path, texts: Iterable[str]) -> set[str]:
    """Those of the texts whose UTF-8 bytes stand in the file. Texts under SHORTEST bytes are passed over."""
    wanted = {text.encode(): text for text in texts if len(text.encode()) >= SHORTEST}
    if not wanted:
        return set()
    beginnings: dict[int, list[bytes]] = {}
    for text in wanted:
        beginnings.setdefault(int.from_bytes(text[:8], "little"), []).append(text)
    keys = np.sort(np.fromiter(beginnings, dtype="<u8", count=len(beginnings)))
    longest = max(map(len, wanted))
    found: set[str] = set()
    with path.open("rb") as file:
        held = b""
        while chunk := file.read(_CHUNK):
            block = held + chunk
            _search_block(block, keys, beginnings, wanted, found)
            held = block[-(longest - 1) :]
    return found


def _search_block(
    block: bytes,
    keys: np.ndarray,
    beginnings: dict[int, list[bytes]],
    wanted: dict[bytes, str],
    found: set[str],
) -> None:
    """Add the texts of one block: its windows of eight bytes that begin a text, then the text itself."""
    for offset in range(8):
        windows = np.frombuffer(block, dtype="<u8", offset=offset, count=max(0, (len(block) - offset) // 8))
        at = np.searchsorted(keys, windows)
        hits = np.flatnonzero(keys[np.minimum(at, len(keys) - 1)] == windows)
        for hit in hits:
            start = offset + 8 * int(hit)
            for text in beginnings[int(windows[hit])]:
                if block[start : start + len(text)] == text:
                    found.add(wanted[text])
