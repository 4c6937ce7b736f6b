"""Zip files: what they hold, and a refusal of those that unpack to far more than they should."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

from analytics.formats.header import UnreadableFile

MAXIMUM_BYTES = 4 << 30
MAXIMUM_RATIO = 300
_SMALLEST = 1 << 20


def maximum_unpacked(size: int) -> int:
    """What a compressed file of so many bytes may unpack to."""
    return min(MAXIMUM_BYTES, max(size * MAXIMUM_RATIO, _SMALLEST))


def listed(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files that an archive holds, without what macOS adds to it: a shadow of each, by the same name."""
    return [
        item
        for item in archive.infolist()
        if item.filename  # a damaged archive may hold a file without a name
        and not item.is_dir()
        and "__macosx" not in (parts := PurePosixPath(item.filename.lower()).parts)
        and not (parts and parts[-1].startswith("._"))
        and not (parts and parts[-1] in (".ds_store", "thumbs.db", "desktop.ini"))
    ]


def check_zip(data: bytes) -> None:
    """Refuse an archive that unpacks to more than its size allows for (a zip bomb)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if any(item.flag_bits & 1 for item in archive.infolist()):
            raise UnreadableFile(
                "The zip file is protected by a password. Unpack it, and import the files in it."
            )
        size = sum(item.file_size for item in archive.infolist())
    if size > maximum_unpacked(len(data)):
        raise UnreadableFile("The zip file unpacks to far more than its size allows for: it is refused.")
