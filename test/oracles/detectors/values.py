"""One maker of values for each detector: it returns the value, and the word that must stand before it, or ''."""

import ipaddress
import random
import string
from collections.abc import Callable
from urllib.parse import quote

import jwt as pyjwt
from faker import Faker
from phones import phone
from stdnum import iban as stdnum_iban
from stdnum import luhn, numdb
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.us import ssn

Maker = Callable[[], tuple[str, str]]
LOCALES = ["en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "pt_BR", "sv_SE"]


def faker(locale: str | list[str], seed: int) -> Faker:
    made = Faker(locale)
    made.seed_instance(seed)
    return made


def digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices(string.digits, k=count))


def grouped(value: str, sizes: list[int], separator: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(value[at : at + size])
        at += size
    return separator.join(part for part in [*parts, value[at:]] if part)


def email(seed: int, chance: random.Random) -> Maker:
    fake = faker(LOCALES, seed)
    domains = ["b\u00fccher.example", "m\u00fcller.de", "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "\u4f8b\u3048.jp", "xn--bcher-kva.example", "a.xn--p1ai"]

    def make() -> tuple[str, str]:
        address = chance.choice([fake.email, fake.company_email, fake.free_email, fake.safe_email])()
        local, domain = address.split("@")
        if chance.random() < 0.15:
            local += "+" + fake.word().replace(" ", "")
        if chance.random() < 0.15:
            domain = chance.choice(domains)
        if chance.random() < 0.1:
            local, domain = local.upper(), domain.upper()
        return f"{local}@{domain}", ""

    return make


def card(seed: int, chance: random.Random) -> Maker:
    fake = faker("en_US", seed)
    kinds = ["visa13", "visa16", "visa19", "mastercard", "discover", "jcb15", "jcb16", "diners", "amex"]

    def make() -> tuple[str, str]:
        kind = chance.choice([*kinds, "maestro", "unionpay", "mir"])
        if kind in kinds:
            number = fake.credit_card_number(kind)
            # JCB issues 3528 to 3589; Faker takes all of 35.
            while kind == "jcb16" and not 3528 <= int(number[:4]) <= 3589:
                number = fake.credit_card_number(kind)
        else:
            prefix, length = {"maestro": ("6759", 18), "unionpay": ("62", 17), "mir": ("2202", 16)}[kind]
            number = prefix + digits(chance, length - 1 - len(prefix))
            number += luhn.calc_check_digit(number)
        assert luhn.is_valid(number)
        sizes = [4, 6] if len(number) in (14, 15) else [4, 4, 4, 4]
        return chance.choice([number, grouped(number, sizes, " "), grouped(number, sizes, "-")]), ""

    return make


def iban(seed: int, chance: random.Random) -> Maker:
    fakes = [faker(locale, seed) for locale in LOCALES if locale not in ("en_US", "pt_BR", "sv_SE")]
    countries = [prefix for _, _, prefix, _, _ in numdb.get("iban").prefixes]
    kinds = {"n": string.digits, "a": string.ascii_uppercase, "c": string.ascii_uppercase + string.digits}

    def from_registry() -> str:
        country = chance.choice(countries)
        bban = dict(numdb.get("iban").info(country)[0][1])["bban"]
        account = ""
        for part in bban.replace("!", "").replace("n", "n ").replace("a", "a ").replace("c", "c ").split():
            account += "".join(chance.choices(kinds[part[-1]], k=int(part[:-1])))
        return country + stdnum_iban.calc_check_digits(country + "00" + account) + account

    def make() -> tuple[str, str]:
        number = chance.choice(fakes).iban() if chance.random() < 0.5 else from_registry()
        stdnum_iban.validate(number, check_country=False)
        return chance.choice([number, number, stdnum_iban.format(number), number.lower()]), ""

    return make


def ipv4(seed: int, chance: random.Random) -> Maker:
    fake = faker("en_US", seed)
    return lambda: (chance.choice([fake.ipv4_public, fake.ipv4_private])(), "")


def ipv6(seed: int, chance: random.Random) -> Maker:
    fake = faker("en_US", seed)

    def make() -> tuple[str, str]:
        groups = fake.ipv6().split(":")
        start = chance.randrange(1, 7)
        for at in range(start, min(8, start + chance.choice([0, 2, 3, 4]))):
            groups[at] = "0"
        address = ipaddress.IPv6Address(":".join(groups))
        return chance.choice([address.compressed, address.exploded, address.compressed.upper()]), ""

    return make


def us_ssn(seed: int, chance: random.Random) -> Maker:
    fake = faker("en_US", seed)

    def make() -> tuple[str, str]:
        number = ssn.compact(fake.ssn())
        assert ssn.is_valid(number)
        if chance.random() < 0.25:
            return number, chance.choice(["SSN", "social security number:", "ssn="])
        return grouped(number, [3, 2], chance.choice("--- .")), ""

    return make


def uk_nhs(seed: int, chance: random.Random) -> Maker:
    def make() -> tuple[str, str]:
        number = "0"
        while not nhs.is_valid(number):
            number = digits(chance, 10)
        if chance.random() < 0.3:
            return number, chance.choice(["NHS number", "NHS no.", "patient"])
        return grouped(number, [3, 3], chance.choice("  -")), ""

    return make


def de_tax_id(seed: int, chance: random.Random) -> Maker:
    def make() -> tuple[str, str]:
        number = "0"
        # Three times the same digit in a row is never issued; stdnum does not look at this.
        while not idnr.is_valid(number) or any(digit * 3 in number[:10] for digit in string.digits):
            number = digits(chance, 11)
        return chance.choice([number, idnr.format(number), idnr.format(number).replace(" ", "-")]), ""

    return make


def fr_nir(seed: int, chance: random.Random) -> Maker:
    fake = faker("fr_FR", seed)

    def make() -> tuple[str, str]:
        number = nir.compact(fake.ssn())
        if chance.random() < 0.2:
            number = number[:5] + chance.choice(["2A", "2B"]) + number[7:13]
            number += nir.calc_check_digits(number)
        nir.validate(number)
        return chance.choice([number, nir.format(number), f"{number[:13]} {number[13:]}"]), ""

    return make


def es_dni(seed: int, chance: random.Random) -> Maker:
    fake = faker("es_ES", seed)

    def make() -> tuple[str, str]:
        if chance.random() < 0.4:
            number = fake.nie()
            nie.validate(number)
            return chance.choice([number, f"{number[0]}-{number[1:8]}-{number[8]}", number.lower()]), ""
        number = fake.nif()
        dni.validate(number)
        dotted = f"{number[:2]}.{number[2:5]}.{number[5:8]}-{number[8]}"
        return chance.choice([number, f"{number[:8]}-{number[8]}", f"{number[:8]} {number[8]}", dotted]), ""

    return make


def aws_key(seed: int, chance: random.Random) -> Maker:
    def make() -> tuple[str, str]:
        if chance.random() < 0.5:
            prefix = chance.choice(["AKIA", "AKIA", "ASIA", "ABIA", "ACCA"])
            return prefix + "".join(chance.choices(string.ascii_uppercase + "234567", k=16)), ""
        secret = "".join(chance.choices(string.ascii_letters + string.digits + "+/", k=40))
        label = ["aws_secret_access_key =", "SecretAccessKey:", "AWS secret", "the secret access key is"]
        return secret, chance.choice(label)

    return make


def jwt(seed: int, chance: random.Random) -> Maker:
    fake = faker("en_US", seed)

    def make() -> tuple[str, str]:
        claims = {"sub": fake.uuid4(), "name": fake.name(), "iat": chance.randrange(10**9, 2 * 10**9)}
        key = "".join(chance.choices(string.ascii_letters, k=64))
        headers = {"kid": fake.uuid4()} if chance.random() < 0.5 else None
        return pyjwt.encode(claims, key, chance.choice(["HS256", "HS384", "HS512"]), headers), ""

    return make


def url_credentials(seed: int, chance: random.Random) -> Maker:
    fake = faker("en_US", seed)
    schemes = ["https", "http", "ftp", "postgres", "postgresql+psycopg2", "mongodb+srv", "redis", "amqps", "mysql", "s3"]

    def make() -> tuple[str, str]:
        user = chance.choice([fake.user_name(), fake.user_name(), ""])
        host = chance.choice([fake.domain_name(), fake.hostname(), fake.ipv4()]) + chance.choice(["", ":5432"])
        return f"{chance.choice(schemes)}://{user}:{quote(fake.password(), safe='!$*')}@{host}", ""

    return make


# Whether the check digits of a value are right.
CHECKS: dict[str, Callable[[str], bool]] = {
    "card": lambda number: luhn.is_valid(number.replace(" ", "").replace("-", "")),
    "iban": lambda number: stdnum_iban.is_valid(number, check_country=False),
    "uk-nhs": nhs.is_valid,
    "de-tax-id": idnr.is_valid,
    "fr-nir": nir.is_valid,
    "es-dni": lambda number: dni.is_valid(number.replace(".", "")) or nie.is_valid(number),
}

VALUES: dict[str, Callable[[int, random.Random], Maker]] = {
    "email": email,
    "phone": phone,
    "card": card,
    "iban": iban,
    "ipv4": ipv4,
    "ipv6": ipv6,
    "us-ssn": us_ssn,
    "uk-nhs": uk_nhs,
    "de-tax-id": de_tax_id,
    "fr-nir": fr_nir,
    "es-dni": es_dni,
    "aws-key": aws_key,
    "jwt": jwt,
    "url-credentials": url_credentials,
}
