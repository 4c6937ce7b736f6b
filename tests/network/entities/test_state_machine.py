"""Import, removal, judgements and their undoing in any order: nothing is lost, and what the store holds is
what one computes from scratch."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from analytics.network.entities.grouping import DIFFERENT, OPEN, SAME, UNSURE
from analytics.network.entities.judgement import judge_pair, read_judgements
from analytics.network.entities.update import update_network
from analytics.oversight import Actor
from analytics.store import Store
from analytics.store.removal import delete_source_rows
from tests.examples import examples
from tests.sources import insert_source_row

ACTOR = Actor("analyst 1")
_PEOPLE = ("Ada Quist", "A. Quist", "Bea Quist", "Carl Omund", "Karl Omund", "Dora Lind")
_PHONES = ("07700 900123", "+44 7700 900123", "07700 900124", "07700 900555", None)
_MAILS = ("ada@example.org", "bea@example.org", None)
_ACCOUNT = st.tuples(st.sampled_from(_PEOPLE), st.sampled_from(_PHONES), st.sampled_from(_MAILS))
_CALL = st.tuples(st.sampled_from(_PHONES[:4]), st.sampled_from(_PHONES[:4]))
_LINK = (
    "node, other, kind, source_id, table_name, row_numbers, events, first_at, last_at, round(probability, 9)"
)


def read_network(store: Store) -> dict[str, list]:
    """Entities, matches and links as the store has them; links from both of their orders."""
    return {
        "mentions": store.rows(
            "SELECT mention, entity, name, CAST(facts AS VARCHAR) AS facts, rows, round(probability, 9) AS p"
            " FROM network_mention ORDER BY mention"
        ),
        "matches": store.rows(
            "SELECT mention, other, round(bits, 6) AS bits, round(probability, 9) AS p FROM network_match"
            " ORDER BY mention, other"
        ),
        "links": store.rows(f"SELECT {_LINK} FROM network_link ORDER BY ALL"),
        "back": store.rows(f"SELECT {_LINK} FROM network_link_back ORDER BY ALL"),
    }


class NetworkMachine(RuleBasedStateMachine):
    """The store under test beside what was put into it: `sources` by number with their rows, and every
    judgement in order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "under_test.duckdb")
        self.sources: dict[int, tuple[str, list]] = {}
        self.judged: list[tuple[str, str, str]] = []
        self.number = 0
        self.is_current = True

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @initialize(rows=st.lists(_ACCOUNT, min_size=2, max_size=4))
    def begin(self, rows) -> None:
        self.import_accounts(rows)
        self.update()

    @rule(rows=st.lists(_ACCOUNT, min_size=1, max_size=4))
    def import_accounts(self, rows) -> None:
        self._import("account", rows)

    @rule(rows=st.lists(_CALL, min_size=1, max_size=3))
    def import_calls(self, rows) -> None:
        self._import("communication", rows)

    @precondition(lambda self: len(self.sources) > 1)
    @rule(data=st.data())
    def remove_source(self, data) -> None:
        number = data.draw(st.sampled_from(sorted(self.sources)))
        before = read_network(self.store)
        with self.store.write() as cursor:
            delete_source_rows(cursor, number)
        del self.sources[number]
        after = read_network(self.store)
        # At once nothing of it is left, and nothing of the others is gone.
        for name in ("links", "back"):
            assert after[name] == [row for row in before[name] if row["source_id"] != number]
        gone = {row["mention"] for row in before["mentions"] if row["mention"].split("/")[1] == str(number)}
        assert after["mentions"] == [row for row in before["mentions"] if row["mention"] not in gone]
        assert after["matches"] == [
            row for row in before["matches"] if not {row["mention"], row["other"]} & gone
        ]
        self.is_current = False

    @precondition(lambda self: self.is_current)
    @rule(data=st.data(), judgement=st.sampled_from((SAME, DIFFERENT, UNSURE)))
    def judge(self, data, judgement) -> None:
        mentions = [row["mention"] for row in read_network(self.store)["mentions"]]
        if len(mentions) < 2:
            return
        one, two = data.draw(st.lists(st.sampled_from(mentions), min_size=2, max_size=2, unique=True))
        self._judge(one, two, judgement)

    @precondition(lambda self: self.is_current and self.judged)
    @rule(data=st.data())
    def take_back(self, data) -> None:
        one, two, _ = data.draw(st.sampled_from(self.judged))
        there = {row["mention"] for row in read_network(self.store)["mentions"]}
        if {one, two} <= there:
            self._judge(one, two, OPEN)

    @rule()
    def update(self) -> None:
        update_network(self.store, ACTOR)
        self.is_current = True

    @invariant()
    def no_judgement_is_lost(self) -> None:
        kept = read_judgements(self.store)[["mention", "other", "judgement"]]
        assert list(kept.itertuples(index=False, name=None)) == self.judged

    @precondition(lambda self: self.is_current and self.sources)
    @rule()
    def it_is_what_one_computes_from_scratch(self) -> None:
        network = read_network(self.store)
        assert network["links"] == network["back"]
        _check_sources_are_whole(self, network)
        _check_judgements_stand(self, network)
        with tempfile.TemporaryDirectory() as folder:
            scratch = Store(Path(folder) / "scratch.duckdb")
            try:
                for number, (table, rows) in sorted(self.sources.items()):
                    _insert(scratch, number, table, rows)
                _write_judgements(scratch, self.judged)
                update_network(scratch, ACTOR)
                assert read_network(scratch) == network
            finally:
                scratch.close()

    def _import(self, table: str, rows: list) -> None:
        self.number += 1
        self.sources[self.number] = (table, rows)
        _insert(self.store, self.number, table, rows)
        self.is_current = False

    def _judge(self, one: str, two: str, judgement: str) -> None:
        judge_pair(self.store, ACTOR, one, two, judgement, "as drawn")
        self.judged.append((*sorted((one, two)), judgement))
        self.update()


def _write_judgements(store: Store, judged: list[tuple[str, str, str]]) -> None:
    with store.write() as cursor:
        for row in judged:
            cursor.execute(
                "INSERT INTO network_judgement (mention, other, judgement, reason, judged_by, judged_at)"
                " VALUES (?, ?, ?, 'again', 'analyst 1', TIMESTAMP '2026-01-01')",
                row,
            ).fetchall()


def _insert(store: Store, number: int, table: str, rows: list) -> None:
    columns = {
        "account": "(source_id, row_number, reference, holder, phone, email)",
        "communication": "(source_id, row_number, from_phone, to_phone, started_at)",
    }[table]
    with store.write() as cursor:
        insert_source_row(cursor, number, table)
        for row, values in enumerate(rows, 2):
            given = (f"A{number}-{row}", *values) if table == "account" else (*values, "2026-02-01 10:00:00")
            marks = ", ".join(["?"] * (len(given) + 2))
            cursor.execute(
                f"INSERT INTO {table} {columns} VALUES ({marks})", [number, row, *given]
            ).fetchall()


def _check_sources_are_whole(machine: NetworkMachine, network: dict[str, list]) -> None:
    """Each row that names somebody is a mention, once."""
    named = {
        f"person:account/{number}/{row}/holder"
        for number, (table, rows) in machine.sources.items()
        if table == "account"
        for row in range(2, len(rows) + 2)
    }
    covered = [row["mention"] for row in network["mentions"]]
    assert len(covered) == len(set(covered)) and set(covered) <= named
    assert sum(row["rows"] for row in network["mentions"]) == len(named)


def _check_judgements_stand(machine: NetworkMachine, network: dict[str, list]) -> None:
    """Two that are judged the same share an entity; two judged different do not, unless judgements of 'same'
    hold them together."""
    entity = {row["mention"]: row["entity"] for row in network["mentions"]}
    standing = {(one, two): judgement for one, two, judgement in machine.judged}
    joined = {pair for pair, judgement in standing.items() if judgement == SAME}
    for (one, two), judgement in standing.items():
        if one not in entity or two not in entity:
            continue
        if judgement == SAME:
            assert entity[one] == entity[two]
        if judgement == DIFFERENT and not joined:
            assert entity[one] != entity[two]


TestNetwork = NetworkMachine.TestCase
TestNetwork.settings = settings(deadline=None, max_examples=examples(5), stateful_step_count=6)
