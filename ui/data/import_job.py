"""An import in a thread of its own, so that the page can show its progress and stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from analytics.ingest import ImportReport, UnreadableFile
from analytics.shared.progress import Cancelled, IsCancelled, Progress

Work = Callable[[Progress, IsCancelled], ImportReport]


@dataclass
class Job:
    """One import and how far it is. The thread writes to it, the page reads."""

    file: str
    text: str = "Starting"
    share: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    report: ImportReport | None = None
    failure: str | None = None

    @property
    def running(self) -> bool:
        return not self.done.is_set()

    def progress(self, text: str, share: float) -> None:
        self.text, self.share = text, share

    def run(self, work: Work) -> None:
        try:
            self.report = work(self.progress, self.stop.is_set)
        except (UnreadableFile, Cancelled) as error:
            self.failure = str(error)
        except BaseException:
            self.failure = "The import failed for a reason not foreseen; nothing of it was kept."
            raise
        finally:
            self.done.set()


def current_job(kind: str, file: str) -> Job | None:
    """This session's import of this file, running or done."""
    job = st.session_state.get(f"job-{kind}")
    return job if job is not None and (job.running or job.file == file) else None


def start_job(kind: str, file: str, work: Work) -> None:
    job = Job(file)
    st.session_state[f"job-{kind}"] = job
    threading.Thread(target=job.run, args=(work,), name=f"import {kind}", daemon=True).start()


@st.fragment(run_every=0.3)
def watch_job(job: Job, kind: str) -> None:
    """The progress of a running import, and the button that stops it."""
    if not job.running:
        st.rerun()
    stopping = job.stop.is_set()
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.progress(job.share, f"{job.text} … {'stopping' if stopping else ''}")
    right.button(
        "Cancel",
        icon=":material/close:",
        on_click=job.stop.set,
        disabled=stopping,
        key=f"cancel-{kind}",
        width="stretch",
    )
