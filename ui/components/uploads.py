"""Uploaded files on disk while they are looked at: readable by this user alone, gone when the app ends.

A file stays chosen for the session, also while another tab or page is open: Streamlit forgets what an
uploader took once it is not drawn."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ui.components.text import plain


@st.cache_resource
def _folder() -> TemporaryDirectory:
    return TemporaryDirectory(prefix="achilles-uploads-")  # mode 0700; removed when the process ends


def keep_upload(uploaded: UploadedFile, slot: str) -> Path | None:
    """The uploaded file's path on disk; this session's earlier upload in the same slot is deleted.

    None where the disk is full, which the page reports.
    """
    folder = Path(_folder().name) / uploaded.file_id
    path = folder / Path(uploaded.name).name
    if path.exists():
        return path
    drop_upload(slot)
    st.session_state[f"uploaded-{slot}"] = path
    try:
        folder.mkdir(exist_ok=True)
        path.write_bytes(uploaded.getbuffer())
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        st.error(
            "The disk for uploaded files is full. Free some space, or name the path of a file already there."
        )
        return None
    return path


def choose_file(slot: str, formats: str) -> Path | None:
    """A file that is uploaded, or named by its path on this machine; None until there is one. `slot` is of
    the tab that asks; `formats` says what is read there."""
    left, right = st.columns(2)
    with left:
        uploaded = _ask_upload(slot)
    typed = right.text_input(
        "or the path of a large file on the machine that runs Achilles",
        key=f"path-{slot}",
        persist_state="session",
        help="Reads the file where it lies: quicker than an upload above 200 MB.",
    )
    if uploaded is not None:
        return uploaded
    if typed.strip():
        path = Path(typed.strip())
        if not path.is_file():
            right.error("There is no such file.")
            return None
        return path
    st.caption(f"{formats}. You see how it will be read before anything is saved.")
    return None


def _ask_upload(slot: str) -> Path | None:
    """The uploaded file on disk. Where the uploader has forgotten it, the file's name stands in its place."""
    label, key = "A file from this computer", f"upload-{slot}"
    path = st.session_state.get(f"uploaded-{slot}")
    if path is None or key in st.session_state or not path.is_file():
        uploaded = st.file_uploader(label, key=key, on_change=drop_upload, args=(slot,))
        return None if uploaded is None else keep_upload(uploaded, slot)
    st.markdown(f":small[{label}]")
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/draft: {plain(path.name)}")
        st.button("Remove", icon=":material/close:", key=f"drop-{slot}", on_click=drop_upload, args=(slot,))
    return path


def drop_upload(slot: str) -> None:
    """Delete what this session uploaded in a slot."""
    path = st.session_state.pop(f"uploaded-{slot}", None)
    if path is not None:
        shutil.rmtree(path.parent, ignore_errors=True)
