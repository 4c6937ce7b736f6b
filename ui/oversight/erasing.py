"""Erasing for good on the page: asked for, approved by a second person, done with progress, certified."""

from __future__ import annotations

from functools import partial

import streamlit as st

from analytics.oversight import Refused, may
from analytics.oversight.approvals import find_approval
from analytics.oversight.erasure import ErasureRequest, NothingToErase, count_request
from analytics.oversight.erasure_proofs import ErasureCertificate, erase_and_prove, list_certificates
from analytics.oversight.exercise import mark_of_store
from analytics.shared.progress import IsCancelled, Progress
from analytics.shared.wording import counted, write_moment
from analytics.store import UnusableStore
from analytics.store.gate import StillRead
from analytics.tasking.certificate import build_certificate
from analytics.tasking.paper import print_pdf
from ui.components.approvals import ask_second
from ui.components.audit import log
from ui.components.background import TASKS, Kind, Task
from ui.components.exporting import download_button
from ui.components.text import plain
from ui.components.watch import watch_task
from ui.shell.page import Page

_ACT = "erase"
_ERASURES = Kind(
    "erasure",
    refusals=(NothingToErase, Refused, StillRead, UnusableStore, OSError),
    failed="The erasure failed unexpectedly; nothing was changed. See the server's log.",
)


def show_running_erasure(page: Page) -> bool:
    """How far the erasure that runs is, or why the last one failed. Whether one runs."""
    task: Task[ErasureCertificate] | None = TASKS.find(_ERASURES, page.store.path)
    if task is None:
        return False
    if not task.has_ended:
        watch_task(task, "erasure")
        return True
    if task.failure:
        st.warning(plain(task.failure), icon=":material/block:")
    return False


def offer_erasure(page: Page, request: ErasureRequest, *, key: str) -> None:
    """Ask a second person; once approved, a reason, a legal basis and the button that erases."""
    if not (permission := may(page.actor, _ACT)):
        st.caption(plain(permission.why))
        return
    st.caption(
        "The store is written anew without it, and its bytes are searched. Others wait meanwhile. A second "
        "person approves it first. It cannot be undone."
    )
    if not ask_second(page, _ACT, request.object, key=f"erase-{key}"):
        return
    approval = find_approval(page.store, page.actor, _ACT, request.object)
    reason = st.text_input("Why it must go", approval.reason if approval else "", key=f"erase-reason-{key}")
    basis = st.text_input("Law or decision that asks for it", key=f"erase-basis-{key}")
    if not reason.strip() or not basis.strip():
        st.button("Erase for good", disabled=True, help="A reason and a legal basis are needed.")
        return
    asked = ErasureRequest(reason.strip(), basis.strip(), request.sources, request.rows, request.reports)
    try:
        counts = count_request(page.store, asked)
    except NothingToErase as error:
        st.error(plain(error))
        return
    goes = ", ".join(f"{counted(count, 'row')} of {table}" for table, count in sorted(counts.items()))
    st.markdown(f"**What goes:** {plain(goes)}")
    st.button(
        "Erase for good",
        type="primary",
        icon=":material/delete_forever:",
        key=f"erase-now-{key}",
        on_click=_start,
        args=(page, asked),
    )


def show_certificates(page: Page) -> None:
    """Every erasure with its certificate, the latest first."""
    found = list_certificates(page.store)
    if not found:
        return
    st.subheader("Erased for good")
    for one in found:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(plain(_describe(one)), width="stretch")
            download_button(
                page,
                "export certificate",
                "Certificate",
                partial(_print, one, mark_of_store(page.store)),
                f"erasure-{one.number}.pdf",
                "application/pdf",
                icon=":material/download:",
                key=f"certificate-{one.number}",
                type="tertiary",
                on_click=log,
                args=(page, "export certificate", f"erasure {one.number}"),
            )


def _start(page: Page, request: ErasureRequest) -> None:
    def work(progress: Progress, _: IsCancelled) -> ErasureCertificate:
        return erase_and_prove(page.store, page.actor, request, progress)

    if (task := TASKS.find(_ERASURES, page.store.path)) is None or task.has_ended:
        TASKS.start(_ERASURES, page.store.path, work)


def _describe(one: ErasureCertificate) -> str:
    proof = one.proof
    left = sum(proof.found.values())
    return (
        f"{proof.object}, {counted(sum(proof.rows.values()), 'row')}, by {proof.erased_by}, "
        f"{write_moment(proof.erased_at)} UTC. Of {counted(proof.searched, 'text')} looked for in the new "
        f"file {left or 'none'} {'was' if left < 2 else 'were'} found."
    )


def _print(one: ErasureCertificate, mark: str) -> bytes:
    return print_pdf(build_certificate(one.proof, str(one.number), one.code, mark))
