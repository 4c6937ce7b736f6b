"""Markup in texts becomes text: tags go, entities are decoded, nothing is rendered and nothing is fetched.

The library that reads HTML runs in the process apart. Its time grows with the length of a text and no faster,
whatever the tags: under a second a megabyte (`bench/hostile_markup.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pyarrow as pa
from lxml import etree, html
from lxml.html import defs

from analytics.formats.parsed import ParsedFile

_BLOCKS = frozenset(
    [
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
)
_TAGS = defs.tags | {"bdi", "data", "dialog", "frame", "main", "nobr", "picture", "slot", "template"}
_NAMES = "|".join(sorted(_TAGS, key=lambda name: (-len(name), name)))
# What makes a text markup: a whole tag that HTML knows, a comment or an entity. '<3', 'a < b' and
# '<someone@host>' do not.
MARKUP = rf"(?i)</?({_NAMES})(\s[^>]*)?/?>|<!--|<!doctype|&(#\d+|#x[0-9a-f]+|[a-z][a-z0-9]+);"
# What no tag begins with is told apart first, for it is quick; then what no known name follows.
_NOT_A_TAG = re.compile(
    rf"<(?:(?![a-z/!])|/(?![a-z])|!(?!--|doctype)|(?=/?[a-z])(?!/?(?:{_NAMES})[\s/>]))", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_UNSEEN = frozenset(("script", "style", "template", "head", "noscript", "svg", "math", "iframe", "object"))
_SHOWN_LINK = re.compile(r"^(https?:|tel:|mailto:|sms:|whatsapp:|tg:)", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*>")
_AT_ONCE = 10_000  # texts of one batch


def parse_texts(data: bytes) -> ParsedFile:
    """The `words` of each text `written`, in their order. Both are columns of an Arrow stream."""
    written = pa.ipc.open_stream(data)
    schema = pa.schema([("words", pa.string())])

    def read() -> Iterator[pa.RecordBatch]:
        for batch in written:
            for start in range(0, batch.num_rows, _AT_ONCE):
                texts = batch.column(0).slice(start, _AT_ONCE).to_pylist()
                yield pa.record_batch([pa.array([plain_text(text) for text in texts], pa.string())], schema)

    return ParsedFile(schema, read())


def plain_text(text: str) -> str:
    """The words of a piece of HTML, each block on a line of its own. A link's address is kept in square
    brackets behind its words where it says more than they do: it may be the only place where a contact
    stands."""
    safe = _NOT_A_TAG.sub(lambda found: f"&lt;{found[0][1:]}", _CONTROL.sub(" ", text))
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = html.fragment_fromstring(safe, create_parent="div", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        root = html.document_fromstring(f"<div>{safe}</div>", parser=parser)
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        words = unescape(_ANY_TAG.sub("\n", safe))  # nested so deeply that the library stops reading
    else:
        words = "".join(_read_pieces(root))
    lines = (" ".join(line.split()) for line in words.split("\n"))
    return "\n".join(line for line in lines if line)


def _read_pieces(root: html.HtmlElement) -> list[str]:
    """The texts of a tree in their order, without what a browser does not show."""
    pieces: list[str] = []
    begun: list[int] = []  # how many pieces there were when each link began that has not ended
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        hidden = tag in _UNSEEN and element is not root
        if event == "start":
            if hidden:
                walk.skip_subtree()
                continue
            if tag == "a":
                begun.append(len(pieces))
            if tag in _BLOCKS and element is not root:
                pieces.append("\n")
            pieces.append(element.text or "")
            continue
        if tag == "a":
            pieces += _link(element, pieces[begun.pop() :])
        elif tag in ("td", "th"):
            pieces.append(" ")
        elif tag in _BLOCKS and element is not root:
            pieces.append("\n")
        pieces.append(element.tail or "" if element is not root else "")
    return pieces


def _link(element: html.HtmlElement, words: list[str]) -> list[str]:
    """The address of a link in square brackets, where its words do not hold it."""
    address = (element.get("href") or "").strip()
    if not _SHOWN_LINK.match(address) or address.split(":", 1)[1].strip("/") in "".join(words):
        return []
    return [f" [{address}]"]
