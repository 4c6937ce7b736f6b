"""Which way in this process offers, chosen once at its start: one person on this machine."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address

import streamlit as st

from ui.shell.gate import WayIn
from ui.shell.single_user import SingleUserWay, read_token


class NotOnLoopback(RuntimeError):
    """The app was to answer other machines without anybody signing in."""


@cache
def way_in() -> WayIn:
    """How people get in. Raises NotOnLoopback, BadToken."""
    if not _is_loopback(st.get_option("server.address")):
        raise NotOnLoopback(
            "Without sign-in Achilles answers this machine only. Leave --server.address at 127.0.0.1, or "
            "start a server with sign-in: achilles serve."
        )
    return SingleUserWay(read_token())


def _is_loopback(address: str | None) -> bool:
    if address == "localhost":
        return True
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False
