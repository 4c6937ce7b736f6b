"""Digits that a word before them calls a reference, a ticket or a tax number."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from analytics.adverts.identifiers.digit_runs import TOKEN, Atom
from analytics.adverts.identifiers.number_words import load_calling_words, load_reference_words
from analytics.adverts.identifiers.phone_shape import is_break

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
    fodselsnummer fodselsnr personnr cpr henkilotunnus kimlik routing ssn ein nhs meter
    ruc rut nit oib pib cvr emso embg ytunnus tunnus utr gstin npwp uen cedula konto kontonummer swift bic
    password passwort parole pwd pin code wifi єдрпоу іпн рнокпп јмбг пиб огрнип окпо снилс
    инн огрн кпп снилс еик егн αφμ ticket tickets batch lot charge serial licence license permit policy
    claim passport parcel tracking flight booking buchung buchungsnummer reservation reserva order
    orders bestellung bestellnummer auftrag auftragsnummer rechnung rechnungsnummer facture factura
    fattura faktura commande pedido ordine zamowienie comanda zakazka artikel artikelnummer articulo
    articolo article item model modell modelo part case file dossier sprawa registration company charity
    account acc iva piva abn acn codigo kod code заказ счет артикул договор договір накладная παραγγελια
    codice cod oferty kenmerk referentie
    referenz referencia referencja azonosito objekt objektnummer inzerat nabidka ilan
    adoszam cegjegyzek pojistka pojistky contract contrat contrato contratto vertrag umowa smlouva anzeige
    annuncio annonce anuncio ogloszenie ogloszenia oferta membership member quote polisa police
    τιμολογιο bilet билет biglietto billet boleto vergi siparis fatura
"""
_REFERENCES = frozenset(_REFERENCES_TEXT.split())
_VOWELS = frozenset("aeiouyаеиоуыэюяєіїαεηιουω")
# Capitals without a vowel in front of telephone numbers.
_NO_LABELS_TEXT = """
    tg fb vk hp pm dm msg mms ts tv dr mr mrs sr sra jr md ltd gmbh plc bv nv sl srl cbd nyc dc la
    ldn mcr kl jb nj nh nc nd nm tn tx sc sd vt wv ms mt mn ks bc nb ns qc sk nt cz bg lv pl gb hk
    ph sp rj df bcn cdmx bxl mvd hcm hcmc bkk sg gdl mty spb спб мск pls plz bdsm bbw wk xxx xx xs
"""
_NO_LABELS = frozenset(_NO_LABELS_TEXT.split())
_NUMBER_OF = re.compile(
    r"[^\W\d_]{2,}(?:nr|nummer|nmr|numer|numero|number|szam|szama|numarasi|cislo|nro|номер)"
)
_LABEL_REACH = 9  # six letters, two signs and a new line
_CAPITALS = re.compile(r"(?<![^\W_])([^\W\d_]{2,6})[\s:]{0,2}$")
_NUMBER_SIGN = re.compile(r"([^\W\d_]{2,})(?:\.\s?|\s?-\s?|\.-)(?:nr|no|num|c|n[°º])\b[.:°º\s]{0,3}$")
_WITHOUT_SPACES = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]"
)
_CHECK = re.compile(r"-[\da-z](?![^\W_]|-)")
_BEFORE = re.compile(r"(?<![^\W_])([^\W_]*\d[^\W_]*|[a-z])[-/._]$")
_AFTER = re.compile(r"[-/._]([^\W_]*\d[^\W_]*)")
_WHOLE = 7  # digits on the other side of a slash that are a number of their own
_BETWEEN_TEXT = """
    no nr c num number numero nummer номер code id is n nº der de du di do del of our your the fiscale
    fiscal partita reference ref date card office and tax serial gb de fr es it pl ro nl be at ie pt se
    cz hu dk fi el
"""
_BETWEEN = frozenset(_BETWEEN_TEXT.split())
_ACCOUNT = re.compile(r"(?<![^\W_])[a-z]{2}\d{2}(?:\s?[a-z0-9]){11,40}(?![^\W_])")
_SHORTEST_IBAN = 15
_BANK_ENDS = len("gb82 west")  # the bank of an account may be a word
_WORD_BEHIND = re.compile(r"\s[a-z]+(?![^\W_])")
_NAME_REACH = len("iban") + 4
_GROUPS_OF_FOUR = re.compile(r"(?<!\d)(?<!\d )\d{2,4}(?:([ -])\d{4})(?:\1\d{4}){2,}(?:\1\d{1,3})?(?!\d)")
_LABEL_IN_LETTERS = re.compile(r"(?<![^\W_])((?:[^\W\d_]\.\s?){2,})[\s:]{0,2}$")
_MOBILE_TEXT = "cel celu celular movil whatsapp wasap wsp wpp wa"
_MOBILE = frozenset(_MOBILE_TEXT.split(" "))
_INITIALS_TEXT = "am pm la dc ny uk us usa srl sl sa sro kl tel mob"
_INITIALS = frozenset(_INITIALS_TEXT.split(" "))


def find_accounts(text: str) -> list[tuple[int, int]]:
    """Spans of bank accounts of a folded text: an IBAN whose check digits hold, one that is called so, and
    four groups of four or more, as of cards and national accounts."""
    spans = [match.span() for match in _GROUPS_OF_FOUR.finditer(text)]
    at = 0
    while match := _ACCOUNT.search(text, at):
        start, at = match.start(), match.start() + 1
        if end := _find_end(text, start, match.end()):
            spans.append((start, end))
            at = end
    return spans


def _find_end(text: str, start: int, latest: int) -> int:
    """Where the account that begins at `start` ends, at `latest` at most; 0 where none begins."""
    end = latest
    while end >= start + _SHORTEST_IBAN:
        if _is_iban("".join(text[start:end].split())):
            return end
        end = text.rfind(" ", start, end)
    if not text[max(0, start - _NAME_REACH) : start].rstrip(" :.-").endswith("iban"):
        return 0
    word = _WORD_BEHIND.search(text, start + _BANK_ENDS, latest)
    return word.start() if word else latest


def _is_iban(code: str) -> bool:
    return (
        code.isascii()
        and _SHORTEST_IBAN <= len(code) <= 34
        and int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1
    )


def is_reference(lead: str, written: str) -> bool:
    """Whether what stands before digits says that they are a reference, a ticket or a tax number;
    `written` is the same with its own capitals."""
    for word in reversed(TOKEN.findall(lead[-_REFERENCE_REACH:])):
        if _is_reference_word(word):
            return not _ENDED.search(lead, lead.rfind(word) + len(word))
        if word not in _BETWEEN:
            break
    point = "." in lead
    abbreviated = _NUMBER_SIGN.search(lead) if point or "-" in lead else None
    if abbreviated and not is_calling(abbreviated[1]):
        return True
    letters = _LABEL_IN_LETTERS.search(lead) if point else None
    if letters and re.sub(r"\W", "", letters[1]) not in _INITIALS:
        return True
    if _is_label(lead, written) or _ends_with_reference(lead):
        return True
    return bool(_REFERENCE_END.search(lead, len(lead) - _REFERENCE_END_REACH) and _REFERENCE.search(lead))


@lru_cache(maxsize=1 << 12)
def _is_reference_word(word: str) -> bool:
    return word in _load_references() or bool(_NUMBER_OF.fullmatch(word) and not is_calling(word))


@cache
def _load_references() -> frozenset[str]:
    return (_REFERENCES | load_reference_words()) - _BETWEEN


@lru_cache(maxsize=1 << 12)
def is_calling(word: str) -> bool:
    """Whether a folded word stands beside telephone numbers, or ends with one in a script without spaces."""
    words, beginnings = load_calling_words()
    return word in words or word.startswith(beginnings) or word.endswith(_load_unspaced_calling())


@lru_cache(maxsize=1 << 10)
def is_mobile_said(lead: str, tail: str) -> bool:
    """Whether a word beside digits says that they are of a mobile telephone, or of WhatsApp."""
    return not _MOBILE.isdisjoint(TOKEN.findall(f"{lead} {tail}"))


def _is_label(lead: str, written: str) -> bool:
    """Capitals without a vowel right before digits, in a text that is not all capitals: CNH, VS, LR."""
    last = written[-_LABEL_REACH:]
    if last.isascii() and last == last.lower():
        return False  # no capitals stand there
    capitals = _CAPITALS.search(written)
    if capitals is None or not capitals[1].isupper():
        return False
    word = lead[capitals.start(1) : capitals.end(1)]
    return _VOWELS.isdisjoint(word) and word not in _NO_LABELS and not is_calling(word)


def _ends_with_reference(lead: str) -> bool:
    """In scripts without spaces, whether the letters before digits end with the word for a reference."""
    end = lead.rstrip(" :.#()")
    if not end or end[-1].isascii() or not _WITHOUT_SPACES.match(end[-1]):
        return False
    return end.endswith(_load_unspaced())


@cache
def _load_unspaced() -> tuple[str, ...]:
    return tuple(word for word in _load_references() if _WITHOUT_SPACES.match(word))


@cache
def _load_unspaced_calling() -> tuple[str, ...]:
    return tuple(word for word in load_calling_words()[0] if _WITHOUT_SPACES.match(word))


def is_part_of_code(text: str, start: int, end: int) -> bool:
    """Whether a longer code of figures, or a check digit, is tied to digits by a sign without a space:
    '02676.501.4917', '12-491-720854', '084-9-17208-3'. Two numbers that a slash parts are not."""
    before = (
        _BEFORE.search(text, max(0, start - 16), start) if start and text[start - 1] in "-/._\n" else None
    )
    if before and not (text[start - 1] == "/" and sum(map(str.isdigit, before[1])) >= _WHOLE):
        return True
    if end == len(text) or text[end] not in "-/._":
        return False
    after = _AFTER.match(text, end)
    if after is None:
        return bool(_CHECK.match(text, end))
    return not (text[end] == "/" and (len(after[1]) <= 1 or sum(map(str.isdigit, after[1])) >= _WHOLE))


def skip_reference(run: list[Atom]) -> list[Atom]:
    """What a reference leaves of a run: all after its one long group, or after the next clear break."""
    if len(run[0].digits) >= 5:
        return run[1:]
    return next((run[at:] for at in range(1, len(run)) if is_break(run[at].gap)), [])
