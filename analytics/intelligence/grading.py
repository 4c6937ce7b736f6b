"""A 3x5x2 grade in words, and beside it the codes of older and foreign systems that read across to it."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.shared.codes import code_table

_SYSTEMS = {
    "5x5x5": ("source_5x5x5", "information_5x5x5"),
    "Admiralty 6x6": ("source_admiralty", "information_admiralty"),
}


@dataclass(frozen=True)
class Grade:
    """One line's grading in the 3x5x2: source 1-3, information A-E, handling P or C with its conditions."""

    source: str
    information: str
    handling: str = "P"
    conditions: tuple[str, ...] = ()

    def __str__(self) -> str:
        conditions = f" ({', '.join(self.conditions)})" if self.conditions else ""
        return f"{self.source}{self.information}{self.handling}{conditions}"


def check_grade(grade: Grade) -> None:
    """Raise ValueError, in the user's words, where a code is unknown or the conditions do not fit the
    handling."""
    for value, table in (
        (grade.source, "source_3x5x2"),
        (grade.information, "information_3x5x2"),
        (grade.handling, "handling"),
        *((condition, "handling_conditions") for condition in grade.conditions),
    ):
        try:
            code_table(table)[value]
        except KeyError as error:
            raise ValueError(error.args[0]) from error
    if grade.handling == "C" and not grade.conditions:
        raise ValueError("Handling code C shares with conditions: say which (A1 to A3, S1, S2).")
    if grade.handling != "C" and grade.conditions:
        raise ValueError("Conditions go with handling code C only.")


def describe_grade(grade: Grade) -> str:
    """The grade spelt out: what the source is, how it knows, how the line may be used."""
    return "; ".join(
        [
            code_table("source_3x5x2")[grade.source].label,
            code_table("information_3x5x2")[grade.information].label.lower(),
            code_table("handling")[grade.handling].label,
            *(code_table("handling_conditions")[condition].label.lower() for condition in grade.conditions),
        ]
    )


def read_across(grade: Grade) -> dict[str, str]:
    """Per older system, the source and information codes that would be graded so: '5x5x5' -> 'A B / 3'.

    The mapping is that of `data/codes/grading.toml`, read backwards: several codes may stand for one, and '-'
    says that none does.
    """
    return {
        system: f"{_codes(source, grade.source)} / {_codes(information, grade.information)}"
        for system, (source, information) in _SYSTEMS.items()
    }


def _codes(table: str, code: str) -> str:
    return " ".join(entry.code for entry in code_table(table).entries if entry.more["maps_to"] == code) or "-"
