"""`achilles exercise`: prepare, run and debrief an exercise; as the page *Training* does."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from analytics.oversight.command_line import find_actor
from analytics.shared.cli_options import store_option
from analytics.shared.schema import InvalidFile
from analytics.shared.wording import counted, write_day
from analytics.store import open_store
from analytics.training.exercise.plan import ExercisePlan
from analytics.training.exercise.state import Exercise, ExerciseRefused

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _folder_argument(command: _Command) -> _Command:
    return click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))(command)


class _ExerciseGroup(click.Group):
    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what an exercise refuses ends it in words."""
        from analytics.training.exercise.orders import OrderFailed
        from analytics.training.exercise.vault import SealBroken

        try:
            return super().invoke(ctx)
        except (ExerciseRefused, OrderFailed, SealBroken, InvalidFile) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_ExerciseGroup)
def exercise() -> None:
    """Exercises: a class of teams in an invented city whose truth is sealed (docs/training.md).

    In this order: list, new, start; inject, hint, advance, pause, rewind and show while the teams work; score
    and report; reveal; end. FOLDER is where the exercise lies."""


@exercise.command("list")
def list_ready() -> None:
    """List the ready-made exercises."""
    from analytics.training.exercise.plan import list_plans

    click.echo(
        "EXERCISE: ready-made, each in an invented city. `achilles exercise new CODE FOLDER` makes one."
    )
    for plan in list_plans():
        length = counted(plan.clock.minutes, "minute")
        click.echo(f"{plan.code}: {plan.title} ({length}, difficulty {plan.level} of 5)")


@exercise.command()
@click.argument("plan")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--team", "teams", multiple=True, help="A team, in the place of the plan's; give several.")
@click.option(
    "--seed", type=click.IntRange(0), help="A seed of your own. It is random and sealed unless given."
)
def new(plan: str, folder: Path, teams: tuple[str, ...], seed: int | None) -> None:
    """Make an exercise of PLAN (its code, or a TOML file) in the new folder FOLDER."""
    from analytics.training.exercise.making import make_exercise

    made = make_exercise(_find_plan(plan), folder, find_actor(), teams=teams, seed=seed, progress=_print_step)
    click.echo(f"EXERCISE {made.id}: {made.plan.title}; teams {', '.join(made.teams)}.")
    click.echo("Sealed and signed before the start (SHA-256):")
    for name, digest in sorted(made.sealed.items()):
        click.echo(f"  {digest}  {name}")


@exercise.command()
@_folder_argument
@click.option(
    "--host",
    help="The name that the teams' browsers type. As before unless given, at first this machine alone.",
)
@click.option(
    "--port", default=8611, show_default=True, type=click.IntRange(1024, 65000), help="Of the first team."
)
@click.option("--clock-only", is_flag=True, help="Start the clock without the teams' apps, for a script.")
def start(folder: Path, host: str | None, port: int, clock_only: bool) -> None:
    """Start the clock and each team's app, also where they have died; print the links to hand out."""
    from analytics.training.exercise.classroom import start_class
    from analytics.training.exercise.running import start_exercise
    from analytics.training.exercise.state import read_exercise

    if clock_only:
        _show(start_exercise(folder, find_actor()))
        return
    links = start_class(folder, find_actor(), host=host, port=port)
    _show(read_exercise(folder))
    for link in links:
        click.echo(f"  {link.team} · {link.label} ({link.role}): {link.address}")


@exercise.command()
@_folder_argument
def pause(folder: Path) -> None:
    """Stop the clock; the teams may work on. `start` lets it run again."""
    from analytics.training.exercise.running import pause_exercise

    _show(pause_exercise(folder, find_actor()))


@exercise.command()
@_folder_argument
@click.argument("code", required=False)
@click.option("--to", "teams", multiple=True, metavar="TEAM", help="To this team alone; give several.")
@click.option("--due", is_flag=True, help="Send everything that is due.")
@click.option("--hold", is_flag=True, help="Hold it back.")
@click.option("--release", is_flag=True, help="Hold it back no longer.")
@click.option(
    "--add",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Add one of your own, from a TOML file.",
)
def inject(
    folder: Path,
    code: str | None,
    teams: tuple[str, ...],
    due: bool,
    hold: bool,
    release: bool,
    file: Path | None,
) -> None:
    """Send the inject CODE now, hold it, add one, or, without CODE, list how all of them stand."""
    from analytics.shared.schema import read_toml
    from analytics.training.exercise.injects import add_inject, hold_inject, send_due_injects, send_inject
    from analytics.training.exercise.plan import Inject

    if file is not None:
        add_inject(folder, find_actor(), read_toml(file, Inject))
        click.echo("EXERCISE: added.")
    elif due:
        sent = send_due_injects(folder, find_actor())
        names = [f"{state.inject.code} to {state.team}" for state in sent]
        click.echo(f"EXERCISE: sent {', '.join(names)}." if names else "EXERCISE: nothing is due.")
    elif code is None:
        _list_injects(folder)
    elif hold or release:
        hold_inject(folder, find_actor(), code, stop=hold)
        click.echo(f"EXERCISE: {code} is {'held back' if hold else 'no longer held back'}.")
    else:
        reached = send_inject(folder, find_actor(), code, teams)
        click.echo(f"EXERCISE: {code} sent to {', '.join(reached) or 'nobody: they had it'}.")


@exercise.command()
@_folder_argument
@click.argument("code", required=False)
@click.option("--to", "teams", multiple=True, metavar="TEAM", help="To this team alone; give several.")
def hint(folder: Path, code: str | None, teams: tuple[str, ...]) -> None:
    """Show the hint CODE, to be said to the teams, and note who was helped; without CODE, list them all."""
    from analytics.training.exercise.running import give_hint

    if code is None:
        _list_hints(folder)
        return
    given, named = give_hint(folder, find_actor(), code, teams)
    click.echo(f"EXERCISE: say to {', '.join(named) or 'nobody: they had it'}: {given.text}")


@exercise.command()
@_folder_argument
@click.option("--days", type=click.IntRange(1, 366), help="One step of the plan's clock unless given.")
def advance(folder: Path, days: int | None) -> None:
    """Let days pass for every team, with the effects of what it has tasked, also where the plan has none."""
    from analytics.training.exercise.running import advance_exercise

    _show(advance_exercise(folder, find_actor(), days))


@exercise.command()
@_folder_argument
@click.option("--to", "day", type=click.IntRange(0), required=True, help="The scenario day.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rewind(folder: Path, day: int, yes: bool) -> None:
    """Take every team back to a scenario day. What they did since is gone."""
    from analytics.training.exercise.running import rewind as go_back

    if not yes:
        click.confirm(f"Take every team back to day {day}? What they did since is gone.", abort=True)
    _show(go_back(folder, find_actor(), day))


@exercise.command()
@_folder_argument
def show(folder: Path) -> None:
    """Show how the exercise stands, and what each team has done."""
    from analytics.training.exercise.classroom import list_links
    from analytics.training.exercise.orders import Order, send_order
    from analytics.training.exercise.paths import team_store
    from analytics.training.exercise.state import read_exercise

    read = read_exercise(folder)
    _show(read)
    click.echo("The signature holds." if read.is_genuine() else "THE SIGNATURE DOES NOT HOLD.")
    for team in read.teams:
        seen = send_order(team_store(folder, team), Order(act="look", today=read.today))
        done = ", ".join(counted(number, kind) for kind, number in seen["counts"].items())
        click.echo(f"  {team}: {done}")
    for link in list_links(folder):
        click.echo(f"  {link.team} · {link.label} ({link.role}): {link.address}")


@exercise.command()
@_folder_argument
@click.option("--json", "as_json", is_flag=True, help="Every figure, as JSON.")
def score(folder: Path, as_json: bool) -> None:
    """Score every team as its store stands now. For the trainer: it gives the truth away."""
    from analytics.training.exercise.debrief import score_teams
    from analytics.training.scoring import score_as_json

    scores = score_teams(folder, find_actor())
    if as_json:
        click.echo(
            json.dumps({team: json.loads(score_as_json(one)) for team, one in scores.items()}, indent=1)
        )
        return
    click.echo("EXERCISE: invented data. For the trainer alone before the reveal.")
    for team, one in scores.items():
        click.echo(team)
        for line in one.lines:
            click.echo(f"  {line.value:6.2f}  {line.title}: {line.says}")


@exercise.command()
@_folder_argument
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The PDF file.")
@click.option(
    "--earlier",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The folder of an exercise before, for the teams' progress; give several, the oldest first.",
)
def report(folder: Path, out: Path, earlier: tuple[Path, ...]) -> None:
    """Write the after-action paper, with the two teams that the program plays. It gives the truth away."""
    from analytics.training.exercise.debrief import write_class_report

    write_class_report(folder, find_actor(), out, earlier)
    click.echo(f"EXERCISE: the paper is in {out}.")


@exercise.command()
@_folder_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
def reveal(folder: Path, yes: bool) -> None:
    """Open what was sealed, for good; the truth is written to FOLDER/truth."""
    from analytics.training.exercise.running import reveal_exercise
    from analytics.training.exercise.state import find_alteration, read_acts

    if not yes:
        click.confirm("Open the truth? The exercise cannot go on after it.", abort=True)
    _show(reveal_exercise(folder, find_actor()))
    click.echo(f"What was planted is in {folder / 'truth'}.")
    if alteration := find_alteration(read_acts(folder)):
        click.echo(alteration, err=True)


@exercise.command()
@_folder_argument
def end(folder: Path) -> None:
    """End the exercise and close the teams' apps. Its folder stays."""
    from analytics.training.exercise.running import end_exercise

    _show(end_exercise(folder, find_actor()))


@exercise.command(hidden=True)
@_folder_argument
def conduct(folder: Path) -> None:
    """Keep the teams' apps open and the clock running; `start` runs this."""
    from analytics.training.exercise.classroom import conduct as run

    run(folder, find_actor(), lambda text: click.echo(text))


@exercise.command("carry-out", hidden=True)
@click.argument("order_file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@store_option
def carry_out_order(order_file: Path, store_path: Path | None) -> None:
    """Carry out what the trainer's process asks of an open store."""
    from analytics.training.exercise.orders import carry_out_as_team, read_order

    answer = carry_out_as_team(open_store(store_path, create=False), read_order(order_file))
    json.dump(answer, sys.stdout, default=str)


def _find_plan(name: str) -> ExercisePlan:
    from analytics.training.exercise.plan import find_plan, list_plans, read_plan

    if name.endswith(".toml"):
        return read_plan(Path(name))
    try:
        return find_plan(name)
    except KeyError as error:
        ready = ", ".join(plan.code for plan in list_plans())
        raise click.UsageError(
            f"There is no ready-made exercise {name!r}: choose {ready}, or a TOML file."
        ) from error


def _list_injects(folder: Path) -> None:
    from analytics.training.exercise.injects import due_injects, list_injects
    from analytics.training.exercise.state import read_exercise

    due = {(state.inject.code, state.team) for state in due_injects(folder)}
    exercise = read_exercise(folder)
    _show(exercise)
    for state in list_injects(exercise, {}):
        standing = "due" if (state.inject.code, state.team) in due else state.standing
        click.echo(
            f"{standing:8} {state.team}: {state.inject.code} ({state.inject.kind}) {state.inject.title}"
        )


def _list_hints(folder: Path) -> None:
    from analytics.training.exercise.state import read_exercise

    exercise = read_exercise(folder)
    _show(exercise)
    for hint in sorted(exercise.plan.hints, key=lambda hint: hint.step):
        had = sorted({given.team for given in exercise.hints if given.code == hint.code})
        click.echo(f"step {hint.step}: {hint.code}, given to {', '.join(had) or 'nobody'}: {hint.text}")


def _show(exercise: Exercise) -> None:
    of_days = f" of {exercise.plan.clock.days}" if exercise.plan.clock.days else ""
    click.echo(
        f"EXERCISE {exercise.plan.title}: {exercise.phase}, "
        f"day {exercise.day}{of_days}, {write_day(exercise.today)}."
    )


def _print_step(step: str, share: float, /) -> None:
    click.echo(f"{share:5.0%}  {step}")
