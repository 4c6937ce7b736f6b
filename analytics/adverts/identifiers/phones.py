"""Telephone numbers, however they are dressed.

Runs of digit-like tokens are cut into the windows that are numbers of some country's plan; of windows that
overlap, the set with the highest total confidence stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from analytics.adverts.identifiers.amounts import find_other_numbers
from analytics.adverts.identifiers.digit_runs import TOKEN, Atom, find_runs
from analytics.adverts.identifiers.number_words import load_language_regions
from analytics.adverts.identifiers.numbering import (
    PhoneNumber,
    country_code,
    read_dialled,
    read_international,
)
from analytics.adverts.identifiers.places import find_country_ahead

DEFAULT_REGIONS = ("GB", "US")
MINIMUM_CONFIDENCE = 0.5  # what is less sure than this is not reported
_LONGEST = 15
# Where a number is dialled from abroad, and leaves no doubt which country: '+', '00', North America's '011'.
_PLUS = re.compile(r"\+\s*[(\[]?\s*$|(?<!\w)plus\W{0,3}$")
# What stands before digits that are no telephone number, and before those that are.
_REFERENCE = re.compile(
    r"(?:\b(?:ref(?:erence)?|invoice|iban|vat|isbn|sku|ean|imei|siret|bestellnummer|auftragsnummer|nip|regon|cui|инн|"
    r"артикул|αφμ)(?:\W{0,3}(?:no|nr|num|number|code|numero|id|номер))?"
    r"|\b(?:order|booking|account|acc|licen[cs]e|registration|reg|company|charity|ticket|tracking|case|serial|passport|"
    r"card|id|item|pedido|codigo|commande|artikel|ordine|zamowieni[ae]|comanda|заказ\w*|счет\w*|παραγγελιας)"
    r"\W{0,3}(?:no|nr|num|number|code|numero|номер|id|№|#|:)|\b(?:order|id)\W?#|订单号?|编号|单号|№|#)\W{0,4}$"
)
# What every one of those ends with: looked for first, for it is seldom there.
_REFERENCE_END = re.compile(
    r"(?:ref|erence|oice|iban|vat|isbn|sku|ean|imei|siret|nummer|nip|regon|cui|инн|ул|αφμ|no|nr|num|number|code|numero|id|номер|n|[#:№号])\W{0,7}$"
)
_REFERENCE_END_REACH = 16
_REFERENCE_REACH = 32
_ENDED = re.compile(r"[!?\n]|[.]\s\W*\w{4,}")
_REFERENCES_TEXT = """
    ref reference refs invoice iban vat isbn sku ean gtin upc barcode imei siret siren nip regon cui cif
    nif nie dni pesel bsn cpf cnpj cuit rut rfc curp kvk ust ustid utr tin ssn nino tax steuernummer
    steuer afm amka oib jmbg egn eik cnp ico dic personnummer orgnr orgnummer inn snils ogrn kpp edrpou
    инн огрн кпп снилс еик егн αφμ ticket tickets batch lot charge serial licence license permit policy
    claim passport parcel tracking flight booking buchung buchungsnummer reservation reserva order
    orders bestellung bestellnummer auftrag auftragsnummer rechnung rechnungsnummer facture factura
    fattura faktura commande pedido ordine zamowienie comanda zakazka artikel artikelnummer articulo
    articolo article item model modell modelo part case file dossier sprawa registration company charity
    account acc iva piva codigo kod code заказ счет артикул договор договір накладная παραγγελια
    τιμολογιο bilet билет biglietto billet boleto vergi siparis fatura
"""
_REFERENCES = frozenset(_REFERENCES_TEXT.split())
_BETWEEN_TEXT = """
    no nr num number numero nummer номер code id is n nº der de du di do del of our your the fiscale
    fiscal partita reference ref date card office and tax serial gb de fr es it pl ro nl be at ie pt se
    cz hu dk fi el
"""
_BETWEEN = frozenset(_BETWEEN_TEXT.split())
_IBAN = re.compile(r"\biban\W{0,3}[a-z]{2}\s?\d{2}(?:\s?[a-z]{4})?(?:\s?\d{4}){2,6}(?:\s?\d{1,3})?(?!\d)")
_CUE = re.compile(
    r"\b(?:call|phone|tel|telephone|mob|mobile|cell|text|txt|sms|ring|whats?app|viber|contact|number|dial|reach|wa|"
    r"llama\w*|llame|telefono|movil|appel\w*|telefon\w*|portable|handy|ruf\w*|anruf\w*|zadzwon|komorka|suna\w*|"
    r"chiama\w*|cellulare|ligue|telemovel|телефон\w*|тел|звон\w*|пишите|вацап|καλεστε|τηλ\w*|κινητο)\b|电话|手机|致电|微信"
)
_CUE_REACH = 40
# Between two things, rather than between the groups of one number.
_BREAK = re.compile(r"[^\W_]|[\n|,;:•]|[.!?]\s|\s\W+\s")
_GROUPS = {
    (3, 3, 4),
    (3, 7),
    (6, 4),
    (10,),
    (11,),
    (1, 10),
    (1, 3, 3, 4),
    (1, 3, 7),
    (4, 3, 4),
    (3, 4, 3),
    (2, 2, 2, 2, 2),
    (3, 3, 3),
    (3, 2, 2, 2),
    (2, 3, 2, 2),
    (2, 3, 4),
    (3, 4, 4),
    (5, 5),
    (4, 4),
    (4, 6),
    (4, 7),
    (2, 4, 4),
    (3, 3, 3, 3),
}
_ITALY = 39  # whose leading nought is dialled from abroad too
_LOCAL = 0.06  # a China mobile number in an advert for Beijing, rather than one of North America
_BASE = {
    "international": 0.99,
    "trunk": 0.97,
    "nanp": 0.93,
    "open": 0.88,
    "code": 0.85,
    "short": 0.72,
    "trunk lost": 0.6,
}
_HOW = {
    "code": "country code without a plus",
    "trunk lost": "leading zero missing",
    "short": "written without its area code's prefix",
}


class Phone(NamedTuple):
    """A number found: its E.164 form, its span in the folded text, how sure it is and why not surer."""

    value: str
    start: int
    end: int
    confidence: float
    note: str


_Reading = tuple[PhoneNumber, str, tuple[str, ...]]


class _Window(NamedTuple):
    first: int
    last: int  # half-open, positions in the run
    phone: Phone


def find_phones(
    text: str, tokens: Sequence[str], taken: Sequence[tuple[int, int]], regions: Sequence[str]
) -> list[Phone]:
    """All telephone numbers of a folded text with these tokens; `regions` are looked up first to last.

    `taken` spans (prices, addresses) hold none, nor do dates, hours and measures."""
    if "iban" in tokens:
        taken = [*taken, *(match.span() for match in _IBAN.finditer(text))]
    runs = find_runs(text, tokens, taken)
    hidden: list[list[Atom]] = []
    if any(len(run) > 1 for run in runs) and (numbers := find_other_numbers(text)):
        hidden = [run for run in runs if _is_complete(run) or _is_spelt(run)]
        runs = find_runs(text, tokens, [*taken, *numbers])
    found = [phone for run in runs for phone in _best(_windows(text, run, regions))]
    if not found and hidden:
        # '... seven 4 pm', '1-2-12 5550100': digits one by one, or of just a number's length, are no date
        # after all
        found = [phone for run in hidden for phone in _best(_windows(text, run, regions))]
    if any(atom.kind == "word" and len(atom.digits) > 1 for run in runs for atom in run):
        # 'twenty five' may be 20 and 5 after all, and 'nine hundred' a 9 with a word after it
        apart = find_runs(text, tokens, taken, compose=False)
        other = [phone for run in apart for phone in _best(_windows(text, run, regions))]
        found = max(found, other, key=lambda phones: max((phone.confidence for phone in phones), default=0))
    return found


def _is_spelt(run: list[Atom]) -> bool:
    """Whether most of it is written digit by digit."""
    return sum(len(atom.digits) == 1 for atom in run) > len(run) / 2


def _is_complete(run: list[Atom]) -> bool:
    """As many digits as a number of the default countries has with all in front of it."""
    digits = "".join(atom.digits for atom in run)
    return len(digits) == 11 and digits[0] in "01"


def _windows(text: str, run: list[Atom], regions: Sequence[str]) -> list[_Window]:
    named = tuple(regions)
    hinted = tuple(dict.fromkeys([*named, *_spoken(run), *DEFAULT_REGIONS]))
    lead = text[max(0, run[0].start - _CUE_REACH) : run[0].start]
    tail = text[run[-1].end : run[-1].end + 20]
    if _refers(lead):
        run = _after_reference(run)
    ahead = find_country_ahead(lead)
    if ahead:
        named = tuple(dict.fromkeys([ahead, *named]))
        hinted = tuple(dict.fromkeys([ahead, *hinted]))
    signed = "+" in text or "plus" in text
    windows = []
    for first in range(len(run)):
        start = run[first].start
        plus = signed and bool(_PLUS.search(text[max(0, start - 8) : start]))
        digits = ""
        for last in range(first, len(run)):
            digits += run[last].digits
            if len(digits) > _LONGEST + 2:
                break
            if len(digits) >= 7 and (reading := _read(digits, plus, hinted, named)):
                phone = _judge(text, run, first, last + 1, digits, reading, (lead, tail, ahead))
                if phone:
                    windows.append(_Window(first, last + 1, phone))
    return windows


def _refers(lead: str) -> bool:
    """Whether what stands before digits says that they are a reference, a ticket or a tax number."""
    for word in reversed(TOKEN.findall(lead[-_REFERENCE_REACH:])):
        if word in _REFERENCES:
            return not _ENDED.search(lead, lead.rfind(word) + len(word))
        if word not in _BETWEEN:
            break
    return bool(_REFERENCE_END.search(lead, len(lead) - _REFERENCE_END_REACH) and _REFERENCE.search(lead))


def _after_reference(run: list[Atom]) -> list[Atom]:
    """What a reference leaves of a run: all after its one long group, or after the next clear break."""
    if len(run[0].digits) >= 5:
        return run[1:]
    return next((run[at:] for at in range(1, len(run)) if _BREAK.search(run[at].gap)), [])


def _spoken(run: list[Atom]) -> list[str]:
    """Where the language of the run's number words is spoken; nothing where English serves as well as any."""
    if not any(atom.languages for atom in run):
        return []
    count = Counter(language for atom in run for language in atom.languages)
    highest = max(count.values(), default=0)
    languages = sorted(language for language, times in count.items() if times == highest)
    return (
        []
        if "en" in languages
        else [region for name in languages for region in load_language_regions()[name]]
    )


@lru_cache(maxsize=1 << 10)
def _cued(lead: str, tail: str) -> bool:
    """Whether a word before or after digits says that they are a telephone number."""
    return bool(_CUE.search(lead) or _CUE.search(tail))


def _judge(
    text: str,
    run: list[Atom],
    first: int,
    last: int,
    digits: str,
    reading: _Reading,
    around: tuple[str, str, str],
) -> Phone | None:
    """How sure it is that the atoms from `first` to `last` are the number read; None where not sure
    enough."""
    atoms = run[first:last]
    number, how, others = reading
    if _counts_up(atoms) or _word_beyond_a_break(atoms):
        return None
    confidence = _BASE[how]
    alone = how not in ("international", "trunk")
    if alone and (_price_list(atoms) or (how != "nanp" and _crosses_a_break(atoms))):
        return None
    lead, tail, ahead = around
    if how in ("short", "trunk lost", "code", "open"):
        if _cued(lead, tail) or (ahead and number.code == country_code(ahead)):
            confidence = min(confidence + 0.12, 0.92)
        elif how == "trunk lost" and not number.mobile:
            return None  # ten figures that nothing calls a number: a tax reference as likely
        elif not _orderly(atoms):
            confidence -= 0.25
    elif how == "nanp" and not _orderly(atoms) and not _cued(lead, tail):
        confidence -= 0.15
    if number.reserved:
        confidence -= 0.02
    if how == "trunk" and len(digits) < 9:
        confidence -= 0.15
    weakness = _weakness(atoms, len(digits), alone)
    if weakness is None:
        return None
    confidence -= weakness
    if others and how != "international":
        confidence -= 0.05
    # Digits left over beside the window, the nearer the worse, tell against it.
    for neighbour, gap in _left_over(run, first, last):
        confidence -= (
            (0.06 if neighbour.digits == "0" else 0.02)
            if neighbour.weak
            else 0.15
            if gap == ""
            else 0.12
            if _alike(atoms, neighbour, gap)
            else 0.03
        )
    if confidence < MINIMUM_CONFIDENCE:
        return None
    notes = [_HOW.get(how, "")]
    notes += ["range reserved for fiction"] if number.reserved else []
    notes += [f"could also be {', '.join(others)}"] if others else []
    notes += [_dress(atoms)]
    start = _with_plus(text, atoms[0].start) if how == "international" else atoms[0].start
    return Phone(
        number.e164, start, atoms[-1].end, round(min(confidence, 0.99), 2), "; ".join(filter(None, notes))
    )


@lru_cache(maxsize=1 << 17)
def _read(digits: str, plus: bool, regions: tuple[str, ...], named: tuple[str, ...]) -> _Reading | None:
    """The number that digits are, how that is known, and other numbers that they could be."""
    if plus:
        number = read_international(digits)
        return (number, "international", ()) if number else None
    if digits.startswith("00") and (number := read_international(digits[2:])):
        return number, "international", ()
    readings: list[tuple[PhoneNumber, str]] = []
    local: set[str] = set()  # what the countries that the advert names read comes before what others would
    for region in regions:
        dialled = read_dialled(digits, region)
        if dialled:
            number, missing = dialled
            how = _how(number, missing, digits)
            unlikely = how == "short" and region not in named
            if not unlikely and not any(known.e164 == number.e164 for known, _ in readings):
                readings.append((number, how))
                if region in named:
                    local.add(number.e164)
    if len(digits) >= 11 and digits[0] != "0" and (number := read_international(digits)):
        readings.append((number, "nanp" if number.code == 1 else "code"))
    if digits.startswith("011") and {"US", "CA"} & set(named) and (number := read_international(digits[3:])):
        readings.append((number, "international"))
    if not readings:
        return None
    readings.sort(key=lambda reading: -_BASE[reading[1]] - _LOCAL * (reading[0].e164 in local))
    number, how = readings[0]
    rivals = [known.e164 for known, other in readings[1:] if _BASE[other] > _BASE[how] - 0.2]
    return number, how, tuple(dict.fromkeys(rival for rival in rivals if rival != number.e164))[:3]


def _how(number: PhoneNumber, missing: bool, digits: str) -> str:
    if missing:
        return "trunk lost"
    if number.code == 1:
        return "nanp" if len(digits) == 11 else "open"
    if number.e164 != f"+{number.code}{digits}" or (number.code == _ITALY and digits[0] == "0"):
        return "trunk"
    return "open" if len(digits) >= 9 else "short"


def _orderly(atoms: list[Atom]) -> bool:
    """Digits one by one, words, or groups as telephone numbers are printed."""
    lengths = tuple(len(atom.digits) for atom in atoms)
    return lengths in _GROUPS or sum(n <= 2 for n in lengths) >= 0.8 * len(lengths) or len(lengths) <= 1


def _weakness(atoms: list[Atom], digits: int, alone: bool) -> float | None:
    """What letters and homophones among the digits take from the confidence; None where too much hangs on
    them.

    Letters written together with figures ('oll8') are surer than those that stand apart."""
    joined = [atom.gap == "" for atom in atoms[1:]] + [False]
    weak = loose = homophones = 0
    for at, atom in enumerate(atoms):
        if atom.weak and (atom.kind, atom.digits) != ("word", "0"):
            together = joined[at] or (at > 0 and joined[at - 1])
            weak += len(atom.digits)
            loose += 0 if together else len(atom.digits)
            homophones += atom.kind == "word"
    if len(atoms) > 1 and (digits - weak < 3 or weak > 0.75 * digits or loose > 0.5 * digits):
        return None
    spoken = sum(atom.kind == "word" and (not atom.weak or atom.digits == "0") for atom in atoms)
    one_by_one = homophones <= 2 and digits == 11 and all(len(atom.digits) == 1 for atom in atoms)
    if alone and homophones and spoken < (2 if homophones > 2 else 1) and not one_by_one:
        return None  # '2 for 1 to 3': who writes 'for' for a digit writes other words too
    if alone and homophones and any(atom.kind == "figures" and len(atom.digits) > 2 for atom in atoms):
        return None  # '870 to 870 two for one'
    lost = 0.04 if weak else 0.0
    if atoms[0].weak and len(atoms) > 1 and atoms[1].gap:
        lost += 0.02 if atoms[0].digits == "0" else 0.2
    if atoms[-1].weak and atoms[-1].gap:
        lost += 0.15
    return lost


def _price_list(atoms: list[Atom]) -> bool:
    """100 150 200: three sums or more, all round, none with a nought in front."""
    groups = [atom.digits for atom in atoms]
    return len(groups) >= 3 and all(
        2 <= len(group) <= 4 and group[0] != "0" and int(group) % 5 == 0 for group in groups
    )


def _crosses_a_break(atoms: list[Atom]) -> bool:
    """Parts that a comma, a line or a word separates; not where all is spelt in words, nor where the
    same sign stands between all of them."""
    if all(atom.kind == "word" for atom in atoms):
        return False
    gaps = [atom.gap for atom in atoms[1:]]
    return len(set(gaps)) > 1 and any(_BREAK.search(gap) for gap in gaps)


def _word_beyond_a_break(atoms: list[Atom]) -> bool:
    """'0712 038 478. Two rooms': a word that a new line or sentence parts from figures."""
    words = [atom.kind == "word" for atom in atoms]
    breaks = [bool(_BREAK.search(atom.gap)) for atom in atoms[1:]]
    if all(words) and sum(breaks) == 1 and (breaks[0] or breaks[-1]):
        return True
    return (words[-1] and not any(words[:-1]) and bool(_BREAK.search(atoms[-1].gap))) or (
        words[0] and not any(words[1:]) and len(atoms) > 1 and bool(_BREAK.search(atoms[1].gap))
    )


def _counts_up(atoms: list[Atom]) -> bool:
    """1 2 3 4 5 ..., or sizes 8 10 12 14."""
    if len(atoms) < 4 or any(len(atom.digits) > 2 for atom in atoms[:4]):
        return False
    values = [int(atom.digits) for atom in atoms]
    steps = {b - a for a, b in zip(values, values[1:], strict=False)}
    return steps in ({1}, {2})


def _left_over(run: list[Atom], first: int, last: int) -> list[tuple[Atom, str]]:
    beside = [(run[first - 1], run[first].gap)] if first else []
    return beside + ([(run[last], run[last].gap)] if last < len(run) else [])


def _alike(atoms: list[Atom], neighbour: Atom, gap: str) -> bool:
    """The digits beside the window are written, and stand off, as its own digits do from one another."""
    return any(
        atom.gap == gap and atom.kind == neighbour.kind and len(atom.digits) == len(neighbour.digits)
        for atom in atoms[1:]
    )


def _dress(atoms: list[Atom]) -> str:
    kinds = {atom.kind for atom in atoms}
    worn = [name for kind, name in (("word", "words"), ("letters", "letters for digits")) if kind in kinds]
    return f"written with {' and '.join(worn)}" if worn else ""


def _with_plus(text: str, start: int) -> int:
    plus = _PLUS.search(text[max(0, start - 8) : start])
    return start if plus is None else max(0, start - 8) + plus.start()


def _best(windows: list[_Window]) -> list[Phone]:
    """The set of windows that do not overlap with the highest total confidence; the longer at a tie."""
    reached: list[tuple[float, int, list[Phone]]] = [(0.0, 0, [])]
    by_end: dict[int, list[_Window]] = {}
    for window in windows:
        by_end.setdefault(window.last, []).append(window)
    for end in range(1, max(by_end, default=0) + 1):
        best = reached[end - 1]
        for window in by_end.get(end, ()):
            score, covered, chosen = reached[window.first]
            option = (
                score + window.phone.confidence,
                covered + window.last - window.first,
                [*chosen, window.phone],
            )
            if option[:2] > best[:2]:
                best = option
        reached.append(best)
    return reached[-1][2]
