"""Which way in this process offers, chosen once at its start."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import streamlit as st

from analytics.oversight.server_settings import is_loopback, read_server_settings
from ui.shell.class_way import CLASS, ClassWay
from ui.shell.server_way import ServerWay
from ui.shell.single_user import SingleUserWay, read_token

SETTINGS = "ACHILLES_SERVER"  # the environment variable that names the settings of a server


class NotOnLoopback(RuntimeError):
    """The app was to answer other machines without anybody signing in."""


@cache
def way_in() -> SingleUserWay | ServerWay:
    """How people get in: as the settings of the server say, by the links of a team of an exercise, else one
    person on this machine. Raises NotOnLoopback, BadToken, InvalidFile."""
    if settings := os.environ.get(SETTINGS):
        return ServerWay(read_server_settings(Path(settings)))
    if room := os.environ.get(CLASS):
        return ClassWay(Path(room))
    if not is_loopback(st.get_option("server.address") or ""):
        raise NotOnLoopback(
            "Without sign-in Achilles answers this machine only. Leave --server.address at 127.0.0.1, or "
            "start a server with sign-in: achilles serve."
        )
    return SingleUserWay(read_token())
