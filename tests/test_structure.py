"""The layout holds: who may import whom, and what a page must not contain."""

import ast
import importlib
import re
import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from ui.shell.pages import PAGES as LISTED

ROOT = Path(__file__).parents[1]
ANALYTICS = sorted((ROOT / "analytics").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
SCREENS = [*PAGES, *sorted((ROOT / "ui").rglob("*.py")), ROOT / "app.py"]
TREE = [
    *ANALYTICS,
    *SCREENS,
    *(path for folder in ("bench", "tests") for path in sorted((ROOT / folder).rglob("*.py"))),
]
SUBJECTS = {"hotspots", "adverts", "finance", "network"}


# A rule is one test over all its files: a test for each would take longer than all rules.


@cache
def source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source(path))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_analytics_never_imports_streamlit_or_the_screens():
    for path in ANALYTICS:
        assert not {name.split(".")[0] for name in imported(path)} & {"streamlit", "pages", "ui"}, path


def test_subjects_do_not_import_each_other():
    for path in ANALYTICS:
        room = path.relative_to(ROOT / "analytics").parts[0]
        others = {name.split(".")[1] for name in imported(path) if name.startswith("analytics.")}
        assert room not in SUBJECTS or not (others & SUBJECTS) - {room}, path


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_a_page_begins_with_the_guard(path):
    tree = ast.parse(source(path))
    calls = [
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    first_statement = next(n for n in tree.body if not isinstance(n, (ast.Import, ast.ImportFrom, ast.Expr)))
    assert "begin" in calls and "begin(" in ast.unparse(first_statement)
    assert f"'{path.stem}')" in ast.unparse(first_statement), "begin is given the page's name"


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_what_a_page_imports_exists(path):
    """A page is run by its file, so no other module's import would miss a name."""
    for node in ast.walk(ast.parse(source(path))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("analytics", "ui"):
            module = importlib.import_module(node.module)
            assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == []


def test_a_screen_holds_no_sql():
    for path in SCREENS:
        assert not re.search(r"\b(SELECT|INSERT|UPDATE|DELETE)\b", source(path)), path


def test_igraph_is_imported_in_one_place():
    """Imported as it comes it reads matplotlib's plotting, which costs each command most of a second."""
    importing = [
        path for path in TREE if re.search(r"^\s*(import|from) igraph\b", source(path), re.MULTILINE)
    ]
    assert importing == [ROOT / "analytics/shared/graph_library.py"]


def test_no_two_classes_have_one_name():
    """Classes within classes and functions count too; those of tests may be named as what they test."""
    places = defaultdict(list)
    for path in TREE:
        if ROOT / "tests" not in path.parents:
            for node in ast.walk(ast.parse(source(path))):
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(str(path.relative_to(ROOT)))
    assert not {name: paths for name, paths in places.items() if len(paths) > 1}


def test_the_formatter_formats_every_file():
    switch = re.compile(r"#\s*fmt:\s*(skip|off)")
    assert not [path for path in TREE if switch.search(source(path))]


def test_no_test_depends_on_the_clock_or_on_being_repeated():
    """No limit on a property's time but the one that `conftest.py` switches off, no assertion about time
    that passed, and no second try: what is timed belongs in `bench`."""
    clocks = re.compile(r"\b(perf_counter|monotonic|process_time|time\.time)(_ns)?\(|\belapsed\b")
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = source(path)
        if not (clocks.search(text) or "deadline" in text or "flaky" in text):
            continue  # most files, and to parse them all takes long
        tree = ast.parse(text)
        limits = {
            ast.unparse(word.value)
            for call in ast.walk(tree)
            if isinstance(call, ast.Call)
            for word in call.keywords
            if word.arg == "deadline"
        }
        assert limits <= {"None"}, path
        asserted = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Assert)]
        assert not [text for text in asserted if clocks.search(text)], path
        assert "flaky" not in {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}, path
    for name in ("pyproject.toml", "Makefile", "requirements-test.lock"):
        assert "rerun" not in (ROOT / name).read_text(encoding="utf-8").replace("analytics.reruns", ""), name


def test_navigation_lists_every_page():
    assert sorted(page.name for page in LISTED) == [path.stem for path in PAGES]


def test_nothing_renders_raw_markup():
    for path in SCREENS:
        assert "unsafe_allow_html" not in source(path), path


def test_pictures_are_shown_by_the_one_function():
    """Streamlit's own files of pictures may be gone before the browser asks: a run was ended by the next."""
    shows = {path for path in SCREENS if "st.image(" in source(path)}
    assert shows == {ROOT / "ui/components/pictures.py"}


def test_only_training_reads_the_truth():
    for path in [*ANALYTICS, *SCREENS]:
        if "training" not in path.parts:
            assert not re.search(r"""["'/]truth["'/]""", source(path)), path


def test_the_lock_names_no_host():
    for name in ("requirements.lock", "requirements-test.lock", "requirements-mutants.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text and "://" not in text and "index-url" not in text.split("\n", 2)[2]


def test_a_widget_key_begins_with_words_of_its_own_or_with_its_callers_key():
    """A key that begins with a value meets another's as soon as the value is another's first word. What is
    bound to the link is exempt: there the key is the parameter's name."""
    for path in SCREENS:
        if "key=f" not in source(path):
            continue
        for call in ast.walk(ast.parse(source(path))):
            named = {word.arg: word.value for word in getattr(call, "keywords", [])}
            key = named.get("key")
            if isinstance(key, ast.JoinedStr) and "bind" not in named:
                first = key.values[0]
                begins_well = isinstance(first, ast.Constant) or ast.unparse(first.value) == "key"
                assert begins_well, f"{path}: {ast.unparse(key)}"


def test_the_time_now_is_asked_of_the_store():
    """`analytics.store.now` and `read_today` alone say what time it is, so that no time is ever written in a
    local zone, and a team of an exercise lives on its day. The invented city is made on the real day."""
    asks = re.compile(r"\bdate(time)?\.(now|utcnow|today)\(|\butcnow\b")
    found = {path for path in [*ANALYTICS, *SCREENS] if asks.search(source(path))}
    of_city = {ROOT / f"analytics/training/{name}.py" for name in ("advance", "casework")}
    assert found <= {ROOT / "analytics/store/clock.py", *of_city}


def test_one_row_is_chosen_by_what_it_is_about():
    """A grid knows its tick by position: `ui.components.choosing` alone asks
    it, and knows whose row it is."""
    asks = {path for path in (ROOT / "ui").rglob("*.py") if "single-row" in source(path)}
    assert asks == {ROOT / "ui/components/choosing.py"}


def test_every_room_of_mutants_names_files_and_tests_that_exist():
    rooms = tomllib.loads((ROOT / "bench/mutants.toml").read_text(encoding="utf-8"))
    for name, room in rooms.items():
        assert set(room) == {"mutate", "tests", "kernels"} and room["kernels"] in ("python", "compiled"), name
        for pattern in room["mutate"]:
            assert list(ROOT.glob(pattern)), pattern
        for test in room["tests"]:
            path, _, function = test.removeprefix("--deselect=").partition("::")
            assert (ROOT / path).exists(), test
            assert not function or f"def {function}(" in source(ROOT / path), test
