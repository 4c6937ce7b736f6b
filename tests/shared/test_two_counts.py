"""Two counts beside each other carry their test, wherever the product writes them."""

import ast
import re
from pathlib import Path

import pytest

from analytics.shared.two_counts import compare_counts, judge_counts, judge_expected

ROOT = Path(__file__).parents[2]
COMPARES = re.compile(
    r"\{\} (?:there )?against \{\}"
    r"|\{\}[^.{}]{0,30} in (?:as many|the (?:\{\} )?(?:period|days|weeks|months)) before"
    r"|before led one to expect \{"
    r"|\{\} fell here in \{\}|\{\} \{\} now, \{\} from"
)
TESTED = re.compile(
    r"judge_counts|judge_expected|within chance|beyond chance|\bp = "
    r"|not tested|neither .* is tested|not judged",
    re.I,
)
# Functions whose two figures are no comparison of counts, each with why.
NO_COUNTS = {
    ("analytics/hotspots/findings/comparison.py", "compare"): "the names of two results",
    ("analytics/tasking/effect/comparability.py", "_own_enough"): "a count and how many are needed",
    ("analytics/strategic/forecast.py", "describe"): "scores of two forecasts",
    ("analytics/strategic/trend.py", "describe"): "carries its interval, corrected for all problems",
    ("analytics/intelligence/finding_links.py", "propose_links"): "what two findings claim, in words",
}


def list_comparisons(path: Path) -> list[tuple[str, str, bool]]:
    """(function, the text with {} for each figure, whether its function carries a test) of each text in a
    file that sets a figure against another."""
    source = path.read_text()
    found = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        body = ast.get_source_segment(source, function) or ""
        for node in ast.walk(function):
            if isinstance(node, ast.JoinedStr):
                text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
                if COMPARES.search(text):
                    found.append((function.name, text, bool(TESTED.search(body))))
    return found


def test_every_comparison_that_a_text_makes_carries_its_test():
    places = [path for room in ("analytics", "ui", "pages") for path in sorted((ROOT / room).rglob("*.py"))]
    found = [
        (str(path.relative_to(ROOT)), name, text, tested)
        for path in places
        for name, text, tested in list_comparisons(path)
    ]
    assert len(found) >= 10, "the walker finds the texts that are known to compare"
    bare = [(path, name, text) for path, name, text, tested in found if not tested]
    assert [entry for entry in bare if entry[:2] not in NO_COUNTS] == []


def test_the_walker_finds_a_bare_comparison(tmp_path):
    path = tmp_path / "bare.py"
    path.write_text('def say(now, before):\n    return f"{now} against {before} in the period before."\n')
    assert list_comparisons(path) == [("say", "{} against {} in the period before.", False)]


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (131, 115, "within chance"),
        (131, 60, "beyond chance"),
        (0, 0, "within chance"),
        (5, 0, "within chance"),  # p = 1/16
        (6, 0, "beyond chance"),
        (60, 131, "beyond chance"),
    ],
)
def test_two_counts(now, before, words):
    assert judge_counts(now, before) == words


def test_p_of_two_counts_is_the_binomial_one():
    assert compare_counts(5, 0) == pytest.approx(2 / 32)
    assert compare_counts(0, 0) == 1


def test_an_expectation_is_as_uncertain_as_a_count():
    assert judge_expected(20, 12.0) == "within chance"
    assert judge_expected(30, 12.0) == "beyond chance"
