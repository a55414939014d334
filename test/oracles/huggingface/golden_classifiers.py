"""
Writes what Hugging Face's own text-classification pipeline answers, for the parity test to compare with.

    python golden_classifiers.py MODEL_FOLDER OUT.jsonl [COMMITTED.jsonl]

The first line says what it was made with; each line after it is a case, with its labels and their scores, best first. With the third argument, exits 1 where the new file says
something else than the committed one. The models have fp32 weights: they give the same logits on every processor.
"""

import json

import classifier_cases
import golden_file
from golden_file import error_of, whole
from onnx_pipeline import load_classifier, versions


def inputs_of(case):
    text = whole(case["text"])
    return {"text": text, "text_pair": whole(case["text_pair"])} if "text_pair" in case else text


def outcome(qa, case):
    answers, error = error_of(lambda: qa(inputs_of(case), **case["parameters"]))
    if error:
        return {"error": error}
    # One dictionary for a pair of texts without top_k, else a list.
    answers = [answers] if isinstance(answers, dict) else answers
    return {"labels": [[answer["label"], float(f"{answer['score']:.9g}")] for answer in answers]}


def golden(folder):
    qa = load_classifier(folder)
    asked = [{**case, **outcome(qa, case)} for case in classifier_cases.cases(qa)]
    require_same_in_list(qa, [case for case in asked if "error" not in case and "text_pair" not in case])
    return {"versions": versions(), "cases": asked}


def require_same_in_list(qa, cases):
    """A list of texts has the answers that each of them has alone."""
    found = qa([whole(case["text"]) for case in cases], top_k=1, truncation=True)
    alone = [qa(whole(case["text"]), top_k=1, truncation=True) for case in cases]
    assert found == alone


def differences(new, old):
    if len(new["cases"]) != len(old["cases"]):
        return [f"{len(new['cases'])} cases, committed are {len(old['cases'])}"]
    pairs = enumerate(zip(new["cases"], old["cases"]))
    return [f"case {number}: {json.dumps(a)[:300]}" for number, (a, b) in pairs if not same_case(a, b)]


def same_case(a, b):
    if any(a.get(key) != b.get(key) for key in ("text", "text_pair", "parameters", "error")):
        return False
    mine, theirs = a.get("labels", []), b.get("labels", [])
    return len(mine) == len(theirs) and all(x[0] == y[0] and abs(x[1] - y[1]) < 1e-4 for x, y in zip(mine, theirs))


if __name__ == "__main__":
    golden_file.main(__doc__, lambda args: golden(args.model), differences)
