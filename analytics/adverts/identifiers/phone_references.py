"""Digits that a word before them calls a reference, a ticket or a tax number."""

from __future__ import annotations

import re

from analytics.adverts.identifiers.digit_runs import TOKEN, Atom
from analytics.adverts.identifiers.phone_shape import BREAK

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
_BETWEEN_TEXT = """
    no nr c num number numero nummer номер code id is n nº der de du di do del of our your the fiscale
    fiscal partita reference ref date card office and tax serial gb de fr es it pl ro nl be at ie pt se
    cz hu dk fi el
"""
_BETWEEN = frozenset(_BETWEEN_TEXT.split())
IBAN = re.compile(r"\biban\W{0,3}[a-z]{2}\s?\d{2}(?:\s?[a-z]{4})?(?:\s?\d{4}){2,6}(?:\s?\d{1,3})?(?!\d)")


def is_reference(lead: str) -> bool:
    """Whether what stands before digits says that they are a reference, a ticket or a tax number."""
    for word in reversed(TOKEN.findall(lead[-_REFERENCE_REACH:])):
        if word in _REFERENCES:
            return not _ENDED.search(lead, lead.rfind(word) + len(word))
        if word not in _BETWEEN:
            break
    return bool(_REFERENCE_END.search(lead, len(lead) - _REFERENCE_END_REACH) and _REFERENCE.search(lead))


def skip_reference(run: list[Atom]) -> list[Atom]:
    """What a reference leaves of a run: all after its one long group, or after the next clear break."""
    if len(run[0].digits) >= 5:
        return run[1:]
    return next((run[at:] for at in range(1, len(run)) if BREAK.search(run[at].gap)), [])
