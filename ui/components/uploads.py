"""Uploaded files on disk while they are looked at: readable by this user alone, gone when the app ends."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile


@st.cache_resource
def _folder() -> TemporaryDirectory:
    return TemporaryDirectory(prefix="achilles-uploads-")  # mode 0700; removed when the process ends


def keep_upload(uploaded: UploadedFile, slot: str) -> Path | None:
    """The uploaded file's path on disk; this session's earlier upload in the same slot is deleted.

    None where the disk is full, which the page reports.
    """
    folder = Path(_folder().name) / uploaded.file_id
    path = folder / Path(uploaded.name).name
    drop_upload(slot, but=folder)
    st.session_state[f"upload-folder-{slot}"] = folder
    if path.exists():
        return path
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
    uploaded = left.file_uploader("A file from this computer", key=f"upload-{slot}")
    typed = right.text_input(
        "or the path of a large file on the machine that runs Achilles",
        key=f"path-{slot}",
        help="Reads the file where it lies: quicker than an upload above 200 MB.",
    )
    if uploaded is not None:
        return keep_upload(uploaded, slot)
    drop_upload(slot)
    if typed.strip():
        path = Path(typed.strip())
        if not path.is_file():
            right.error("There is no such file.")
            return None
        return path
    st.caption(f"{formats}. You see how it will be read before anything is saved.")
    return None


def drop_upload(slot: str, but: Path | None = None) -> None:
    """Delete what this session uploaded in a slot, unless it is the folder `but`."""
    held = st.session_state.get(f"upload-folder-{slot}")
    if held is not None and held != but:
        shutil.rmtree(held, ignore_errors=True)
        del st.session_state[f"upload-folder-{slot}"]
