"""`achilles network`: who is linked to whom, without a browser."""

from __future__ import annotations

import json
from pathlib import Path

import click

from analytics.formats.header import UnreadableFile
from analytics.network.structure.edge_list import UnusableTies, project_first_kind, read_edge_list
from analytics.network.structure.report import (
    NetworkStructure,
    StructureParameters,
    analyse_structure,
    structure_as_json,
)
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
