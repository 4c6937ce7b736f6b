"""A command while another process has the store open: the same output and exit code, or a clear refusal."""

import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.cli import cli
from analytics.handover import JOB_LOST, _short, find_socket, hand_over

ROOT = Path(__file__).parents[1]
CSV = "date,type,lon,lat\n2024-07-01 22:15,Theft,-0.1278,51.5074\n2024-07-01,Theft,x,y\n"
_APP = """
import sys, threading, time
from pathlib import Path
import click
from analytics.cli import cli
from analytics.handover import JobServer
from analytics.oversight.command_line import COMMANDS
from analytics.store import open_store

COMMANDS["wait"] = ""

@cli.command()
@click.option("--store", "store_path")
def wait(store_path):
    with open_store(Path(sys.argv[1])).write() as cursor:
        cursor.execute("UPDATE data_version SET version = 7").fetchall()
        click.echo("begun")
        while True:
            time.sleep(0.02)

open_store(Path(sys.argv[1]))
JobServer(cli, Path(sys.argv[1])).start()
print("ready", flush=True)
threading.Event().wait()
"""


def start_app(path):
    command = [sys.executable, "-c", _APP, str(path)]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert running.stdout.readline() == "ready\n"
    return running


@pytest.fixture(scope="module")
def app(store_file, tmp_path_factory):
    """A process that has a store open, in a folder too deep for the address of a socket."""
    folder = tmp_path_factory.mktemp("deep") / ("x" * 120)
    folder.mkdir()
    path = folder / "s.duckdb"
    shutil.copy(store_file, path)
    running = subprocess.Popen(
        [sys.executable, "-c", _APP, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout.readline() == "ready\n"
    yield running, path
    running.kill()
    running.wait()


@pytest.fixture
def run(app, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACHILLES_STORE", str(app[1]))
    (tmp_path / "in.csv").write_text(CSV)

    def hand(*words):
        code = hand_over(cli, words, app[1])
        return code, *capfd.readouterr()

    return hand


def test_a_command_runs_with_the_open_store_and_prints_here(run, tmp_path):
    code, out, err = run("import", "incidents", "in.csv")
    assert code == 4 and "1 row" in out and "%" in err  # one of two rows is refused
    code, out, _ = run("audit", "verify")
    assert code == 0 and "unbroken" in out
    code, out, _ = run("search", "theft")
    assert code == 0 and out


def test_what_a_command_refuses_it_refuses_here_too(run):
    assert run("import", "incidents", "missing.csv")[0] == 2
    assert run("import", "incidents")[0] in (2, None)
    assert run("people", "add", "Ana", "--role", "emperor")[0] == 1


def test_the_client_says_in_which_role_it_acts(run, monkeypatch):
    monkeypatch.setenv("ACHILLES_ROLE", "inspector")
    code, _, err = run("import", "incidents", "in.csv")
    assert code == 77 and "Inspector" in err


def test_what_opens_no_store_runs_here(run, tmp_path):
    for words in (("--help",), ("run",), ("serve",), ("warm",), ("no-such-command",), ()):
        assert run(*words)[0] is None
    other = ("audit", "verify", "--store", str(tmp_path / "other.duckdb"))
    assert run(*other)[0] is None


def test_the_socket_is_for_its_own_account_alone(app):
    assert stat.S_IMODE(find_socket(app[1]).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "sent", [b"", b"x\n", b"{}\n", b"[1]\n", b'{"words": 1}\n', b"\xff\n", b"9" * 2_000_000]
)
def test_what_is_no_command_ends_nothing_but_itself(app, run, sent):
    with socket.socket(socket.AF_UNIX) as connection, _short(find_socket(app[1])) as address:
        connection.connect(address)
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            assert b"exit" not in connection.recv(100)
        except OSError:  # it has hung up
            pass
    assert run("people", "list")[0] == 0


def client(app, *words):
    started = subprocess.Popen(
        [sys.executable, "-c", _CLIENT, str(app[1]), *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stdout.readline() == "begun\n", started.stderr.read()
    return started


_CLIENT = """
import sys
from pathlib import Path
import click
from analytics.cli import cli
from analytics.handover import hand_over

@cli.command()
@click.option("--store", "store_path")
def wait(store_path): ...

sys.exit(hand_over(cli, sys.argv[2:], Path(sys.argv[1])))
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_client_that_stops_leaves_nothing_half_done(app, run, how):
    run("import", "incidents", "in.csv")
    before = run("audit", "verify")[1]
    started = client(app, "wait")
    started.send_signal(how)
    code = started.wait(20)
    assert code == (1 if how == signal.SIGINT else -how)
    assert run("audit", "verify")[1] == before  # the writer is free again


def test_an_app_that_is_killed_is_said_in_words(store_file, tmp_path):
    path = tmp_path / "s.duckdb"
    shutil.copy(store_file, path)
    running = subprocess.Popen(
        [sys.executable, "-c", _APP, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout.readline() == "ready\n"
    started = client((running, path), "wait")
    running.kill()
    running.wait()
    _, err = started.communicate(timeout=20)
    assert started.returncode == JOB_LOST and "has ended" in err
    assert find_socket(path).exists() and hand_over(cli, ["people", "list"], path) is None
