"""A chart of links in Chromium without a graphics card, under the app's headers: until it is drawn, how long
a frame takes while it is zoomed and dragged, and the bytes sent.

    python -m bench.network.drawing [--nodes 2000] [--ties 5000] [--rounds 5]

"Drawn" is from the press of a button, whose run of the page sends the chart, until the browser reports a
frame with its pixels; code and data are sent within.
Bytes are what the web socket received and the files of the component,
as they travel. Processor time is the browser's, of all its processes: on a busy machine it says more than the
clock. Each round is a new browser that has stored nothing."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, Response, sync_playwright

from bench.hotspots_map import processor_seconds
from tests.browser.conftest import open_browser

_PORT = 8742
_FRAMES = 60
# Wheel or drag in each frame; how long each frame took (milliseconds).
_MOVE = """async ([how, frames]) => {
  const find = (root) => {
    const found = root.querySelector('.chart .stage');
    if (found) return found;
    for (const inside of root.querySelectorAll('*')) {
      const deeper = inside.shadowRoot && find(inside.shadowRoot);
      if (deeper) return deeper;
    }
    return null;
  };
  const stage = find(document);
  const { left, top, width, height } = stage.getBoundingClientRect();
  const middle = { clientY: top + height / 2, bubbles: true, pointerId: 1 };
  const at = (k) => ({ ...middle, clientX: left + width / 2 + k });
  const times = [];
  if (how === 'drag') {
    stage.setPointerCapture = () => {};
    stage.dispatchEvent(new PointerEvent('pointerdown', { ...at(0), button: 0, buttons: 1 }));
  }
  let before = await new Promise(requestAnimationFrame);
  for (let k = 0; k < frames; k++) {
    const event = how === 'drag'
      ? new PointerEvent('pointermove', { ...at(Math.round(80 * Math.sin(k / 6))), buttons: 1 })
      : new WheelEvent('wheel', { ...at(0), deltaY: k < frames / 2 ? -60 : 60, cancelable: true });
    stage.dispatchEvent(event);
    const now = await new Promise(requestAnimationFrame);
    times.push(now - before);
    before = now;
  }
  if (how === 'drag') stage.dispatchEvent(new PointerEvent('pointerup', at(0)));
  return times;
}"""


@dataclass(frozen=True)
class Drawn:
    """Seconds until drawn, milliseconds of a median frame and of processor time a frame by what is done,
    bytes sent, and what the browser complained of."""

    seconds: float
    frames: dict[str, tuple[float, float]]
    size: int
    complaints: list[str]


def measure(browser: Browser, address: str, server: int, frames: int = _FRAMES) -> Drawn:
    """Open the page, draw the chart, move it."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    received: list[int] = []
    files: list[Response] = []
    complaints: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: received.append(len(data))))
    page.on("response", lambda answer: files.append(answer) if "/components/" in answer.url else None)
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    page.goto(address)
    button = page.get_by_role("button", name="Draw")
    button.wait_for(timeout=120_000)
    page.wait_for_timeout(1500)
    received.clear()
    begun = time.perf_counter()
    button.click()
    page.locator(".chart[data-painted]").wait_for(timeout=60_000)
    seconds = time.perf_counter() - begun
    page.wait_for_timeout(1000)
    size = sum(received) + sum(answer.request.sizes()["responseBodySize"] for answer in files)
    medians = {how: _move(page, how, frames, server) for how in ("zoom", "drag")}
    page.close()
    return Drawn(seconds, medians, size, complaints)


def _move(page: Page, how: str, frames: int, server: int) -> tuple[float, float]:
    before = processor_seconds(server)[1]
    took = page.evaluate(_MOVE, [how, frames])
    return statistics.median(took), 1000 * (processor_seconds(server)[1] - before) / frames


def start_server(log: Path) -> subprocess.Popen[bytes]:
    """The page alone, on a port of its own."""
    app = Path(__file__).with_name("drawing_app.py")
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(_PORT)]
    environment = {**os.environ, "PYTHONPATH": str(app.parents[2])}
    with log.open("wb") as written:
        return subprocess.Popen(
            [*command, "--server.headless", "true"], stdout=written, stderr=written, env=environment
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nodes", type=int, default=2000)
    parser.add_argument("--ties", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    address = f"http://127.0.0.1:{_PORT}/?nodes={arguments.nodes}&ties={arguments.ties}"
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        server = start_server(Path(folder) / "server.log")
        try:
            time.sleep(8)
            rounds = []
            for _ in range(arguments.rounds):
                browser = open_browser(playwright, compiles=True)
                rounds.append(measure(browser, address, server.pid))
                browser.close()
        finally:
            server.terminate()
    seconds = sorted(drawn.seconds for drawn in rounds)
    print(f"{arguments.nodes:,} nodes, {arguments.ties:,} ties; rounds: {len(rounds)}")
    print(f"drawn after {statistics.median(seconds):.2f} s, {seconds[0]:.2f} to {seconds[-1]:.2f}")
    for how in ("zoom", "drag"):
        clock, processor = (statistics.median(drawn.frames[how][k] for drawn in rounds) for k in (0, 1))
        print(f"{how}: a frame takes {clock:.0f} ms by the clock, {processor:.0f} ms of processor time")
    print(f"sent: {max(drawn.size for drawn in rounds):,} bytes")
    print(f"complaints of the browser: {sorted({text for drawn in rounds for text in drawn.complaints})}")


if __name__ == "__main__":
    main()
