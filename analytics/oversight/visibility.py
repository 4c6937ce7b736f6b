"""Which rows somebody sees: one place for sources, reports, findings, products and all that hangs on them.

`see_store` gives the store as an actor sees it. Whatever asks it, in whatever SQL, reads through views that
leave out the sources, lines, findings and products that role, purpose and handling do not allow; the
strictest source, line or finding decides for what rests on it. It has a path and a query cache of its own, so
that what is cached by a store's path is never given to somebody who sees less. Who sees everything is given
the store itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics.oversight.actor import Actor
from analytics.oversight.acts import Refused
from analytics.oversight.purposes import Reach
from analytics.oversight.roles import reach_of, tier_of
from analytics.shared.codes import code_table
from analytics.store import Store

_OF_SOURCES = (  # every row of these came with a source
    ("incident", "advert", "transaction", "account", "premises", "journey", "communication")
    + ("boundary", "base_feature", "base_map", "quarantine", "place_position")
    + ("advert_identifier", "advert_scan", "search_row", "search_source")
    + ("network_mention", "parquet_file")
)
_OF_PRODUCTS = (
    "assessment",
    "product_finding",
    "decision",
    "operation_plan",
    "referral_step",
    "meeting_draft",
    "assessment_figure",
    "forecast",
    "forecast_score",
)
_NOBODYS = ("lead_result", "lead_block", "lead_chance", "lead_cut", "lead_search")  # worked out from all
_OTHERS = ("import_failure", "holder_decision", "hotspot", "saved_view", "tray_case", "watch")


@dataclass(frozen=True)
class Sight:
    """What somebody sees: the handling codes read, the sources reached; `author` reads what he or she
    submitted in any case."""

    handling: frozenset[str]
    sources: Reach
    author: str

    @property
    def is_whole(self) -> bool:
        return self.sources == "all" and self.reads_every_handling

    @property
    def reads_every_handling(self) -> bool:
        return self.handling >= frozenset(code_table("handling").codes)

    @property
    def name(self) -> str:
        return f"{self.sources} {''.join(sorted(self.handling))} {self.author}"


def sight_of(actor: Actor) -> Sight:
    """What an actor sees; nothing for a role or purpose that no table names."""
    try:
        tier, sources = tier_of(actor), reach_of(actor)
    except (KeyError, ValueError):
        return Sight(frozenset(), "none", "")
    is_limited = not tier.handling >= frozenset(code_table("handling").codes)
    return Sight(tier.handling, sources, actor.name if is_limited and sources == "all" else "")


def see_store(store: Store, actor: Actor) -> Store:
    """The store as an actor sees it: itself where nothing in it is out of sight, as for training in a store
    that holds invented data alone."""
    sight = sight_of(actor)
    trains = sight.sources == "training" and sight.reads_every_handling
    if sight.is_whole or (trains and not store.rows("SELECT 1 FROM source WHERE NOT is_scenario LIMIT 1")):
        return store
    return store.look_through(sight.name, lambda *at: write_views(sight, *at))


def refuse_partial(store: Store) -> None:
    """Raises Refused where part of the store is out of sight: what is worked out there is not for all."""
    if store.is_partial:
        raise Refused(
            "Part of the data is out of sight for this role and purpose, and this is worked out for all "
            "from all of it."
        )


def write_views(sight: Sight, tables: str, views: str) -> dict[str, str]:
    """The views of a sight by the table each stands for. Sources first: all else follows from them."""

    def only(table: str, condition: str) -> str:
        return f'SELECT * FROM {tables}."{table}" WHERE {condition}'

    def within(column: str, view: str, of: str | None = None) -> str:
        return f"{column} IN (SELECT {of or column} FROM {views}.{view})"

    def whole(group: str, parts: str, rule: str) -> str:
        """No part of a group is out of sight."""
        return f"{group} NOT IN (SELECT {group} FROM {tables}.{parts} WHERE NOT coalesce({rule}, false))"

    reads = _write_reads(sight)
    invented = f"NOT EXISTS (SELECT 1 FROM {tables}.source WHERE NOT is_scenario)"
    author = "'" + sight.author.replace("'", "''") + "'"
    seen: dict[str, str] = {}
    seen["source"] = only(
        "source",
        {"all": f"is_scenario OR {reads('handling')}", "training": "is_scenario", "none": "false"}[
            sight.sources
        ],
    )
    for table in _OF_SOURCES:
        seen[table] = only(table, within("source_id", "source"))

    own = f"report_id IN (SELECT report_id FROM {tables}.report WHERE submitted_by = {author})"
    by_hand = {"all": "true", "training": invented, "none": "false"}[sight.sources]
    of_source = f"CASE WHEN source_id IS NULL THEN {by_hand} ELSE {within('source_id', 'source')} END"
    of_report = f"report_id IN (SELECT report_id FROM {tables}.report WHERE {of_source})"
    line = f"{of_report} AND {reads('handling')}"
    seen["report_line"] = only("report_line", f"({line}) OR {own}" if sight.author else line)
    seen["report"] = only("report", within("report_id", "report_line"))
    named = f"(report_id, line) IN (SELECT (report_id, line) FROM {views}.report_line)"
    of_line = f"CASE WHEN report_id IS NULL THEN {within('source_id', 'source')} ELSE {named} END"
    for table in ("network_link", "network_link_back"):
        seen[table] = only(table, of_line)
    seen["report_link"] = only(
        "report_link",
        f"{within('report_id', 'report')} AND {within('other_report_id', 'report', 'report_id')}",
    )

    seen["driver"] = only("driver", f"{by_hand} AND {reads('handling')}")

    nothing = "false" if sight.sources == "none" else "true"
    rests_on = (
        f"{whole('finding_id', 'finding_evidence', within('source_id', 'source'))}"
        f" AND {whole('finding_id', 'finding_report', within('report_id', 'report'))}"
    )
    seen["finding"] = only("finding", f"{nothing} AND {reads('handling')} AND {rests_on}")
    for table in ("finding_evidence", "finding_report", "finding_check", "lead_outcome"):
        seen[table] = only(table, within("finding_id", "finding"))
    seen["finding_link"] = only(
        "finding_link",
        f"{within('finding_id', 'finding')} AND {within('other_finding_id', 'finding', 'finding_id')}",
    )

    mark = "content ->> '$.handling'"
    cited = "TRY_CAST(content -> '$.report_ids' AS INTEGER[])"
    reports = f"(SELECT list(report_id) FROM {views}.report)"
    cited_seen = f"({cited} IS NULL OR len({cited}) = 0 OR coalesce(list_has_all({reports}, {cited}), false))"
    rests_on = f"len(finding_ids) > 0 OR len(coalesce({cited}, [])) > 0 OR {invented}"
    stands = "true" if sight.sources == "all" else f"({rests_on})"
    seen["product"] = only(
        "product",
        f"{nothing} AND {stands} AND (({mark}) IS NULL OR ({mark}) = '' OR {reads(f'({mark})')})"
        f" AND {whole('product_id', 'product_finding', within('finding_id', 'finding'))} AND {cited_seen}",
    )
    for table in _OF_PRODUCTS:
        seen[table] = only(table, within("product_id", "product"))
    seen["meeting_room"] = only("meeting_room", f"product_id IS NULL OR {within('product_id', 'product')}")
    seen["release"] = only("release", f"{within('product_id', 'product')} AND {reads('handling')}")
    seen["action"] = only("action", within("decision_id", "decision"))
    seen["result"] = only("result", within("action_id", "action"))
    events = only("action_event", within("action_id", "action"))
    seen["action_event"] = events.replace("SELECT *", "SELECT *, rowid", 1)  # which tells their order

    for group, parts in (("campaign", "campaign_advert"), ("operation", "operation_advert")):
        number = f"{group}_id"
        seen[group] = only(group, f"{nothing} AND {whole(number, parts, within('source_id', 'source'))}")
        seen[parts] = only(parts, within(number, group))
    seen["operation_campaign"] = only(
        "operation_campaign",
        f"{within('operation_id', 'operation')} AND {within('campaign_id', 'campaign')}",
    )
    ends = (
        f"{within('left_source', 'source', 'source_id')} AND {within('right_source', 'source', 'source_id')}"
    )
    seen["operation_link"] = only("operation_link", f"{within('operation_id', 'operation')} AND {ends}")
    seen["operation_link_decision"] = only("operation_link_decision", ends)
    both = f"{within('source_id', 'source')} AND {within('other_source_id', 'source', 'source_id')}"
    seen["network_match"] = only("network_match", both)
    both = f"{within('mention', 'network_mention')} AND {within('other', 'network_mention', 'mention')}"
    seen["network_judgement"] = only("network_judgement", both)
    ends = f"SELECT unnest([node, other]) FROM {views}.network_link UNION SELECT mention FROM {views}"
    seen["victim_status"] = only("victim_status", f"node IN ({ends}.network_mention)")
    seen["advert_label"] = only("advert_label", nothing)
    for table in _NOBODYS:
        seen[table] = only(table, "false")
    if sight.sources != "all":
        for table in _OTHERS:
            seen[table] = only(table, invented if sight.sources == "training" else "false")
    return seen


def _write_reads(sight: Sight) -> Callable[[str], str]:
    """What says in SQL whether a mark in a column is read, as `Tier.reads` does."""
    every = frozenset(code_table("handling").codes)
    if sight.handling >= every:
        return lambda column: "true"
    codes = ", ".join(f"'{code}'" for code in sorted(sight.handling & every))
    return lambda column: (
        f"len(list_filter(string_split({column}, ';'), lambda mark:"
        f" NOT list_contains([{codes}]::VARCHAR[], regexp_extract(mark, '^\\s*([A-Z])\\b', 1)))) = 0"
    )
