"""
Writes what the SQuAD scripts make of predictions, for model/evaluate/metric.test.ts to compare with.

    python golden.py OUT.jsonl [COMMITTED.jsonl]

With the second argument, exits 1 where the new file says something else than the committed one. evaluate-v1.1.py is the one that allennlp 0.9.0
ships as allennlp/tools/squad_eval.py, as it is; evaluate-v2.0.py is transformers' squad_metrics.py, which has its functions.
"""

import importlib.metadata
import json
import random
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

from transformers.data.metrics.squad_metrics import compute_exact, compute_f1, squad_evaluate

# What the scripts treat in a way of their own, or might be thought to.
FRAGMENTS = [
    *"Berlin berlin BERLIN 1984 80% cat cats can't cant U.S. US C.D.'s well-known wellknown snake_case".split(),
    *"a an the A An THE a. 'the' -an- theory banana _a a_ a1 the2 aé éa the\u0301 \u00a0a\u00a0 a\u200bthe 日a本 の猫 猫 Ⅳa a² ½the ٣an".split(" "),
    *["“the”", "‘a’", "–", "—", "…", "«an»", "¿the?", "！", "、", "!\"#$%&'()*+,-./", ":;<=>?@", "[\\]^_`", "{|}~", "$", "€5", "5€"],
    *[" ", "  ", "\t", "\n", "\r\n", "\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\xa0", "\u1680", "\u180e", "\u2003", "\u200b", "\u2028", "\u202f", "\u3000", "\ufeff"],
    *["İstanbul", "ISTANBUL", "ı", "STRASSE", "straße", "ẞ", "ΣΊΣΥΦΟΣ", "σίσυφος", "É", "E\u0301", "🐈", "🐈‍⬛ the", "ﬁ", "Ǆ", "\u0345", "𐐀", "𐐨"],
    "",
]


def text(chance, longest):
    joint = chance.choice([" ", " ", " ", ""])
    return joint.join(chance.choice(FRAGMENTS) for _ in range(chance.randint(0, longest)))


def pairs(chance):
    """A prediction and an answer that share most of their words, in some order."""
    for _ in range(1500):
        answer = text(chance, 6)
        words = answer.split(" ")
        for _ in range(chance.randint(0, 3)):
            words.insert(chance.randint(0, len(words)), chance.choice(FRAGMENTS))
        if chance.random() < 0.5:
            words = words[chance.randint(0, len(words) - 1) :]
        if chance.random() < 0.2:
            chance.shuffle(words)
        yield " ".join(words), answer


def question(chance, number, answerable):
    answers = [text(chance, 4) or "Berlin" for _ in range(chance.randint(1, 4))] if answerable else []
    predicted = chance.choice([*answers, *answers, "", text(chance, 4)])
    return {"id": f"q{number}", "answers": answers, "predicted": predicted}


def v1(script, questions):
    qas = [{"id": each["id"], "answers": [{"text": answer} for answer in each["answers"]]} for each in questions]
    return script["evaluate"]([{"paragraphs": [{"qas": qas}]}], {each["id"]: each["predicted"] for each in questions})


def v2(questions):
    examples = [SimpleNamespace(qas_id=each["id"], answers=[{"text": answer} for answer in each["answers"]]) for each in questions]
    figures = squad_evaluate(examples, {each["id"]: each["predicted"] for each in questions})
    # What the script adds where it is given probabilities of "no answer", which the function does not give.
    # Python 3.12 adds up more exactly than 3.11.
    return {name: round(value, 9) for name, value in figures.items() if not name.startswith("best_")}


def golden():
    """One pair, or one set of questions, a line."""
    (file,) = [file for file in importlib.metadata.files("allennlp") if str(file) == "allennlp/tools/squad_eval.py"]
    script = runpy.run_path(str(file.locate()))
    chance = random.Random(11)
    for predicted, expected in pairs(chance):
        yield {
            "predicted": predicted,
            "expected": expected,
            "exact": int(script["exact_match_score"](predicted, expected)),
            "f1": script["f1_score"](predicted, expected),
            "exactV2": compute_exact(expected, predicted),
            "f1V2": compute_f1(expected, predicted),
        }
    answerable = [question(chance, number, True) for number in range(200)]
    yield {"script": "v1.1", "questions": answerable, "figures": v1(script, answerable)}
    mixed = [question(chance, number, chance.random() < 0.6) for number in range(200)]
    for questions in (mixed, answerable, [each for each in mixed if not each["answers"]]):
        yield {"script": "v2.0", "questions": questions, "figures": v2(questions)}


def main():
    made = "".join(f"{json.dumps(line)}\n" for line in golden())
    out = Path(sys.argv[1])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(made)
    if len(sys.argv) > 2 and made != Path(sys.argv[2]).read_text():
        sys.exit(f"{sys.argv[1]} is not what {sys.argv[2]} is")
    print("1500 pairs and 4 sets of questions, judged by the SQuAD scripts")


main()
