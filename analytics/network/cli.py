"""`achilles network`: who is linked to whom, without a browser."""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
import pandas as pd

from analytics.formats.header import UnreadableFile
from analytics.network.entities.update import update_network
from analytics.network.links.entity_page import NoEntity, entity_as_json, find_node, read_entity
from analytics.network.structure.edge_list import UnusableTies, project_first_kind, read_edge_list
from analytics.network.structure.report import (
    NetworkStructure,
    StructureParameters,
    analyse_structure,
    structure_as_json,
)
from analytics.network.table_file import read_text_table
from analytics.oversight import record
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.oversight.exercise import COLUMN, mark_of_store
from analytics.resolve.resolution import resolve_mentions
from analytics.resolve.roles import FieldRole, find_role
from analytics.shared.cli_options import store_option
from analytics.shared.safe_csv import write_csv
from analytics.shared.wording import counted

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def network() -> None:
    """Who is linked to whom: how a network hangs together, and which of its nodes nobody could replace."""


@network.command()
@click.argument("edges_file", metavar="EDGES", type=_FILE)
@click.option("--nodes", "nodes_file", type=_FILE, help="Nodes: id, and any of role and status.")
@click.option(
    "--key-players", default=3, show_default=True, type=click.IntRange(1, 10), help="Size of the set."
)
@click.option(
    "--remove", default=10, show_default=True, type=click.IntRange(0, 10), help="Nodes removed, at most."
)
@click.option("--periods", default=4, show_default=True, type=click.IntRange(2, 50))
@click.option("--two-kinds/--one-kind", "two_mode", default=None, help="Whether the ends are of two kinds.")
@click.option("--project", is_flag=True, help="Of two kinds of node: tie the first kind by what they share.")
@click.option("--seed", default=0, show_default=True)
@click.option("--out", required=True, type=_FILE, help="JSON file to write.")
def analyse(
    edges_file: Path,
    nodes_file: Path | None,
    key_players: int,
    remove: int,
    periods: int,
    two_mode: bool | None,
    project: bool,
    seed: int,
    out: Path,
) -> None:
    """Measure the structure of any list of ties.

    EDGES has two columns for the ends of a tie (from and to, source and target, or the first two), and any of
    weight, from_date and to_date, phase, probability. Ties have no direction; a tie of the same two nodes may
    come in many rows. A matrix with names in its first row and column is read too.

    A node whose status names a victim, witness or child is protected: it is never among those to remove.

    The JSON has: network (as a whole), type (verdict, how far it holds, signs with intervals), nodes (degree,
    betweenness, constraint, cut_point, core, community, status, redundancy, substitute), key_players,
    disruption, change (by phases or dates), uncertain (mean and 90 % interval, where ties have
    probabilities), notes (what was left out)."""
    try:
        edges = read_edge_list(edges_file, nodes_file, two_mode=two_mode)
        if project:
            edges = project_first_kind(edges)
        found = analyse_structure(edges, StructureParameters(key_players, remove, periods, seed))
    except (UnusableTies, UnreadableFile, ValueError) as error:
        raise click.ClickException(str(error)) from error
    text = json.dumps(structure_as_json(found), indent=1, ensure_ascii=False, allow_nan=False)
    out.write_text(text + "\n", encoding="utf-8")
    for line in describe_structure(found):
        click.echo(line)
    click.echo(f"Written to {out}.")


@network.command()
@click.argument("file", type=_FILE)
@click.option(
    "--fields",
    required=True,
    help="ROLE=COLUMN, with commas between them; a role may have several columns.",
)
@click.option(
    "--pairs", "pairs_file", type=_FILE, help="CSV of the likely pairs, with the bits of each field."
)
@click.option("--out", required=True, type=_FILE, help="CSV file to write: row, entity_id, probability.")
def resolve(file: Path, fields: str, pairs_file: Path | None, out: Path) -> None:
    """Find which rows of a table mean one person or thing, without merging them.

    Roles: name (in full), given_name, surname, date_of_birth, telephone, email, handle, document, plate,
    account, address, postcode, place, occupation, other. Example:

    \b
    achilles network resolve people.csv --out clusters.csv \\
      --fields given_name=first,surname=last,date_of_birth=dob,telephone=mobile,telephone=home

    Columns of the file written: row (of the data, the first is 1), entity_id (the row of the entity's first
    mention) and probability (that the row belongs to it; of a row alone, that no other does). Nothing is
    learnt from outside the file."""
    try:
        chosen = read_field_choices(fields)
        table = read_columns(file, [name for _, name in chosen])
        found = resolve_mentions(table, chosen)
    except (UnreadableFile, ValueError) as error:
        raise click.ClickException(str(error)) from error
    row = np.arange(1, len(table) + 1)
    clusters = pd.DataFrame(
        {"row": row, "entity_id": row[found.entity], "probability": found.probability.round(6)}
    )
    write_csv(clusters, out)
    if pairs_file is not None:
        write_csv(found.pairs.assign(left=found.pairs.left + 1, right=found.pairs.right + 1), pairs_file)
    entities = len(np.unique(found.entity))
    largest = int(np.bincount(found.entity).max())
    click.echo(
        f"{counted(len(table), 'row')}: {counted(entities, 'entity', 'entities')}, the largest of "
        f"{counted(largest, 'row')}; {counted(found.compared, 'pair')} compared."
    )
    if found.left_out:
        click.echo(f"{counted(found.left_out, 'value')} shared by too many rows to compare them all by it.")
    click.echo(f"Written to {out}.")


@network.command()
@store_option
def update(store_path: Path | None) -> None:
    """Find who the imported rows name, which of them are one person, and how everything is linked.

    Nothing is merged: entities are groups of mentions, judgements stay, and the next update takes both into
    account."""
    store = open_seen_store(store_path)
    done = update_network(store, find_actor())
    click.echo(
        f"{counted(done.mentions, 'mention')}: {counted(done.entities, 'entity', 'entities')}; "
        f"{counted(done.matches, 'likely pair')}; {counted(done.links, 'link')}."
    )
    if done.contradicted:
        click.echo(
            f"{counted(len(done.contradicted), 'pair')} judged different and held together all the same."
        )


@network.command()
@click.argument("asked", metavar="ID")
@click.option("--out", required=True, type=_FILE, help="JSON file to write.")
@store_option
def entity(asked: str, out: Path, store_path: Path | None) -> None:
    """Everything that touches one telephone, account, address, person or operation.

    ID is a telephone in any writing, an account, an address, an e-mail, a person's name where only one has
    it, or a node as other files name it (phone:+447700900123, operation:12, person:account/3/17/holder).

    The JSON has: entity, mentions (the rows that name a person), links (other end, kind, events, first and
    last time, probability, evidence rows), may_be_one (pairs to judge), weakest_bits (of the match that holds
    a person's mentions together), hub (names nobody in particular)."""
    store = open_seen_store(store_path)
    try:
        view = read_entity(store, find_node(store, asked))
    except NoEntity as error:
        raise click.ClickException(str(error)) from error
    about = entity_as_json(view)
    if mark := mark_of_store(store):
        about = {COLUMN: mark, **about}
    content = json.dumps(about, indent=1, ensure_ascii=False)
    with store.write(changes_data=False) as cursor:
        record(cursor, find_actor(), "export entity", view.node, detail={"links": len(view.links)})
    out.write_text(content + "\n", encoding="utf-8")
    hub = " Many share it: it names nobody in particular." if view.hub else ""
    click.echo(
        f"{counted(len(view.mentions), 'mention')}, {counted(len(view.links), 'link')} to "
        f"{counted(view.neighbours, 'other')}.{hub}"
    )
    click.echo(f"Written to {out}.")


def read_columns(path: Path, names: list[str]) -> pd.DataFrame:
    """These columns of a file, named in whatever case. Raises ValueError that names those there are."""
    header, rows = read_text_table(path)
    places = {name.strip().casefold(): at for at, name in enumerate(header)}
    missing = [name for name in names if name.casefold() not in places]
    if missing:
        raise ValueError(f"No column {', '.join(missing)} in {path.name}; there are {', '.join(header)}.")
    return pd.DataFrame(
        {
            name: [row[at] if at < len(row) else "" for row in rows]
            for name, at in ((name, places[name.casefold()]) for name in names)
        },
        dtype=object,
    )


def read_field_choices(text: str) -> list[tuple[FieldRole, str]]:
    """(role, column) of 'role=column,role=column'. Raises ValueError in words."""
    chosen = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        role, equals, column = part.partition("=")
        if not equals or not column.strip():
            raise ValueError(f"{part!r} is not ROLE=COLUMN.")
        chosen.append((find_role(role), column.strip()))
    if len({column for _, column in chosen}) < len(chosen):
        raise ValueError("A column is named twice.")
    return chosen


def describe_structure(found: NetworkStructure) -> list[str]:
    """What was found, in sentences."""
    names = found.edges.nodes.node
    lines = [
        *found.edges.notes,
        f"{counted(found.whole.nodes, 'node')}, {counted(found.whole.ties, 'tie')}, "
        f"{counted(found.whole.components, 'component')}.",
        f"Type: {found.type.verdict}. {found.type.why} {found.type.attack}",
    ]
    players = found.key_players
    if players is not None:
        chosen = ", ".join(names[at] for at in players.chosen)
        lines.append(
            f"Without {chosen} the network is {players.fragmentation:.3f} apart (now {players.intact:.3f}; "
            f"without as many of highest degree {players.by_degree:.3f})."
        )
    for row in found.nodes[found.nodes.status == "critical"].head(5).itertuples():
        instead = f"likeliest substitute {row.substitute}" if row.substitute else "no substitute is seen"
        lines.append(f"Critical: {row.node} ({row.importance:.0%} of the others' reach); {instead}.")
    if found.phases is not None and found.phases.fell_in:
        stepped = ", ".join(found.phases.stepped_in.node.head(3)) or "nobody seen"
        lines.append(
            f"{found.phases.leader} led and fell back from {found.phases.fell_in} on; stepped in: {stepped}."
        )
    return lines
