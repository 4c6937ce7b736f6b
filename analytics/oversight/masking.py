"""Personal data out of sight: names, telephones, e-mails, handles, account numbers and addresses, masked.

The whole interface:

- `mask(value, kind)`: one value of a kind of `MASKS` ('name', 'phone', 'text' ...); of any other kind nothing
  is left.
- `mask_text(text, spans=(), names=())`: free text. Masks what looks like a telephone, e-mail, handle, link or
  account
  number, the character ranges in `spans` (an obfuscated number, say) and the given `names`.
- `mask_attributes(text)`: further columns of a row, as JSON.
- `mask_rows(frame, table)`: a copy of rows of a table of the store with its personal columns masked.
- `PERSONAL`: which column of which table is personal, and of what kind.

Pure functions, no state. Enough of an account number (its last four) and of a telephone (its last three) is
left to tell one from another on a page, and of a value so short that this would be most of it less or
nothing. It is masking for the eye, not anonymisation. What is unmasked, and
why, is `ui.components.reveal`'s to ask."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable

import pandas as pd

HIDDEN = "•"
PERSONAL: dict[str, dict[str, str]] = {
    "advert": {"title": "text", "body": "text", "contact": "contact"},
    "account": {
        "reference": "account",
        "holder": "name",
        "phone": "phone",
        "address": "address",
        "email": "email",
    },
    "transaction": {
        "from_account": "account",
        "to_account": "account",
        "from_name": "name",
        "to_name": "name",
        "note": "text",
    },
    "premises": {"holder": "name", "address": "address", "owner": "name", "contact": "contact"},
    "journey": {
        "traveller": "name",
        "paid_by": "account",
        "contact": "contact",
        "document": "account",
        "born": "date",
        "vehicle": "account",
    },
    "communication": {
        "from_phone": "phone",
        "to_phone": "phone",
        "from_name": "name",
        "to_name": "name",
        "device": "account",
        "subscriber": "account",
    },
}

_PERSONAL_WORDS = frozenset(
    ("surname", "forename", "firstname", "lastname", "fullname", "phone", "telephone", "tel", "mobile")
    + ("msisdn", "email", "mail", "dob", "birth", "born", "birthdate", "passport", "ssn", "nino", "contact")
    + ("clid", "address", "booker", "by", "plate", "vrm", "vrn", "imei", "imsi", "iban", "account", "owner")
)
_PEOPLE_WORDS = frozenset(  # whose name it is
    ("first", "last", "given", "family", "middle", "maiden", "full", "father", "mother", "parent", "spouse")
    + ("victim", "suspect", "offender", "complainant", "witness", "officer", "guest", "tenant", "holder")
    + ("driver", "passenger", "customer", "user", "person", "nominal")
)
_SHORTEST_PHONE = 7  # digits: of fewer none is shown
_SHORTEST_ACCOUNT = 8  # characters: of fewer the last two are shown
_SHORTEST_PAIR = 5  # characters: of fewer none is shown
_SHORTEST_INITIAL = 3  # characters of a name, handle or mailbox: of fewer not even the first is shown
_EMAIL = r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"
_LINK = r"(?:https?://|www\.|tel:|mailto:|wa\.me/|t\.me/)[^\s\]>)]+"
_HANDLE = r"(?<!\w)@[\w.]{2,}"
_IBAN = r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b"
# Seven digits or more, whatever stands between them: separators, keycaps, brackets. Not a date.
_DIGITS = r"(?<!\d)(?!\d{4}-\d\d-\d\d(?!\d))\+?\d(?:[\s().\-–_/*~·\u20e3\ufe0f]{0,3}\d){6,}\u20e3?"
_ADDRESSES = re.compile("|".join((_EMAIL, _LINK, _HANDLE)), re.IGNORECASE)
_NUMBERS = re.compile("|".join((_IBAN, _DIGITS)))


def mask(value: object, kind: str) -> object:
    """A masked value; None and NaN stay as they are. Of a kind that `MASKS` does not have nothing is left."""
    if value is None or (isinstance(value, float) and value != value):
        return value
    return MASKS.get(kind, _whole)(str(value))


def mask_text(text: str, spans: Iterable[tuple[int, int]] = (), names: Iterable[str] = ()) -> str:
    """Free text with contacts masked; every other character stays where it is, so that spans still fit."""
    found = [
        *spans,
        *(m.span() for m in _ADDRESSES.finditer(text)),
        *(m.span() for m in _NUMBERS.finditer(text)),
    ]
    for name in names:
        if name.strip():
            found += [
                m.span() for m in re.finditer(rf"(?<!\w){re.escape(name.strip())}(?!\w)", text, re.IGNORECASE)
            ]
    characters = list(text)
    for start, end in found:
        for at in range(max(start, 0), min(end, len(characters))):
            if not characters[at].isspace():
                characters[at] = HIDDEN
    return "".join(characters)


def mask_rows(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The rows of a table (by its name in the store) with personal columns masked; other columns stay."""
    personal = {name: kind for name, kind in PERSONAL.get(table, {}).items() if name in frame}
    masked = frame.assign(**{name: _mask_column(frame[name], kind) for name, kind in personal.items()})
    if "attributes" in masked:
        masked["attributes"] = masked["attributes"].map(mask_attributes, na_action="ignore")
    return masked


def _mask_column(column: pd.Series, kind: str) -> pd.Series:
    masked = {value: mask(value, kind) for value in column.dropna().unique()}
    return column.map(masked)


def mask_attributes(text: str) -> str:
    """A row's further columns: those of a person hidden whole, contacts and numbers in the others masked."""
    values = json.loads(text)
    shown = {
        name: value and (HIDDEN * 4 if _is_personal(name) else _mask_number(str(value)))
        for name, value in values.items()
    }
    return json.dumps(shown, ensure_ascii=False)


def _mask_number(text: str) -> str:
    """The text without contacts and long numbers; a date stays."""
    is_date = re.fullmatch(
        r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}([ T][\d:. APMapm]{2,14})?", text.strip(), re.ASCII
    )
    return text if is_date else mask_text(text)


def _is_personal(column: str) -> bool:
    """Whether the name of a column says that its values are a person's."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    words = set(re.findall(r"[a-z]+", parted.lower()))
    return bool(words & _PERSONAL_WORDS) or (
        bool(words & {"name", "names"}) and (len(words) == 1 or bool(words & _PEOPLE_WORDS))
    )


def _whole(text: str) -> str:
    """Nothing of the value, its length included."""
    return HIDDEN * 4


def _name(text: str) -> str:
    """'Maria Silva' becomes 'M. S.': enough to see two rows agree, too little to know whom. Nothing is left
    of a name of which the initials would be more than half."""
    words = re.findall(r"\w+", text)
    letters = sum(map(len, words))
    if letters < max(_SHORTEST_INITIAL, 2 * len(words)):
        return HIDDEN * 3
    return " ".join(f"{word[0].upper()[:1]}." for word in words)


def _phone(text: str) -> str:
    """The last three digits, of seven or more: of a shorter number they would be half of it."""
    digits = "".join(c for c in text if c.isdigit())
    return HIDDEN * 4 + (digits[-3:] if len(digits) >= _SHORTEST_PHONE else "")


def _email(text: str) -> str:
    return f"{_initial(text.partition('@')[0])}{HIDDEN * 3}@{HIDDEN * 3}"


def _handle(text: str) -> str:
    return f"@{_initial(text.lstrip('@'))}{HIDDEN * 3}"


def _initial(text: str) -> str:
    return text[0] if len(text) >= _SHORTEST_INITIAL else ""


def _account(text: str) -> str:
    """The last four characters, or two of a shorter number: never more than half of it."""
    number = re.sub(r"\s", "", text)
    if len(number) < _SHORTEST_PAIR:
        return HIDDEN * 4
    return HIDDEN * 4 + number[-4 if len(number) >= _SHORTEST_ACCOUNT else -2 :]


def _address(text: str) -> str:
    """The part behind the first comma, a town as a rule, stays."""
    _, comma, rest = text.partition(",")
    return f"{HIDDEN * 4}{comma}{rest}" if comma else HIDDEN * 4


def _contact(text: str) -> str:
    return "\n".join(_one_contact(line) for line in text.splitlines())


def _one_contact(text: str) -> str:
    if re.fullmatch(_EMAIL, text.strip()):
        return _email(text.strip())
    long = sum(c.isdigit() for c in text) >= _SHORTEST_PHONE
    return _phone(text) if long or not any(c.isalpha() for c in text) else _handle(text.strip())


def _date(text: str) -> str:
    """The year of a day written 1990-12-31."""
    is_day = re.match(r"\d{4}-\d\d-\d\d", text, re.ASCII)
    return f"{text[:4] if is_day else ''}{HIDDEN * 4}"


MASKS: dict[str, Callable[[str], str]] = {
    "date": _date,
    "name": _name,
    "phone": _phone,
    "email": _email,
    "handle": _handle,
    "account": _account,
    "address": _address,
    "contact": _contact,
    "text": mask_text,
}
