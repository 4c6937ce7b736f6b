"""The process that parses a file, forked from a warm one or started afresh: its limits, and its end."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analytics.formats import apart, parser_start
from analytics.formats.apart import Parser, parse_apart
from analytics.formats.header import UnreadableFile

ROOT = Path(__file__).parents[2]
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="a process is forked on Linux alone")


@pytest.fixture(params=[pytest.param("forked", marks=on_linux), "afresh"])
def way(request, monkeypatch):
    """How the process of a parser is started."""
    monkeypatch.setattr(parser_start, "_HAS_FORK", request.param == "forked")
    return request.param


def run(function: str, data: bytes = b"", **limits: int) -> list[str]:
    parser = Parser(f"tests.ingest.misbehaving:{function}", "file", "Split it.", **limits)
    return parse_apart(parser, data).table().column("text").to_pylist()


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until_gone(*pids: int) -> bool:
    end = time.monotonic() + 10
    while any(map(is_alive, pids)) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(map(is_alive, pids))


def test_neither_sockets_nor_programs_nor_files_outside_are_within_reach(way, tmp_path, monkeypatch):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    monkeypatch.setenv("ACHILLES_SECRET", "secret")
    with secret.open():
        connection, program, read, write, environment, descriptors = run(
            "try_what_is_forbidden", str(secret).encode()
        )
    assert (connection, program) == ("forbidden", "forbidden")
    assert (read, write) == (("EACCES", "EACCES") if has_landlock() else ("allowed", "allowed"))
    assert "ACHILLES_SECRET" not in environment
    assert descriptors == "1"  # the fifth: the copy of the output, or the signs of life


def has_landlock() -> bool:
    """Whether this system's kernel confines a process to folders."""
    if sys.platform != "linux":
        return False
    return ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), ctypes.c_uint32(1)) > 0


def test_memory_time_silence_and_a_crash_end_the_process_in_words(way, monkeypatch):
    with pytest.raises(UnreadableFile, match="file is too large: it needs more memory or time"):
        run("take_memory")
    with pytest.raises(ValueError, match="crashed .SIGABRT."):
        run("crash")
    monkeypatch.setattr(apart, "_SILENCE", 2)
    with pytest.raises(UnreadableFile, match="cannot be read: its reader stood still for 2 seconds"):
        run("sleep")
    assert run("spin", b"2.5") == ["ended"]  # it uses the processor all the while
    monkeypatch.setattr(apart, "_SECONDS", 1)
    with pytest.raises(UnreadableFile, match="needs more time"):
        run("spin", b"60")


def test_a_small_file_is_given_thirty_seconds_and_a_large_one_more():
    parser = Parser("a:b", "file", "Split it.")
    assert parser.limits(4 << 20).clock == 30
    assert parser.limits(4 << 20).processor == 20
    assert parser.limits(100 << 20).processor == 600
    assert parser.limits(100 << 20).clock > 600


@on_linux
def test_children_are_forked_from_one_process_that_is_started_again_when_it_was_killed():
    children, servers = zip(*(map(int, run("find_process")) for _ in range(3)), strict=True)
    assert len(set(children)) == 3 and len(set(servers)) == 1 and os.getpid() not in servers
    os.kill(servers[0], signal.SIGKILL)
    ((_, server),) = [map(int, run("find_process"))]
    assert server != servers[0] and is_alive(server)
    assert wait_until_gone(*children)


APPLICATION = """
import os, sys, threading, time
from analytics.formats import apart
from analytics.formats.apart import Parser, parse_apart
def run(function):
    parser = Parser("tests.ingest.misbehaving:" + function, "", "")
    return parse_apart(parser, b"").table()["text"].to_pylist()
child, server = run("find_process")
threading.Thread(target=run, args=["sleep"], daemon=True).start()
children = f"/proc/{server}/task/{server}/children"
while not (running := open(children).read().split()):
    time.sleep(0.01)
print(server, *running, flush=True)
if sys.argv[1] == "parse":
    run("sleep")
time.sleep(60)
"""


@on_linux
@pytest.mark.parametrize(
    ("doing", "number"), [("wait", signal.SIGKILL), ("parse", signal.SIGINT), ("wait", signal.SIGTERM)]
)
def test_nothing_is_left_behind_when_the_application_ends(doing, number):
    with subprocess.Popen(
        [sys.executable, "-c", APPLICATION, doing],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        start_new_session=True,
        # Tests begun in the background ignore what Ctrl+C sends, and what they start would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as application:
        server, *children = map(int, application.stdout.readline().split())
        assert children and is_alive(server)
        os.killpg(application.pid, number)  # as Ctrl+C in a terminal does
        application.wait(10)
    assert wait_until_gone(server, *children)


@on_linux
def test_a_child_ends_with_the_process_that_forked_it_and_the_file_is_read_afresh(monkeypatch):
    _, server = map(int, run("find_process"))
    exchange, calls = apart._exchange, []

    def exchange_and_kill(child, *arguments):
        calls.append(type(child).__name__)
        if len(calls) == 1:
            os.kill(server, signal.SIGKILL)
        return exchange(child, *arguments)

    monkeypatch.setattr(apart, "_exchange", exchange_and_kill)
    assert run("spin", b"0.5") == ["ended"]
    assert calls == ["ForkedChild", "ColdChild"]
