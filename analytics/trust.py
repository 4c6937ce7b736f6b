"""How far each method can be trusted: where it was tried, how often it was wrong there, on what it was not.

One table (`data/trust.toml`) is shown in the app and written to `docs/trust.md`:

    python -m analytics.trust > docs/trust.md
"""

from __future__ import annotations

from functools import cache

from pydantic import Field

from analytics.reference import reference_file
from analytics.shared.schema import FileModel, Text, read_toml

HEAD = """# How far to trust this

Every result of Achilles is an indication for somebody to check, and none is proof. This table says of each
method where it was tried, how often it was wrong there, and on what it was not tried. The figures stand in
the pages named, with the commands that print them. The same table is in the app under *Methods*.

"""


class MethodTrust(FileModel):
    """One method. `page`: the page of the app it is on; `source`: the file in `docs/` that has the figures;
    `tried`, `wrong`, `untried`: sentences."""

    name: Text
    page: Text
    source: Text
    tried: Text
    wrong: Text
    untried: Text


class _TrustFile(FileModel):
    methods: tuple[MethodTrust, ...] = Field(alias="method")


@cache
def read_trust() -> tuple[MethodTrust, ...]:
    """Every method, in the order of the file."""
    return read_toml(reference_file("trust.toml"), _TrustFile).methods


def write_trust() -> str:
    """The table as a page of `docs/`."""
    rows = (
        f"| [{one.name}]({one.source}) | {one.tried} | {one.wrong} | {one.untried} |" for one in read_trust()
    )
    head = "| method | where it was tried | how often it was wrong there | on what it was not tried |"
    return HEAD + "\n".join([head, "| --- | --- | --- | --- |", *rows]) + "\n"


if __name__ == "__main__":
    print(write_trust(), end="")
