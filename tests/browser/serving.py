"""The app in a process that is forked from one in which the libraries are loaded already: to load them takes
longer than to draw a page."""

import os
import sys
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
_NOT_AHEAD = {"ACHILLES_WARM_UP": "no"}  # most tests open one page, and need not wait for the others
_FORKS = ForkServerContext()
_FORKS.set_forkserver_preload(["tests.browser.preloaded"])


def start_forked(arguments: list[str], log: Path, store: Path, before: str) -> ForkServerProcess:
    """Run `streamlit` with these arguments after the Python of `before`; what it writes goes to `log`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))  # of the process that forks, which knows no other way here
        ensure_running()
        # A test of a page leaves the page as the main module, which the new process would run first.
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        process = _FORKS.Process(
            target=_serve,
            args=(arguments, log, {**_NOT_AHEAD, **os.environ, "ACHILLES_STORE": str(store)}, before),
        )
        process.start()
    return process


def _serve(arguments: list[str], log: Path, environment: dict[str, str], before: str) -> None:
    from streamlit.web.cli import main

    with log.open("w") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = ["streamlit", *arguments]
    exec(before, {})
    sys.exit(main())
