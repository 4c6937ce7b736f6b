"""A date has one form on screen, '31 Oct 2026': the functions of `analytics.shared.wording` and the column
formats of `ui.components.text` write it. ISO dates are for files, addresses and other programs."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCREEN = sorted([*(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])
CODE = sorted([*SCREEN, *(ROOT / "analytics").rglob("*.py")])
# Where an f-string writes a date for a program: a recipe, a stored result or a file.
FOR_PROGRAMS = {
    "analytics/adverts/operation_finding.py",
    "analytics/exchange/values.py",
    "analytics/formats/statements/mt940.py",
    "analytics/hotspots/findings/hotspot_finding.py",
    "analytics/store/copies.py",
    "analytics/tasking/dossier.py",
}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    return [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]


def calls(nodes: list[ast.AST], *names: str) -> list[ast.Call]:
    return [
        node
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    ]


def format_of(call: ast.Call) -> str | None:
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "format"), None)
    return given.id if isinstance(given, ast.Name) else None


def test_the_files_are_found():
    assert len(SCREEN) > 100 and len(CODE) > len(SCREEN) + 200


def test_columns_and_inputs_of_dates_use_the_shared_formats():
    allowed = {
        "DateColumn": {"DAY_FORMAT", "MONTH_FORMAT"},
        "DatetimeColumn": {"DAY_FORMAT", "MOMENT_FORMAT"},
        "date_input": {"DAY_INPUT"},
    }
    wrong = [
        (named(path), call.lineno)
        for path in SCREEN
        for name, names in allowed.items()
        for call in calls(nodes_of(path), name)
        if format_of(call) not in names
    ]
    assert wrong == []


def test_no_text_writes_a_date_in_a_form_of_its_own():
    """A format of day, month or year in an f-string belongs to `write_day`; an hour alone may stand."""
    wrong = [
        (named(path), node.lineno)
        for path in CODE
        if named(path) not in FOR_PROGRAMS
        for node in nodes_of(path)
        if isinstance(node, ast.FormattedValue)
        and node.format_spec is not None
        and any(mark in ast.unparse(node.format_spec) for mark in ("%d", "%m", "%B"))
    ]
    assert wrong == []


def test_screen_formats_no_date_with_strftime():
    wrong = [(named(path), call.lineno) for path in SCREEN for call in calls(nodes_of(path), "strftime")]
    assert wrong == []


# Fields of the store and of results that are dates or moments, by their name.
DATED = ("_on", "_at", "_date")
DATED_NAMES = {"due", "date", "opened", "period_from", "period_to", "let_from", "let_to", "latest_line"}


def test_a_dated_column_of_a_table_has_a_date_format():
    """A column with a bare title is drawn as an ISO date."""
    wrong = [
        (named(path), key.value)
        for path in SCREEN
        for call in nodes_of(path)
        if isinstance(call, ast.keyword) and call.arg == "column_config" and isinstance(call.value, ast.Dict)
        for key, value in zip(call.value.keys, call.value.values, strict=True)
        if isinstance(key, ast.Constant)
        and (key.value in DATED_NAMES or str(key.value).endswith(DATED))
        and isinstance(value, ast.Constant)
        and value.value is not None
    ]
    assert wrong == []
