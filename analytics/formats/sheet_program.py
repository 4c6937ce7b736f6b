"""A program: the first sheet of the workbook on its input, as an Arrow stream of text columns on its output.

It runs in a process of its own under a limit of memory. A workbook's library makes a dense sheet up to
the last cell that a file names, and ends the process where the memory for it cannot be had. It imports
nothing of the application, so that it starts at once. Exit codes: 0 read, 1 damaged (an error or a
panic of the library), 2 too large; any other is a crash, most often for want of memory. The reason is
the last line of the errors."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

DAMAGED, TOO_LARGE = 1, 2
_ROWS_AT_ONCE = 1 << 14


def main(most_memory: int, most_seconds: int, most_cells: int, most_bytes: int) -> int:
    """Read, check the extent, write; returns the exit code."""
    _limit(most_memory, most_seconds)
    try:
        sheet = _open(sys.stdin.buffer.read()).get_sheet_by_index(0)
        row, column = sheet.end or (-1, -1)
        if (row + 1) * (column + 1) > most_cells:
            return _fail(TOO_LARGE, f"its first sheet reaches to cell {_letters(column)}{row + 1}")
        return _write(sheet.iter_rows(), column + 1, most_bytes)
    except MemoryError:
        return _fail(TOO_LARGE, "it needs more memory than is allowed")
    except CalamineError as error:
        return _fail(TOO_LARGE if "limit exceeded" in str(error) else DAMAGED, str(error))


def _open(data: bytes) -> CalamineWorkbook:
    """The workbook. An OpenDocument is opened by name: only so does the library say why it refuses one."""
    if not data[30:].startswith(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"):
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook.ods"
        path.write_bytes(data)
        return CalamineWorkbook.from_path(path)


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # a system without limits: a crash still ends this process alone
        return
    wanted = {resource.RLIMIT_AS: memory, resource.RLIMIT_CPU: seconds, resource.RLIMIT_CORE: 0}
    for kind, limit in wanted.items():
        highest = resource.getrlimit(kind)[1]
        limit = limit if highest == resource.RLIM_INFINITY else min(limit, highest)
        resource.setrlimit(kind, (limit, highest))


def _write(rows: Iterator[Sequence[object]], width: int, most_bytes: int) -> int:
    """Row 1 as it is written, since it names the columns; of the others a whole number without its '.0'."""
    schema = pa.schema([(f"c{k}", pa.string()) for k in range(width)])
    size = 0
    text: Callable[[object], str | None] = str
    with pa.ipc.new_stream(sys.stdout.buffer, schema) as stream:
        while block := list(islice(rows, _ROWS_AT_ONCE if text is _text else 1)):
            columns = [pa.array(map(text, column), pa.string()) for column in zip(*block, strict=True)]
            batch = pa.record_batch(columns, schema=schema)
            size += batch.nbytes
            if size > most_bytes:
                return _fail(TOO_LARGE, "its texts unpack to far more than its size allows for")
            stream.write_batch(batch)
            text = _text
    return 0


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _letters(column: int) -> str:
    """The letters of a column counted from 0, as a spreadsheet writes them."""
    letters = ""
    while column >= 0:
        column, letter = divmod(column, 26)
        letters, column = chr(65 + letter) + letters, column - 1
    return letters


def _fail(code: int, reason: str) -> int:
    print(reason, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
