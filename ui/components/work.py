"""Long work in a thread of its own, so that a page can show its progress and stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from analytics.shared.progress import Cancelled, IsCancelled, Progress


@dataclass
class Work:
    """One piece of work and how far it is. The thread writes to it, the page reads."""

    text: str = "Starting"
    share: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    failure: str | None = None

    def progress(self, text: str, share: float) -> None:
        """Called between steps; raises Cancelled where the user asked for it."""
        if self.stop.is_set():
            raise Cancelled("Stopped; nothing of it was kept.")
        self.text, self.share = text, share

    def run(self, does: Callable[[Progress, IsCancelled], Any]) -> None:
        try:
            self.result = does(self.progress, self.stop.is_set)
        except Cancelled as error:
            self.failure = str(error)
        except BaseException:
            self.failure = (
                "Stopped; nothing of it was kept."
                if self.stop.is_set()
                else "It failed for a reason not foreseen: see the server's log."
            )
            if not self.stop.is_set():
                raise
        finally:
            self.done.set()


def start_work(name: str, does: Callable[[Progress, IsCancelled], Any]) -> Work:
    work = Work()
    threading.Thread(target=work.run, args=(does,), name=name, daemon=True).start()
    return work


@st.fragment(run_every=0.4)
def watch_work(work: Work, key: str) -> None:
    """The progress of running work, and the button that stops it."""
    if work.done.is_set():
        st.rerun()
    stopping = work.stop.is_set()
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.progress(min(work.share, 1.0), f"{work.text} … {'stopping after this step' if stopping else ''}")
    right.button(
        "Cancel",
        icon=":material/close:",
        on_click=work.stop.set,
        disabled=stopping,
        key=f"cancel-{key}",
        width="stretch",
    )
