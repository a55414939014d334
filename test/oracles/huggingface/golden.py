"""
Writes what Hugging Face's own pipeline and tokenizer answer, for function/tasks/question-answering/parity.test.ts to compare with.

    python golden.py [--tiny] MODEL_FOLDER OUT.jsonl [COMMITTED.jsonl]

The first line says what it was made with, and on what kind of processor; each line after it is a case. With the third argument, exits 1 where the new file says something else than the committed one. Offsets are UTF-16 code units.

Answers with a score of exactly 0 are left out: where a window has fewer spans than numpy's partial sort is asked for, it goes on with spans
that begin after their end, or at [CLS], and which of those depends on the processor's vector units.
"""

import hashlib
import json

import cases
import golden_file
import tiny_cases
from golden_file import error_of, whole
from onnx_pipeline import load, probe_logits, versions

BLOCK = 4096
# Planes without any character; the embedded model's tokenizer is asked about them as well.
UNASSIGNED = range(0x40000, 0xE0000)


def utf16(text, index):
    """An index in code points as one in code units. It may lie beyond the text: see the [CLS] in a question, function/tasks/question-answering/alignment.ts."""
    return index + sum(character > "\uffff" for character in text[:index])


def outcome(qa, case):
    context = whole(case["context"])
    answers, error = error_of(lambda: qa(question=case["question"], context=context, **case["parameters"]))
    if error:
        return {"error": error}
    answers = [answers] if isinstance(answers, dict) else answers
    for answer in answers:
        assert answer["answer"] == context[answer["start"] : answer["end"]]
    # The text of an answer is the slice.
    return {
        "answers": [
            [float(f"{answer['score']:.9g}"), utf16(context, answer["start"]), utf16(context, answer["end"])]
            for answer in answers
            if answer["score"] != 0
        ]
    }


def digest_of_block(tokenizer, first):
    """SHA-256 of the tokens of every character of a block, between letters and alone: ids, words, starts and ends."""
    characters = [chr(code) for code in range(first, first + BLOCK) if not 0xD800 <= code < 0xE000]
    text = "".join(f"a{character}b {character} " for character in characters)
    encoding = tokenizer.encode(text, add_special_tokens=False)
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
    columns = [encoding.ids, encoding.word_ids, [units[s] for s, _ in encoding.offsets], [units[e] for _, e in encoding.offsets]]
    return hashlib.sha256(json.dumps(columns, separators=(",", ":")).encode()).hexdigest()[:16]


def golden(folder, tiny):
    qa = load(folder)
    asked = list(tiny_cases.cases(qa.tokenizer) if tiny else cases.cases())
    probes = tiny_cases.probes() if tiny else cases.probes()
    probed = [{**probe, **probe_logits(qa, probe["question"], whole(probe["context"]))} for probe in probes]
    tokenizer = qa.tokenizer.backend_tokenizer
    tokenizer.no_truncation()
    blocks = [None if tiny and first in UNASSIGNED else digest_of_block(tokenizer, first) for first in range(0, 0x110000, BLOCK)]
    return {
        "versions": versions(),
        "probes": probed,
        "tokensOfBlocks": blocks,
        "cases": [{**case, **outcome(qa, case)} for case in asked],
    }


def differences(new, old):
    """Other cases, tokens, errors or spans. On a processor that gives other logits, answers are not compared: see parity.test.ts."""
    found = [key for key in ("tokensOfBlocks",) if new[key] != old[key]]
    same_logits = max_difference(new["probes"], old["probes"]) < 1e-4
    if not same_logits:
        print("This processor gives other logits: answers are not compared, only cases, errors and tokens")
    if len(new["cases"]) != len(old["cases"]):
        found.append(f"{len(new['cases'])} cases, committed are {len(old['cases'])}")
    for number, (a, b) in enumerate(zip(new["cases"], old["cases"])):
        if not same_case(a, b, same_logits):
            found.append(f"case {number}: {json.dumps(a)[:300]}")
    return found


def same_case(a, b, same_logits):
    if any(a.get(key) != b.get(key) for key in ("question", "context", "parameters", "error")):
        return False
    mine, theirs = a.get("answers", []), b.get("answers", [])
    return not same_logits or (
        len(mine) == len(theirs) and all(x[1:] == y[1:] and abs(x[0] - y[0]) < 1e-4 for x, y in zip(mine, theirs))
    )


def max_difference(a, b):
    return max(
        abs(x - y) for p, q in zip(a, b, strict=True) for key in ("startLogits", "endLogits") for x, y in zip(p[key], q[key], strict=True)
    )


if __name__ == "__main__":
    tiny = {"action": "store_true", "help": "ask the questions of tiny_cases.py"}
    golden_file.main(__doc__, lambda args: golden(args.model, args.tiny), differences, {"--tiny": tiny})
