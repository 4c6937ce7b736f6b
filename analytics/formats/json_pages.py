"""Results of a service in pages: several pages one after the other in one file, or one page of several."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

_NEXT = frozenset(
    (
        *(
            "next",
            "next_page",
            "nextpage",
            "next_page_url",
            "nextpagetoken",
            "next_page_token",
            "next_cursor",
        ),
        *("nextcursor", "@odata.nextlink"),
    )
)
_MORE = frozenset(("has_more", "hasmore", "more", "exceededtransferlimit"))
_TOTALS = frozenset(
    ("total", "totalcount", "total_count", "numfound", "totalresults", "total_results", "@odata.count")
)
_ABOUT_PAGES = (
    _NEXT
    | _MORE
    | _TOTALS
    | frozenset(
        (
            *("page", "pages", "pageno", "page_no", "pagenumber", "page_number", "pagesize", "page_size"),
            *("per_page", "perpage", "previous", "prev", "first", "last", "count", "total_pages"),
            *("totalpages", "offset", "limit", "start", "skip", "size", "cursor", "status", "success", "ok"),
            *("code", "message", "error", "errors", "meta", "metadata", "pagination", "paging", "links"),
            *("_links", "self", "took", "timed_out", "@odata.context", "responseheader", "header"),
            *("version", "timestamp", "query"),
        )
    )
)


def merge_pages(text: str) -> tuple[list[Any], int] | None:
    """The rows of pages that follow each other, and how many pages; None where the text is anything else.

    A page is a list, or an object of one list of objects and of nothing but what is said about pages. Rows of
    an object a line, though they hold lists, are none."""
    pages = _read_values(text)
    first = next(pages, None)
    if first is None or _rows_of(first) is None:
        return None
    rows, count = list(_rows_of(first) or ()), 1
    for page in pages:
        found = _rows_of(page)
        if found is None:
            return None
        rows, count = rows + found, count + 1
    return (rows, count) if count > 1 else None


def note_unfinished(whole: dict[str, Any], rows: int) -> tuple[str, ...]:
    """A note where an object of results says that there are more than the rows in it."""
    said = {key.lower(): value for key, value in _said(whole)}
    totals = [int(said[key]) for key in _TOTALS & said.keys() if str(said[key]).isdigit()]
    total = max(totals, default=0)
    of_how_many = f"{rows:,} of {total:,} rows" if total > rows else f"{rows:,} rows, and more exist"
    is_cut = any(said.get(key) for key in _NEXT) or any(said.get(key) is True for key in _MORE)
    if not is_cut and total <= rows:
        return ()
    return (f"the file is one page of the service's results, {of_how_many}: fetch the other pages too",)


def _said(whole: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What an object says beside its rows, itself and in the objects within it."""
    for key, value in whole.items():
        if isinstance(value, dict):
            yield from ((inner, said) for inner, said in value.items() if not isinstance(said, dict | list))
        elif not isinstance(value, list):
            yield key, value


def _read_values(text: str) -> Iterator[Any]:
    """The values of a text one after the other; None, and no more, where one cannot be read."""
    decoder = json.JSONDecoder(parse_int=str, parse_float=str)
    at, end = 0, len(text)
    while True:
        while at < end and text[at] in " \t\r\n\x1e,":
            at += 1
        if at == end:
            return
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            yield None
            return
        yield value


def _rows_of(page: Any) -> list[Any] | None:
    if isinstance(page, list):
        return page if all(isinstance(row, dict) for row in page) else None
    if not isinstance(page, dict):
        return None
    lists = [value for value in page.values() if isinstance(value, list)]
    beside = {key.lower() for key, value in page.items() if not isinstance(value, list)}
    if len(lists) != 1 or not beside <= _ABOUT_PAGES or not all(isinstance(row, dict) for row in lists[0]):
        return None
    return lists[0]
