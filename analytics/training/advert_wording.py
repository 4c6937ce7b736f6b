"""How adverts are worded and how a number is written in them: one stock of phrases for everyone, so that
neither a phrase nor a disguised number alone tells an organised advert from an innocent one."""

from __future__ import annotations

KINDS = ("jobs", "accommodation", "massage")
OPENINGS = {
    "jobs": [
        "Kitchen help needed.",
        "Driver wanted, clean licence.",
        "Cleaner for offices, mornings.",
        "Care assistant, training given.",
        "Hotel staff wanted abroad.",
        "Packers for a warehouse, shifts.",
        "Seasonal pickers wanted.",
        "Waiting staff for a busy bar.",
    ],
    "accommodation": [
        "Room in a friendly shared flat.",
        "Two rooms to let, bills shared.",
        "Quiet room near the park.",
        "Short let for students.",
        "Rooms for workers.",
        "Several beds in a shared house.",
        "Furnished studio, weekly let.",
        "Flat near the station.",
    ],
    "massage": [
        "Sports and back massage, qualified.",
        "Aromatherapy in a small shared practice.",
        "Head and shoulder massage at work.",
        "Deep tissue, by appointment.",
        "Relaxing massage.",
        "New in town, calm studio.",
        "Massage by two friendly therapists.",
        "Thai massage, ground floor.",
    ],
}
MIDDLES = {
    "jobs": [
        "No experience needed.",
        "Room arranged if wanted.",
        "Travel paid in advance.",
        "Weekly pay.",
        "Papers checked at interview.",
        "We help with the papers.",
        "Part time possible.",
        "Good team.",
    ],
    "accommodation": [
        "No deposit.",
        "One month's deposit.",
        "Transport to work included.",
        "Close to the tram.",
        "Everything included.",
        "Available now.",
        "Longer stays welcome.",
        "Share of the kitchen.",
    ],
    "massage": [
        "Open late every day.",
        "Near the station.",
        "This week only.",
        "Evenings and weekends.",
        "Clean and discreet.",
        "Member of a professional body.",
        "Gift vouchers sold.",
        "By the hour.",
    ],
}
CLOSINGS = [
    "References welcome.",
    "Please call after six.",
    "Family-run for years.",
    "Non-smokers preferred.",
    "Weekdays only.",
    "Start as soon as you like.",
    "Messages answered quickly.",
    "Ask for details.",
    "All nationalities welcome.",
    "Call any time.",
]
SITES = ("noticeboard.example", "smallads.example", "cornershop.example")
# How innocent authors advertise: what, how many disguise the number or give none beside the text.
KIND_SHARES = (0.4, 0.4, 0.2)  # by KINDS
DISGUISED_SHARE, HIDDEN_SHARE = 1 / 7, 1 / 8
STYLES = ("plain", "letters for digits", "points between", "spaces between", "words for digits")
_WORDS = ("oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def write_contact(contact: str, style: int) -> str:
    """The contact as the author writes it; `style` is a position in STYLES. An address stays as it is."""
    if style == 0 or "@" in contact:
        return contact
    if style == 1:
        return contact.replace("0", "o").replace("1", "l")
    digits = contact.replace(" ", "")
    if style == 2:
        return " . ".join(digits)
    if style == 3:
        return " ".join(digits)
    return " ".join(_WORDS[int(digit)] for digit in digits)
