"""Reading question-answering data in the format of SQuAD 1.1."""

import json
from dataclasses import dataclass
from pathlib import Path


class DataError(Exception):
    """A file is missing or is not what it should be. The message says which, and what was expected."""


@dataclass(frozen=True)
class Answer:
    """An annotator's answer: characters `[start, end)` of the context."""

    start: int
    end: int


@dataclass(frozen=True)
class Example:
    """A question about a context, with one answer for each annotator. `article` names the article that the context is from."""

    article: str
    context: str
    question: str
    answers: tuple[Answer, ...]

    def answer_texts(self) -> list[str]:
        return [self.context[answer.start : answer.end] for answer in self.answers]


def read_squad(path: Path) -> list[Example]:
    """All examples of a file, in its order.

    Raises:
        DataError: the file cannot be read, is not JSON, not in SQuAD's format, or has no question.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"Cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise DataError(f"Expected JSON in UTF-8 in {path}: {error}") from error
    try:
        examples = [
            Example(
                article=f"{path.name}: {article.get('title', index)}",
                context=paragraph["context"],
                question=entry["question"].strip(),
                answers=tuple(_stripped(answer["answer_start"], answer["text"]) for answer in entry["answers"]),
            )
            for index, article in enumerate(document["data"])
            for paragraph in article["paragraphs"]
            for entry in paragraph["qas"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"Expected SQuAD 1.1 in {path} (data[].paragraphs[].context, .qas[].question, .answers[].text and .answer_start): "
            f"{type(error).__name__}: {error}"
        ) from error
    if not examples:
        raise DataError(f"Expected questions in {path}, got none")
    return examples


def _stripped(start: int, text: str) -> Answer:
    """Some annotators marked the white space around their answer."""
    first = start + len(text) - len(text.lstrip())
    return Answer(first, first + len(text.strip()))
