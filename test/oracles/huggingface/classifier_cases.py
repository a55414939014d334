"""The texts for a tiny classification model: a seeded mixture of texts, pairs of texts, parameters, and lengths around what the model takes."""

import random

from texts import AWKWARD, FILLER, PLAIN
from tiny_cases import ENGLISH, SPACES, renamer

FUNCTIONS = ["sigmoid", "softmax", "none"]
TOP_K = [1, 1, 2, 3, 100, None, None]
# Texts that tokenisers have come to grief with.
SHORT = ["", " ", "\u200b", "a", "🎉", "👩‍👩‍👧", "e\u0301", "東", "x" * 101, "1984."]


def cases(qa):
    """@param qa the pipeline, for its special tokens and how much it takes"""
    rename = renamer(qa.tokenizer)
    positions = qa.model.config.max_position_embeddings - (2 if qa.model.config.model_type == "roberta" else 0)
    limits = sorted({positions, qa.tokenizer.model_max_length})
    return [*plain(), *awkward(rename), *short(), *pairs(rename), *lengths(limits), *lengths_of_pairs(limits)]


def case(text, pair=None, **parameters):
    """A text is a list of texts and of [text, times]."""
    listed = lambda text: text if isinstance(text, list) else [text]
    return {"text": listed(text), **({} if pair is None else {"text_pair": listed(pair)}), "parameters": parameters}


def mixture(rng):
    """Each parameter is there as often as not."""
    pools = {"top_k": TOP_K, "function_to_apply": FUNCTIONS, "truncation": [True, True, False]}
    return {name: rng.choice(pool) for name, pool in pools.items() if rng.random() < 0.5}


def plain():
    rng = random.Random(21)
    for text, questions in PLAIN:
        yield case(text, truncation=True)
        yield case(rng.choice(questions))
        yield case(rng.choice(questions), top_k=None)
        for function in FUNCTIONS:
            yield case(rng.choice(questions), top_k=None, function_to_apply=function)
        yield case(text, **mixture(rng))


def awkward(rename):
    rng = random.Random(22)
    for _, text, questions in AWKWARD:
        yield case(rename(text), top_k=None, truncation=True)
        yield case(rename(rng.choice(questions)), **mixture(rng))
    for text in [*SPACES, *ENGLISH]:
        yield case(text, top_k=None)


def short():
    for text in SHORT:
        yield case(text, top_k=None)
        yield case("Where?", text, top_k=2)


def pairs(rename):
    rng = random.Random(23)
    for text, questions in PLAIN:
        yield case(rng.choice(questions), rng.choice(questions))
        yield case(text, rng.choice(questions), top_k=None, truncation=True)
    for _, text, questions in AWKWARD:
        yield case(rename(questions[0]), rename(text), **{**mixture(rng), "truncation": True})


def lengths(limits):
    rng = random.Random(24)
    for limit in limits:
        for tokens in range(limit - 4, limit + 3):
            yield case([["a ", tokens]], top_k=None)
            yield case([["a ", tokens - 1], "b"], top_k=None, truncation=True)
    for _ in range(6):
        yield case([[FILLER, rng.randint(4, 60)]], top_k=None, truncation=rng.random() < 0.7)


def lengths_of_pairs(limits):
    """Of two texts, the longer one is cut; and both, where each has more than half."""
    rng = random.Random(25)
    for limit in limits:
        half = limit // 2
        for _ in range(12):
            a, b = rng.choice([1, 5, half - 2, half - 1, half, half + 9, limit]), rng.choice([1, 6, half - 2, half - 1, half, half + 8, 2 * limit])
            yield case(["b ", ["a ", a - 1]], ["b ", ["c ", b - 1]], top_k=None, truncation=True)
        for tokens in range(limit - 8, limit - 1):
            yield case([["a ", tokens]], ["b c"], top_k=None)
