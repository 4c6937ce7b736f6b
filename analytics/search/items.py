"""One thing that has no page of its own: an imported row, an identifier of adverts, a written product."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.adverts.identifiers.kinds import kind_of
from analytics.oversight.masking import mask_rows
from analytics.oversight.roles import Tier
from analytics.search.find import search_query
from analytics.search.folding import read_shared, squeeze
from analytics.search.hits import Group, PageLink
from analytics.search.records import RECORD_OF
from analytics.shared.wording import counted
from analytics.store import Store
from analytics.tasking.products import load_product

_ROW = re.compile(r"([a-z]+)-(\d{1,9})-(\d{1,15})", re.ASCII)
_IDENTIFIER = re.compile(r"identifier-([0-9a-f]{16})", re.ASCII)
_PRODUCT = re.compile(r"product-(\d{1,9})", re.ASCII)
_TABLES = (*RECORD_OF, "incident")
_SHORTEST_SHARED = 5  # letters and digits of an identifier that is looked for elsewhere
_IDENTIFYING = {  # columns whose value tells one person, phone, account or vehicle from others
    "account": ("reference", "phone", "email"),
    "advert": (),
    "premises": ("contact",),
    "journey": ("vehicle", "document", "contact", "paid_by"),
    "communication": ("from_phone", "to_phone", "device", "subscriber"),
    "transaction": ("from_account", "to_account"),
    "incident": (),
}


@dataclass(frozen=True)
class Item:
    """`fields`: its values by name, None left out; `masked` the same as they may be shown until a reason is
    given. `shared`: by name, what is looked for elsewhere. `origin`: where it comes from, in words."""

    mark: str
    title: str
    fields: dict[str, str]
    masked: dict[str, str]
    shared: dict[str, str]
    origin: str
    row: tuple[str, int, int] | None = None

    @property
    def personal(self) -> bool:
        return self.fields != self.masked


def read_item(store: Store, mark: str, tier: Tier) -> Item:
    """What a link names ('premises-3-17', 'identifier-5a...', 'product-4'). Raises KeyError where this store
    has it not, and PermissionError where the role reads no rows."""
    if not tier.rows:
        raise PermissionError("This role does not read the rows behind findings.")
    if (found := _ROW.fullmatch(mark)) and found[1] in _TABLES:
        return _read_row(store, mark, found[1], int(found[2]), int(found[3]))
    if found := _IDENTIFIER.fullmatch(mark):
        return _read_identifier(store, mark, found[1])
    if found := _PRODUCT.fullmatch(mark):
        return _read_product(store, mark, int(found[1]))
    raise KeyError(f"{mark!r} is the name of nothing that can be opened.")


def find_elsewhere(store: Store, item: Item, name: str, tier: Tier, *, limit: int = 8) -> list[Group]:
    """Where a shared value of the item occurs beside the item itself."""
    own = (
        (RECORD_OF[item.row[0]].kind, f"{item.row[1]}:{item.row[2]}")
        if item.row
        else ("identifier", item.mark.removeprefix("identifier-"))
    )
    groups = []
    for group in search_query(store, read_shared(item.shared[name]), tier, limit + 1):
        hits = tuple(hit for hit in group.hits if (hit.kind, hit.key) != own)[:limit]
        if hits:  # the item itself matches too, be it among the best or not
            groups.append(Group(group.kind, hits, group.matches - (group.kind == own[0])))
    return groups


def _read_row(store: Store, mark: str, table: str, source_id: int, row_number: int) -> Item:
    rows = store.rows(
        f'SELECT t.*, s.name AS "source name", s.legal_basis, s.handling FROM "{table}" t'
        " LEFT JOIN source s USING (source_id) WHERE source_id = ? AND row_number = ?",
        [source_id, row_number],
    )
    if not rows:
        raise KeyError("The link names a row that is not in the store.")
    row = rows[0]
    origin = " · ".join(
        filter(
            None,
            (
                f"Row {row_number} of source {source_id}",
                row.pop("source name"),
                row.pop("legal_basis"),
                row.pop("handling"),
            ),
        )
    )
    title = table if table not in RECORD_OF else RECORD_OF[table].kind
    masked = mask_rows(pd.DataFrame([row]), table).iloc[0].to_dict()
    shared = {
        column: str(row[column])
        for column in _IDENTIFYING[table]
        if row[column] and len(squeeze(str(row[column]))) >= _SHORTEST_SHARED
    }
    return Item(
        mark,
        f"{title.capitalize()}, row {row_number} of source {source_id}",
        _texts(row),
        _texts(masked),
        shared,
        origin,
        (table, source_id, row_number),
    )


def _texts(row: dict[str, Any]) -> dict[str, str]:
    hidden = ("source_id", "row_number", "area_id", "x", "y")
    return {
        name: str(value)
        for name, value in row.items()
        if name not in hidden and value is not None and value == value
    }


def _read_identifier(store: Store, mark: str, digest: str) -> Item:
    rows = store.rows(
        "SELECT kind, value, count(DISTINCT (source_id, row_number)) AS adverts FROM advert_identifier"
        " WHERE sha256(kind || ':' || value)[:16] = ? GROUP BY kind, value",
        [digest],
    )
    if not rows:
        raise KeyError("The link names an identifier that no advert carries.")
    kind, value, adverts = kind_of(rows[0]["kind"]), rows[0]["value"], rows[0]["adverts"]
    return Item(
        mark,
        kind.label,
        {"value": value},
        {"value": kind.shown(value)},
        {"value": value},
        f"Read in {counted(adverts, 'advert')}",
    )


def _read_product(store: Store, mark: str, number: int) -> Item:
    product = load_product(store, number)
    texts = {
        name.replace("_", " "): value
        for name, value in product["content"].items()
        if isinstance(value, str) and value.strip()
    }
    for name, values in product["content"].items():
        if isinstance(values, list) and (listed := _write_list(values)):
            texts[name.replace("_", " ")] = listed
    if isinstance(parts := product["content"].get("sections"), dict):
        titles = product["content"].get("titles", {})
        texts |= {titles.get(code, code): text for code, text in parts.items() if isinstance(text, str)}
    return Item(
        mark,
        product["title"],
        texts,
        texts,
        {},
        f"{product['kind'].capitalize()} {number}, version {product['version']}, by {product['created_by']}",
    )


def _write_list(values: list[Any]) -> str:
    """What a list of a product says, an entry a line; '' of numbers of other things."""
    entries = [value.values() if isinstance(value, dict) else [value] for value in values]
    lines = [
        " · ".join(text for text in entry if isinstance(text, str) and text.strip()) for entry in entries
    ]
    return "\n".join(filter(None, lines))


def open_identifier(kind: str, value: str) -> PageLink:
    """What opens an identifier of adverts: a link that does not say which."""
    digest = hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()[:16]
    return PageLink("search", {"item": f"identifier-{digest}"})
