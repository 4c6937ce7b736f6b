"""A new store is filled whole or not at all, and one that is there is never touched."""

import pytest
from click.testing import CliRunner

from analytics.cli import cli
from analytics.oversight import Actor
from analytics.store import Store
from analytics.training import first_store
from analytics.training.first_store import make_filled_store


def fill_little(store, actor, progress):
    with store.write() as cursor:
        cursor.execute("INSERT INTO area VALUES (1, 'Vellmouth (invented)', 32626, 'UTC')").fetchall()


def test_a_store_is_made_whole_and_never_over_another(tmp_path, monkeypatch):
    monkeypatch.setattr(first_store, "fill_store", fill_little)
    path = tmp_path / "new" / "store.duckdb"
    make_filled_store(path, Actor("test"))
    store = Store(path)
    assert store.rows("SELECT name FROM area") == [{"name": "Vellmouth (invented)"}]
    store.close()
    with pytest.raises(FileExistsError):
        make_filled_store(path, Actor("test"))
    assert [file.name for file in path.parent.iterdir()] == ["store.duckdb"]


def test_a_stop_on_the_way_leaves_no_store(tmp_path, monkeypatch):
    def stop(store, actor, progress):
        raise KeyboardInterrupt

    monkeypatch.setattr(first_store, "fill_store", stop)
    with pytest.raises(KeyboardInterrupt):
        make_filled_store(tmp_path / "store.duckdb", Actor("test"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments, configured, exists, filled",
    [
        ([], False, False, True),
        (["--empty"], False, False, False),
        ([], False, True, False),
        ([], True, False, False),
        (["--store", "own.duckdb"], False, False, False),
    ],
)
def test_only_a_first_start_fills_the_store(arguments, configured, exists, filled, tmp_path, monkeypatch):
    default, made = tmp_path / "achilles.duckdb", []
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ACHILLES_STORE", raising=False)
    if configured:
        monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "own.duckdb"))
    if exists:
        default.touch()
    monkeypatch.setattr("analytics.cli.default_path", lambda: default)
    monkeypatch.setattr("runpy.run_module", lambda name, **_: None)
    monkeypatch.setattr("sys.argv", ["achilles"])
    monkeypatch.setattr(first_store, "make_filled_store", lambda path, actor, progress: made.append(path))
    ran = CliRunner().invoke(cli, ["run", *arguments])
    assert ran.exit_code == 0, ran.output
    assert made == ([default] if filled else [])
    monkeypatch.delenv("ACHILLES_STORE", raising=False)
