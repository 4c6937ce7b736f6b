"""What a page will need, told to the browser with its start page: it fetches and reads these scripts while
the server still computes the page. Without it Streamlit fetches the part that draws a widget when the first
one arrives, and each of our components when it is drawn."""

from __future__ import annotations

import re
from functools import lru_cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.components.browser_side import VERSION
from ui.shell.packed_files import STREAMLIT, list_files
from ui.shell.pages import PAGES

# Streamlit's parts that the shell is made of, by the beginning of their files' names.
SHELL_PARTS = ("BidiComponent", "Button", "ButtonGroup", "Html", "PageLink", "Selectbox", "TextInput")
_OF_ALL = ("keys",)
_OF_PAGE = {  # the components that a page shows at first sight, beside those of all
    "overview": ("list", "named", "map"),
    "hotspots": ("list", "named", "map", "times"),
    "adverts": ("list", "named", "map", "times"),
    "finance": ("list", "flow"),
    "intelligence": ("list",),
    "results": ("list", "named", "map", "series"),
}
_ICONS = "/static/media/MaterialSymbols-Rounded."
_IMPORT = re.compile(r'(?:from|import)"\./([\w.$-]+\.js)"')


class Preloading:
    """Adds to the answer that is a start page the addresses of what the page needs (`Link`, RFC 8288)."""

    def __init__(self, app: ASGIApp):
        self._app = app
        home = PAGES[0]  # of whoever may see it; another's is seldom opened by this address
        self._links = {
            "/" if page is home else f"/{page.name}": _write_link(list_needed(page.name)) for page in PAGES
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        link = self._links.get(scope["path"]) if scope["type"] == "http" else None

        async def send_with_link(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                message = {**message, "headers": [*message["headers"], (b"link", link)]}
            await send(message)

        await self._app(scope, receive, send_with_link if link else send)


def list_needed(page: str) -> list[str]:
    """The addresses of the scripts and the font of icons that a page needs beside Streamlit's first ones."""
    own = [f"/components/{VERSION}/{name}.js" for name in (*_OF_ALL, *_OF_PAGE.get(page, ()))]
    return [*own, *_list_shell_parts(), *(address for address in list_files() if address.startswith(_ICONS))]


@lru_cache(maxsize=1)
def _list_shell_parts() -> tuple[str, ...]:
    """The scripts of `SHELL_PARTS` and those that they import, but not what the start page begins with."""
    files = list_files()
    scripts = {path.name: address for address, path in files.items() if path.suffix == ".js"}
    begun = (STREAMLIT / "index.html").read_text(encoding="utf-8")
    waiting = [name for name in scripts if name.split(".")[0] in SHELL_PARTS]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found and name not in begun:
            found.add(name)
            waiting += _IMPORT.findall(files[scripts[name]].read_text(encoding="utf-8"))
    return tuple(scripts[name] for name in sorted(found))


def _write_link(addresses: list[str]) -> bytes:
    return ", ".join(
        f"<{address}>; rel=preload; as=font; crossorigin; fetchpriority=low"
        if address.endswith(".woff2")
        else f"<{address}>; rel=modulepreload; fetchpriority=low"
        for address in addresses
    ).encode()
