"""What a visitor would otherwise wait for, done when the server starts.

The code of every page is loaded before the server answers: loaded while a page runs, two threads could meet
in a module that is half there. What the pages show first is then computed in the background. What is there
for good is taken out of Python's search for garbage, which stops every session while it goes through it."""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import threading

import ui

SETTING = "ACHILLES_WARM_UP"  # "no": each page is computed when it is first opened
_SCRIPTS = ("ui.shell.navigation",)  # run by a session, never imported


def prepare_pages() -> None:
    """Load the pages; begin to compute what they show first, which ends with the server."""
    load_pages()
    settle_memory()
    if os.environ.get(SETTING) != "no":
        threading.Thread(target=_prepare_answers, name="first answers", daemon=True).start()


def settle_memory() -> None:
    """What is in memory now stays: no later search for garbage looks at it."""
    gc.collect()
    gc.freeze()


def _prepare_answers() -> None:
    from ui.shell.first_answers import compute_first_answers

    compute_first_answers()
    settle_memory()


def load_pages() -> None:
    """Import all that the pages are made of."""
    for module in pkgutil.walk_packages(ui.__path__, "ui."):
        if module.name not in _SCRIPTS:
            importlib.import_module(module.name)
