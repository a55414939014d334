"""Exact match and F1 of an ONNX question-answering model, answering as Hugging Face's pipeline does."""

import argparse
import json
import re
import string
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from squad import DataError, read_squad

REPORT_EVERY_S = 10.0


class Answerer:
    """Windows of `max_tokens` that share `stride` tokens, never padded; answers of at most `max_answer_tokens` tokens."""

    def __init__(self, folder: Path, threads: int, max_tokens: int = 384, stride: int = 128, max_answer_tokens: int = 15) -> None:
        for name in ("tokenizer.json", "onnx/model_quantized.onnx"):
            if not (folder / name).is_file():
                raise DataError(f"Expected a model in {folder}, got no {name}")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._cls = self._tokenizer.token_to_id("[CLS]")
        self._sep = self._tokenizer.token_to_id("[SEP]")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        model = str(folder / "onnx" / "model_quantized.onnx")
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._max_tokens = max_tokens
        self._stride = stride
        self._max_answer_tokens = max_answer_tokens

    def answer(self, question: str, context: str) -> str:
        """The text of the best span of all windows."""
        asked = self._tokenizer.encode(question, add_special_tokens=False).ids
        encoded = self._tokenizer.encode(context, add_special_tokens=False)
        room = self._max_tokens - len(asked) - 3
        best_score, best_text = -1.0, ""
        for first in range(0, len(encoded.ids), max(room - self._stride, 1)):
            piece = encoded.ids[first : first + room]
            score, start, end = self._best_span(asked, piece)
            if score > best_score:
                offsets = encoded.offsets[first : first + room]
                best_score, best_text = score, context[offsets[start][0] : offsets[end][1]]
            if first + room >= len(encoded.ids):
                break
        return best_text

    def _best_span(self, asked: list[int], piece: list[int]) -> tuple[float, int, int]:
        """The best span of one window, as tokens of its piece of the context, inclusive, and its score."""
        ids = [self._cls, *asked, self._sep, *piece, self._sep]
        first = len(asked) + 2
        feeds = {
            "input_ids": np.array([ids], dtype=np.int64),
            "attention_mask": np.ones((1, len(ids)), dtype=np.int64),
            "token_type_ids": np.array([[0] * first + [1] * (len(ids) - first)], dtype=np.int64),
        }
        start_logits, end_logits = self._session.run(["start_logits", "end_logits"], feeds)
        starts = _probabilities(start_logits[0], first, len(piece))
        ends = _probabilities(end_logits[0], first, len(piece))
        scores = np.tril(np.triu(np.outer(starts, ends)), self._max_answer_tokens - 1)
        start, end = divmod(int(scores.argmax()), len(piece))
        return float(scores[start, end]), start, end


def _probabilities(logits: np.ndarray, first: int, count: int) -> np.ndarray:
    """Softmax over [CLS] and the context, of which the context's part: the pipeline masks everything else."""
    kept = np.concatenate([logits[:1], logits[first : first + count]]).astype(np.float64)
    weights = np.exp(kept - kept.max())
    return weights[1:] / weights.sum()


def normalized(text: str) -> str:
    """Lower case, without punctuation, articles and surplus white space, as SQuAD's official script has it."""
    text = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def token_f1(predicted: str, expected: str) -> float:
    """The harmonic mean of precision and recall over words, from 0 to 1."""
    got, wanted = normalized(predicted).split(), normalized(expected).split()
    shared = sum((Counter(got) & Counter(wanted)).values())
    return 2 * shared / (len(got) + len(wanted)) if shared else 0.0


def main() -> None:
    args = parse_arguments()
    answerer = Answerer(args.model, args.threads)
    examples = [example for example in read_squad(args.data) if example.answers][: args.limit]
    exact = f1 = 0.0
    started = reported = time.monotonic()
    for done, example in enumerate(examples, start=1):
        predicted = answerer.answer(example.question, example.context)
        expected = example.answer_texts()
        exact += max(normalized(predicted) == normalized(text) for text in expected)
        f1 += max(token_f1(predicted, text) for text in expected)
        if time.monotonic() - reported > REPORT_EVERY_S:
            reported = time.monotonic()
            left = (reported - started) / done * (len(examples) - done)
            print(f"{done} of {len(examples)}, about {left:.0f} s left", file=sys.stderr, flush=True)
    print(
        json.dumps(
            {
                "questions": len(examples),
                "exactMatch": round(100 * exact / len(examples), 2),
                "f1": round(100 * f1 / len(examples), 2),
            }
        )
    )


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("model", type=Path, help="folder with tokenizer.json and onnx/model_quantized.onnx")
    parser.add_argument("data", type=Path, help="file in SQuAD 1.1 format")
    parser.add_argument("--limit", type=int, help="only the first so many questions")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except DataError as error:
        sys.exit(f"evaluate: {error}")
