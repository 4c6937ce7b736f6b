"""The picture in words, as the sections of a strategic assessment say it. One statement a line."""

from __future__ import annotations

from collections.abc import Callable

from analytics.shared.wording import counted, write_month
from analytics.strategic.drivers import EFFECTS, FACTORS, SavedDriver
from analytics.strategic.forecast import LEVEL
from analytics.strategic.legs import DOMAINS, NO_TRANSIT
from analytics.strategic.picture import StrategicPicture
from analytics.strategic.problems import Problem
from analytics.strategic.proposals import propose_priorities

_ROUTES = 8  # in words; the others are on the page


def describe_scope(picture: StrategicPicture) -> str:
    """Area, period and records: what the figures cover, and what they leave out."""
    lines = []
    if picture.history and picture.first_month and picture.last_day:
        lines.append(
            f"Incidents recorded in {picture.area} in {counted(len(picture.history.months), 'whole month')}, "
            f"{write_month(picture.first_month)} to {write_month(picture.last_day)}: "
            f"{counted(len(picture.history.categories), 'category', 'categories')}."
        )
    else:
        lines.append(f"No whole month of incidents is recorded in {picture.area}.")
    covered = picture.routes.coverage
    recorded = [f"{row.rows:,} {row.domain}" for row in covered.itertuples() if row.rows]
    lines.append(f"Records on routes: {', '.join(recorded) or 'none'}.")
    lines.append("Left out: what nobody reports or records, and every characteristic of a person.")
    return "\n".join(lines)


def describe_drivers(picture: StrategicPicture) -> str:
    """The drivers by factor, each with its source and grade, and the factors that nobody wrote on."""
    lines = [_describe_driver(item) for item in picture.drivers]
    written = {item.driver.factor for item in picture.drivers}
    missing = [entry.label for code, entry in FACTORS.items() if code not in written]
    if lines and missing:
        lines.append(f"Nobody has written on: {', '.join(missing)}.")
    return "\n".join(lines)


def _describe_driver(item: SavedDriver) -> str:
    driver = item.driver
    bears = ""
    if driver.problem:
        bears = f" Bears on {driver.problem}: {EFFECTS[driver.effect].lower()}."
    return f"{FACTORS[driver.factor].label}: {driver.statement}{bears} Source: {driver.source}. {item.mark}"


def describe_problems(picture: StrategicPicture) -> str:
    """Every problem with its trend, harm and confidence; then, once, what each confidence rests on."""
    lines = [describe_problem(picture, problem) for problem in picture.problems]
    bases: dict[tuple[str, str], list[str]] = {}
    for problem in picture.problems:
        bases.setdefault((problem.confidence, problem.confidence_basis), []).append(problem.name)
    lines += [
        f"{confidence.capitalize()} confidence in {', '.join(names)} rests on this: {basis}."
        for (confidence, basis), names in bases.items()
    ]
    return "\n".join(lines)


def describe_problem(picture: StrategicPicture, problem: Problem) -> str:
    """One problem in a line."""
    warned = picture.warned.get(problem.name)
    return (
        f"{problem.name}. {problem.describe_trend()} {problem.describe_harm()} "
        + (f"Early warning: {warned}. " if warned else "")
        + f"Confidence: {problem.confidence}."
    )


def describe_routes(picture: StrategicPicture) -> str:
    """The routes that most domains speak of."""
    known = picture.routes.known
    if known.empty:
        return ""
    lines = [
        f"{counted(len(known), 'route')} between known places; most domains speak of these. "
        "No route is suspicious by itself: ordinary life makes most of them."
    ]
    for row in known.head(_ROUTES).itertuples():
        through = "" if row.transit == NO_TRANSIT else f" through {row.transit}"
        counts = [
            counted(int(count), domain.removesuffix("s"), domain)
            for domain, count in zip(DOMAINS, known.loc[row.Index, list(DOMAINS)], strict=True)
            if count
        ]
        graded = f", graded {row.graded}" if row.graded else ""
        is_dated = row.first == row.first  # not NaT: some row has a date
        spell = f"{write_month(row.first)} to {write_month(row.last)}" if is_dated else "without a date"
        lines.append(f"{row.origin} to {row.destination}{through}: {', '.join(counts)}{graded}, {spell}.")
    return "\n".join(lines)


def describe_gaps(picture: StrategicPicture) -> str:
    """What is not known of routes, drivers and problems."""
    lines = []
    if gaps := picture.routes.gaps:
        lines.append(f"No row says from where to where in: {', '.join(gaps)}.")
    for row in picture.routes.coverage.itertuples():
        if row.rows and row.share_without_origin:
            missing = f"{row.without_origin:,} of {row.rows:,} {row.domain}"
            lines.append(f"Without an origin: {missing} ({write_share(row.share_without_origin)}).")
    if unplaced := picture.routes.unplaced:
        lines.append(f"Places whose position is not known: {', '.join(unplaced[:10])}.")
    unknown = [problem.name for problem in picture.problems if problem.trend_word == "not known"]
    if unknown:
        lines.append(f"The trend is not known of: {', '.join(unknown)}.")
    unweighed = [problem.name for problem in picture.problems if problem.harm_share is None]
    if unweighed:
        lines.append(f"The harm is not known of: {', '.join(unweighed)}.")
    if not picture.drivers:
        lines.append("Nobody has written a driver of the environment.")
    return "\n".join(lines)


def write_share(share: float) -> str:
    """A share in whole per cent; 'under 1%' where it is more than nothing."""
    return "under 1%" if 0 < share < 0.01 else f"{share:.0%}"


def describe_changes(picture: StrategicPicture) -> str:
    """What changed since the last assessment, and how its forecasts did."""
    comparison = picture.comparison
    if comparison.product_id is None:
        return comparison.describe()
    lines = [comparison.describe()]
    for row in comparison.table.itertuples():
        if row.before and row.now:
            lines.append(f"{row.name}, {row.measure}: {row.now}, was {row.before} ({row.change}).")
        else:
            lines.append(f"{row.name}: {row.change} ({row.now or row.before}).")
    return "\n".join([*lines, picture.scored.describe()])


def describe_forecast(picture: StrategicPicture) -> str:
    """What each problem should come to in the months ahead, on what grounds, and how far to trust it."""
    forecasts = picture.forecasts
    if forecasts.table.empty:
        return f"No forecast: {forecasts.refused}" if picture.history else ""
    months = sorted(set(forecasts.table.month))
    lines = [
        f"Monthly counts, {write_month(months[0])} to {write_month(months[-1])}; each interval is to cover "
        f"{LEVEL:.0%} of months."
    ]
    for category, rows in forecasts.table.groupby("category", sort=True):
        first, last = rows.iloc[0], rows.iloc[-1]
        lines.append(
            f"{category}: {first.expected:,.0f} in {write_month(first.month)} ({first.low:,.0f} to "
            f"{first.high:,.0f}), {last.expected:,.0f} in {write_month(last.month)} ({last.low:,.0f} to "
            f"{last.high:,.0f})."
        )
    lines += [forecasts.basis, forecasts.describe_test()]
    lines.append("The next assessment scores these forecasts. They assume that what the past shows goes on.")
    if picture.scored.product_id is not None:
        lines.append(picture.scored.describe())
    return "\n".join(lines)


def describe_proposals(picture: StrategicPicture) -> str:
    """The priorities proposed, with reasons and alternatives."""
    proposals = propose_priorities(picture)
    if not proposals:
        return ""
    lines = ["Proposed for the tasking group to decide on; nothing here is decided."]
    for number, proposal in enumerate(proposals, 1):
        lines += [f"{number}. {proposal.title}.", proposal.describe()]
    return "\n".join(lines)


Describer = Callable[[StrategicPicture], str]
DESCRIBERS: dict[str, Describer] = {
    "strategic_changes": describe_changes,
    "strategic_environment": describe_drivers,
    "strategic_forecast": describe_forecast,
    "strategic_gaps": describe_gaps,
    "strategic_problems": describe_problems,
    "strategic_proposals": describe_proposals,
    "strategic_routes": describe_routes,
    "strategic_scope": describe_scope,
}
