"""What stands under the last row of a table: totals, counts, who printed it and when."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from analytics.formats.header import looks_like_value
from analytics.formats.parts import PART_COLUMN, RefusedRow

LOOKED_AT = 8  # rows at the end
_TOTAL = re.compile(
    r"\W*(?:(?:grand|sub|overall)[\s-]?)?(?:totals?|totales|totaux|totale|totaal|insgesamt|summen?|summa|somme|suma"
    r"|soma|gesamt\w*|endsumme|razem|celkem|spolu|összesen|итого|всего|yhteensä|i alt|ukupno|toplam"
    r"|kontostand|(?:closing|ending|opening|available|current|final)\s+balance|endsaldo|eindsaldo|saldo\s+\w+"
    r"|(?:nouveau|ancien)\s+solde)\b",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"\W*(?:(?:row|record|incident|event|transaction|item)s?\s*(?:count|returned|shown|:|=)|count\s*[:=]"
    r"|number of|\d[\d.,]* (?:rows?|records?|incidents?|results?)\b|generated|printed|exported"
    r"|created (?:by|on|at)"
    r"|produced|run (?:by|on|date|at)|extracted"
    r"|report\b|page\b|source\s*:|notes?\b|end of|\*{3,}|={3,}|-{3,}"
    r"|copyright|©|disclaimer|confidential|official|restricted|data (?:provided|as of|current)|as of\b"
    r"|quelle\s*:"
    r"|fuente\s*:|fin de|ende\b|erstellt|stand\s*:)",
    re.IGNORECASE,
)


def count_foot(rows: Sequence[Sequence[str | None]], width: int) -> int:
    """How many of the last rows of a table of so many columns are totals or remarks, not rows of it.

    Such a row begins with a word for it, and leaves at least half of the columns empty or holds but numbers
    after it."""
    count = 0
    for row in reversed(rows[-LOOKED_AT:]):
        cells = [cell.strip() for cell in row if cell and cell.strip()]
        if not cells:
            count += 1
            continue
        is_sum = bool(_TOTAL.fullmatch(cells[0].rstrip(" :"))) and all(map(looks_like_value, cells[1:]))
        is_total = is_sum or bool(_TOTAL.match(cells[0])) and 2 * len(cells) <= max(width, 2)
        is_remark = bool(_REMARK.match(cells[0])) and len(cells) <= max(2, width // 3) and width > 2
        if not is_total and not is_remark:
            break
        count += 1
    else:
        return 0  # nothing but totals: then they are the rows
    return count


def describe_foot(rows: Sequence[Sequence[str | None]]) -> tuple[str, ...]:
    """A note on the rows at the foot that are left out, if there are any."""
    texts = [" ".join(cell.strip() for cell in row if cell and cell.strip())[:60] for row in rows]
    texts = [text for text in texts if text]
    if not texts:
        return ()
    several = f"{len(texts)} rows" if len(texts) > 1 else "the row"
    return (f"{several} at the foot {'are' if len(texts) > 1 else 'is'} left out: " + "; ".join(texts),)


def drop_foot(
    table: pa.Table, refused: Sequence[RefusedRow] = ()
) -> tuple[pa.Table, list[RefusedRow], tuple[str, ...]]:
    """The table and the refused rows without what stands at the foot, and a note on that."""
    names = [name for name in table.column_names if name not in ("row_number", PART_COLUMN)]
    last = table.slice(max(table.num_rows - LOOKED_AT, 0))
    rows: dict[int, Sequence[str | None]] = {
        number: tuple(row[name] for name in names)
        for number, row in zip(last.column("row_number").to_pylist(), last.to_pylist(), strict=True)
    }
    rows |= {number: text.splitlines()[:1] for number, _, text in refused[-LOOKED_AT:]}
    numbers = sorted(rows)
    count = count_foot([rows[number] for number in numbers], len(names))
    return leave_out(table, refused, numbers[len(numbers) - count :], [rows[n] for n in numbers[-count:]])


def leave_out(
    table: pa.Table,
    refused: Sequence[RefusedRow],
    numbers: Sequence[int],
    rows: Sequence[Sequence[str | None]],
) -> tuple[pa.Table, list[RefusedRow], tuple[str, ...]]:
    """The table and the refused rows without these, and a note on what they hold."""
    if not numbers:
        return table, list(refused), ()
    kept = table.filter(pc.less(table.column("row_number"), numbers[0]))
    return kept, [row for row in refused if row[0] < numbers[0]], describe_foot(rows)
