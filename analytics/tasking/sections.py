"""The sections of the written products, read from `data/codes/products.toml`: the one place that names them.

A section's code identifies it for good: texts are saved under it. Its title, prompt and order may change, and
sections may be added; what was saved stays readable (see `saved_sections`)."""

from __future__ import annotations

from analytics.shared.codes import code_table
from analytics.shared.schema import FileModel, InvalidFile, Text, check, find_repeated
from analytics.shared.unwritten import ask

FILE = "products.toml"
ASSESSMENTS = ("tactical assessment", "strategic assessment", "network profile", "subject profile")
PROFILE = "problem profile"
STRATEGY = "control strategy"
PLAN = "operation plan"
SECTIONED = (PROFILE, *ASSESSMENTS, STRATEGY, PLAN)
_REQUIRED = {STRATEGY: ("priorities", "requirement"), PLAN: ("victims_protection",)}


class Section(FileModel):
    """One section of a kind of product.

    `prompt`: what `writer` is asked to write where no draft fills it. `filled_by`: names of `FILLERS`, whose
    texts it is drafted from. `own_words`: it says what to do or is meant, so a statement needs no source to
    be released. `formerly`: codes and titles it was saved under before. `retired`: no longer asked for, shown
    where a saved product has it. Of a plan alone: `group` heads it on screen, and `after_victims` keeps it
    closed until victims' protection is written."""

    code: Text
    title: Text
    prompt: Text = "what belongs under this heading."
    writer: Text = "analyst"
    filled_by: tuple[str, ...] = ()
    own_words: bool = False
    formerly: tuple[str, ...] = ()
    retired: bool = False
    group: Text = "Further sections"
    after_victims: bool = False

    def request(self) -> str:
        """The text that stands here until somebody writes it."""
        return ask(self.writer, self.prompt)


def read_sections(kind: str) -> dict[str, Section]:
    """Every section of a kind of product by its code, in order, the retired ones among them.

    Raises KeyError for a kind that has no sections, and InvalidFile for a value that does not fit, a title
    used twice, or a section missing that the product cannot be without."""
    table = code_table(kind.replace(" ", "_"))
    sections = {
        entry.code: check(
            {"code": entry.code, "title": entry.label} | entry.more,
            Section,
            f"{FILE}, {table.name}, {entry.code}",
        )
        for entry in table.entries
    }
    if faults := _find_faults(kind, sections):
        raise InvalidFile(FILE, [f"{table.name}: {fault}" for fault in faults])
    return sections


def read_asked_sections(kind: str) -> dict[str, Section]:
    """The sections that a product of this kind is asked for, by code, in order. Raises what `read_sections`
    raises."""
    return {code: section for code, section in read_sections(kind).items() if not section.retired}


def _find_faults(kind: str, sections: dict[str, Section]) -> list[str]:
    """What is wrong with the sections of a product taken together."""
    faults = [
        f"the title {title} is used twice"
        for title in find_repeated(section.title for section in sections.values())
    ]
    faults += [
        f"a {kind} cannot be without the section {code}"
        for code in _REQUIRED.get(kind, ())
        if code not in sections or sections[code].retired
    ]
    before_victims: list[str] = []
    for code, section in sections.items():
        if code == "victims_protection":
            faults += [f"{early} must stand after {code}" for early in before_victims]
        elif section.after_victims:
            before_victims.append(code)
    return faults
