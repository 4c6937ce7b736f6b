"""Find a Chromium for the browser tests: one on the machine, else Debian's package, else Playwright's own."""

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
_LOCK_SECONDS = 300


def find_browser() -> str | None:
    """The path of a Chromium or Chrome, or None."""
    for candidate in (os.environ.get("ACHILLES_BROWSER"), *map(shutil.which, NAMES), *PLACES):
        if candidate and Path(candidate).exists():
            return candidate
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        bundled = playwright.chromium.executable_path
    return bundled if Path(bundled).exists() else None


def list_attempts() -> list[list[str]]:
    """The commands that may bring a browser, in their order."""
    attempts = []
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        # Another process may be installing: its lock is waited for.
        apt = [*sudo, "apt-get", "-o", f"DPkg::Lock::Timeout={_LOCK_SECONDS}", "-qq"]
        attempts += [[*apt, "update"], [*apt, "install", "-y", "chromium"]]
    return [*attempts, [sys.executable, "-m", "playwright", "install", "chromium"]]


def install_browser() -> None:
    """Try Debian's package where there is one, then Playwright's own download; each says why it failed."""
    for command in list_attempts():
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
