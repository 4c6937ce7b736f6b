"""An intelligence requirement as a proposal for the meeting: collection is tasked like any other action."""

from __future__ import annotations

from dataclasses import asdict

from analytics.intelligence.requirements import Requirement, load_requirement
from analytics.oversight import Actor
from analytics.shared.codes import code_table
from analytics.shared.unwritten import ask
from analytics.shared.wording import write_day
from analytics.store import Store
from analytics.tasking.brief import Brief
from analytics.tasking.products import save_product


def draft_collection_brief(number: int, asked: Requirement) -> Brief:
    """The brief of a requirement. It rests on no finding, because it asks for what is not known. Decisions
    are left to people."""
    cell = ", ".join(
        filter(
            None,
            (
                _label("commercial_domains", asked.domain),
                _label("stages", asked.stage),
                _label("operational_domains", asked.operational_domain),
                _label("strategic_themes", asked.strategic_theme),
            ),
        )
    )
    return Brief(
        title=f"Collection: {cell or asked.question}"[:160],
        what=f"Not known: {asked.question}",
        where=cell or ask("analyst", "where to look."),
        when=f"Asked until {write_day(asked.due)}.",
        who_is_harmed=ask("analyst", "who may be harmed while it is not known."),
        who_is_responsible="Not known.",
        why_now=f"It serves the priority {asked.priority}."
        if asked.priority
        else ask("analyst", "why this cannot wait."),
        how_sure="No evidence has been collected on it. That is a gap in collection, not a sign that nothing "
        "happens.",
        alternatives="A partner may know it, or it may be known and not recorded. Ask before collecting.",
        prevention="None proposed: nothing is known to prevent yet.",
        intelligence=f"Requirement {number}: {asked.question} To be answered by {asked.owner} until "
        f"{write_day(asked.due)}.",
        enforcement="None proposed.",
        owner=asked.owner,
        resources=ask("operational lead", "people, hours, cost."),
        risks=ask(
            "operational lead", "to sources, to those asked about, and of what is collected beyond need."
        ),
        victims_safety=ask("safeguarding lead", "how anyone met is protected and referred first."),
        legal_basis=ask("legal adviser", "power relied on, necessity and proportionality."),
        measure_of_success=f"Requirement {number} is answered with graded lines or records by "
        f"{write_day(asked.due)}.",
        review_date=asked.due.isoformat(),
        handling=str(code_table("handling")["P"]),
        action=f"Answer requirement {number}: {asked.question}",
        due=asked.due.isoformat(),
    )


def propose_collection(store: Store, actor: Actor, requirement_id: int) -> int:
    """Save the proposal of a requirement as a brief that waits for the meeting; returns its number. Raises
    KeyError where there is no such requirement."""
    brief = draft_collection_brief(requirement_id, load_requirement(store, requirement_id))
    return save_product(store, actor, "brief", brief.title, asdict(brief), [])[0]


def _label(table: str, code: str | None) -> str:
    return code_table(table)[code].label if code else ""
