"""Markup becomes words; nothing of it is kept that could run."""

import re

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.formats.markup import MARKUP, plain_text
from analytics.ingest.markup import strip_markup
from analytics.ingest.sql import register_rows
from tests.examples import examples

CASES = {
    "a <b>bold</b> word": "a bold word",
    "07<b>700</b> 900<i>123</i>": "07700 900123",
    "one<br>two<p>three</p>four": "one\ntwo\nthree\nfour",
    "<script>alert(1)</script>Hello<style>p{}</style>": "Hello",
    "<img src=x onerror=alert(1)>Hi": "Hi",
    "<svg><script>alert(1)</script></svg>Hi": "Hi",
    "fish &amp; chips &pound;5 &#128222;": "fish & chips £5 📞",
    "<!-- hidden -->seen": "seen",
    "5 < 6 and me <3 you <b>ok</b>": "5 < 6 and me <3 you ok",
    "write to <ann@x.example> <b>now</b>": "write to <ann@x.example> now",
    '<a href="tel:+447700900123">call me</a>': "call me [tel:+447700900123]",
    '<a href="mailto:a@x.example">a@x.example</a>': "a@x.example",
    '<a href="javascript:alert(1)">x</a>': "x",
    "<table><tr><td>a</td><td>b</td></tr></table>": "a b",
}


@pytest.mark.parametrize(("written", "words"), CASES.items())
def test_markup_becomes_words(written, words):
    assert plain_text(written) == words


@pytest.mark.parametrize(
    "text", ["me <3 you", "a < b", "<someone@host.example>", "AT&T", "x <- y", "token=<*> ok", "R&D; no"]
)
def test_what_only_looks_like_markup_is_left_alone(text):
    assert not re.search(MARKUP, text)


@settings(max_examples=examples(150))
@given(st.text(alphabet=st.sampled_from("<>/&;#!-\"'= abpscriptimgonerror\x00\n"), max_size=60))
def test_no_text_breaks_it_and_no_tag_survives(text):
    assert "<script" not in plain_text(f"{text}<script>x</script>").lower().replace(
        text.lower().replace("\x00", " "), ""
    )


SIZE = 200_000
HOSTILE = (
    "<",
    "<b>",
    "<div>x",
    "<a ",
    "</",
    "<!",
    "<!--",
    "&",
    "&#",
    "<style></style>x",
    "<td>",
    "<p",
    "<form>",
)
HOSTILE += ('<a href="tel:1">x', "<b><div>", "<object>x", "<br>", "<font>x</b>")


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_text_of_hostile_markup_is_read(piece):
    """That its time grows with its length alone is measured in `bench/hostile_markup.py`."""
    assert plain_text(f"<b>first</b> {piece * (SIZE // len(piece))}").startswith("first")


def test_nothing_is_lost_where_tags_lie_too_deep_within_one_another():
    assert plain_text("<font>x " * 2_000 + "call 07700 900123 &amp; ask").endswith("call 07700 900123 & ask")


def test_the_process_apart_says_the_same():
    texts = ["a <b>bold</b> word", "<div>" * 5_000 + "end", "fish &amp; chips", "plain"]
    with duckdb.connect() as cursor:
        stripped = strip_markup(cursor, register_rows(cursor, pa.table({"text": texts})), ("text",))
        said = dict(cursor.execute(f"SELECT written, words FROM {stripped.table}").fetchall())
    assert said == {text: plain_text(text) for text in texts[:3]} and stripped.count == 3
