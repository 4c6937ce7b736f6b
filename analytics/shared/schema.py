"""Files and saved text of a stated form, TOML or JSON: checked against a model, refused in plain words.

A model is a `FileModel`, a dataclass, a TypedDict or any other type that pydantic knows. Nothing is converted
on the way: a number in quotes is text, and true is no number. A list fills a tuple or a set.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import is_typeddict

_Model = TypeVar("_Model")
_ADAPTERS: dict[object, TypeAdapter[Any]] = {}  # making one costs more than using it
_MAX_FAULTS = 10
_MAX_CHARACTERS = 60

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number that is not infinite",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a table of keys and values",
    "model_type": "a table of keys and values",
    "dataclass_type": "a table of keys and values",
    "date_type": "a date such as 2026-01-31",
    "date_parsing": "a date such as 2026-01-31",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of {ge} or more",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of {le} or less",
    "literal_error": "one of {expected}",
    "string_too_short": "text",
    "string_pattern_mismatch": "text of the form {pattern}",
    "too_short": "a list of {min_length} or more entries",
    "too_long": "a list of {max_length} or fewer entries",
}


class InvalidFile(ValueError):
    """A file that cannot be used. The message names the file, each faulty key and what was expected there."""

    def __init__(self, name: str, faults: Sequence[str]) -> None:
        more = f"; and {len(faults) - _MAX_FAULTS} more" if len(faults) > _MAX_FAULTS else ""
        super().__init__(f"{name}: {'; '.join(faults[:_MAX_FAULTS])}{more}.")


class FileModel(BaseModel):
    """A table of a file: its keys are the fields, and no other key is allowed. It cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _check_filled(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty")
    return text


Text = Annotated[str, AfterValidator(_check_filled)]  # that is not empty


def find_repeated(names: Iterable[str]) -> list[str]:
    """The names that occur more than once, sorted."""
    return sorted(name for name, count in Counter(names).items() if count > 1)


def read_toml(path: Path, model: type[_Model]) -> _Model:
    """The content of a TOML file as `model`. Raises InvalidFile."""
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidFile(path.name, [f"it cannot be read: {error.strerror or error}"]) from error
    return parse_toml(data, model, path.name)


def parse_toml(data: bytes, model: type[_Model], name: str) -> _Model:
    """TOML in UTF-8, from a file called `name`, as `model`. Raises InvalidFile."""
    try:
        content = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidFile(name, ["it is not text in UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidFile(name, [f"it is not valid TOML: {error}"]) from error
    return check(content, model, name)


def parse_json(data: str | bytes, model: type[_Model], name: str) -> _Model:
    """JSON, from a file or a column called `name`, as `model`. Raises InvalidFile."""
    try:
        content = json.loads(data)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InvalidFile(name, [f"it is not valid JSON: {error}"]) from error
    return check(content, model, name)


def check(content: object, model: type[_Model], name: str) -> _Model:
    """Nested dictionaries and lists, from a file called `name`, as `model`. Raises InvalidFile."""
    # As JSON, where a strict model takes a list for a tuple, a table for a dataclass, and text for a date.
    as_json = json.dumps(content, default=_written)
    try:
        checked: _Model = _adapter(model).validate_json(as_json, strict=True)
    except ValidationError as error:
        faults = [_describe(fault, content, model) for fault in _own_faults(error.errors())]
        raise InvalidFile(name, faults) from error
    return checked


def _adapter(model: type[Any]) -> TypeAdapter[Any]:
    if model not in _ADAPTERS:
        _ADAPTERS[model] = TypeAdapter(model)
    return _ADAPTERS[model]


def _own_faults(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """The faults without those lists that are too short only because of an entry's own fault."""
    faulty = {error["loc"][:length] for error in errors for length in range(len(error["loc"]))}
    return [error for error in errors if error["type"] != "too_short" or error["loc"] not in faulty]


def _written(value: object) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not occur in TOML or JSON.")


def _describe(error: ErrorDetails, content: object, model: object) -> str:
    kind, context, location = error["type"], error.get("ctx", {}), error["loc"]
    where = ", ".join(_places(location, content))
    if kind == "missing":
        return f"{where} is missing"
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        known = _keys(model, location[:-1])
        return f"{where} is not a known key" + (f"; known are {', '.join(known)}" if known else "")
    if kind == "value_error":  # a validator's own words
        return ": ".join(filter(None, [where, str(context["error"]).rstrip(".")]))
    if kind in _EXPECTED:
        limits = {name: f"{of:g}" if isinstance(of, float) else of for name, of in context.items()}
        expected = _EXPECTED[kind].format(**limits)
    else:
        expected = error["msg"].removeprefix("Input should be ")
    return f"{where or 'the content'} must be {expected}, not {_shown(error['input'])}"


def _places(location: Sequence[int | str], content: object) -> Iterator[str]:
    """The keys on the way to a fault; an entry of a list by its number, and by its own code or name."""
    for step in location:
        if isinstance(step, int) and isinstance(content, Sequence) and not isinstance(content, str):
            content = content[step] if step < len(content) else None
            named = content.get("code") or content.get("name") if isinstance(content, Mapping) else None
            yield f"entry {step + 1}" + (f" ({_shown_key(named)})" if named else "")
        else:
            content = content.get(step) if isinstance(content, Mapping) else None
            yield _shown_key(step)


def _keys(model: object, location: Sequence[int | str]) -> list[str]:
    """The keys that the table at `location` of a model may have; none where it is no model or dataclass."""
    for step in location:
        fields = _fields(model)
        if fields:
            model = fields.get(str(step))
        else:
            model = next((of for of in reversed(get_args(model)) if of is not Ellipsis), None)
    return list(_fields(model))


def _fields(model: object) -> dict[str, Any]:
    """The annotations of the keys of a model, a dataclass or a TypedDict."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    is_table = isinstance(model, type) and (is_dataclass(model) or is_typeddict(model))
    return get_type_hints(model) if is_table else {}


def _shown_key(key: object) -> str:
    text = str(key)
    return _cut(text if text.isprintable() else repr(text))


def _shown(value: object) -> str:
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_CHARACTERS else text[: _MAX_CHARACTERS - 1] + "…"
