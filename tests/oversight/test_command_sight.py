"""What a role and purpose does not see on a page it does not see on the command line: each command is run on
a store with a real and an invented source of each kind, every row of which has a word of its own."""

from __future__ import annotations

import ast
import shutil
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from analytics.adverts import pipeline
from analytics.cli import cli
from analytics.ingest import SourceDetails, import_file
from analytics.network.entities.update import update_network
from analytics.oversight import Actor
from analytics.oversight.command_line import COMMANDS, find_command_act
from analytics.store import Store, close_store
from tests import test_cli_store as commands
from tests.examples import IS_LONG
from tests.ingest.helpers import proposed
from tests.tasking.factories import brief

ROOT = Path(__file__).parents[2]
REAL, INVENTED = "Zephyrwick", "Quillonbrae"
ACTOR = Actor("ann")
ROWS = 90
DAYS = [date(2025, 1, 1) + timedelta(days=2 * number) for number in range(ROWS)]
FILES = {
    "incident": (
        "reference,date,category,place,lon,lat",
        lambda word, n: (
            f"{word}-{n},{DAYS[n]} 1{n % 9}:15,{word} theft,{word} Lane {n % 5},"
            f"{-0.1 - n % 5 / 90:.4f},{51.5 + n % 4 / 90:.4f}"
        ),
    ),
    "advert": (
        "id,title,text,posted,site,city,contact",
        lambda word, n: (
            f"{word}-{n},{word} House,Work at the {word} farm call 0770090012{n % 4},{DAYS[n]} 12:00,"
            f"board.example,Hove,@{word.lower()}{n % 3}"
        ),
    ),
    "transaction": (
        "tx_id,ts,src,dst,amount,currency,channel",
        lambda word, n: (
            f"{word}-{n},{DAYS[n]} 0{n % 9}:15,{word}{n % 7},{word}{(3 * n + 1) % 11},{10 + n}.50,GBP,cash"
        ),
    ),
    "account": (
        "account,holder,type,town,currency,phone",
        lambda word, n: f"{word}{n},{word} Holder {n % 9},person,Hove,GBP,0770090010{n % 9}",
    ),
}
# Commands that print or write what rows say, and what to ask them, so that somebody who may read all gets it.
ASKED = {
    "adverts": [],
    "adverts identifiers": [],
    "brief": ["--product", "1"],
    "evidence": ["1"],
    "exchange": [
        "1",
        "--format",
        "stix",
        "--personal-data",
        "for a trial",
        "--conditions-met",
        "for a trial",
    ],
    "finance": [],
    "finance trace": ["--from", f"{REAL}1"],
    "hotspots concentration": [],
    "hotspots count": [],
    "network entity": [f"{REAL}1"],
    "results": [],
    "search": [REAL, "--reveal", "for a trial"],
    "series": [],
    "strategic": [],
    "warnings": [],
}
# Of these some row must come back to whoever may read it: the others may have nothing to say of so few.
SAY_A_WORD = {
    "adverts",
    "adverts identifiers",
    "brief",
    "evidence",
    "finance trace",
    "network entity",
    "search",
}
SLOW = {"hotspots concentration", "results", "series", "strategic", "warnings"}  # in the long run alone
OUT = {"brief": "out.docx", "strategic": "out.docx", "exchange": "out.json", "network entity": "out.json"}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory) -> Path:
    """A store with both sources of each kind, analysed, and a brief on the real one."""
    folder = tmp_path_factory.mktemp("mixed")
    with closing(Store(folder / "store.duckdb")) as store:
        for word, handling in ((REAL, "C (A1): with conditions"), (INVENTED, "P")):
            for kind, (head, line) in FILES.items():
                file = folder / f"{word}-{kind}.csv"
                file.write_text("\n".join([head, *(line(word, n) for n in range(ROWS))]) + "\n")
                details = SourceDetails(f"Trial of {kind}s", "Policing", "Trial", handling, date(2030, 1, 1))
                report = import_file(store, ACTOR, file, proposed(file, kind), details)
                if word == INVENTED:
                    with store.write() as cursor:
                        cursor.execute(
                            "UPDATE source SET is_scenario = true WHERE source_id = ?", [report.source_id]
                        ).fetchall()
        brief(store, f"{REAL} Lane")  # whose evidence is a row of source 1, the real incidents
        pipeline.update(store, ACTOR)
        update_network(store, ACTOR)
    return folder / "store.duckdb"


@pytest.fixture
def run_as(mixed, tmp_path, monkeypatch):
    """What a command prints and writes as an analyst for a purpose, as one text."""
    path = Path(shutil.copy(mixed, tmp_path / "store.duckdb"))

    def run(words: str, more: list[str], purpose: str) -> str:
        monkeypatch.setenv("ACHILLES_PURPOSE", purpose)
        folder = tmp_path / purpose
        folder.mkdir(exist_ok=True)
        command = commands.COMMANDS[words]
        given = [*words.split(), *more, "--store", str(path)]
        if any("--out" in parameter.opts for parameter in command.params):
            given += ["--out", str(folder / OUT.get(words, "out.csv"))]
        answer = CliRunner().invoke(cli, given)
        close_store(path)
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        written = b"".join(file.read_bytes() for file in folder.iterdir())
        return answer.output + _unpack(written, folder)

    return run


def _unpack(written: bytes, folder: Path) -> str:
    """The words of files, of compressed ones too."""
    text = written.decode("utf-8", "replace")
    for file in folder.glob("*.docx"):
        shutil.unpack_archive(file, folder / "open", "zip")
        text += (folder / "open/word/document.xml").read_text(encoding="utf-8")
    return text


def test_no_command_reads_a_store_past_what_its_user_sees():
    """A command that is added opens the store as `open_seen_store` does, or is named here with its reason."""
    whole = {
        "adverts/cli.py": 0,
        "basemap/cli.py": "imports",
        "exchange/cli.py": "takes in",
        "hotspots/harm_cli.py": "weights, of no source",
        "ingest/cli.py": "imports",
        "oversight/approvals_cli.py": "requests",
        "oversight/cli.py": "the record",
        "oversight/people_cli.py": "accounts",
        "oversight/store_cli.py": "the file as a whole",
        "tasking/erase_cli.py": "erases",
        "training/cli.py": "the invented city",
        "training/exercise/cli.py": "an exercise",
    }
    found = set()
    for path in (ROOT / "analytics").rglob("*cli.py"):
        calls = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "open_store"
        ]
        if calls:
            found.add(str(path.relative_to(ROOT / "analytics")))
    assert found - {"cli.py"} == {name for name, why in whole.items() if why}


def test_every_command_that_takes_rows_out_is_tried_here():
    taking = {
        words
        for words in commands.COMMANDS
        if find_command_act(words).startswith(("export ", "list ", "search", "read finding", "make "))
        and not words.startswith(("hotspots ", "approvals", "audit", "export", "backup", "findings"))
    }
    assert taking <= set(ASKED) and set(ASKED) <= set(commands.COMMANDS)
    assert set(COMMANDS) >= {words.split()[0] for words in ASKED}


@pytest.mark.parametrize("words", [words for words in ASKED if IS_LONG or words not in SLOW])
def test_a_command_says_nothing_of_rows_out_of_sight(run_as, words):
    assert REAL in run_as(words, ASKED[words], "intelligence") or words not in SAY_A_WORD
    partial = run_as(words, ASKED[words], "training")
    named = [part for part in ASKED[words] if REAL in part]
    for part in named:  # what was asked for may be repeated
        partial = partial.replace(part, "")
    assert REAL not in partial.replace(REAL.lower(), REAL)
