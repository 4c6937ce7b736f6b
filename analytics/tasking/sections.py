"""The sections of the written products, read from `data/codes/products.toml`: the one place that names them.

A section's code identifies it for good: texts are saved under it. Its title, prompt and order may change, and
sections may be added; what was saved stays readable (see `saved_sections`)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from analytics.intelligence.codes import code_table
from analytics.shared.unwritten import ask

FILE = "data/codes/products.toml"
ASSESSMENTS = ("tactical assessment", "strategic assessment", "subject profile")
PROFILE = "problem profile"
STRATEGY = "control strategy"
PLAN = "operation plan"
SECTIONED = (PROFILE, *ASSESSMENTS, STRATEGY, PLAN)
_REQUIRED = {STRATEGY: ("priorities", "requirement"), PLAN: ("victims_protection",)}


class Section(BaseModel):
    """One section of a kind of product.

    `prompt`: what `writer` is asked to write where no draft fills it. `filled_by`: names of `FILLERS`, whose
    texts it is drafted from. `own_words`: it says what to do or is meant, so a statement needs no source to
    be released. `formerly`: codes and titles it was saved under before. `retired`: no longer asked for, shown
    where a saved product has it. Of a plan alone: `group` heads it on screen, and `after_victims` keeps it
    closed until victims' protection is written."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    code: str
    title: str
    prompt: str = "what belongs under this heading."
    writer: str = "analyst"
    filled_by: list[str] = []
    own_words: bool = False
    formerly: list[str] = []
    retired: bool = False
    group: str = "Further sections"
    after_victims: bool = False

    def request(self) -> str:
        """The text that stands here until somebody writes it."""
        return ask(self.writer, self.prompt)


def read_sections(kind: str) -> dict[str, Section]:
    """Every section of a kind of product by its code, in order, the retired ones among them.

    Raises KeyError for a kind that has no sections, and ValueError, naming file, product and key, for a value
    that is none, a title used twice, or a section missing that the product cannot be without."""
    table = code_table(kind.replace(" ", "_"))
    sections = {
        entry.code: _section(table.name, {"code": entry.code, "title": entry.label} | entry.more)
        for entry in table.entries
    }
    titles = [section.title for section in sections.values()]
    if twice := {title for title in titles if titles.count(title) > 1}:
        raise ValueError(f"{FILE}, {table.name}: the title {', '.join(sorted(twice))} is used twice.")
    for code in _REQUIRED.get(kind, ()):
        if code not in sections or sections[code].retired:
            raise ValueError(f"{FILE}, {table.name}: a {kind} cannot be without the section {code}.")
    _check_victims_first(kind, list(sections.values()))
    return sections


def read_asked_sections(kind: str) -> dict[str, Section]:
    """The sections that a product of this kind is asked for, by code, in order. Raises what `read_sections`
    raises."""
    return {code: section for code, section in read_sections(kind).items() if not section.retired}


def _section(table: str, values: dict[str, object]) -> Section:
    try:
        return Section.model_validate(values)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ValueError(f"{FILE}, {table}, {values['code']}: {wrong}.") from error


def _check_victims_first(kind: str, sections: list[Section]) -> None:
    """Victims' protection stands before every section of the enforcement plan."""
    early = [section.code for section in sections if section.after_victims]
    codes = [section.code for section in sections]
    if kind == PLAN and early and codes.index(early[0]) < codes.index("victims_protection"):
        raise ValueError(f"{FILE}, operation_plan: {early[0]} must stand after victims_protection.")
