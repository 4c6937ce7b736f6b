"""`achilles findings`: which findings the present data no longer bear out."""

from __future__ import annotations

from pathlib import Path

import click

from analytics.desk.affected import count_unchecked, list_affected, recheck_findings
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.oversight.roles import tier_of
from analytics.shared.cli_options import store_option
from analytics.shared.wording import counted


@click.command("findings")
@store_option
@click.option("--recheck", is_flag=True, help="Rerun first what was not checked on the present data.")
def findings_command(store_path: Path | None, recheck: bool) -> None:
    """List findings whose rows or verdict changed, after an import or a removal.

    Their rows are always compared. Their verdict is, once they were rerun on the present data: with
    --recheck, or under 'Still true?' on the page."""
    store = open_seen_store(store_path)
    actor = find_actor()
    tier = tier_of(actor)
    if recheck and not tier.rows:
        raise click.ClickException("This role does not read the rows behind findings.")
    if recheck:
        click.echo(f"{counted(recheck_findings(store, actor, tier), 'finding')} rerun.")
    affected = list_affected(store, tier)
    for finding in affected:
        title = " ".join("".join(c if c.isprintable() else " " for c in finding.title).split())
        click.echo(f"Finding {finding.finding_id}, version {finding.version}: {title}. {finding.says}")
    if not affected:
        click.echo("No finding is known to have changed.")
    if unchecked := count_unchecked(store, tier):
        click.echo(f"{counted(unchecked, 'finding')} not checked on the present data: add --recheck.")
