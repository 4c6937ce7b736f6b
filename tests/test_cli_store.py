"""Every command on a store that cannot be used: words and an exit code, no traceback, and no store made."""

import errno
import os
import shutil
from collections.abc import Iterator

import click
import duckdb
import pytest
from click.testing import CliRunner

from analytics.cli import cli
from analytics.store import close_store

CSV = "date,type,lon,lat\n2024-07-01 22:15,Theft,-0.1278,51.5074\n"
BUNDLE = '{"type": "bundle", "id": "bundle--11111111-1111-4111-8111-111111111199", "objects": []}'
MAKE_A_STORE = {"harm import", "receive", "run", "scenario"}  # and every import


def walk(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command that takes --store, by its words."""
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from walk(command.get_command(click.Context(command), name), (*words, name))
    if any("--store" in parameter.opts for parameter in command.params):
        yield " ".join(words), command


COMMANDS = {words: command for words, command in walk(cli) if words != "run"}  # which leaves it to the app
FURTHER = {
    "adverts": ["--out", "out.csv"],
    "adverts identifiers": ["--out", "out.csv"],
    "brief": ["--out", "out.pdf"],
    "export": ["--all"],
    "finance": ["--out", "out.csv"],
    "receive": ["--save", "--sent-by", "x", "--legal-basis", "x", "--purpose", "x"],
    "scenario": ["--load"],
    "strategic": ["--out", "out.pdf"],
}
CONTENT = {"receive": BUNDLE, "adverts places": "name,lon,lat\nHove,-0.1,50.8\n"}


def arguments(words: str, folder) -> list[str]:
    """What a command needs at least, as files and values that it can do something with."""
    (folder / "in.csv").write_text(CONTENT.get(words, CSV))
    given = [str(folder / word) if word.startswith("out.") else word for word in FURTHER.get(words, [])]
    for parameter in COMMANDS[words].params:
        if not parameter.required or parameter.opts[0] in given:
            continue
        kind = parameter.type
        if isinstance(kind, click.Path):
            value = str(folder / ("in.csv" if kind.exists else "out.csv"))
        elif isinstance(kind, click.Choice):
            value = kind.choices[0]
        else:
            value = "2024-01-01" if isinstance(kind, click.DateTime) else "1"
        given += [value] if isinstance(parameter, click.Argument) else [parameter.opts[0], value]
    return given


def corrupt(path, empty) -> None:
    path.write_bytes(b"no database" * 1000)


def cut_short(path, empty) -> None:
    path.write_bytes(empty.read_bytes()[:20_000])


def damaged(path, empty) -> None:
    data = bytearray(empty.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)


def foreign(path, empty) -> None:
    with duckdb.connect(path) as database:
        database.execute("CREATE TABLE other (a INTEGER)")


def newer(path, empty) -> None:
    shutil.copy(empty, path)
    with duckdb.connect(path) as database:
        database.execute("INSERT INTO schema_migration (number, sha256) VALUES (9999, 'x')").fetchall()


def folder(path, empty) -> None:
    path.mkdir()


def read_only(path, empty) -> None:
    shutil.copy(empty, path)
    path.chmod(0o400)
    if os.access(path, os.W_OK):
        pytest.skip("this user may write everything")


STATES = {
    "corrupt": (corrupt, "no DuckDB database, or is damaged"),
    "cut short": (cut_short, "no DuckDB database, or is damaged"),
    "damaged": (damaged, "no DuckDB database, or is damaged"),
    "foreign": (foreign, "not a store of Achilles"),
    "newer": (newer, "Update Achilles"),
    "folder": (folder, "is a folder"),
    "read-only": (read_only, "may not be written"),
}


def run(words: str, store, tmp_path):
    try:
        return CliRunner().invoke(cli, [*words.split(), *arguments(words, tmp_path), "--store", str(store)])
    finally:
        close_store(store)


DAMAGES = ("corrupt", "cut short", "damaged")  # which one place tells apart: each command meets one of them
MET = [
    (words, state)
    for number, words in enumerate(COMMANDS)
    for state in STATES
    if state not in DAMAGES or state == DAMAGES[number % len(DAMAGES)]
]


@pytest.mark.parametrize(("words", "state"), MET)
def test_a_command_says_why_a_store_cannot_be_used(words, state, tmp_path, store_file):
    make, reason = STATES[state]
    make(tmp_path / "bad.duckdb", store_file)
    result = run(words, tmp_path / "bad.duckdb", tmp_path)
    assert isinstance(result.exception, SystemExit) and result.exit_code == 1, result.exception
    assert "Error: " in result.output and reason in result.output, result.output


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_that_only_reads_makes_no_store(words, tmp_path):
    if words in MAKE_A_STORE or words.startswith("import "):
        pytest.skip("this command begins a store")
    result = run(words, tmp_path / "typo.duckdb", tmp_path)
    assert result.exit_code == 1 and "There is no store" in result.output, result.output
    assert not (tmp_path / "typo.duckdb").exists()


def test_a_file_that_cannot_be_written_ends_a_command_in_words(tmp_path):
    group = type(cli)("achilles")

    @group.command("warm")  # commands of no act: whoever runs them is not asked
    def write() -> None:
        (tmp_path / "missing" / "out.csv").write_text("x")

    @group.command("run")
    def fill() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/out.csv")

    for words, reason in (("warm", "No such file or directory"), ("run", "/out.csv: No space left")):
        result = CliRunner().invoke(group, [words])
        assert result.exit_code == 1 and reason in result.output and "Traceback" not in result.output
