"""Files checked against a model: what fits is read, what does not is refused in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import ConfigDict, Field, model_validator

from analytics.shared.schema import FileModel, InvalidFile, check, parse_json, read_toml

GOOD = """
title = "Rules"
since = 2026-01-31
[[rule]]
code = "R1"
side = "for"
weight = 2
words = ["a", "b"]
[limits]
low = 0.5
"""


class Rule(FileModel):
    code: str = Field(min_length=1)
    side: Literal["for", "against"]
    weight: float = Field(gt=0)
    words: tuple[str, ...] = ()

    @model_validator(mode="after")
    def check_words(self) -> Rule:
        if "" in self.words:
            raise ValueError("a word is empty.")
        return self


@dataclass(frozen=True)
class Limits:
    __pydantic_config__ = ConfigDict(extra="forbid")

    low: float
    high: int = 10


class Rules(FileModel):
    title: str
    since: date
    rule: Annotated[tuple[Rule, ...], Field(min_length=1)]
    limits: Limits


def write(folder: Path, text: str) -> Path:
    (folder / "rules.toml").write_text(text, encoding="utf-8")
    return folder / "rules.toml"


def test_a_file_that_fits_is_read_and_cannot_be_changed(tmp_path):
    read = read_toml(write(tmp_path, GOOD), Rules)
    assert read.rule == (Rule(code="R1", side="for", weight=2.0, words=("a", "b")),)
    assert (read.title, read.since, read.limits) == ("Rules", date(2026, 1, 31), Limits(0.5))
    with pytest.raises(ValueError, match="frozen"):
        read.title = "Others"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Rules"', "", "rules.toml: title is missing."),
        ('title = "Rules"', "title = 3", "rules.toml: title must be text, not 3."),
        ("weight = 2", 'weight = "2"', "rules.toml: rule, entry 1 (R1), weight must be a number, not '2'."),
        ("weight = 2", "weight = true", "rule, entry 1 (R1), weight must be a number, not True."),
        ("weight = 2", "weight = 0", "rule, entry 1 (R1), weight must be a number above 0, not 0."),
        ("weight = 2", "weight = inf", "weight must be a number that is not infinite, not inf."),
        ('side = "for"', 'side = "with"', "side must be one of 'for' or 'against', not 'with'."),
        ('["a", "b"]', '"a"', "rule, entry 1 (R1), words must be a list, not 'a'."),
        ('["a", "b"]', '["a", 3]', "rule, entry 1 (R1), words, entry 2 must be text, not 3."),
        ('["a", "b"]', '["a", ""]', "rules.toml: rule, entry 1 (R1): a word is empty."),
        ("weight =", "wait = 1\nweight =", "wait is not a known key; known are code, side, weight, words."),
        ("low = 0.5", "low = 0.5\nhigh = 1.5", "limits, high must be a whole number, not 1.5."),
        ("low = 0.5", "low = 0.5\nlou = 1", "limits, lou is not a known key; known are low, high."),
        ("[limits]\nlow", "[other]\nlow", "other is not a known key; known are title, since, rule, limits"),
        ("[[rule]]", "[[rule]]\n[[rule]]", "rule, entry 1, code is missing; rule, entry 1, side is missing"),
        ("2026-01-31", '"31 January"', "since must be a date such as 2026-01-31, not '31 January'."),
        ("[[rule]]", "[rule]", "rule must be a list, not {"),
        (GOOD, "title = ", "rules.toml: it is not valid TOML: "),
    ],
)
def test_what_does_not_fit_is_refused_with_file_key_and_what_was_expected(tmp_path, old, new, message):
    assert old in GOOD
    with pytest.raises(InvalidFile) as refused:
        read_toml(write(tmp_path, GOOD.replace(old, new)), Rules)
    assert message in str(refused.value)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(InvalidFile, match=r"^none.toml: it cannot be read"):
        read_toml(tmp_path / "none.toml", Rules)
    (tmp_path / "latin.toml").write_bytes("title = 'é'".encode("latin-1"))
    with pytest.raises(InvalidFile, match=r"^latin.toml: it is not text in UTF-8\.$"):
        read_toml(tmp_path / "latin.toml", Rules)


@pytest.mark.parametrize("content", [3, [], "x", None])
def test_content_of_another_shape_is_refused(content):
    with pytest.raises(InvalidFile, match="the content must be a table of keys and values, not"):
        check(content, Rules, "rules.toml")
    with pytest.raises(InvalidFile, match="a list of 1 or more entries, not \\[\\]"):
        check({"title": "", "since": "2026-01-31", "rule": [], "limits": {"low": 1}}, Rules, "rules.toml")


def test_faults_are_listed_together_and_long_values_cut():
    with pytest.raises(InvalidFile) as refused:
        check([{"low": "x" * 500}] * 25, list[Limits], "limits.json")
    assert "; and 15 more." in str(refused.value) and len(str(refused.value)) < 1500


@pytest.mark.parametrize("text", ["{", b"\xff", "[" * 100_000])
def test_text_that_is_no_json_is_refused(text):
    with pytest.raises(InvalidFile, match=r"^saved limits: it is not valid JSON"):
        parse_json(text, Limits, "saved limits")


def test_saved_json_is_read():
    assert parse_json('{"low": 1, "high": 2}', Limits, "saved limits") == Limits(1.0, 2)
