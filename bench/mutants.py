"""Mutation testing, room by room: every small change of the code should make a test fail. docs/mutants.md.

    python -m bench.mutants                        every room of bench/mutants.toml
    python -m bench.mutants oversight              one room
    python -m bench.mutants oversight --survivors  what survived the last run, with the tests as they are now
    python -m bench.mutants oversight --share 0.3  three tenths of its mutants, drawn at random with --seed

mutmut does the work in a copy of the tree under build/mutants. It leaves functions with a decorator alone. In
the copy `@numba.njit` is therefore dropped, where a room's kernels run as Python, and any other decorator is
applied to the name after the function instead of above it."""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant

ROOT = Path(__file__).parents[1]
ROOMS: dict[str, dict] = tomllib.loads((ROOT / "bench/mutants.toml").read_text(encoding="utf-8"))
WORK = ROOT / "build/mutants"
COPIED = ("analytics", "ui", "pages", "tests", "data", ".streamlit", "app.py", "achilles.py")
SURVIVED = (0, 5, 33)  # mutmut's exit codes: the tests passed, or no test runs the function
OUT_OF_TIME = (-24, 24, 36, 152, 255, -9, 137)  # ended by a limit on time, as an endless loop is
_GENERATE = """
from mutmut import __main__ as mutmut
mutmut.makedirs(mutmut.Path("mutants"), exist_ok=True)
mutmut.set_mutant_under_test("mutant_generation")
mutmut.copy_src_dir()
mutmut.copy_also_copy_files()
mutmut.setup_source_paths()
mutmut.create_mutants(1)
"""
_PLAIN = ("staticmethod", "classmethod")  # decorators that mutmut copes with


def main() -> None:
    parser = argparse.ArgumentParser(description="Mutation testing, room by room.")
    parser.add_argument("rooms", nargs="*", help=f"of {', '.join(ROOMS)}; all where none is named")
    parser.add_argument("--survivors", action="store_true", help="test again what survived the last run")
    parser.add_argument("--share", type=float, default=1.0, help="of a room's mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    unknown = set(asked.rooms) - set(ROOMS)
    if unknown:
        parser.error(f"no room {', '.join(sorted(unknown))}; there are {', '.join(ROOMS)}")
    for room in asked.rooms or ROOMS:
        names = prepare_survivors(room) if asked.survivors else prepare_room(room, asked.share, asked.seed)
        if names is None or names:
            run_room(room, names or [], asked.workers)
        print_survivors(room)
    print("\n| room | mutants | tried | killed | of them by time | survived | rate of those tried |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for room in asked.rooms or ROOMS:
        codes = read_codes(room).values()
        tried = sum(code is not None for code in codes)
        late = sum(code in OUT_OF_TIME for code in codes)
        survived = sum(code in SURVIVED for code in codes)
        rate = f"{(tried - survived) / max(tried, 1):.0%}"
        print(f"| {room} | {len(codes)} | {tried} | {tried - survived} | {late} | {survived} | {rate} |")


def prepare_room(room: str, share: float, seed: int) -> list[str] | None:
    """Copy the tree for a room. The mutants to try: a draw of `share` of them, or None for all."""
    copy = WORK / room
    copy_tree(room, copy)
    if share >= 1:
        return None
    with (copy / "generated.log").open("w") as log:
        subprocess.run([sys.executable, "-c", _GENERATE], cwd=copy, stdout=log, stderr=log, check=True)
    names = sorted(read_codes(room))
    return sorted(random.Random(seed).sample(names, math.ceil(share * len(names))))


def prepare_survivors(room: str) -> list[str]:
    """Take the tests as they are now into a room's copy; what survived its last run."""
    copy = WORK / room
    for folder in (copy, copy / "mutants"):
        shutil.rmtree(folder / "tests")
        shutil.copytree(ROOT / "tests", folder / "tests")
    (copy / "mutants/mutmut-stats.json").unlink()  # which test runs which function
    write_settings(room, copy)
    return [name for name, code in read_codes(room).items() if code in SURVIVED]


def run_room(room: str, names: list[str], workers: int) -> None:
    """Run a room's tests against each of its mutants, or those named."""
    copy = WORK / room
    mutmut = Path(sys.executable).parent / "mutmut"
    with (copy / "mutmut.log").open("w") as log:
        command = [mutmut, "run", "--max-children", str(workers), *names]
        done = subprocess.run(command, cwd=copy, env=_environment(room), stdout=log, stderr=log)
    if done.returncode:
        raise SystemExit(f"mutmut failed in room {room}: see {copy / 'mutmut.log'}")


def print_survivors(room: str) -> None:
    """Each mutant that no test failed on: where it stands, and its lines before and after."""
    print(f"\n## {room}")
    for name, code in read_codes(room).items():
        if code in SURVIVED:
            print(f"\n{name}{'' if code == 0 else ' (no test runs it)'}\n{_difference(WORK / room, name)}")


def copy_tree(room: str, copy: Path) -> None:
    """The tree as mutmut is to see it: decorators out of the way, and a configuration for the room."""
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, copy / name)
    for pattern in ROOMS[room]["mutate"]:
        for path in copy.glob(pattern):
            source = path.read_text(encoding="utf-8")
            path.write_text(without_decorators(source, ROOMS[room]["kernels"]), encoding="utf-8")
    write_settings(room, copy)


def write_settings(room: str, copy: Path) -> None:
    """The configuration of mutmut and pytest for a room."""
    settings = {
        "source_paths": ["analytics"],
        "only_mutate": ROOMS[room]["mutate"],
        "also_copy": [name for name in COPIED if name not in ("analytics", "tests")],
        # Without the search for unraisable exceptions, which collects garbage ten times, each mutant takes
        # a quarter of the time.
        "pytest_add_cli_args": [f"-pno:{name}" for name in ("cacheprovider", "xdist", "unraisableexception")],
        "pytest_add_cli_args_test_selection": ROOMS[room]["tests"],
        "use_git_change_detection": False,
        # Of the time that its tests took before: an endless loop in a kernel is ended after seconds.
        "timeout_multiplier": 8.0,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    text = "[tool.mutmut]\n" + "\n".join(lines) + "\n[tool.pytest.ini_options]\ntimeout = 300\n"
    (copy / "pyproject.toml").write_text(text, encoding="utf-8")


def without_decorators(source: str, kernels: str) -> str:
    """The module with numba's decorators dropped, where `kernels` is 'python', and any other written behind
    its function: `name = decorator(_plain_name)`."""
    lines = source.splitlines()
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    for function in sorted(functions, key=lambda node: -node.lineno):
        if len(function.decorator_list) != 1 or ast.unparse(function.decorator_list[0]) in _PLAIN:
            continue
        decorator = function.decorator_list[0]
        kernel = ast.unparse(decorator).startswith("numba.")
        if kernel and kernels == "compiled":
            continue
        if not kernel:
            indent = " " * function.col_offset
            applied = f"{indent}{function.name} = {ast.unparse(decorator)}(_plain_{function.name})"
            if "cache" in ast.unparse(decorator):  # a mutant is forked from a process whose tests filled it
                applied += f"\n__import__('os').register_at_fork(after_in_child={function.name}.cache_clear)"
            lines.insert(function.end_lineno or 0, applied)
            line = lines[function.lineno - 1]
            lines[function.lineno - 1] = line.replace(
                f"def {function.name}", f"def _plain_{function.name}", 1
            )
        del lines[decorator.lineno - 1 : decorator.end_lineno]
    return "\n".join(lines) + "\n"


def read_codes(room: str) -> dict[str, int | None]:
    """mutmut's exit code of every mutant of a room's last run, by the mutant's name."""
    codes: dict[str, int | None] = {}
    for path in sorted((WORK / room / "mutants").rglob("*.py.meta")):
        codes |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return codes


def _environment(room: str) -> dict[str, str]:
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    python = {"NUMBA_DISABLE_JIT": "1"} if ROOMS[room]["kernels"] == "python" else {}
    return os.environ | alone | python


def _difference(copy: Path, name: str) -> str:
    """Where a mutant changes the tree, as file:line, and the lines before and after."""
    module = name.rpartition(".")[0].replace(".", "/")
    path = f"{module}.py" if (copy / f"{module}.py").exists() else f"{module}/__init__.py"
    with contextlib.chdir(copy):
        lines = get_diff_for_mutant(name, path=path).splitlines()[2:]
    changed = [line for line in lines if line[:1] in "+-"]
    return "\n".join([f"{path}:{_find_line((ROOT / path).read_text(encoding='utf-8'), lines)}", *changed])


def _find_line(source: str, difference: list[str]) -> int | str:
    """The line of `source` that a difference changes first, found with the lines around it or, where one of
    those was written otherwise in the copy, by itself; '?' where it stands no more."""
    there = [line.strip() for line in source.splitlines()]  # a method is shown without its indentation
    around = [line for line in difference if line[:1] in " -"]
    first = next((k for k, line in enumerate(around) if line.startswith("-")), 0)
    for sought in (around, around[first : first + 1]):
        wanted = [line[1:].strip() for line in sought]
        for at in range(len(there) - len(wanted) + 1):
            if there[at : at + len(wanted)] == wanted:
                return at + 1 + (first if sought is around else 0)
    return "?"


if __name__ == "__main__":
    main()
