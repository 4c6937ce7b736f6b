"""What the lines and columns of a list of ties are: names or a tie, the ends, a matrix."""

from __future__ import annotations

import re

TIE_COLUMNS = {
    "from": (
        *(
            "from",
            "source",
            "src",
            "fromnodeid",
            "node1",
            "node_1",
            "id1",
            "ego",
            "sender",
            "caller",
            "payer",
            "origin",
        ),
        *("person", "actor", "member", "u", "i", "a"),
    ),
    "to": (
        *(
            "to",
            "target",
            "dst",
            "tonodeid",
            "node2",
            "node_2",
            "id2",
            "alter",
            "recipient",
            "receiver",
            "callee",
        ),
        *("payee", "destination", "event", "meeting", "group", "v", "j", "b"),
    ),
    "weight": ("weight", "w", "value", "count", "n", "times", "strength", "calls", "events", "contacts"),
    "from_date": ("from_date", "start", "start_date", "first", "since", "date", "begin", "when"),
    "to_date": ("to_date", "end", "end_date", "last", "until"),
    "phase": ("phase", "period", "wave", "time"),
    "probability": ("probability", "prob", "p", "confidence"),
}
_END_OF = re.compile(r"^(?:(?:node|person|actor|vertex|id|name)_)?(.+?)(?:_(?:id|node|name|label|vertex))?$")
_NUMBERS_ROWS = {
    "",
    "id",
    "row",
    "no",
    "nr",
    "number",
    "index",
    "#",
    "edge",
    "edge_id",
    "link_id",
    "unnamed:_0",
}
NODE_COLUMNS = {
    "node": ("id", "node", "name", "label", "vertex"),
    "role": ("role", "task", "function"),
    "status": ("status",),
}
_NUMBER = r"-?\d+([.,]\d+)?"


def name_ends(header: list[str], columns: dict[str, int]) -> str:
    """What was taken for the names of a file's columns, where none of a tie's ends is known by its name."""
    ends = " and ".join(repr(header[columns[end]]) for end in ("from", "to"))
    return f"The first line is read as names of columns, {ends} as the ends of a tie."


def choose_ends(header: list[str], rows: list[list[str]], columns: dict[str, int]) -> dict[str, int]:
    """`columns` with both ends: of those that mean nothing else the first, or the first of all where too few
    are left. A column that numbers the rows is no end."""
    missing = [role for role in ("from", "to") if role not in columns]
    others = {at for role, at in columns.items() if role in ("from", "to")}
    taken = set(columns.values())
    free = [at for at in range(len(header)) if at not in taken]
    if len(free) < len(missing):  # 'first' and 'second', 'start' and 'end': the ends themselves
        free = [at for at in range(len(header)) if at not in others]
    numbers = [
        at for at in free if _numbers_rows(header[at], [row[at] if at < len(row) else "" for row in rows])
    ]
    if len(free) - len(numbers) >= len(missing):
        free = [at for at in free if at not in numbers]
    ends = dict(zip(missing, free, strict=False))
    return {role: at for role, at in columns.items() if at not in ends.values()} | ends


def _numbers_rows(name: str, cells: list[str]) -> bool:
    return name.strip().lower().replace(" ", "_") in _NUMBERS_ROWS and len(set(cells)) == len(cells) > 1


def looks_named(header: list[str], rows: list[list[str]]) -> bool:
    """Whether the first line names columns. A line whose first two cells are values elsewhere does not."""
    words = [cell.strip().lower() for cell in header]
    if all(re.fullmatch(_NUMBER, word) for word in words):
        return len(words) > 3 and is_matrix(header, rows)
    if "" in words:
        return True
    if all(re.fullmatch(_NUMBER, word) for word in words[:2]):
        return False
    elsewhere = {cell.strip().lower() for row in rows for cell in row[:2]}
    recurring = set(words[:2]) & elsewhere
    if len(recurring) == len(set(words[:2])):
        return False
    known = {word for named in (TIE_COLUMNS | NODE_COLUMNS).values() for word in named}
    if any(len(word) > 1 and word in known for word in words):
        return True
    return not recurring  # one letter may be a name of a column, or of a node


def assign_columns(header: list[str], names: dict[str, tuple[str, ...]]) -> dict[str, int]:
    words = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in header]
    bare = [_END_OF.sub(r"\1", word) for word in words]
    found: dict[str, int] = {}
    for role, known in names.items():
        for word in known:
            for texts in (words, bare) if role in ("from", "to") and len(word) > 1 else (words,):
                if role not in found and word in texts and texts.index(word) not in found.values():
                    found[role] = texts.index(word)
    return found


def names_ends(cells: list[str]) -> bool:
    """Whether these are names of columns, both ends of a tie among them, by words longer than a letter."""
    long = [cell for cell in cells if len(cell.strip()) > 1]
    return {"from", "to"} <= assign_columns(long, TIE_COLUMNS).keys()


def names_nodes(cells: list[str]) -> bool:
    """Whether these are names of columns of a list of nodes: a node and what it is."""
    return len(assign_columns(cells, NODE_COLUMNS)) > 1


def is_matrix(header: list[str], rows: list[list[str]]) -> bool:
    """A first column of names, and numbers alone in three or more others."""
    if len(header) < 4 or not rows:
        return False
    cells = (cell.strip() for row in rows for cell in row[1:])
    return all(re.fullmatch(rf"|{_NUMBER}", cell) for cell in cells)


def unfold_matrix(header: list[str], rows: list[list[str]]) -> tuple[list[list[str]], bool]:
    across, down = [name.strip() for name in header[1:]], [row[0].strip() for row in rows]
    square = across == down
    unfolded = []
    for i, row in enumerate(rows):
        for j, cell in enumerate(row[1 : len(header)]):
            value = cell.strip().replace(",", ".")
            if value and float(value) != 0:
                unfolded.append([down[i], across[j], value])
    return unfolded, square
