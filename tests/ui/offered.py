"""A session of the app that opens every page and view as somebody in a role, and presses what is offered
there, also what saves, removes or sends, and what a form submits: what is then refused should not have been
offered. Texts that are empty are filled in first, since a form that lacks one refuses for that. What takes a
second person is offered rightly: the page asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button, Element, PageLink, TextArea, TextInput

from analytics.oversight import Refused
from tests.browser.crawler import VIEW_GROUPS
from tests.ui.walker import Control, Walker
from ui.shell import server
from ui.shell.pages import PAGES

_TYPED = "words for a trial"
_RIGHTLY = ("It takes two persons", "Somebody else", "Part of the data is out of sight")
_LOCK = ":material/lock:"
NAMES = {page.title: page.name for page in PAGES}


@dataclass
class Offered(Walker):
    """`opened`: of each page and view (by 'page' and 'page/view') whether it was open. `found`: what was
    offered and then refused."""

    opened: dict[str, bool] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    _pressed: set[tuple[str, str]] = field(default_factory=set)

    def walk(self) -> None:
        """Open every page that the rail shows, each of its views, and press what each offers."""
        self._app = AppTest.from_file(server.NAVIGATION, default_timeout=120)
        self._run("start")
        for page in [node for node in self._app.sidebar if isinstance(node, PageLink)]:
            self._walk_views(NAMES[page.value], page.proto.page_script_hash)

    def _walk_views(self, page: str, page_hash: str) -> None:
        self._open(page_hash, "", page)
        self.opened[page] = not self._is_locked()
        for view in [one for one in self._controls() if one.group in VIEW_GROUPS or one.kind == "tab"]:
            where = f"{page}/{view.name}"
            self.opened[where] = self._press_all(page, page_hash, where, view)
        self._press_all(page, page_hash, page, None)

    def _press_all(self, page: str, page_hash: str, where: str, view: Control | None) -> bool:
        """Show a view with every part of it open and every text filled in, and press each of its buttons.
        Whether it was open."""
        self._opened.clear()
        self._app.query_params = {}
        self._app._page_hash = page_hash
        if view is not None:
            self._opened[view.state.id] = view.state
        self._run(where, keeps=False)
        while self._open_parts():  # what is open may have parts of its own
            self._run(where, keeps=False)
        is_open = not self._is_locked()
        for button in self._list_buttons(page):
            self.refused.clear()
            self._app._page_hash = page_hash
            self._run(f"{where} > {button.name}", button.state, keeps=False)
            self.found += [
                f"{where} > {button.name!r}: {why}" for why in self.refused if not why.startswith(_RIGHTLY)
            ]
        return is_open

    def _open_parts(self) -> bool:
        """Whether anything was not open yet."""
        before = len(self._opened)
        for control in list(self._controls()):
            if control.kind in ("expander", "popover", "switch") and not control.is_chosen:
                self._opened.setdefault(control.state.id, control.state)
        for node in self._app.main:
            if isinstance(node, (TextInput, TextArea)) and not node.value and not node.proto.disabled:
                self._opened.setdefault(node.id, WidgetState(id=node.id, string_value=_TYPED))
        return len(self._opened) > before

    def _list_buttons(self, page: str) -> list[Control]:
        found = []
        for control in self._controls():
            mark = (page, re.sub(r"\d[\d,.]*", "#", control.name))
            if control.kind == "button" and mark not in self._pressed:
                self._pressed.add(mark)
                found.append(control)
        return found

    def _widgets(self, node: Element) -> Iterator[Control]:
        """What forms hold too."""
        if isinstance(node, Button) and node.proto.form_id and not node.proto.disabled:
            yield Control("button", "", node.label, WidgetState(id=node.id, trigger_value=True))
        else:
            yield from super()._widgets(node)

    def _is_locked(self) -> bool:
        return any(box.icon == _LOCK for box in self._app.info)


def note_refusals(monkeypatch, walker: Offered) -> None:
    """Every refusal from now on is noted by the walker, however the page tells of it."""
    begin = Refused.__init__

    def note(self: Refused, *words: str) -> None:
        walker.refused.append(str(words[0]) if words else "")
        begin(self, *words)

    monkeypatch.setattr(Refused, "__init__", note)
