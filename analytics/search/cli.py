"""`achilles search`: what the search box finds, without a browser."""

from __future__ import annotations

from pathlib import Path

import click

from analytics.oversight import record
from analytics.oversight.approvals import BULK_ROWS, UNMASKED, use_approval
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.oversight.roles import tier_of
from analytics.search import KINDS, Group, search
from analytics.search.folding import read_query
from analytics.shared.cli_options import store_option
from analytics.shared.wording import counted, write_moment

_SHORTEST_REASON = 5


@click.command("search")
@store_option
@click.argument("query", nargs=-1, required=True)
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)), help="Only this kind.")
@click.option("--limit", default=8, show_default=True, type=click.IntRange(1, 1000), help="Hits of a kind.")
@click.option("--reveal", "reason", metavar="REASON", help="Show personal data, for this reason.")
def search_command(
    store_path: Path | None, query: tuple[str, ...], kinds: tuple[str, ...], limit: int, reason: str | None
) -> None:
    """Find QUERY in everything: reports, findings, adverts, accounts, places and more.

    Every word must occur, whatever its case and accents; the beginning of a word is enough. A number is found
    in any spelling: 0161 496 0123 finds +441614960123. Personal data are masked unless --reveal gives the
    reason, which the audit trail records, as it does every search. More than 100 hits with personal data need
    a second person's approval."""
    typed = " ".join(query)
    if not read_query(typed):
        raise click.UsageError("Type at least one word or number.")
    if reason is not None and len(reason.strip()) < _SHORTEST_REASON:
        raise click.UsageError("A reason of at least five letters is needed.")
    store = open_seen_store(store_path)
    actor = find_actor()
    groups = search(store, typed, tier_of(actor), limit=limit)
    chosen = [group for group in groups if not kinds or group.kind in kinds]
    with store.write(changes_data=False) as cursor:
        detail = {"typed": typed, "found": sum(group.matches for group in chosen)}
        record(cursor, actor, "search", "the whole store", detail=detail)
        personal = sum(len(group.hits) for group in chosen if group.personal)
        if reason is not None and personal > BULK_ROWS:
            what = f"search for {typed!r}, {counted(personal, 'hit')}"
            use_approval(cursor, actor, UNMASKED, what)
            record(cursor, actor, UNMASKED, what, detail={"reason": reason.strip()})
        elif reason is not None and personal:
            record(
                cursor,
                actor,
                "reveal personal data",
                f"search for {typed!r}",
                detail={"reason": reason.strip()},
            )
    if not chosen:
        click.echo("No match. It may exist without having been recorded here.")
    for group in chosen:
        _print_group(group, revealed=reason is not None)


def _print_group(group: Group, *, revealed: bool) -> None:
    more = f", the best {len(group.hits)} shown" if group.matches > len(group.hits) else ""
    click.secho(f"{KINDS[group.kind]}: {counted(group.matches, 'match', 'matches')}{more}", bold=True)
    for hit in group.hits:
        title, text = (_printable(part) for part in hit.shown(revealed=revealed))
        when = f" · {write_moment(hit.moment)} UTC" if hit.moment else ""
        click.echo(f"  {hit.key}  {title}{f' · {text}' if text else ''}{when}  [{', '.join(hit.matched)}]")


def _printable(text: str) -> str:
    """The text on one line, without what would steer a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
