"""
The questions for a tiny model: fewer than the embedded one is asked, of the same kinds, and with the special tokens of its own family.
"""

import random

from cases import MAX_ANSWER_LEN, case, mixture
from texts import AWKWARD, FILLER, NEEDLES, PLAIN

SPACES = [
    "  two  spaces   before Anna  ", " \n a line\n \n  and one more \t ", "no\u00a0break \u3000 space\u2003in\u2009Berlin", "a  b   c    d", "\n\nBerlin\n", "🎉 party 🎉", " x",
]
ENGLISH = ["I'll say it's Anna's, they're ours; we've DON'T won'T 'tis 'd", "in 1984 room 12b, x2y 3.14 ½ Ⅷ ٣٤", "antidisestablishmentarianism unquestionableness"]


def cases(tokenizer):
    """@param tokenizer of transformers, for its special tokens"""
    rename = renamer(tokenizer)
    longest = min(384, tokenizer.model_max_length)
    for each in [*plain(), *awkward(rename), *special(rename), *short(rename), *spaces(rename), *windows(), *borders(), *long(), *refused(longest)]:
        yield each


def probes():
    for context, questions in PLAIN[:4]:
        yield {"question": questions[0], "context": [context]}


def renamer(tokenizer):
    """The special tokens of BERT in a text as those of the tokenizer."""
    names = {f"[{name.upper()}]": getattr(tokenizer, f"{name}_token") for name in ("cls", "sep", "mask", "pad", "unk")}

    def rename(text):
        for bert, own in names.items():
            text = text.replace(bert, own or bert)
        return text

    return rename


def plain():
    rng = random.Random(11)
    for context, questions in PLAIN:
        yield case(rng.choice(questions), context)
        yield case(rng.choice(questions), context, **{**mixture(rng, 0.6), "top_k": 3})


def awkward(rename):
    rng = random.Random(12)
    for _, context, questions in AWKWARD:
        context, questions = rename(context), [rename(each) for each in questions]
        yield case(rng.choice(questions), context, top_k=5)
        yield case(rng.choice(questions), context, top_k=5, align_to_words=False)
        yield case(questions[0], context, max_seq_len=40, doc_stride=4, top_k=3, align_to_words=rng.random() < 0.5, max_answer_len=rng.choice(MAX_ANSWER_LEN))


def special(rename):
    texts = [
        "[CLS]", "[CLS] who?", "who[CLS]?", " [MASK]", "a  [MASK] b", "[MASK][MASK]", "\n[MASK]\nBerlin", "[PAD] in[UNK]Berlin[SEP]", "[SEP] [SEP]", "[MASK", "🎉[SEP]🎉 [MASK]🎉",
    ]
    for i, each in enumerate(texts):
        text = rename(each)
        # Two of RoBERTa's padding tokens have the same place, and so the same score.
        yield case("Where?", f"{text} in Berlin {text if '[PAD]' not in each else ''}", top_k=4)
        yield case("Where?", f"{text}Berlin", top_k=4, align_to_words=False, max_answer_len=2)
        yield case(f"Where {text} was it that they met?", f"In Berlin, {'we met' if i % 2 else '🎉 met'}.", top_k=4, handle_impossible_answer=i % 2 == 0)


def short(rename):
    for context in ["Berlin", "1984.", "🎉", "👩‍👩‍👧", "é", "e\u0301", "\u200b", " \n ", " ", "x" * 101, "東", "a b c"]:
        yield case("Where?", context, top_k=3, handle_impossible_answer=True)
        yield case(rename("Where [CLS]?"), context, top_k=3, align_to_words=False)
    yield case(" ", "In Berlin.")
    yield case("\u200b", "In Berlin.", handle_impossible_answer=True, top_k=3)


def spaces(rename):
    for i, context in enumerate([*SPACES, *ENGLISH]):
        yield case(" Where?  ", context, top_k=5)
        yield case("Where's it?", context, top_k=5, align_to_words=False, max_answer_len=3)
        # Every token begins a window once.
        yield case("?", f"{context} {context}", max_seq_len=12, doc_stride=3, top_k=8, align_to_words=i % 2 == 0)
        yield case("?", context, max_seq_len=9, doc_stride=1, top_k=3, max_answer_len=1, align_to_words=False)


def windows():
    rng = random.Random(13)
    for _ in range(12):
        context, questions = rng.choice(PLAIN)
        max_seq_len = rng.randint(64, 96)
        yield case(rng.choice(questions), context, max_seq_len=max_seq_len, doc_stride=rng.randint(0, 20), **{**mixture(rng, 0.5), "top_k": 3})


def borders():
    for before in range(0, 20, 2):
        needle, question = NEEDLES[before % 3]
        yield case(question, [["well ", before], needle, "🎉 🎉🎉", ["well ", 20]], max_seq_len=60 + before, doc_stride=4, top_k=3, align_to_words=before % 4 == 0)


def long():
    for i, parameters in enumerate([{}, {"top_k": 3, "handle_impossible_answer": True}, {"doc_stride": 0, "align_to_words": False}]):
        needle, question = NEEDLES[i]
        yield case(question, [[FILLER, 12 + 10 * i], needle, [FILLER, 30]], **parameters)
    # 10,000 words.
    yield case(NEEDLES[0][1], [[FILLER, 300], NEEDLES[0][0], [FILLER, 290]], top_k=2)


def refused(longest):
    context, questions = PLAIN[0]
    question = questions[1]
    yield from (case(question, context, top_k=n) for n in (0, -1))
    yield case(question, context, max_answer_len=0)
    yield from (case(question, context, max_seq_len=n) for n in (-1, 2, 5, 8, 10, 16))
    yield from (case(question, context, doc_stride=n) for n in (-1, 0, longest - 3, longest - 2, longest - 1, longest, longest + 1, 1000))
    yield from (case(question, context, max_seq_len=40, doc_stride=n) for n in range(0, 40, 3))
    yield case("", context)
    yield case(question, "")
    yield from (case("?" * n, [["a ", 600]], doc_stride=longest // 4) for n in (longest // 2, longest - 8, longest - longest // 4, longest))
    yield from (case("?" * n, "b", doc_stride=0) for n in range(longest - 6, longest - 1))
    yield from (case(question, [["a ", 700]], max_seq_len=n) for n in (512, 513, 514, 515, 600))
