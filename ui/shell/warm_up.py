"""What a visitor would otherwise wait for, done when the server starts.

The code of every page is loaded before the server answers: loaded while a page runs, two threads could meet
in a module that is half there. What the pages show first is then computed in the background."""

from __future__ import annotations

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
    if os.environ.get(SETTING) != "no":
        from ui.shell.first_answers import compute_first_answers

        threading.Thread(target=compute_first_answers, name="first answers", daemon=True).start()


def load_pages() -> None:
    """Import all that the pages are made of."""
    for module in pkgutil.walk_packages(ui.__path__, "ui."):
        if module.name not in _SCRIPTS:
            importlib.import_module(module.name)
