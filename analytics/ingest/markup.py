"""Markup in texts becomes text: tags go, entities are decoded, nothing is rendered and nothing is fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from lxml import etree, html

from analytics.ingest.sql import RawRows

_BLOCKS = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
]
_TAGS = [
    "a",
    "abbr",
    "acronym",
    "area",
    "audio",
    "b",
    "base",
    "bdi",
    "bdo",
    "big",
    "body",
    "button",
    "canvas",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "datalist",
    "del",
    "details",
    "dfn",
    "dialog",
    "dir",
    "embed",
    "em",
    "font",
    "frame",
    "frameset",
    "head",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "legend",
    "link",
    "map",
    "mark",
    "marquee",
    "math",
    "meta",
    "meter",
    "nobr",
    "noscript",
    "object",
    "optgroup",
    "option",
    "output",
    "param",
    "picture",
    "progress",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "script",
    "select",
    "slot",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "track",
    "tt",
    "u",
    "var",
    "video",
    "wbr",
] + _BLOCKS
_NAMES = "|".join(sorted(_TAGS, key=len, reverse=True))
# What makes a text markup: a whole tag that HTML knows, a comment or an entity. '<3', 'a < b' and
# '<someone@host>' do not.
MARKUP = rf"(?i)</?({_NAMES})(\s[^>]*)?/?>|<!--|<!doctype|&(#\d+|#x[0-9a-f]+|[a-z][a-z0-9]+);"
_NOT_A_TAG = re.compile(rf"<(?!/?({_NAMES})[\s/>]|!--|!doctype)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_UNSEEN = ("script", "style", "template", "head", "noscript", "svg", "math", "iframe", "object")
_SHOWN_LINK = re.compile(r"^(https?:|tel:|mailto:|sms:|whatsapp:|tg:)", re.IGNORECASE)


def plain_text(text: str) -> str:
    """The words of a piece of HTML, each block on a line of its own. A link's address is kept in square
    brackets behind its words where it says more than they do: it may be the only place where a contact
    stands."""
    safe = _NOT_A_TAG.sub("&lt;", _CONTROL.sub(" ", text))
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = html.fragment_fromstring(safe, create_parent="div", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        root = html.document_fromstring(f"<div>{safe}</div>", parser=parser)
    for element in list(root.iter(*_UNSEEN)):
        if element.getparent() is not None:
            element.drop_tree()
    for element in root.iter():
        if element.tag in _BLOCKS and element is not root:
            element.text = "\n" + (element.text or "")
            element.tail = "\n" + (element.tail or "")
        elif element.tag in ("td", "th"):
            element.tail = " " + (element.tail or "")
        elif element.tag == "a":
            address = (element.get("href") or "").strip()
            if (
                _SHOWN_LINK.match(address)
                and address.split(":", 1)[1].strip("/") not in element.text_content()
            ):
                element.tail = f" [{address}]{element.tail or ''}"
    lines = (" ".join(line.split()) for line in root.text_content().split("\n"))
    return "\n".join(line for line in lines if line)


@dataclass(frozen=True)
class StrippedTexts:
    """`table` (written, words): each distinct text with markup, and what it says. `count`: how many."""

    table: str
    count: int


def strip_markup(cursor: duckdb.DuckDBPyConnection, raw: RawRows, names: tuple[str, ...]) -> StrippedTexts:
    """Read the texts with markup in these columns. The others, as a rule nearly all, stay where they are."""
    texts = " UNION ".join(f"SELECT {raw.column(name)} AS written FROM {raw.table}" for name in names)
    cursor.execute("CREATE OR REPLACE TEMP TABLE stripped (written VARCHAR, words VARCHAR)").fetchall()
    batches = cursor.sql(
        f"SELECT written FROM ({texts}) WHERE (contains(written, '<') OR contains(written, '&'))"
        f" AND regexp_matches(written, $pattern)",
        params={"pattern": MARKUP},
    ).to_arrow_table()
    for batch in batches.to_batches(max_chunksize=50_000):
        words = pa.array([plain_text(text) for text in batch.column(0).to_pylist()], pa.string())
        cursor.register("stripped_batch", pa.table({"written": batch.column(0), "words": words}))
        cursor.execute("INSERT INTO stripped SELECT * FROM stripped_batch").fetchall()
        cursor.unregister("stripped_batch")
    return StrippedTexts("stripped", batches.num_rows)
