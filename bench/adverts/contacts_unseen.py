"""Contacts in texts written after the rules were fixed: many countries, towns in front, links, spoken and
spaced addresses, beside figures that are no telephone number.

    python -m bench.adverts.contacts_unseen [--n 3000] [--seed 1]

Numbers are of each country's plan: its examples with the last digits drawn anew, so nobody's number is meant.
Half of the texts have a contact; all have one to three decoys. Printed: recall and precision of phones,
e-mails and handles, what is right among readings of 0.9 and above, and the worst forms."""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter

import phonenumbers

from analytics.adverts.identifiers import find_identifiers

COUNTRIES = {
    "GB": ("Sheffield", "Swansea", "Norwich"),
    "BE": ("Gent", "Brugge", "Liège"),
    "AT": ("Graz", "Salzburg", "Innsbruck"),
    "CZ": ("Brno", "Ostrava", "Plzeň"),
    "ES": ("Sevilla", "Bilbao", "Zaragoza"),
    "SG": ("Singapore",),
    "MX": ("Guadalajara", "Monterrey", "Puebla"),
    "IT": ("Napoli", "Bologna", "Palermo"),
    "FR": ("Lyon", "Toulouse", "Marseille"),
    "DE": ("Leipzig", "Bremen", "Stuttgart"),
    "NL": ("Utrecht", "Eindhoven", "Groningen"),
    "PL": ("Wrocław", "Gdańsk", "Poznań"),
    "SE": ("Göteborg", "Uppsala", "Malmö"),
    "VN": ("Hà Nội", "Đà Nẵng"),
    "RO": ("Cluj-Napoca", "Timișoara", "Iași"),
    "HU": ("Debrecen", "Szeged"),
    "PT": ("Porto", "Braga"),
    "US": ("Philadelphia", "Denver"),
}
SPOKEN = {
    "GB": "zero one two three four five six seven eight nine",
    "SE": "noll ett två tre fyra fem sex sju åtta nio",
    "CZ": "nula jedna dva tři čtyři pět šest sedm osm devět",
    "VN": "không một hai ba bốn năm sáu bảy tám chín",
    "DE": "null eins zwei drei vier fünf sechs sieben acht neun",
    "PL": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
    "IT": "zero uno due tre quattro cinque sei sette otto nove",
    "FR": "zéro un deux trois quatre cinq six sept huit neuf",
    "HU": "nulla egy kettő három négy öt hat hét nyolc kilenc",
    "NL": "nul een twee drie vier vijf zes zeven acht negen",
}
FILL = (
    "Friendly person with time in the afternoon",
    "Wohnung ruhig, Garten, Keller",
    "Se busca personal serio para almacén",
    "Cherche colocataire calme",
    "Two rooms above the old chemist",
    "Paket sortieren in der Nachtschicht",
    "Nettoyage de bureaux le soir",
    "Pracownik na magazyn, od zaraz",
    "Strong hands for the potato harvest",
    "Relaxing hour near the canal",
    "Kuchařka do malé hospody",
    "Lavoro serio in pasticceria",
)
DECOYS = (
    "pay {w} {w} {w} {w}",
    "rates {w} / {w} / {w} by grade",
    "raffle ticket 0{n}{n} {n}",
    "ticket number {n}{n}{n}",
    "UTR {n}{n}{n}1",
    "tax ref {n}/{n} {n}7",
    "VAT GB{n} {n} {n}",
    "batch {y}{m}{d} {y}{m}{d}",
    "baked {d}.{m}.{y}, batch no. {n}{n}",
    "{d}.{m}-{d2}.{m}.{y} and {d}.8.",
    "from {d}/{m} - {d2}/{m}/{y}",
    "shifts 6-2, 2-10, 10-6",
    "established {y0}, moved {y0} {y}",
    "season {y0}-{y} {y0}-{y}",
    "doors {w2}x{n}x{n} mm",
    "postcode {n} {n}",
    "Steuernummer {n}/{n}/{n}07",
    "P. IVA {n}{n}{n}{d}",
    "NIF {n}{n}{d}K",
    "flight {n}{n} on {d}.{m}.",
    "sizes 36 38 40 42 44",
    "rent 650 700 750 800",
    "Monday 08:30-16:30, Friday 09.00-13.00",
    "ISBN 978 {n} {n} {n} 1",
    "invoice {y}-{n}{n}",
    "order {n}-{n}-{n}{n}",
    "lot {n}{n} of {n}",
    "room 12, 3rd floor, 2 beds, 45 m2",
    "{y}{m}{d}T{d}3015",
)


def draw_number(rng: random.Random, country: str) -> phonenumbers.PhoneNumber:
    """A valid mobile number, or a fixed one in three; mobile alone where the two share a plan."""
    kinds = [phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE]
    while True:
        sample = phonenumbers.example_number_for_type(country, kinds[rng.random() < 0.33])
        digits = phonenumbers.national_significant_number(sample)
        tail = rng.randint(4, 6)
        changed = digits[:-tail] + "".join(rng.choices("0123456789", k=tail))
        try:
            number = phonenumbers.parse(f"+{sample.country_code}{changed}", None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number


def write_number(rng: random.Random, country: str) -> tuple[str, str, str]:
    """The E.164 form, how it is written, and the name of that form."""
    number = draw_number(rng, country)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    digits = "".join(filter(str.isdigit, national))
    town = rng.choice(COUNTRIES[country])
    forms = {
        "town in front": f"{town} {national}",
        "town, call": f"{town} tel. {digits}",
        "town, small letters": f"{town.lower()}: {national}",
        "international": phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL),
        "two noughts": f"00{e164[1:]}",
        "wa.me": f"wa.me/{e164[1:]}",
        "wa.me spaced": f"wa . me / {e164[1:]}",
        "t.me": f"t.me/{e164}",
        "signal.me": f"https://signal.me/#p/{e164}",
        "letters": f"{town} {digits.replace('0', 'O').replace('1', 'l')}",
        "dots": f"{town} {'.'.join(digits[k : k + 2] for k in range(0, len(digits), 2))}",
    }
    if country in SPOKEN:
        spoken = SPOKEN[country].split()
        forms["spoken"] = " ".join(spoken[int(digit)] for digit in digits)
        forms["half spoken"] = " ".join(
            spoken[int(digit)] if at % 2 else digit for at, digit in enumerate(digits)
        )
    form = rng.choice(list(forms))
    return e164, forms[form], form


def write_address(rng: random.Random) -> tuple[str, str, str, str]:
    """Kind, value, how it is written, and the name of that form."""
    name = rng.choice(["lidka", "marko", "tessa", "ohana", "bruno"]) + rng.choice(["", "_k", "88", "_x9"])
    site = rng.choice(["gmail.com", "mailbox.example", "proton.me", "post.cz"])
    host, _, ending = site.rpartition(".")
    emails = {
        "plain e-mail": f"{name}@{site}",
        "_at_ _dot_": f"{name}_at_{host}_dot_{ending}",
        "(at) (dot)": f"{name} (at) {host} (dot) {ending}",
        "at dot": f"{name} at {host} dot {ending}",
        "e-mail spaced": " ".join(f"{name}@{site}"),
        "[at]": f"{name}[at]{site}",
    }
    handles = {
        "t . me / x": f"t . me / {name}",
        "t.me/x": f"t.me/{name}",
        "telegram: x": f"telegram: {name}",
        "telegram @ x": f"telegram @ {name}_7",
        "tg spaced": f"telegram: {' '.join(name)}",
        "@ spaced": f"@ {' '.join(name)}",
        "insta x": f"insta {name}_77",
        "t dot me slash": f"t dot me slash {name}",
    }
    if rng.random() < 0.5:
        form = rng.choice(list(emails))
        return "email", f"{name}@{site}", emails[form], form
    form = rng.choice(list(handles))
    value = name + ("_7" if form == "telegram @ x" else "_77" if form == "insta x" else "")
    return "handle", f"@{value}", handles[form], form


def write_decoy(rng: random.Random) -> str:
    y = rng.randint(2019, 2026)
    return rng.choice(DECOYS).format(
        w=f"{rng.randint(8, 19)}.{rng.randrange(100):02d}",
        w2=rng.randrange(600, 990, 10),
        n=rng.randint(101, 989),
        y=y,
        y0=rng.randint(1985, 2018),
        m=f"{rng.randint(1, 12):02d}",
        d=f"{rng.randint(1, 12):02d}",
        d2=f"{rng.randint(13, 28):02d}",
    )


def invent(n: int, seed: int) -> list[tuple[str, str, str, str]]:
    """text, kind ('' where it has no contact), value, form."""
    rng = random.Random(f"contacts {seed}")
    rows = []
    for _ in range(n):
        kind = value = written = form = ""
        draw = rng.random()
        if draw < 0.35:
            kind = "phone"
            value, written, form = write_number(rng, rng.choice(list(COUNTRIES)))
        elif draw < 0.5:
            kind, value, written, form = write_address(rng)
        parts = rng.sample(FILL, 2) + [write_decoy(rng) for _ in range(rng.randint(1, 3))]
        rng.shuffle(parts)
        if written:
            parts.insert(rng.randint(0, len(parts)), written)
        rows.append((rng.choice([". ", "\n", " | "]).join(parts), kind, value, form))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="how many mistakes to print")
    asked = parser.parse_args()
    rows = invent(asked.n, asked.seed)
    start = time.process_time()
    found = [find_identifiers(text) for text, *_ in rows]
    seconds = time.process_time() - start
    asked_of, missed = Counter(), Counter()
    shown = 0
    for kind in ("phone", "email", "handle"):
        right = said = wanted = sure = sure_right = 0
        for (text, true_kind, value, form), got in zip(rows, found, strict=True):
            mine = [(i.value, i.confidence) for i in got if i.kind == kind]
            truth = value if true_kind == kind else None
            hits = truth in [v for v, _ in mine]
            wanted += truth is not None
            right += hits
            said += len({v for v, _ in mine})
            sure += sum(c >= 0.9 for _, c in mine)
            sure_right += sum(c >= 0.9 and v == truth for v, c in mine)
            if truth is not None:
                asked_of[form] += 1
                missed[form] += not hits
            wrong = [v for v, _ in mine if v != truth]
            if shown < asked.show and (wrong or (truth and not hits)):
                shown += 1
                print("   ", truth, mine, repr(text))
        print(
            f"{kind:7s} recall {right / max(wanted, 1):.4f} of {wanted}, "
            f"precision {right / max(said, 1):.4f} of {said}, "
            f"right among those of .9 and above {sure_right / max(sure, 1):.4f} of {sure}"
        )
    worst = sorted(asked_of, key=lambda form: -missed[form] / asked_of[form])[:6]
    print("missed most: " + ", ".join(f"{form} {missed[form]} of {asked_of[form]}" for form in worst))
    print(f"{len(rows) / seconds:,.0f} texts/s of processor time")


if __name__ == "__main__":
    main()
