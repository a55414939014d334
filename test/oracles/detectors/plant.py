"""Writes sentences with one planted value each, a JSON object a line: name, text, and where the value is (UTF-16 units).

Faker, phonenumbers, PyJWT and python-stdnum make the values or check them: none of this project's code does.
"""

import argparse
import json
import random
from pathlib import Path

from disguises import disguised
from values import VALUES

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
    with options.out.open("w", encoding="utf-8") as out:
        for index in range(options.sentences):
            name = names[index % len(names)]
            value, label = makers[name]()
            is_disguised = chance.random() < 0.2
            if is_disguised:
                value = disguised(name, value, chance)
            sentence = chance.choice(SENTENCES)
            if label:
                sentence = sentence.replace("{}", label + " {}", 1)
            before = sentence.split("{}")[0].replace("{{", "{")
            text = sentence.format(value)
            start = utf16(before)
            line = {"name": name, "text": text, "start": start, "end": start + utf16(value), "isDisguised": is_disguised}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


main()
