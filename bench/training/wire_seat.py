"""One seat of a team over the wire: a browser without a screen, which runs pages, presses and writes.

It keeps what the page shows by the messages of Streamlit's own WebSocket, so that what it does goes the way
of a real session: the link of the seat, its role, the widgets, the callbacks. Every byte that comes back is
handed to `listen`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any, Self

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from bench.wire_stream import WireStream, open_stream

_WRITTEN = ("text_input", "text_area")
_CHOSEN = ("selectbox", "radio")
_PRESSED = ("button", "download_button")
_SHOWN = ("markdown", "text", "heading", "alert", "metric")
_RUN_SECONDS = 180.0
_LOOK_SECONDS = 1.0  # between two runs of a page that still computes


class NotOnPage(LookupError):
    """What was to be pressed or written in is not on the page."""


class WireSeat:
    """A session of one seat. `seconds` by page: from asking for it to the end of its script."""

    def __init__(self, link: str, listen: Callable[[bytes], None]):
        self._url, _, self._token = link.partition("/?token=")
        self._listen = listen
        self._stream: WireStream | None = None
        self._open = AsyncExitStack()
        self._elements: dict[tuple[int, ...], tuple[int, Element]] = {}
        self._written: dict[str, WidgetState] = {}
        self._run_number = 0
        self._page_hash = self.query = ""
        self.page = ""
        self.seconds: list[tuple[str, float]] = []
        self.exceptions: list[str] = []

    async def __aenter__(self) -> Self:
        async with httpx.AsyncClient(base_url=self._url, timeout=_RUN_SECONDS) as client:
            answer = await client.get("/", params={"token": self._token}, follow_redirects=True)
            answer.raise_for_status()
            self._listen(answer.content)
            cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        self._stream = await self._open.enter_async_context(open_stream(self._url, cookies, self._listen))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def open(self, page: str, query: str = "") -> None:
        """Go to a page, as by its link."""
        self.page, self.query, self._page_hash = page, query, ""
        self._elements, self._written = {}, {}
        start = time.monotonic()
        await self._run()
        self.seconds.append((page, time.monotonic() - start))

    async def wait_for(self, label: str, seconds: float = 300.0) -> None:
        """Run the page again until a button or field of this label is on it, as a page that computes does by
        itself. Raises NotOnPage."""
        until = time.monotonic() + seconds
        while not self.has(label):
            if time.monotonic() > until:
                raise NotOnPage(f"{self.page}: {label!r}; it shows {self.read()[:400]}")
            await asyncio.sleep(_LOOK_SECONDS)
            await self._run()

    def has(self, label: str) -> bool:
        return self._find(label) is not None

    async def press(self, label: str) -> None:
        """Press a button by its label. Raises NotOnPage where it is not there or does not answer."""
        kind, widget = self._demand(label, _PRESSED)
        if widget.disabled:
            raise NotOnPage(f"{self.page}: {label!r} is disabled")
        await self._run(WidgetState(id=widget.id, trigger_value=True))

    async def write(self, label: str, text: str) -> None:
        """Write into a field; the page runs at once unless the field is of a form. Raises NotOnPage."""
        _, widget = self._demand(label, _WRITTEN)
        await self._set(widget, WidgetState(id=widget.id, string_value=text))

    async def choose(self, label: str, option: str) -> None:
        """Choose one of a few. Raises NotOnPage."""
        kind, widget = self._demand(label, (*_CHOSEN, "button_group"))
        if kind == "button_group":
            state = WidgetState(id=widget.id)
            state.string_array_value.data.append(option)
        else:
            state = WidgetState(id=widget.id, string_value=option)
        await self._set(widget, state)

    async def switch(self, label: str) -> None:
        """Switch a toggle or a tick on. Raises NotOnPage."""
        _, widget = self._demand(label, ("checkbox",))
        await self._set(widget, WidgetState(id=widget.id, bool_value=True))

    def list_options(self, label: str) -> list[str]:
        """What a choice offers. Raises NotOnPage."""
        kind, widget = self._demand(label, (*_CHOSEN, "button_group"))
        return [option.content for option in widget.options] if kind == "button_group" else [*widget.options]

    def list_labels(self) -> list[tuple[str, str]]:
        """Kind and label of everything that can be used on the page."""
        kinds = (*_PRESSED, *_WRITTEN, *_CHOSEN, "button_group", "checkbox", "date_input", "number_input")
        return [
            (kind, getattr(element, kind).label)
            for _, element in self._elements.values()
            if (kind := element.WhichOneof("type")) in kinds
        ]

    def read(self) -> str:
        """The words of the page."""
        shown = []
        for _, element in self._elements.values():
            kind = element.WhichOneof("type")
            if kind in _SHOWN:
                body = getattr(element, kind)
                shown.append(getattr(body, "body", "") or getattr(body, "label", ""))
        return "\n".join(shown)

    def _find(self, label: str, kinds: tuple[str, ...] = ()) -> tuple[str, Any] | None:
        for _, element in self._elements.values():
            kind = element.WhichOneof("type")
            if kind is None or (kinds and kind not in kinds):
                continue
            widget = getattr(element, kind)
            if getattr(widget, "label", None) == label and getattr(widget, "id", ""):
                return kind, widget
        return None

    def _demand(self, label: str, kinds: tuple[str, ...]) -> tuple[str, Any]:
        found = self._find(label, kinds)
        if found is None:
            raise NotOnPage(f"{self.page}: {label!r}")
        return found

    async def _set(self, widget: Any, state: WidgetState) -> None:
        self._written[widget.id] = state
        if not widget.form_id:
            await self._run()

    async def _run(self, pressed: WidgetState | None = None) -> None:
        """Ask for a run of the page and take in what comes until its script has ended."""
        request = BackMsg()
        asked = request.rerun_script
        asked.query_string = self.query
        if self._page_hash:
            asked.page_script_hash = self._page_hash
        else:
            asked.page_name = self.page
        asked.widget_states.widgets.extend([*self._written.values(), *([pressed] if pressed else [])])
        if self._stream is None:
            raise RuntimeError("enter the seat first")
        async for message in self._stream.run(request, _RUN_SECONDS):
            self._take_in(message)

    def _take_in(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._run_number += 1
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            self._elements[tuple(message.metadata.delta_path)] = self._run_number, element
            if element.HasField("exception"):
                self.exceptions.append(f"{self.page}: {element.exception.message[:300]}")
        elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            self._drop_stale()

    def _drop_stale(self) -> None:
        """What the last run did not draw has gone from the page."""
        self._elements = {
            path: (number, element)
            for path, (number, element) in self._elements.items()
            if number == self._run_number
        }
