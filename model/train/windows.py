"""Training windows: what the model sees of an example, and which of its tokens are the answer."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from squad import Answer, Example


@dataclass(frozen=True)
class Window:
    """One sequence: `[CLS] question [SEP] piece of context [SEP]`.

    `start` and `end` are the tokens of the answer, inclusive; without an answer both are 0, the place of [CLS].
    """

    ids: list[int]
    types: list[int]
    start: int
    end: int


@dataclass(frozen=True)
class WindowLimits:
    max_tokens: int = 384
    stride: int = 128


def windows_of(
    tokenizer: PreTrainedTokenizerBase, limits: WindowLimits, question: str, context: str, answer: Answer | None
) -> list[Window]:
    """Every window over the context. Those that do not hold the whole answer point at [CLS]."""
    encoding = tokenizer(
        question,
        context,
        truncation="only_second",
        max_length=limits.max_tokens,
        stride=limits.stride,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
    )
    windows = []
    for i, ids in enumerate(encoding["input_ids"]):
        offsets = encoding["offset_mapping"][i]
        in_context = [at for at, sequence in enumerate(encoding.sequence_ids(i)) if sequence == 1]
        start, end = _answer_tokens(offsets, in_context, answer) if answer and in_context else (0, 0)
        windows.append(Window(ids, encoding["token_type_ids"][i], start, end))
    return windows


def _answer_tokens(offsets: list[tuple[int, int]], in_context: list[int], answer: Answer) -> tuple[int, int]:
    if offsets[in_context[0]][0] > answer.start or offsets[in_context[-1]][1] < answer.end:
        return 0, 0
    start = next(at for at in reversed(in_context) if offsets[at][0] <= answer.start)
    end = next(at for at in in_context if offsets[at][1] >= answer.end)
    return start, end


class WindowSampler:
    """Draws the windows of an epoch.

    Each question comes with the answer of one annotator, drawn anew each epoch, and at most one window without it. A share
    of the questions comes a second time, with another paragraph of the same article, as unanswerable: the model learns to
    point at [CLS].
    """

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, limits: WindowLimits, examples: list[Example], unanswerable_share: float
    ) -> None:
        self._tokenizer = tokenizer
        self._limits = limits
        self._examples = examples
        self._unanswerable_share = unanswerable_share
        self._contexts: dict[str, list[str]] = {}
        for example in examples:
            contexts = self._contexts.setdefault(example.article, [])
            if example.context not in contexts:
                contexts.append(example.context)

    def epoch(self, rng: random.Random) -> Iterator[Window]:
        for example in self._examples:
            if not example.answers:
                continue
            yield from self._answerable(example, rng)
            if rng.random() < self._unanswerable_share:
                yield from self._unanswerable(example, rng)

    def _answerable(self, example: Example, rng: random.Random) -> list[Window]:
        answer = rng.choice(example.answers)
        windows = windows_of(self._tokenizer, self._limits, example.question, example.context, answer)
        if len(windows) == 1:
            return windows
        without = [window for window in windows if window.start == 0]
        return [window for window in windows if window.start > 0] + rng.sample(without, min(1, len(without)))

    def _unanswerable(self, example: Example, rng: random.Random) -> list[Window]:
        other = rng.choice(self._contexts[example.article])
        if other == example.context:  # an article of few paragraphs: leave it
            return []
        return windows_of(self._tokenizer, self._limits, example.question, other, None)[:1]


def batches(windows: Iterable[Window], tokens_per_batch: int, rng: random.Random) -> list[list[Window]]:
    """Batches of at most so many tokens, padding included.

    Windows of like length go together, within shuffled chunks of 2,048; the batches come in random order.
    """
    shuffled = list(windows)
    rng.shuffle(shuffled)
    made: list[list[Window]] = []
    for first in range(0, len(shuffled), 2048):
        batch: list[Window] = []
        for window in sorted(shuffled[first : first + 2048], key=lambda window: len(window.ids)):
            if batch and (len(batch) + 1) * len(window.ids) > tokens_per_batch:
                made.append(batch)
                batch = []
            batch.append(window)
        if batch:
            made.append(batch)
    rng.shuffle(made)
    return made
