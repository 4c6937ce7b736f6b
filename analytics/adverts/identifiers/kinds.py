"""The registry of identifier kinds. Everything that finds, shows, masks, searches or links by an identifier
reads it here.

To add a kind: a finder in a module beside this one, its entry in `KINDS`, one more for `READER`, and a test.
It fails closed: a code that no entry has is personal, links nothing and is masked whole wherever it would be
shown or leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from analytics.adverts.identifiers.crypto import SHORTEST, find_crypto
from analytics.adverts.identifiers.phones import find_phones
from analytics.adverts.identifiers.reading import Identifier, Reading
from analytics.oversight.masking import mask

Finder = Callable[[Reading], Iterable[Identifier]]


@dataclass(frozen=True)
class IdentifierKind:
    """One kind: `code` as the store has it, `label` for the screen, `personal`: masked until a reason is
    given, `links`: two adverts that share one may be of one operation, `mask`: a kind of
    `oversight.masking`, `find`: its finder (kinds found together share one, which runs once), `exclusive`:
    what lies within one is no identifier of another kind."""

    code: str
    label: str
    personal: bool
    links: bool
    mask: str
    find: Finder
    exclusive: bool = False

    def shown(self, value: str) -> str:
        """A value as it may be shown before a reason is given."""
        return str(mask(value, self.mask)) if self.personal and value else value


def _find_addresses(reading: Reading) -> Iterable[Identifier]:
    for address in reading.addresses:
        yield from reading.identifiers(address.kind, (address,))


def _find_amounts(reading: Reading) -> Iterable[Identifier]:
    for amount in reading.amounts:
        yield from reading.identifiers(amount.kind, (amount,))


def _find_places(reading: Reading) -> Iterable[Identifier]:
    return reading.identifiers("place", reading.places)


def _find_phones(reading: Reading) -> Iterable[Identifier]:
    taken = [(address.start, address.end) for address in reading.addresses]
    taken += [(amount.start, amount.end) for amount in reading.amounts]
    phones = find_phones(
        reading.folded.text, reading.tokens, taken, reading.dialling_regions, reading.capitals
    )
    return reading.identifiers("phone", phones)


def _find_crypto(reading: Reading) -> Iterable[Identifier]:
    if max(map(len, reading.tokens), default=0) >= SHORTEST:
        for found in find_crypto(reading.text):  # case matters: the text as written
            raw = reading.text[found.start : found.end]
            yield Identifier("crypto", found.value, found.start, found.end, found.confidence, raw, found.note)


def _find_nothing(reading: Reading) -> Iterable[Identifier]:
    return ()


READER = 8  # raised with every change of what is read, so that stored adverts are read again
KINDS = (
    IdentifierKind("phone", "Telephone", personal=True, links=True, mask="phone", find=_find_phones),
    IdentifierKind("email", "E-mail", personal=True, links=True, mask="email", find=_find_addresses),
    IdentifierKind("handle", "Handle", personal=True, links=True, mask="handle", find=_find_addresses),
    IdentifierKind("url", "Web address", personal=True, links=True, mask="contact", find=_find_addresses),
    IdentifierKind(
        "crypto",
        "Crypto address",
        personal=True,
        links=True,
        mask="account",
        find=_find_crypto,
        exclusive=True,
    ),
    IdentifierKind("price", "Price", personal=False, links=False, mask="", find=_find_amounts),
    IdentifierKind("age", "Age", personal=False, links=False, mask="", find=_find_amounts),
    IdentifierKind("place", "Place", personal=False, links=False, mask="", find=_find_places),
)


def kind_of(code: str) -> IdentifierKind:
    """The entry of a code. An unknown code is a kind of its own: personal, linking nothing, masked whole."""
    for kind in KINDS:
        if kind.code == code:
            return kind
    return IdentifierKind(code, code, personal=True, links=False, mask="", find=_find_nothing)


def known_kinds() -> tuple[str, ...]:
    """Codes of all kinds."""
    return tuple(kind.code for kind in KINDS)


def linking_kinds() -> tuple[str, ...]:
    """Codes of the kinds that link adverts."""
    return tuple(kind.code for kind in KINDS if kind.links)


def open_kinds() -> tuple[str, ...]:
    """Codes of the kinds that may be shown to everybody; every other code is personal, the unknown too."""
    return tuple(kind.code for kind in KINDS if not kind.personal)


def exclusive_kinds() -> frozenset[str]:
    """Codes of the kinds within which no identifier of another kind lies."""
    return frozenset(kind.code for kind in KINDS if kind.exclusive)


def finders() -> tuple[Finder, ...]:
    """Every finder, each once."""
    return tuple(dict.fromkeys(kind.find for kind in KINDS))
