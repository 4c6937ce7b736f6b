"""Recognition of a file of 100 MB, as the page does it when a file is chosen: read, its columns proposed.

    python -m bench.import_recognition FILE.parquet [--rounds 3] [--formats csv jsonl xlsx]

FILE (the police.uk street file) is written as CSV, as JSON lines and as a workbook, each of as many rows as
make 100 MB (a workbook, which is compressed, of as many as make 100 MB as CSV, at most a sheet). Seconds on
the clock and of the processor, and the peak memory of the application."""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
import zipfile
from pathlib import Path

import duckdb

from analytics.ingest import propose_mapping, read_file

_BYTES = 100_000_000
_ROWS_TRIED = 100_000


def write_file(source: Path, folder: Path, suffix: str, rows: int) -> Path:
    """The first rows of the Parquet file in another format."""
    path = folder / f"street-{rows}.{suffix}"
    chosen = f"FROM read_parquet('{source}') LIMIT {rows}"
    if suffix == "xlsx":
        _write_workbook(path, duckdb.sql(chosen))
    else:
        form = "FORMAT json" if suffix == "jsonl" else "HEADER"
        duckdb.sql(f"COPY ({chosen}) TO '{path}' ({form})")
    return path


def _write_workbook(path: Path, table: duckdb.DuckDBPyRelation) -> None:
    """A sheet of inline texts, the least that a workbook may hold."""
    sheet = ['<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>']
    for row in ([*table.columns], *table.fetchall()):
        cells = "".join(f'<c t="inlineStr"><is><t>{"" if v is None else v}</t></is></c>' for v in row)
        sheet.append(f"<row>{cells.replace('&', '&amp;')}</row>")
    sheet.append("</sheetData></worksheet>")
    parts = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{parts}/content-types"><Default Extension="rels" ContentType="application/vnd.'
            'openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="'
            f'{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.'
            'worksheet+xml"/></Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{parts}/relationships"><Relationship Id="r1" Target="xl/workbook.xml" '
            f'Type="{office}/officeDocument"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Street" sheetId="1" '
            'r:id="r1"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{parts}/relationships"><Relationship Id="r1" Type="{office}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        book.writestr("xl/worksheets/sheet1.xml", "".join(sheet))


def measure(path: Path) -> tuple[float, float, int]:
    """Seconds on the clock and of the processor, and the rows read."""
    start, used = time.perf_counter(), _processor()
    raw = read_file(path, kind="incident")
    propose_mapping(raw, "incident", path.name)
    return time.perf_counter() - start, _processor() - used, raw.table.num_rows


def _processor() -> float:
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in spent)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--formats", nargs="+", default=["csv", "jsonl", "xlsx"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        for suffix in arguments.formats:
            tried = write_file(arguments.file, Path(work), "csv" if suffix == "xlsx" else suffix, _ROWS_TRIED)
            rows = _ROWS_TRIED * _BYTES // tried.stat().st_size
            rows = min(rows, 1_048_575) if suffix == "xlsx" else rows
            path = write_file(arguments.file, Path(work), suffix, rows)
            figures = [measure(path) for _ in range(arguments.rounds)]
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            clock, used, rows_read = zip(*figures, strict=True)
            print(
                f"{suffix}, {path.stat().st_size / 1e6:,.0f} MB, {rows_read[0]:,} rows: median "
                f"{statistics.median(clock):.2f} s on the clock, fastest {min(clock):.2f} s, "
                f"{statistics.median(used):.2f} s of the application's processor; peak memory {peak:.2f} GB"
            )


if __name__ == "__main__":
    main()
