"""A session of the app without a browser that opens whatever its pages offer and notes every exception box.

It finds pages in the rail and controls in what the script has drawn, so that what is added later
is opened too. It runs the whole script at each step, where a browser runs a fragment alone; what is drawn it
does not see. It leaves alone what `HARMFUL` names and whatever a form holds, ticks no rows of tables and
chooses from no select box. What stands in the bar of every page it uses once. Of the values of one choice it
takes two, four in the long run, and of like choices about several things (*Keep or strike*, of each
response) one. It follows links last, one of those that lead to one page with the same parameters."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs

from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import (
    AlertBase,
    Block,
    Button,
    ButtonGroup,
    Checkbox,
    DownloadButton,
    Element,
    Markdown,
    PageLink,
    Radio,
    Tab,
    Text,
    TextInput,
    Toggle,
)

from tests.browser.crawler import HARMFUL, VIEW_GROUPS, VIEWS, name_alike
from tests.examples import IS_LONG
from tests.ui.run_until import wait_for_work
from ui.components.background import TASKS
from ui.shell import server

_WAITED = 120.0  # seconds for work in the background
_VALUES = 4 if IS_LONG else 2  # of one choice
_BAR = "bar"


class Control(NamedTuple):
    """`state` is what a browser sends of it once it is used."""

    kind: str
    group: str
    name: str
    state: WidgetState
    is_chosen: bool = False


@dataclass
class Walker:
    """`used` holds the values chosen so far, which walks of several stores can share; `files` what is typed
    where a path is asked, by the kind that is imported; `found` is what went wrong, and where; `read` every
    text."""

    used: set[tuple[str, ...]] = field(default_factory=set)
    files: Mapping[str, Path] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    steps: int = 0
    _opened: dict[str, WidgetState] = field(default_factory=dict)
    _of_bar: set[tuple[str, ...]] = field(default_factory=set)
    _links: dict[tuple[str, ...], PageLink] = field(default_factory=dict)

    def walk(self) -> None:
        """Open every page and all that it offers, then the links that were seen."""
        self._app = AppTest.from_file(server.NAVIGATION, default_timeout=120)
        self._run("start")
        pages = [node for node in self._app.sidebar if isinstance(node, PageLink)]
        assert len(pages) > 1
        for page in pages:
            self._walk_page(page.value, page.proto.page_script_hash)
        for (name, *_), link in list(self._links.items()):
            self._open(link.proto.page_script_hash, link.proto.query_string, f"link to {name}")

    def _walk_page(self, name: str, page_hash: str) -> None:
        self._open(page_hash, "", name)
        used: set[tuple[str, ...]] = set()
        while control := self._next(name, used):
            where = f"{name} > {control.kind} {control.group} {control.name!r}"
            if control.kind in ("tab", "expander", "popover"):
                self._opened[control.state.id] = control.state
                self._run(where)
            else:
                self._run(where, control.state)
            if self._app._finished_page_script_hash != page_hash:
                self._open(page_hash, "", f"back on {name}")

    def _open(self, page_hash: str, query: str, where: str) -> None:
        self._opened.clear()
        self._app.query_params = parse_qs(query)
        self._app._page_hash = page_hash
        self._run(where, keeps=False)

    def _run(self, where: str, state: WidgetState | None = None, *, keeps: bool = True) -> None:
        """Run the script with what is open, and with one more control used; wait for what it has begun."""
        self.steps += 1
        states = self._app._tree.get_widget_states() if keeps else WidgetStates()
        used = [state] if state else []
        own = {one.id for one in used} | set(self._opened)
        others = [one for one in states.widgets if one.id not in own]
        self._app._run(WidgetStates(widgets=[*others, *self._opened.values(), *used]))
        self._wait(where)
        self.found += [f"{where}: {box.message}" for box in self._app.exception]
        for node in self._app.main:
            if isinstance(node, (AlertBase, Markdown, Text)):
                self.read.add(node.value)
            elif isinstance(node, PageLink):
                names = sorted(parse_qs(node.proto.query_string))
                self._links.setdefault((node.proto.page, *names), node)

    def _wait(self, where: str) -> None:
        """Run the script again until it shows no work. A bar of progress that no work moves is a fault: who
        waits for its end waits for ever."""
        end = time.monotonic() + _WAITED
        while self._app.get("progress") and time.monotonic() < end:
            is_at_work = bool(TASKS.list_running())
            wait_for_work(_WAITED)
            others = list(self._app._tree.get_widget_states().widgets)
            self._app._run(WidgetStates(widgets=[*others, *self._opened.values()]))
            if not is_at_work and not TASKS.list_running() and self._app.get("progress"):
                self.found.append(f"{where}: a bar of progress that no work moves")
                return

    def _next(self, page: str, used: set[tuple[str, ...]]) -> Control | None:
        """The last control that was not used yet: what it opens is gone through before what would take it
        away."""
        for control in reversed(list(self._controls())):
            is_view = control.kind in VIEWS or control.group in VIEW_GROUPS
            is_value = control.kind == "option" and not is_view
            known = self.used if is_value else used
            choice = (page, control.kind, control.group if is_view else control.group.rsplit(". ", 1)[-1])
            mark = (*choice, name_alike(control.name))
            if control.group == _BAR:
                known, mark = self._of_bar, (control.kind, control.name)
            if mark in known or (control.is_chosen and not is_view):
                continue
            if is_value and sum(one[:3] == choice for one in known) >= _VALUES:
                continue
            known.add(mark)
            if not control.is_chosen and not (control.kind == "button" and HARMFUL.match(control.name)):
                return control
        return None

    def _controls(self) -> Iterator[Control]:
        """Every control of the page that can be used, in its order."""
        bar = {id(node) for node in self._app.main.get_by_key("topbar")}
        for node in self._app.main:
            controls = self._views(node) if isinstance(node, Block) else self._widgets(node)
            for control in controls:
                yield control._replace(group=_BAR) if id(node) in bar else control

    def _views(self, block: Block) -> Iterator[Control]:
        """What the script learns of a container: which tab is open, and whether it is itself. Of the others
        all is drawn at once."""
        if block.type == "tab_container" and (key := block.proto.tab_container.id):
            labels = [node.label for node in block.children.values() if isinstance(node, Tab)]
            state = self._opened.get(key)
            chosen = state.string_value if state else block.proto.tab_container.default_tab_label or labels[0]
            for label in labels:
                yield Control("tab", "", label, WidgetState(id=key, string_value=label), label == chosen)
        elif block.type in ("expander", "popover"):
            proto = block.proto.popover if block.type == "popover" else block.proto
            if proto.id:
                is_open = proto.id in self._opened
                state = WidgetState(id=proto.id, bool_value=True)
                yield Control(block.type, "", proto.label, state, is_open)

    def _widgets(self, node: Element) -> Iterator[Control]:
        proto = node.proto
        if getattr(proto, "disabled", False) or getattr(proto, "form_id", ""):
            return
        if isinstance(node, (Button, DownloadButton)):
            yield Control("button", "", node.label, WidgetState(id=node.id, trigger_value=True))
        elif isinstance(node, (Checkbox, Toggle)):
            yield Control("switch", "", node.label, WidgetState(id=node.id, bool_value=not node.value))
        elif isinstance(node, ButtonGroup):
            for option in node.options:
                state = WidgetState(id=node.id)
                state.string_array_value.data.append(option)
                is_chosen = option in node.formatted_values
                yield Control("option", node.proto.label, option, state, is_chosen)
        elif isinstance(node, Radio):
            for index, option in enumerate(node.options):
                state = WidgetState(id=node.id, string_value=option)
                yield Control("option", node.label, option, state, index == node.index)
        elif isinstance(node, TextInput) and (path := self.files.get((node.key or "").removeprefix("path-"))):
            yield Control("path", node.key or "", node.label, WidgetState(id=node.id, string_value=str(path)))
