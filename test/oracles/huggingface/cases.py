"""The questions of the golden file: a seeded mixture. A context is a list of texts and of [text, times]."""

import random

from texts import AWKWARD, FILLER, NEEDLES, PLAIN

TOP_K = [1, 1, 2, 3, 5, 10, 20, 50]
MAX_ANSWER_LEN = [1, 2, 3, 5, 15, 15, 30, 100]


def cases():
    return [*plain(), *awkward(), *tiny(), *windows(), *borders(), *long(), *refused()]


def probes():
    """
    What two processors must give the same logits for, to be taken as the same. Short ones say little: where kernels differ, a sum in
    another order is rounded to another int8 in one text of three, and all the others agree to the sixth digit.
    """
    for context, questions in PLAIN:
        yield {"question": questions[0], "context": [context]}
    for _, context, questions in AWKWARD:
        yield {"question": questions[0], "context": [context]}
    for needle, question in NEEDLES:
        yield {"question": question, "context": [[FILLER, 7], needle, [FILLER, 7]]}


def case(question, context, **parameters):
    return {"question": question, "context": context if isinstance(context, list) else [context], "parameters": parameters}


def mixture(rng, some):
    """Each parameter is there with the given probability."""
    pools = {
        "top_k": TOP_K,
        "max_answer_len": MAX_ANSWER_LEN,
        "handle_impossible_answer": [True, True, False],
        "align_to_words": [False, False, True],
        "max_question_len": [1, 64],
    }
    return {name: rng.choice(pool) for name, pool in pools.items() if rng.random() < some}


def plain():
    rng = random.Random(1)
    for context, questions in PLAIN:
        for question in questions:
            yield case(question, context)
            yield case(question, context, **mixture(rng, 0.5))
            yield case(question, context, **mixture(rng, 0.8))
        yield case(rng.choice(questions), context, top_k=50, align_to_words=False)
        yield case(rng.choice(PLAIN)[1][0], context, handle_impossible_answer=True, top_k=5)


def awkward():
    rng = random.Random(2)
    for _, context, questions in AWKWARD:
        for question in questions:
            yield case(question, context)
            yield case(question, context, top_k=20)
            yield case(question, context, top_k=20, align_to_words=False)
            yield case(question, context, **mixture(rng, 0.6))
        yield case(questions[0], context, max_seq_len=24, doc_stride=2, top_k=10)
        yield case(questions[0], context, max_seq_len=20, doc_stride=0, top_k=30, align_to_words=False, handle_impossible_answer=True)


def tiny():
    for context in ["Berlin", "In Berlin", "1984.", "🎉", "\u200b", " \n ", "[SEP]", "[CLS]", "x" * 101, "é", "e\u0301", "a b c"]:
        for question in ["Where?", "Where [CLS] was it that they met?"]:
            yield case(question, context)
            yield case(question, context, top_k=50, handle_impossible_answer=True)
            yield case(question, context, top_k=5, align_to_words=False)
    yield case(" ", "In Berlin.")
    yield case("\u200b", "In Berlin.", handle_impossible_answer=True, top_k=3)


def windows():
    rng = random.Random(3)
    for _ in range(60):
        context, questions = rng.choice(PLAIN)
        max_seq_len = rng.randint(24, 64)
        parameters = {"max_seq_len": max_seq_len, **mixture(rng, 0.6)}
        if rng.random() < 0.8:
            parameters["doc_stride"] = rng.randint(0, max_seq_len // 2 - 8)
        yield case(rng.choice(questions), context, **parameters)


def borders():
    """The answer at every place of a window, and cut in two by its border."""
    for before in range(0, 44, 2):
        needle, question = NEEDLES[before % 3]
        context = [["well ", before], needle, ["well ", 30]]
        yield case(question, context, max_seq_len=40, doc_stride=4, top_k=3)
        yield case(question, context, max_seq_len=33, doc_stride=1, top_k=3, align_to_words=False)
    for before in range(0, 6):
        yield case("Who?", [["a ", before], "antidisestablishmentarianism unquestionableness ", ["b ", 6]], max_seq_len=14, doc_stride=2, top_k=20)


def long():
    rng = random.Random(4)
    for i in range(16):
        needle, question = NEEDLES[i % 3]
        before = rng.randint(0, 50)
        parameters = [{}, {"max_seq_len": 512}, {"max_seq_len": 128, "doc_stride": 64}, {"doc_stride": 0}][i % 4]
        context = [[FILLER, before], needle, [FILLER, rng.randint(0, 50 - before)]]
        yield case(question, context, **parameters, **mixture(rng, 0.4))
    # 17 words a time: 10,000 words.
    for i, parameters in enumerate([{}, {"top_k": 5, "handle_impossible_answer": True}, {"max_seq_len": 512, "align_to_words": False, "top_k": 3}]):
        needle, question = NEEDLES[i]
        yield case(question, [[FILLER, 150 + 150 * i], needle, [FILLER, 440 - 150 * i]], **parameters)


def refused():
    context, questions = PLAIN[0]
    question = questions[0]
    yield from (case(question, context, top_k=n) for n in (0, -1, 1.5))
    yield from (case(question, context, max_answer_len=n) for n in (0, -1))
    yield from (case(question, context, max_seq_len=n) for n in (-1, 2, 4, 5, 8, 10))
    yield from (case(question, context, doc_stride=n) for n in (-1, 383, 384, 385, 1000))
    yield case(question, context, max_seq_len=20, doc_stride=19)
    yield case(question, context, max_seq_len=20, doc_stride=18)
    yield case(question, context, max_seq_len=20, doc_stride=17)
    yield case("", context)
    yield case(question, "")
    # Borders of what is refused.
    yield from (case(question, context, doc_stride=n) for n in (0, 381, 382))
    yield from (case("why " * n + "?", context) for n in (300, 328, 329, 330, 331, 332, 380, 381, 500))
    yield from (case("why " * n, "b") for n in (379, 380, 381))
    yield from (case("why " * n, "\u200b") for n in (380, 381, 382))
    yield from (case(question, context, max_seq_len=n) for n in (513, 600))
    yield from (case(question, [[FILLER, 60]], max_seq_len=n) for n in (512, 513, 600))
    yield from (case("why " * n, "b c d", max_seq_len=600) for n in (500, 505, 506, 507, 520))
    yield case(question, context, max_question_len=0)
    yield case("why " * 100, context, max_question_len=10)
