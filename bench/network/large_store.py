"""What the page of an entity asks, over ten million links of a million mentions: time by question.

    python -m bench.network.large_store [--links 10000000] [--mentions 1000000] [--rows 5]

The links are made up: telephones, accounts and persons by a few numbers, a few of them busy; each rests on
one row to as many as `--rows`. Each question is asked of nodes that were not asked before, so that nothing is
remembered; processor time and the clock."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from analytics.network.links.entity_page import find_node, read_entity
from analytics.network.links.neighbourhood import read_neighbourhood
from analytics.network.links.starting_points import describe_nodes
from analytics.network.links.touching_rows import list_touching_rows
from analytics.network.operation.selection import NetworkSelection, NoNetwork
from analytics.network.operation.stored_network import read_network_around
from analytics.store import Store

_ROUNDS = 7
_SEED = 11
# Half of the links are calls, a quarter payments, the rest say who uses what; ends are drawn at random, the
# square of a random number making the first few busy.
_LINKS = (
    "SELECT CASE WHEN n % 4 < 2 THEN 'phone:+4477' || lpad(one::VARCHAR, 8, '0')"
    " WHEN n % 4 = 2 THEN 'account:A' || one"
    " ELSE 'phone:+4477' || lpad(one::VARCHAR, 8, '0') END AS node,"
    " CASE WHEN n % 4 < 2 THEN 'phone:+4477' || lpad(two::VARCHAR, 8, '0')"
    " WHEN n % 4 = 2 THEN 'account:A' || two"
    " ELSE 'person:account/1/' || one || '/holder' END AS other,"
    " CASE WHEN n % 4 < 2 THEN 'call' WHEN n % 4 = 2 THEN 'payment' ELSE 'uses' END AS kind,"
    " 1 AS source_id, CASE WHEN n % 4 < 2 THEN 'communication' WHEN n % 4 = 2 THEN 'transaction'"
    " ELSE 'account' END AS table_name, range(n, n + 1 + n % $rows) AS row_numbers, 1 + n % $rows AS events,"
    " TIMESTAMP '2026-01-01' + to_hours(CAST(n % 2000 AS INTEGER)) AS first_at,"
    " TIMESTAMP '2026-04-01' + to_hours(CAST(n % 2000 AS INTEGER)) AS last_at, 1.0 AS probability"
    " FROM (SELECT n, CAST(1 + floor($people * pow(random(), 1.2)) AS INTEGER) AS one,"
    " CAST(1 + floor($people * random()) AS INTEGER) AS two FROM range($links) t(n))"
    " WHERE one <> two OR n % 4 = 3"
)


def make_store(path: Path, links: int, mentions: int, rows: int) -> Store:
    """A store with so many links and mentions, written as an update of the network writes them. Links rest on
    one to `rows` rows."""
    store = Store(path)
    with store.write() as cursor:
        cursor.execute(f"SELECT setseed({_SEED / 100})").fetchall()
        cursor.execute(
            "INSERT INTO network_mention SELECT 'person:account/1/' || n || '/holder',"
            " 'person:account/1/' || n || '/holder', 'Person ' || n, '{}', 'account', 1, n, 'holder', 1, 0.99"
            " FROM range(1, $mentions + 1) t(n)",
            {"mentions": mentions},
        ).fetchall()
        cursor.execute(
            f"CREATE TEMP TABLE made AS {_LINKS}", {"links": links, "people": mentions, "rows": rows}
        ).fetchall()
        for table, end in (("network_link", "node"), ("network_link_back", "other")):
            cursor.execute(
                f"INSERT INTO {table} BY NAME SELECT *, md5_number_lower({end}) AS {end}_key FROM made"
                f" ORDER BY {end}_key"
            ).fetchall()
        cursor.execute("DROP TABLE made").fetchall()
    return store


def _ask_network(store: Store, phone: str) -> object:
    try:
        return read_network_around(store, NetworkSelection((phone,), steps=1, minimum_contacts=1))
    except NoNetwork:
        return None


QUESTIONS: dict[str, Callable[[Store, str], object]] = {
    "find a telephone": lambda store, phone: find_node(store, phone.removeprefix("phone:")),
    "page of an entity": read_entity,
    "its card": lambda store, phone: describe_nodes(store, [phone]),
    "chart of its neighbours": lambda store, phone: read_neighbourhood(store, [phone]),
    "rows that touch it": list_touching_rows,
    "network one step around": _ask_network,
}


def measure(store: Store, people: int) -> None:
    step = people // (len(QUESTIONS) * _ROUNDS + 1)
    asked = 0
    for name, ask in QUESTIONS.items():
        clock, processor = [], []
        for _ in range(_ROUNDS):
            asked += step
            phone = f"phone:+4477{asked:08d}"
            begun, used = time.perf_counter(), time.process_time()
            ask(store, phone)
            clock.append(time.perf_counter() - begun)
            processor.append(time.process_time() - used)
        print(
            f"{name}: {statistics.median(processor):.3f} s of processor time, "
            f"{statistics.median(clock):.3f} s by the clock, at most {max(clock):.3f} s",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--links", type=int, default=10_000_000)
    parser.add_argument("--mentions", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=5, help="that a link rests on, at most")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.duckdb"
        store = make_store(path, options.links, options.mentions, options.rows)
        size = path.stat().st_size / 1e6
        print(f"{options.links:,} links, {options.mentions:,} mentions, {size:,.0f} MB", flush=True)
        measure(store, options.mentions)
        store.close()


if __name__ == "__main__":
    main()
