"""Zip files: what they hold, and a refusal of those that unpack to far more than they should."""

from __future__ import annotations

import io
import zipfile

from analytics.formats.header import UnreadableFile

MAXIMUM_BYTES = 4 << 30
MAXIMUM_RATIO = 300
_SMALLEST = 1 << 20


def maximum_unpacked(size: int) -> int:
    """What a compressed file of so many bytes may unpack to."""
    return min(MAXIMUM_BYTES, max(size * MAXIMUM_RATIO, _SMALLEST))


def check_zip(data: bytes) -> None:
    """Refuse an archive that unpacks to more than its size allows for (a zip bomb)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(item.file_size for item in archive.infolist())
    if size > maximum_unpacked(len(data)):
        raise UnreadableFile("The zip file unpacks to far more than its size allows for: it is refused.")
