"""What is new about the things that a user watches, since he or she last looked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely

from analytics.desk.watches import Watch, list_watches, parse_row
from analytics.hotspots.grid.custom_area import read_drawn
from analytics.oversight import Actor
from analytics.oversight.roles import Tier, tier_of
from analytics.search.folding import read_shared, squeeze
from analytics.shared.wording import counted, write_day
from analytics.store import Store

_LATEST = "(report_id, version) IN (SELECT report_id, max(version) FROM report GROUP BY report_id)"


@dataclass(frozen=True)
class News:
    """`count`: how many rows, reports or changes came in since the user looked; `says` tells which, in a
    sentence without personal data; `newest`: when the newest of them happened, where that is known."""

    watch: Watch
    count: int
    says: str
    newest: datetime | None


def new_since_last_look(store: Store, actor: Actor) -> list[News]:
    """What is new about each thing that `actor` watches, the most first; watches without news are left out.

    A row is new when its source was imported after the user last looked (`Watch.looked_at`, set by
    `mark_looked`); a report, when this version of it was saved after that; a requirement, when a version of
    it or a report on its part of the grid was. Open `news.watch.opens` (a page's name and its link) and call
    `mark_looked(store, actor, news.watch.watch_id)` when the user does. A role that reads no rows is told of
    requirements and reports alone."""
    tier = tier_of(actor)
    found = [_FINDERS[watch.kind](store, watch, tier) for watch in list_watches(store, actor)]
    return sorted((news for news in found if news and news.count), key=lambda news: -news.count)


def _new(watch: Watch, counts: dict[str, int], newest: datetime | None) -> News:
    parts = [counted(count, *names.split("/")) for names, count in counts.items() if count]
    says = f"{' and '.join(parts)} new" if parts else ""
    if newest is not None and says:
        says += f", the newest of {write_day(newest)}"
    return News(watch, sum(counts.values()), f"{says}.", newest)


def _one(store: Store, sql: str, values: list[Any]) -> tuple[int, datetime | None]:
    """Of a query of two columns, n and newest."""
    row = store.rows(sql, values)[0]
    return int(row["n"]), row["newest"]


def _find_place(store: Store, watch: Watch, tier: Tier) -> News | None:
    if not tier.rows:
        return None
    area = read_drawn(watch.key)
    west, south, east, north = area.bounds
    near = store.query(
        "SELECT lon, lat, occurred_from FROM incident JOIN source USING (source_id)"
        " WHERE imported_at > ? AND lon BETWEEN ? AND ? AND lat BETWEEN ? AND ?",
        [watch.looked_at, west, east, south, north],
    ).to_pandas()
    inside = near[shapely.contains_xy(area, near.lon.to_numpy(float), near.lat.to_numpy(float))]
    newest = None if inside.empty else inside.occurred_from.max().to_pydatetime()
    return _new(watch, {"incident": len(inside)}, newest)


def _find_operation(store: Store, watch: Watch, tier: Tier) -> News | None:
    if not tier.rows:
        return None
    count, newest = _one(
        store,
        "SELECT count(*) AS n, max(posted_at) AS newest FROM operation_advert"
        " JOIN advert USING (source_id, row_number) JOIN source USING (source_id)"
        " WHERE operation_id = ? AND imported_at > ?",
        [int(watch.key), watch.looked_at],
    )
    return _new(watch, {"advert": count}, newest)


def _find_account(store: Store, watch: Watch, tier: Tier) -> News | None:
    if not tier.rows:
        return None
    count, newest = _one(
        store,
        'SELECT count(*) AS n, max(occurred_at) AS newest FROM "transaction" JOIN source USING (source_id)'
        " WHERE imported_at > ? AND (SELECT any_value(reference) FROM account WHERE source_id = ? AND"
        " row_number = ?) IN (from_account, to_account)",
        [watch.looked_at, *parse_row(watch.key)],
    )
    return _new(watch, {"payment": count}, newest)


def _find_entity(store: Store, watch: Watch, tier: Tier) -> News | None:
    """An identifier of adverts: adverts that carry it, calls with it, reports that name it."""
    values = store.rows(
        "SELECT any_value(value) AS value FROM advert_identifier WHERE sha256(kind || ':' || value)[:16] = ?"
        " HAVING count(*) > 0",
        [watch.key],
    )
    if not values:
        return None
    text = "original" if tier.original else "sanitised"
    end = next(iter(read_shared(values[0]["value"]).numbers), squeeze(values[0]["value"]))
    reports, newest = _one(
        store,
        "SELECT count(DISTINCT report_id) AS n, max(saved_at) AS newest FROM report_line"
        f" JOIN report USING (report_id, version) WHERE {_LATEST} AND saved_at > ?"
        " AND list_contains(?, handling)"
        f" AND contains(regexp_replace(lower({text}), '[^\\p{{L}}\\p{{N}}]', '', 'g'), ?)",
        [watch.looked_at, sorted(tier.handling), end],
    )
    if not tier.rows:
        return _new(watch, {"report": reports}, newest)
    adverts, posted = _one(
        store,
        "SELECT count(DISTINCT (source_id, row_number)) AS n, max(posted_at) AS newest FROM advert_identifier"
        " JOIN advert USING (source_id, row_number) JOIN source USING (source_id)"
        " WHERE sha256(advert_identifier.kind || ':' || value)[:16] = ? AND imported_at > ?",
        [watch.key, watch.looked_at],
    )
    calls, called = _one(
        store,
        "SELECT count(*) AS n, max(started_at) AS newest FROM communication JOIN source USING (source_id)"
        " WHERE imported_at > ? AND (ends_with(regexp_replace(from_phone, '[^0-9]', '', 'g'), ?)"
        " OR ends_with(regexp_replace(to_phone, '[^0-9]', '', 'g'), ?))",
        [watch.looked_at, end, end],
    )
    moments = [moment for moment in (newest, posted, called) if moment is not None]
    counts = {"advert": adverts, "communication": calls, "report": reports}
    return _new(watch, counts, max(moments, default=None))


def _find_requirement(store: Store, watch: Watch, tier: Tier) -> News | None:
    """Versions of it by anybody, and reports on the part of the grid that it asks about."""
    changes, changed = _one(
        store,
        "SELECT count(*) AS n, max(saved_at) AS newest FROM requirement"
        " WHERE requirement_id = ? AND saved_at > ?",
        [int(watch.key), watch.looked_at],
    )
    same = " AND ".join(
        f"(r.{part} IS NULL OR l.{part} = r.{part})"
        for part in ("stage", "domain", "operational_domain", "strategic_theme")
    )
    reports, reported = _one(
        store,
        "SELECT count(DISTINCT l.report_id) AS n, max(report.saved_at) AS newest FROM report_line l"
        " JOIN report USING (report_id, version)"
        " JOIN (SELECT * FROM requirement WHERE requirement_id = ? ORDER BY version DESC LIMIT 1) r"
        f" ON {same} AND coalesce(r.stage, r.domain, r.operational_domain, r.strategic_theme) IS NOT NULL"
        f" WHERE {_LATEST.replace('report_id, version)', 'l.report_id, l.version)', 1)}"
        " AND report.saved_at > ? AND list_contains(?, l.handling)",
        [int(watch.key), watch.looked_at, sorted(tier.handling)],
    )
    moments = [moment for moment in (changed, reported) if moment is not None]
    return _new(watch, {"change": changes, "report": reports}, max(moments, default=None))


_FINDERS: dict[str, Callable[[Store, Watch, Tier], News | None]] = {
    "place": _find_place,
    "operation": _find_operation,
    "account": _find_account,
    "entity": _find_entity,
    "requirement": _find_requirement,
}
