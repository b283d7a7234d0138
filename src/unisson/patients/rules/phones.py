"""Telephone numbers: any French spelling in, E.164 kept, French spelling out."""

from __future__ import annotations

import re

import phonenumbers

from unisson.core.errors import Refusal

# Overseas numbers typed in the national way: what follows the 0 is not a
# metropolitan number but that of another country code (ARCEP numbering plan).
OVERSEAS = (
    (r"0(?:590|690|691)\d{6}", "590"),  # Guadeloupe, Saint-Martin, Saint-Barthélemy
    (r"0(?:594|694)\d{6}", "594"),  # Guyane
    (r"0(?:596|696|697)\d{6}", "596"),  # Martinique
    (r"0(?:262|263|269|639|692|693)\d{6}", "262"),  # La Réunion, Mayotte
    (r"0508\d{6}", "508"),  # Saint-Pierre-et-Miquelon
)
# 06 39 98 is kept for fiction by ARCEP: those numbers are metropolitan.
FICTION = re.compile(r"063998\d{4}")
_ABROAD = frozenset({33, 262, 508, 590, 594, 596})
EMERGENCY = {
    "15": "le SAMU",
    "17": "la police",
    "18": "les pompiers",
    "112": "le numéro d’urgence européen",
    "114": "le numéro d’urgence des personnes sourdes",
    "115": "le SAMU social",
    "116117": "la permanence des soins",
    "119": "l’enfance en danger",
    "191": "le secours aérien",
    "196": "le secours en mer",
    "197": "l’alerte attentat",
    "3114": "la prévention du suicide",
    "3919": "les violences faites aux femmes",
}


def e164(text: str) -> str:
    """`06 00 00 41 23`, `+33 (0)6...`, `0033...`, `0262...` as +33600004123.

    Refuses emergency and short numbers, premium-rate numbers and what is not a
    telephone number, with a sentence that says which.
    """
    typed = text.strip()
    if not typed:
        raise Refusal("Le numéro de téléphone manque.", field="phone")
    digits = re.sub(r"[^0-9]", "", typed)
    if digits in EMERGENCY:
        raise Refusal(
            f"Le {digits}, c’est {EMERGENCY[digits]}\N{NO-BREAK SPACE}:"
            " ce ne peut pas être le numéro d’un patient.",
            field="phone",
        )
    if 0 < len(digits) < 6 and re.fullmatch(r"[0-9\s./\-]+", typed):
        raise Refusal(
            f"{digits} est un numéro court ou incomplet."
            " Tapez les dix chiffres, comme 06 12 34 56 78.",
            field="phone",
        )
    if re.search(r"[^\W\d_]", typed):
        raise Refusal(
            f"« {typed} » contient des lettres. Tapez le numéro seul, et à qui il est à côté.",
            field="phone",
        )
    international = re.sub(r"\(0\)", "", typed)
    digits = re.sub(r"[^0-9]", "", international)
    if not international.lstrip("( ").startswith("+") and not digits.startswith("00"):
        return _national(typed, digits)
    number = "+" + (digits[2:] if digits.startswith("00") else digits)
    for code in map(str, _ABROAD):  # +33 06..., the trunk 0 kept by mistake
        number = re.sub(rf"^\+{code}0(?=\d{{9}}$)", f"+{code}", number)
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        raise _not_a_number(typed) from None
    if not phonenumbers.is_possible_number(parsed):
        raise _not_a_number(typed)
    if parsed.country_code == 33 and len(str(parsed.national_number)) == 9:
        return _national(typed, f"0{parsed.national_number}")
    national, code = f"0{parsed.national_number}", str(parsed.country_code)
    if any(code == overseas and re.fullmatch(form, national) for form, overseas in OVERSEAS):
        return f"+{code}{national[1:]}"
    if not phonenumbers.is_valid_number(parsed):
        raise _not_a_number(typed)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _national(typed: str, digits: str) -> str:
    if len(digits) == 9 and digits[0] in "67":  # 6 12 34 56 78: the 0 lost by a spreadsheet
        digits = f"0{digits}"
    if not re.fullmatch(r"0[1-9]\d{8}", digits):
        raise _not_a_number(typed)
    if digits.startswith("08"):
        raise Refusal(
            f"{display('+33' + digits[1:])} est un numéro de service, souvent payant."
            " Demandez le numéro de la personne.",
            field="phone",
        )
    if not FICTION.fullmatch(digits):
        for pattern, code in OVERSEAS:
            if re.fullmatch(pattern, digits):
                return f"+{code}{digits[1:]}"
    return f"+33{digits[1:]}"


def _not_a_number(typed: str) -> Refusal:
    return Refusal(
        f"« {typed} » n’est pas un numéro de téléphone."
        " Tapez les dix chiffres, comme 06 12 34 56 78, ou +32… pour l’étranger.",
        field="phone",
    )


def display(number: str) -> str:
    """An E.164 number as read aloud in France: 06 00 00 41 23; +32 2 555 12 12 from abroad."""
    for code in ("33", "262", "590", "594", "596", "508"):
        national = number.removeprefix(f"+{code}")
        if national != number and len(national) == 9:
            return " ".join(re.findall("..", f"0{national}"))
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def is_mobile(number: str) -> bool:
    """Whether a text message can reach this E.164 number."""
    if re.fullmatch(r"\+33[67]\d{8}", number):
        return True
    if re.fullmatch(r"\+(262|590|594|596)(69|639)\d+", number):
        return True
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
    return kind in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )
