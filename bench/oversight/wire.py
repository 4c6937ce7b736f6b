"""A server with sign-in, and a browser's part on the wire: one person signs in, opens the WebSocket as the
page does, opens pages, types and presses."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.wire_stream import WireStream, open_stream

_WAIT_SECONDS = 120  # for what a page works out first
_RUN_SECONDS = 300  # of one act: a page that works in the background runs again and again


class WireSession:
    """An open page. `elements`: what it shows, by its place."""

    def __init__(self, client: httpx.AsyncClient, stream: WireStream) -> None:
        self.client = client
        self.elements: dict[tuple[int, ...], Element] = {}
        self.exceptions: list[str] = []
        self._stream = stream
        self._page, self._query = "", ""

    async def open(self, page: str, query: str = "") -> None:
        """Open a page, and return when its script has run."""
        self._page, self._query = page, query
        self.elements.clear()
        await self._run(BackMsg())

    async def open_until(self, page: str, query: str, label: str) -> None:
        """Open a page again and again until it has something of this label: it may have work to do first.
        Raises AssertionError after two minutes."""
        for _ in range(_WAIT_SECONDS):
            await self.open(page, query)
            if any(_read_label(one) == label for one in self.elements.values()):
                return
            await asyncio.sleep(1)
        self._find(label)

    async def press(self, label: str, typed: Mapping[str, str] | None = None) -> None:
        """Press the button of this label, once what is `typed` stands in the fields of these labels. Raises
        AssertionError where there is no such button or field, or the button is disabled."""
        asked = self._type(typed or {})
        button = self._find(label)
        assert button.WhichOneof("type") == "button" and not button.button.disabled, f"{label} is disabled"
        state = asked.rerun_script.widget_states.widgets.add(id=button.button.id)
        state.trigger_value = True
        await self._run(asked)

    async def enter(self, typed: Mapping[str, str]) -> None:
        """Type into the fields of these labels, and return when the page has taken it in."""
        await self._run(self._type(typed))

    def _type(self, typed: Mapping[str, str]) -> BackMsg:
        asked = BackMsg()
        for label, text in typed.items():
            state = asked.rerun_script.widget_states.widgets.add(id=_identify(self._find(label)))
            state.string_value = text
        return asked

    def read(self) -> str:
        """Every text on the page."""
        return "\n".join(str(element) for element in self.elements.values())

    def offers(self, label: str) -> bool:
        """Whether there is an enabled button of this label."""
        return any(
            element.WhichOneof("type") == "button"
            and element.button.label == label
            and not element.button.disabled
            for element in self.elements.values()
        )

    def _find(self, label: str) -> Element:
        """The button or field of a label, the last where several have it."""
        found = [one for one in self.elements.values() if _read_label(one) == label]
        labels = sorted(filter(None, map(_read_label, self.elements.values())))
        assert found, f"there is no {label!r} on {self._page}: {labels}"
        return found[-1]

    async def _run(self, asked: BackMsg) -> None:
        asked.rerun_script.page_name = self._page
        asked.rerun_script.query_string = self._query
        async for message in self._stream.run(asked, _RUN_SECONDS):
            kind = message.WhichOneof("type")
            if kind == "delta":
                self._draw(message)
            elif kind == "page_not_found":
                self.exceptions.append(f"{self._page}: there is no such page")
            elif kind == "page_info_changed":
                self._query = message.page_info_changed.query_string

    def _draw(self, message: ForwardMsg) -> None:
        place = tuple(message.metadata.delta_path)
        if message.delta.HasField("new_element"):
            self.elements[place] = message.delta.new_element
            if message.delta.new_element.HasField("exception"):
                self.exceptions.append(f"{self._page}: {message.delta.new_element.exception.message[:200]}")
        elif message.delta.HasField("add_block"):  # what stood below it goes
            for below in [one for one in self.elements if one[: len(place)] == place]:
                del self.elements[below]


@asynccontextmanager
async def signed_in(
    url: str,
    name: str,
    password: str,
    purpose: str,
    reason: str = "trial",
    see: Callable[[bytes], None] | None = None,
) -> AsyncIterator[WireSession]:
    """A session of a person from signing in to leaving. Raises AssertionError where nobody is let in."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        form = {"name": name, "password": password, "purpose": purpose, "reason": reason, "next": "/"}
        answer = await client.post("/sign-in", data=form, headers={"Origin": url})
        assert client.cookies, (
            f"{name} did not get in: {answer.status_code} {re.findall('<p[^>]*>([^<]+)', answer.text)}"
        )
        cookie = "; ".join(f"{key}={value}" for key, value in client.cookies.items())
        async with open_stream(url, cookie, see) as stream:
            yield WireSession(client, stream)


def start_server(store: Path, folder: Path, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A server with sign-in by password that serves this store, and its address, once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings = folder / "server.toml"
    settings.write_text(
        f'way_in = "password"\npublic_address = "{url}"\nstore = "{store}"\nport = {port}\n', encoding="utf-8"
    )
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "analytics.cli", "serve", "--settings", str(settings)],
            env={**os.environ, **seal_in(folder)},
            stdout=output,
            stderr=output,
        )
    while True:
        try:
            if httpx.get(f"{url}/ready", timeout=5).status_code == 200:
                return process, url
        except httpx.HTTPError:
            pass
        if process.poll() is not None:
            raise SystemExit(log.read_text(encoding="utf-8"))
        time.sleep(0.5)


def seal_in(folder: Path) -> dict[str, str]:
    """The environment that has the signing key and the file of heads in a folder."""
    return {
        "ACHILLES_SIGNING_KEY": str(folder / "key.pem"),
        "ACHILLES_HEADS": str(folder / "heads.jsonl"),
    }


def _read_label(element: Element) -> str:
    kind = element.WhichOneof("type")
    return str(getattr(getattr(element, kind), "label", "")) if kind else ""


def _identify(element: Element) -> str:
    return str(getattr(element, element.WhichOneof("type") or "").id)
