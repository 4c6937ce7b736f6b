"""Find a Chromium for the browser tests: one on the machine, else Playwright's own, else Debian's package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)


def find_browser() -> str | None:
    """The path of a Chromium or Chrome, or None."""
    for candidate in (os.environ.get("ACHILLES_BROWSER"), *map(shutil.which, NAMES), *PLACES):
        if candidate and Path(candidate).exists():
            return candidate
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        bundled = playwright.chromium.executable_path
    return bundled if Path(bundled).exists() else None


def install_browser() -> None:
    """Try Playwright's own download, then Debian's package; each says why it failed."""
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        attempts += [
            [*sudo, "apt-get", "update", "-qq"],
            [*sudo, "apt-get", "install", "-y", "-qq", "chromium"],
        ]
    for command in attempts:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}", file=sys.stderr)
        elif find_browser():
            return


if __name__ == "__main__":
    if "--install" in sys.argv and find_browser() is None:
        install_browser()
    found = find_browser()
    if found is None:
        sys.exit("No Chrome or Chromium found, and none could be installed. Set ACHILLES_BROWSER to one.")
    print(found)
