"""What a page asks of its server, and whether that is answered: counted on its web socket, so that a test
waits for the answer, and no longer."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from playwright.sync_api import Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_SHORT = 500  # bytes; a message that says no more than that the script has run is shorter
_STEP = 20  # milliseconds


class Traffic:
    """Of one page: how many runs it has asked for, and whether the last has ended."""

    def __init__(self, page: Page):
        self.asked = 0
        self.answered = True
        page.on("websocket", self._watch)

    def _watch(self, socket: WebSocket) -> None:
        socket.on("framesent", self._ask)
        socket.on("framereceived", self._take)

    def _ask(self, frame: str | bytes) -> None:
        """A run is answered by its end; where to send a file, for one, is not."""
        if isinstance(frame, bytes) and BackMsg.FromString(frame).WhichOneof("type") == "rerun_script":
            self.asked += 1
            self.answered = False

    def _take(self, frame: str | bytes) -> None:
        if (
            isinstance(frame, bytes)
            and len(frame) < _SHORT
            and ForwardMsg.FromString(frame).WhichOneof("type") == "script_finished"
        ):
            self.answered = True


_FOLLOWED: WeakKeyDictionary[Page, Traffic] = WeakKeyDictionary()


def follow(page: Page) -> None:
    """Count the traffic of a page that is not open yet."""
    _FOLLOWED[page] = Traffic(page)


def settle(page: Page, timeout: int) -> None:
    """Wait, for so many milliseconds at most, until all that the page asked is answered and drawn."""
    traffic = _FOLLOWED[page]
    asked = traffic.asked
    draw(page)  # what a click asks is sent by then
    for _ in range(timeout // _STEP):
        if traffic.answered:
            break
        page.wait_for_timeout(_STEP)
    # Not wait_for_function: it evaluates in the page, which the policy forbids.
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=timeout)
    if asked != traffic.asked:
        page.wait_for_selector("[data-stale=true]", state="detached", timeout=timeout)
    draw(page)


def draw(page: Page) -> None:
    """Wait until the browser has drawn two frames."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
