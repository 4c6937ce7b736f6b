"""Every page, route, command, download and act x role x purpose, against `permissions.toml`.

Whatever the app has and the table has not, or the table has and the app has not, fails."""

import ast
import tomllib
from itertools import product
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from analytics.cli import cli
from analytics.oversight import Actor, Refused, may, record
from analytics.oversight.acts import FAMILIES, OPENED, TWO_PERSONS, find_family
from analytics.oversight.command_line import find_command_act
from analytics.oversight.purposes import find_purpose, list_purposes
from analytics.oversight.roles import list_roles
from ui.shell.pages import PAGES, list_open_pages
from ui.shell.server import routes

ROOT = Path(__file__).parents[1]
TABLE = tomllib.loads((ROOT / "tests" / "permissions.toml").read_text(encoding="utf-8"))
ROLES = [role.code for role in list_roles()]
PURPOSES = [purpose.code for purpose in list_purposes()]
ACTS = {act: group for group in TABLE["acts"] for act in group["acts"]}
EVERYBODY = ["everybody"]
WRITERS = {  # where the act stands among the arguments of what records or offers it
    "record": 2,
    "log": 1,
    "log_once": 1,
    "offer_csv": 4,
    "offer_paper": 4,
    "download_button": 1,
    "change_own": 6,
}


def find_commands():
    """Every command that runs, by its words."""

    def walk(command, path, context):
        if not isinstance(command, click.Group):
            return [path]
        below = [
            found
            for name in command.list_commands(context)
            for found in walk(command.get_command(context, name), f"{path} {name}".strip(), context)
        ]
        return [*([path] if command.invoke_without_command else []), *below]

    return walk(cli, "", click.Context(cli))


def read_words(node):
    """The acts that an expression can be, '*' for what is filled in; none where it is a name."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return [*read_words(node.body), *read_words(node.orelse)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)]
    return []


def find_recorded_acts():
    """Every act that the code records or offers a file under."""
    for folder in ("analytics", "ui", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if len(node.args) > (at := WRITERS.get(name, 99)):
                    yield from ((act, f"{path.name}:{node.lineno}") for act in read_words(node.args[at]))


def test_the_table_names_every_page_route_command_purpose_and_act():
    assert set(TABLE["pages"]) == {page.name for page in PAGES}
    assert set(TABLE["routes"]) == {route.path for route in routes()}
    assert set(TABLE["commands"]) == set(find_commands())
    assert set(TABLE["purposes"]) == set(PURPOSES)
    assert set(ACTS) == {act for family in FAMILIES.values() for act in family.acts}


def test_every_act_that_is_recorded_has_its_family():
    dynamic = {"x link", "link x: x", "withdraw link of x"}  # each of their values is in the table
    unknown = {
        (act, at) for act, at in find_recorded_acts() if find_family(act) is None and act not in dynamic
    }
    assert unknown == set()


def test_no_file_is_offered_but_by_the_button_that_asks():
    own = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "ui").rglob("*.py")
        if ".download_button(" in path.read_text(encoding="utf-8") and path.name != "exporting.py"
    ]
    assert own == []


def expect(act, role, purpose):
    """What the table says of a cell."""
    group, narrowed = ACTS[act], TABLE["purposes"][purpose]
    if group["roles"] == EVERYBODY:
        return True
    return (
        role in group["roles"]
        and role in narrowed["roles"]
        and group["kind"] not in narrowed["refuses"]
        and (act not in OPENED or act in find_purpose(purpose).opens)
    )


@pytest.mark.parametrize("role", ROLES)
def test_each_act_is_allowed_or_refused_as_the_table_says(role):
    wrong = [
        (act, purpose)
        for act, purpose in product(ACTS, PURPOSES)
        if bool(may(Actor("x", role, purpose, "s"), act.replace("*", "x"))) != expect(act, role, purpose)
    ]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_alone_on_a_machine_a_role_does_what_the_table_says(role):
    for act, group in ACTS.items():
        allowed = group["roles"] == EVERYBODY or role in group["roles"] + group["alone"]
        assert bool(may(Actor("x", role), act.replace("*", "x"))) == allowed, act


def test_exercises_are_run_by_trainers_and_by_who_is_alone_on_a_machine():
    alone = {role for role in ROLES if may(Actor("x", role), "view page training")}
    assert alone == {"trainer", "analyst", "senior analyst"}


def test_what_is_recorded_is_refused_where_it_is_written(store):
    """The refusal stands in the transaction itself: nothing is written, no record either."""
    for role, purpose in product(ROLES, PURPOSES):
        actor = Actor("x", role, purpose, "s")
        for act in ("save finding", "record decision", "import", "release edition", "erase", "grant role"):
            if expect(act, role, purpose):
                continue
            with pytest.raises(Refused), store.write(changes_data=False) as cursor:
                cursor.execute(
                    "INSERT INTO column_mapping VALUES ('m', 'adverts', '{}', 'x', now()::TIMESTAMP)"
                )
                record(cursor, actor, act, "thing")
    assert store.rows("SELECT * FROM column_mapping") == []
    assert store.rows("SELECT * FROM audit") == []


@pytest.mark.parametrize("role", ROLES)
def test_each_page_opens_to_whom_the_table_names(role):
    purpose = next(one for one in PURPOSES if role in TABLE["purposes"][one]["roles"])
    opened = {page.name for page in list_open_pages(Actor("x", role, purpose, "s"))}
    assert opened == {name for name, roles in TABLE["pages"].items() if role in roles}


@pytest.mark.parametrize("command", sorted(TABLE["commands"]))
def test_each_command_is_the_act_the_table_says_and_the_act_is_in_it(command):
    act = TABLE["commands"][command]
    assert find_command_act(command) == act
    assert act == "" or find_family(act) is not None


def test_a_command_refuses_in_words_and_by_its_exit_code(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "never.duckdb"))
    for role in ("partner", "administrator", "chief"):
        monkeypatch.setenv("ACHILLES_ROLE", role)
        for words in (
            ["findings"],
            ["scenario", "--remove"],
            ["audit", "verify"],
            ["results", "--out", "x.csv"],
        ):
            if may(Actor("x", role), find_command_act(" ".join(words[:1]))):
                continue
            answer = CliRunner().invoke(cli, words)
            assert (answer.exit_code, "role" in answer.output.lower()) == (77, True), (
                role,
                words,
                answer.output,
            )
    assert not (tmp_path / "never.duckdb").exists()


@pytest.mark.parametrize(
    "actor",
    [
        Actor("x", "chief"),
        Actor("x", ""),
        Actor("x", "analyst", "curiosity"),
        Actor("x", "analyst", "", "signed in"),
        Actor("x", "analyst", "inspection", "s"),
    ],
    ids=lambda actor: f"{actor.role}-{actor.purpose}-{actor.session}",
)
def test_a_role_or_purpose_that_no_table_names_is_refused_everything(actor):
    allowed = [
        act
        for act, group in ACTS.items()
        if group["roles"] != EVERYBODY and may(actor, act.replace("*", "x"))
    ]
    assert allowed == [] and list_open_pages(actor) == ()


def test_an_act_that_no_table_names_is_refused_everybody():
    assert not any(may(Actor("x", role), "fly") for role in ROLES)
    assert not any(may(Actor("x", role), "view page engine room") for role in ROLES)


def test_what_takes_two_persons_says_so():
    for act in TWO_PERSONS:
        allowed = [may(Actor("x", role, purpose, "s"), act) for role, purpose in product(ROLES, PURPOSES)]
        assert any(allowed) and all(one.needs_second for one in allowed if one)


def test_what_bears_a_mark_is_refused_to_who_does_not_read_it():
    class Marked:
        handling = "C (A1): sharing permitted with conditions"

    assert may(Actor("x", "commander"), "read product", Marked())
    refused = may(Actor("x", "partner"), "read product", Marked())
    assert not refused and "handling" in refused.why


def test_a_refused_page_says_to_whom_it_is_open():
    for (page, roles), role in product(TABLE["pages"].items(), list_roles()):
        if role.code not in roles:
            why = may(Actor("Robin Vale", role.code, role.purposes[0], "s"), f"view page {page}").why
            others = [other.label for other in list_roles() if other.code in roles]
            assert why.endswith(f"It is open to: {', '.join(others)}.")
