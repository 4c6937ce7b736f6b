"""Hits of a search as lines of text, for the table of them in `hits.txt`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from analytics.search import Group, Hit

FILE = Path(__file__).with_name("hits.txt")


def read_table() -> dict[str, str]:
    """What is typed, and what is found, in lines."""
    parts = FILE.read_text(encoding="utf-8").split("\n== ")[1:]
    return {typed: lines.rstrip("\n") for typed, _, lines in (part.partition("\n") for part in parts)}


def write_groups(groups: Iterable[Group]) -> str:
    return "\n".join(line for group in groups for line in _write_group(group))


def _write_group(group: Group) -> Iterator[str]:
    yield f"{group.kind}, {group.matches}"
    for hit in group.hits:
        assert hit.kind == group.kind
        yield from _write_hit(hit)


def _write_hit(hit: Hit) -> Iterator[str]:
    yield f"  {hit.key} [{hit.rank}] {_join(hit.title, hit.text)}"
    if hit.personal:
        yield f"    masked: {_join(hit.masked_title, hit.masked_text)}"
    else:
        assert (hit.masked_title, hit.masked_text) in (("", ""), (hit.title, hit.text))
    query = {name: "..." if name == "drawn" else value for name, value in hit.target.query.items()}
    link = "&".join(f"{name}={value}" for name, value in query.items())
    yield f"    {'; '.join(hit.matched)} @ {hit.moment} -> {hit.target.page}?{link}"


def _join(title: str, text: str) -> str:
    return f"{title} | {text}" if text != "" else title
