"""Limits that a process puts on itself before it reads a hostile file: memory, time, files and network.

Memory and time are limited wherever the system has `resource` (not on Windows). Files and connections are
limited by Landlock, where the Linux kernel offers it (5.13 and later; TCP from 6.7). Elsewhere the other
limits stand."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same system calls on every architecture
_SET_NO_NEW_PRIVILEGES = 38
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER, _TRUNCATE = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_OF_ANY_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_READ = _EXECUTE | _READ_FILE | _READ_FOLDER
_RIGHTS_BY_VERSION = {1: 13, 2: 14}  # how many rights a version knows; later ones know at least 15
_TCP_BIND_AND_CONNECT = 3
_TCP_SINCE = 4
_FORBIDDEN_EVENTS = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "os.spawn",
)
_SYSTEM_FILES = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/urandom",
    "/sys/devices/system/cpu",
    # DuckDB reads the limits of its group of processes, and ends the process where it cannot.
    "/sys/fs/cgroup",
    "/proc/self/cgroup",
    "/proc/self/mountinfo",
)


def limit_memory_and_time(memory: int, seconds: int) -> None:
    """Limit this process's address space (bytes) and processor time; a crash leaves no core file."""
    try:
        import resource
    except ImportError:  # a system without limits: the parent's clock still ends this process
        return
    wanted = {resource.RLIMIT_AS: memory, resource.RLIMIT_CPU: seconds, resource.RLIMIT_CORE: 0}
    for kind, limit in wanted.items():
        highest = resource.getrlimit(kind)[1]
        limit = limit if highest == resource.RLIM_INFINITY else min(limit, highest)
        resource.setrlimit(kind, (limit, highest))


def forbid_network_and_programs() -> None:
    """Make every attempt of Python code to open a socket or start a program an error."""

    def refuse(event: str, arguments: object) -> None:
        if event.startswith(_FORBIDDEN_EVENTS):
            raise PermissionError(f"{event} is not allowed while a file is read")

    sys.addaudithook(refuse)


def confine_to_folder(folder: Path, readable: Iterable[str] = ()) -> bool:
    """Let this process open, beside Python and the system's libraries, only what lies in `folder` and, to
    read it, the files named; and make no TCP connection. Whether the kernel could do so."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return False
    rights = (1 << _RIGHTS_BY_VERSION.get(version, 15)) - 1
    attributes = struct.pack("=Q", rights)
    if version >= _TCP_SINCE:
        attributes += struct.pack("=Q", _TCP_BIND_AND_CONNECT)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    read_only = (sys.prefix, sys.base_prefix, str(Path(__file__).parent), *_SYSTEM_FILES, *readable)
    _allow(libc, ruleset, read_only, _READ & rights)
    _allow(libc, ruleset, (str(folder),), rights)
    _allow(libc, ruleset, ("/dev/null",), (_READ_FILE | _WRITE_FILE) & rights)
    libc.prctl(_SET_NO_NEW_PRIVILEGES, *map(ctypes.c_ulong, (1, 0, 0, 0)))
    restricted = bool(libc.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)) == 0)
    os.close(ruleset)
    return restricted


def _allow(libc: ctypes.CDLL, ruleset: int, paths: Iterable[str], rights: int) -> None:
    """Add a rule for each path that exists: `rights` in and beneath it."""
    beneath = 1
    for path in paths:
        try:
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        given = rights if os.path.isdir(path) else rights & _OF_ANY_FILE
        rule = struct.pack("=Qi", given, handle)
        libc.syscall(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(beneath), rule, ctypes.c_uint32(0))
        os.close(handle)
