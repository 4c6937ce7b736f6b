"""A crawler that opens whatever the app offers in a browser and notes what goes wrong.

It finds pages in the navigation and controls by their roles, so that what is added later is crawled too.
It goes from page to page by the rail, as a user does, which loads nothing again. It does not follow links,
tick rows of tables, choose from select boxes, or submit forms. What stands in the bar of every page it uses
once. Of the values of one choice it takes one, and of like choices about several things (*Keep or strike*, of
each response) one. `tests.ui.walker` follows the links and takes more values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import ElementHandle, Locator, Page, ViewportSize
from playwright.sync_api import Error as PlaywrightError

from tests.browser.traffic import settle
from ui.shell.pages import PAGES

# How a page is drawn: the size of the window and the theme.
Look = tuple[ViewportSize, Literal["light", "dark"]]
WIDE: Look = ({"width": 1440, "height": 900}, "light")
NARROW: Look = ({"width": 1024, "height": 768}, "dark")
# A button that begins so writes, removes, sends or answers for somebody: it is left alone, as is whatever
# a form submits. All other buttons are pressed; what then asks to be confirmed is not.
HARMFUL = re.compile(
    r"(Add|Adopt|Amend|Analyse|Approve|Ask a second|Cancel|Close (it|the "
    r"meeting)|Confirm|Decide|Decline|Defer|Delete|Disable|Discard|Draft|Erase"
    r"|Find|Follow|Give|Hide|Import|Keep|Load|Open the meeting|Record|Refuse|Release|Remove|Reset|Reveal|Run"
    r"|Save|Sign out|Stop|Submit|Take in|Update|Withdraw)\b"
)
VIEWS = {"tab", "expander", "popover"}
# Options that open a view; others are values.
VIEW_GROUPS = {"Entry", "Method", "Part", "Question", "View", "What is imported"}
# What is used of a page. Its views are its tabs and the options that open one; of the methods that answer one
# question, which are drawn alike, the first.
Uses = Literal["everything", "views", "nothing"]
_MAIN_VIEWS = VIEW_GROUPS - {"Method"}
_LONG = 120_000  # milliseconds
_PATIENCE = 10_000  # for one control, on a browser that may still be drawing a map
_VALUES = 1  # of one choice

# Every control in sight, in the order of the page: what it is, how it is told from others, whether it is in
# use. The elements themselves stay in the page.
_FIND = """() => {
    const kinds = {
        tab: '[role=tab]', option: '[role=radio]', expander: '[data-testid=stExpander] summary',
        popover: '[data-testid=stPopoverButton]', switch: '[data-testid=stCheckbox] input',
        button: '[data-testid=stButton] button, [data-testid=stDownloadButton] button',
    };
    const words = element => {
        const copy = element?.cloneNode(true);
        copy?.querySelectorAll('[data-testid*=Icon]').forEach(icon => icon.remove());
        return copy?.textContent.trim() ?? '';
    };
    const name_of = element =>
        element.getAttribute('aria-label') || words(element) || words(element.closest('label'));
    const places = '[data-testid=stMain], [data-testid=stPopoverBody], [role=dialog]';
    const found = [...document.querySelectorAll(Object.values(kinds).join(','))]
        .filter(element => element.closest(places) && !element.disabled
            && (element.closest('label') ?? element).checkVisibility()
            && !element.closest('[data-testid=stElementToolbar]'))
        .map(element => {
            const kind = Object.keys(kinds).find(name => element.matches(kinds[name]));
            return {
                element, kind, name: name_of(element),
                group: element.closest('.st-key-topbar') ? 'bar'
                    : element.closest('[role=radiogroup]')?.getAttribute('aria-label') ?? '',
                used: element.ariaSelected === 'true' || element.ariaChecked === 'true' || !!element.checked,
            };
        })
        .filter(control => control.name);
    window.crawled = found.map(control => control.element);
    return found.map(({ kind, name, group, used }) => [kind, group, name, used]);
}"""
_TAKE = "index => window.crawled[index]"


def name_alike(name: str) -> str:
    """The name of a control without numbers and the initials of masked names: of those that are then called
    the same, one is used."""
    return re.sub(r"\d[\d,.]*|\b[A-Z]\\?\.(?= |$)", "#", name)


@dataclass
class Crawler:
    """One browser page that goes through the pages of the app; `faults` is what its watcher notes, `look`
    tells what is wrong with a page of this name as it is drawn, `looks` how each is drawn, `pass_by` is shown
    all that comes by."""

    page: Page
    faults: list[str]
    look: Callable[[Page, str], list[str]] = lambda page, name: []
    pass_by: Callable[[Page], None] = lambda page: None
    looks: tuple[Look, ...] = (WIDE, NARROW)
    found: list[str] = field(default_factory=list)
    steps: int = 0
    _links: Locator = field(init=False)
    _of_rail: list[str] = field(init=False)
    _of_bar: set[tuple[str, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(_PATIENCE)

    def crawl(self, url: str, uses: Uses) -> list[str]:
        """Open every page, look at it in each of its looks, and use of it what `uses` says; returns what was
        wrong, and where."""
        self.page.set_viewport_size(self.looks[0][0])
        self.page.goto(url, timeout=_LONG)
        self._links = self.page.get_by_test_id("stSidebar").get_by_test_id("stPageLink-NavLink")
        self._links.first.wait_for(timeout=_LONG)
        self._settle("start")
        looks = self.looks
        for address in self._list_addresses(url):
            name = address.rsplit("/", 1)[-1] or PAGES[0].name
            self._open(address, name)
            for look in looks:
                where = self._appear(name, look)
                self.found += [f"{where}: {fault}" for fault in self.look(self.page, name)]
            if uses != "nothing":
                self._appear(name, WIDE)
                self._use_all(address, name, uses)
            else:  # the next page begins in the look that this one ends in: a map is not drawn once more
                looks = looks[::-1]
        return self.found

    def _list_addresses(self, url: str) -> list[str]:
        """Those of the rail, and of the pages that it does not show."""
        self._of_rail = self._links.evaluate_all("links => links.map(link => link.href)")
        assert len(self._of_rail) > 1
        others = (f"{url}/{entry.name}" for entry in PAGES[1:])
        return [*self._of_rail, *(address for address in others if address not in self._of_rail)]

    def _appear(self, name: str, look: Look) -> str:
        """Draw the page in this look; returns what to call it so."""
        size, theme = look
        where = f"{name}, {size['width']} pixels, {theme}"
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme=theme)
        self._settle(where)
        return where

    def _use_all(self, address: str, name: str, uses: Uses) -> None:
        used: set[tuple[str, ...]] = set()
        while control := self._next(name, used, uses):
            kind, group, words, element = control
            where = f"{name} > {kind} {group} {words!r}"
            self._use(kind, element, where)
            self._settle(where)
            if not self._is_at(address):
                self._return(address, name)

    def _open(self, address: str, where: str) -> None:
        """By the link in the rail, where there is one; the page that is open is not opened again."""
        if not self._is_at(address) and address in self._of_rail:
            self._links.nth(self._of_rail.index(address)).evaluate("link => link.click()")
            self._settle(where)
        if not self._is_at(address):
            self.page.goto(address, timeout=_LONG)
        self.page.wait_for_selector("h1", timeout=_LONG)
        self._settle(where)

    def _is_at(self, address: str) -> bool:
        return self.page.url.split("?")[0] == address

    def _return(self, address: str, where: str) -> None:
        """Back to the page after a button has led away, by the browser: that loads nothing again."""
        self.page.go_back(timeout=_LONG)
        self._settle(f"back on {where}")
        if not self._is_at(address) or not self.page.locator("h1").count():
            self._open(address, where)

    def _next(self, page: str, used: set[tuple[str, ...]], uses: Uses) -> tuple | None:
        """The last control in sight that was not used yet: what it opens is gone through before what would
        take it away."""
        controls: list[tuple[str, str, str, bool]] = self.page.evaluate(_FIND)
        for index, (kind, group, name, is_chosen) in reversed(list(enumerate(controls))):
            is_view = kind in VIEWS or group in VIEW_GROUPS
            if uses == "views" and not (kind == "tab" or group in _MAIN_VIEWS):
                continue
            known = used
            choice = (page, kind, group if is_view else group.rsplit(". ", 1)[-1])
            mark = (*choice, name_alike(name))
            if group == "bar":
                known, mark = self._of_bar, ("", kind, group, name)
            if mark in known:
                continue
            if kind in ("tab", "option") and is_chosen:
                if is_view:
                    known.add(mark)
                continue
            if kind == "option" and not is_view and sum(one[:3] == choice for one in known) >= _VALUES:
                continue
            known.add(mark)
            if kind == "button" and HARMFUL.match(name):
                continue
            return kind, group, name, self.page.evaluate_handle(_TAKE, index).as_element()
        return None

    def _use(self, kind: str, element: ElementHandle, where: str) -> None:
        for is_last in (False, True):
            try:
                self._handle(kind, element)
                return
            except PlaywrightError as error:
                if is_last:
                    self.found.append(f"{where} cannot be used: {error.message.splitlines()[0]}")
                else:  # what was opened before may lie over it, as it may for a user, who closes it
                    self.page.keyboard.press("Escape")

    def _handle(self, kind: str, element: ElementHandle) -> None:
        if kind in ("switch", "option"):
            element.evaluate("element => (element.closest('label') ?? element).click()")
        else:
            element.click()

    def _settle(self, where: str) -> None:
        """Wait until all that was asked is answered and drawn; then note what is wrong."""
        self.steps += 1
        settle(self.page, _LONG)
        self.page.wait_for_selector("[data-testid=stProgress]", state="detached", timeout=_LONG)
        for box in self.page.get_by_test_id("stException").all_inner_texts():
            self.found.append(f"{where}: exception: {box.splitlines()[0]}")
        self.found += [f"{where}: {fault}" for fault in self.faults]
        self.faults.clear()
        self.pass_by(self.page)
