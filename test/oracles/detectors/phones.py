"""Telephone numbers: Faker's, as people in five countries write them, and Google's libphonenumber's, of all countries."""

import random
import re

import phonenumbers
from faker import Faker
from phonenumbers import PhoneNumberFormat, PhoneNumberType

NATIONAL = {"US": "en_US", "GB": "en_GB", "DE": "de_DE", "FR": "fr_FR", "ES": "es_ES"}
FORMATS = [PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL]
TYPES = [PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE]
LABELS = ["phone", "Tel.", "call me at", "mobile:", "T\u00e9l. :", "Telefon", "Fax", "WhatsApp", "tel\u00e9fono"]


def random_number(region: str, chance: random.Random) -> phonenumbers.PhoneNumber | None:
    """An example with other last digits, of those that libphonenumber takes for valid."""
    example = phonenumbers.example_number_for_type(region, chance.choice(TYPES))
    if example is None:
        return None
    for _ in range(50):
        digits = str(example.national_number)
        digits = digits[:-5] + "".join(chance.choices("0123456789", k=5))
        number = phonenumbers.PhoneNumber(example.country_code, int(digits), italian_leading_zero=example.italian_leading_zero)
        if phonenumbers.is_valid_number(number):
            return number
    return None


def phone(seed: int, chance: random.Random):
    fakes = {region: Faker(locale) for region, locale in NATIONAL.items()}
    for fake in fakes.values():
        fake.seed_instance(seed)
    # Shorter ones are not dialled from abroad.
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)

    def value() -> str:
        kind = chance.random()
        if kind < 0.5:
            return chance.choice(list(fakes.values())).phone_number()
        region = chance.choice(list(NATIONAL)) if kind < 0.7 else chance.choice(regions)
        number = random_number(region, chance)
        if number is None:
            return value()
        if kind < 0.7:
            return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        text = phonenumbers.format_number(number, chance.choice(FORMATS))
        return text if chance.random() < 0.8 else "00" + text[1:]

    def make() -> tuple[str, str]:
        text = value()
        # Digits in a row are nothing but digits: a word must say what they are.
        is_bare = re.fullmatch(r"\d+", text) is not None and not text.startswith("00")
        return text, chance.choice(LABELS) if is_bare or chance.random() < 0.5 else ""

    return make
