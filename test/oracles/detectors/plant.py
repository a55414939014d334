"""Writes sentences with one planted value each, a JSON object a line: name, text, and where the value is (UTF-16 units).

Behind them come a quarter as many with a value of which one digit is wrong, for the detectors that check digits.
Faker, phonenumbers, PyJWT and python-stdnum make the values or check them: none of this project's code does.
"""

import argparse
import json
import random
from pathlib import Path

from disguises import disguised
from values import CHECKS, VALUES

# The value stands in prose, in brackets, in JSON, in a line of a log, at the start, at the end, and alone.
SENTENCES = [
    "Please note {} before Friday.",
    "It was {}, as we said.",
    "They wrote: {}.",
    "({})",
    '{{"value": "{}", "count": 3}}',
    "value={};",
    "{} is what I got, in 2019.",
    "Bitte {} notieren.",
    "Merci de noter {} !",
    "2026-11-23T21:00:00.123Z INFO {} accepted in 12.3 ms",
    "{}",
    "- {}\n- 3 items",
    "« {} »",
    "Es {}; gracias.",
]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def mistyped(name: str, value: str, chance: random.Random) -> str:
    """The value with one other digit, which makes the check digits wrong."""
    while True:
        at = chance.choice([at for at, c in enumerate(value) if c.isdigit()])
        other = value[:at] + chance.choice("0123456789") + value[at + 1 :]
        if not CHECKS[name](other):
            return other


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--sentences", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    names = list(VALUES)
    makers = {name: VALUES[name](options.seed, random.Random(f"{options.seed} {name}")) for name in names}
    options.out.parent.mkdir(parents=True, exist_ok=True)

    def line(name: str, is_right: bool) -> str:
        value, label = makers[name]()
        is_disguised = is_right and chance.random() < 0.2
        if is_disguised:
            value = disguised(name, value, chance)
        if not is_right:
            value = mistyped(name, value, chance)
        sentence = chance.choice(SENTENCES)
        if label:
            sentence = sentence.replace("{}", label + " {}", 1)
        before = sentence.split("{}")[0].replace("{{", "{")
        start = utf16(before)
        place = {"start": start, "end": start + utf16(value)}
        fields = {"name": name, "text": sentence.format(value), **place, "isRight": is_right, "isDisguised": is_disguised}
        return json.dumps(fields, ensure_ascii=False) + "\n"

    with options.out.open("w", encoding="utf-8") as out:
        out.writelines(line(names[index % len(names)], True) for index in range(options.sentences))
        wrong = list(CHECKS) * (options.sentences // (len(CHECKS) * 4))
        out.writelines(line(name, False) for name in wrong)


main()
