"""What a method of the catalogue is: a question, options, and a function from a request to a result.

The Hotspots page makes its controls and the command line its options from the same declaration, and both
draw or write the same result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from analytics.hotspots.catalogue.place_names import name_result
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.shared.method_result import Result
from analytics.shared.progress import Progress, ignore_progress

GROUPS = ("Where", "When", "Where and when", "What next")


@dataclass(frozen=True)
class Option:
    """One parameter of a method: its default, the choices or bounds, the unit and what it means.

    `choices_of` gives choices that depend on the working area: the first of them stands for the
    default '', or where there is a `placeholder`, what that says."""

    name: str
    label: str
    default: str | int | float
    help: str
    choices: tuple[str, ...] = ()
    choices_of: Callable[[Workspace], tuple[str, ...]] | None = None
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    placeholder: str = ""

    def read(self, given: object) -> str | int | float:
        """A value from a link, a widget or the command line; raises ValueError in the user's words."""
        if self.choices:
            if given not in self.choices:
                raise ValueError(f"{self.label}: {given!r} is none of {', '.join(self.choices)}.")
            return str(given)
        if isinstance(self.default, str):
            return str(given)
        try:
            value = type(self.default)(str(given))
        except ValueError as error:
            raise ValueError(f"{self.label}: {given!r} is not a number.") from error
        if not (self.minimum is None or value >= self.minimum) or not (
            self.maximum is None or value <= self.maximum
        ):
            raise ValueError(f"{self.label}: {value} is not between {self.minimum} and {self.maximum}.")
        return value


@dataclass(frozen=True)
class Method:
    """One entry of the catalogue: its question, its options, and the function that answers a request.

    `answer` raises TooFewData where the data cannot carry the method. A `long` method may take many seconds:
    it reports its progress and can be stopped."""

    name: str
    title: str
    group: str
    question: str
    not_when: str
    answer: Callable[[Workspace, Request, Progress], Result]
    options: tuple[Option, ...] = ()
    long: bool = False

    def defaults(self) -> tuple[tuple[str, str | int | float], ...]:
        return tuple((option.name, option.default) for option in self.options)

    def run(self, workspace: Workspace, request: Request, progress: Progress = ignore_progress) -> Result:
        """The answer, its places named; on a map, without comparison columns when the earlier period is not
        fully covered: a 0 there would be read as none. Raises TooFewData."""
        result = name_result(workspace, request.grid, self.answer(workspace, request, progress))
        covered = request.selection.earlier().first >= workspace.extent.first
        if covered or result.shape not in ("cells", "outlines"):
            return result
        return replace(result, table=result.table.drop(columns=_COMPARISON_COLUMNS, errors="ignore"))


_COMPARISON_COLUMNS = ["before", "value_before", "harm_before", "change"]


def within_step(progress: Progress, step: str, start: float, end: float) -> Callable[[float], None]:
    """The progress of one step, whose 0 to 1 are `start` to `end` of all of the work."""
    return lambda share: progress(step, start + (end - start) * share)


def refuse_to_run(workspace: Workspace, request: Request, progress: Progress) -> Result:
    """The `answer` of what the page shows like a method, but no request alone can ask for."""
    raise NotImplementedError("A function of its own computes this.")
